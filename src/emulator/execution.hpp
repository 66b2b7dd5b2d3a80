#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "emulator/model.hpp"

namespace fgsync::emulator {

/// One run of a version of a function: all that a process has to know.
struct Execution {
  std::string request_id;
  FunctionRow function;
  std::string version;
  std::string alias;  ///< through which it was called; empty: none
  CodeFacts code;
  std::string runtime;
  std::string handler;
  std::string initializer;  ///< empty: none
  std::chrono::seconds timeout{3};
  std::chrono::seconds initializer_timeout{3};
  std::int64_t memory_mb = 128;
  std::int64_t storage_mb = 512;  ///< what one file may grow to
  std::string user_data = "{}";   ///< a JSON object, the encrypted variables among it
  std::string event = "{}";       ///< a JSON object
};

// Codes of the service's runtimes, as its own open runtime has them (openYuanrong, faassdk/common/constants).
inline constexpr int kExecuted = 0;
inline constexpr int kNoEntry = 4001;               ///< the handler's file or function is not there
inline constexpr int kFunctionFailed = 4002;        ///< it threw, or ended without a result
inline constexpr int kResultTooLarge = 4004;        ///< more than 6 MB
inline constexpr int kTimedOut = 4010;              ///< the handler did not end in time
inline constexpr int kInitializationFailed = 4201;  ///< the code cannot be loaded, or the initializer threw
inline constexpr int kOutOfMemory = 4205;
inline constexpr int kInitializationTimedOut = 4211;

/// What came of it.
struct ExecutionOutcome {
  int code = kExecuted;
  std::string result;                     ///< JSON: what the handler returned, or `{"errorMessage": …, "errorType": …}`
  std::string log;                        ///< the end of what it wrote, valid UTF-8
  std::chrono::microseconds duration{0};  ///< of the handler alone
  std::uint64_t memory_bytes = 0;         ///< the most that was seen in use
};

/// The outcome of a run that has no result of its own.
ExecutionOutcome failed_execution(int code, const std::string& message, const std::string& type);

}  // namespace fgsync::emulator
