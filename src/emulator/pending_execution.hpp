#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "emulator/execution.hpp"

namespace fgsync::emulator {

/// How a synchronous caller wants the answer.
struct AnswerForm {
  bool is_json = false;    ///< X-CFF-Request-Version: v1
  bool wants_log = false;  ///< X-Cff-Log-Type: tail
};

enum class CallKind { synchronous, asynchronous };

/// A call that was accepted and recorded, and is still to be run.
struct PendingExecution {
  Execution execution;
  CallKind kind = CallKind::synchronous;
  AnswerForm form;
  std::int64_t max_at_once = -1;  ///< of the function; negative: any number

  // Of asynchronous ones.
  std::chrono::seconds max_age{3600};
  std::int64_t retries = 1;
  std::string on_success;  ///< JSON of the destination; empty: none
  std::string on_failure;
};

/// What is known of a call when it is over, for the record.
struct ExecutionRecord {
  std::string request_id;
  int code = 0;
  std::int64_t attempts = 1;
  std::string destination;  ///< where the service would report it; empty: nowhere
};

}  // namespace fgsync::emulator
