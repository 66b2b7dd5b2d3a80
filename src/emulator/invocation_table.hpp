#pragma once

#include <string>

#include "emulator/database.hpp"
#include "emulator/model.hpp"
#include "emulator/pending_execution.hpp"

namespace fgsync::emulator {

struct Invocation {
  std::string version;  ///< that an execution would have run
  std::string kind;     ///< `sync` or `async`
  std::string request_id;
  std::string time;
  std::string_view event;            ///< as it arrived
  std::string outcome = "recorded";  ///< or `running`, of one that is to be run
};

/// The newest invocations, for whoever looks into the state. Methods throw StorageFailure.
class InvocationTable {
 public:
  explicit InvocationTable(Database& database) : database_(database) {}

  /// Forgets the oldest of the function when it has many.
  void add(const FunctionRow& function, const Invocation& invocation);
  /// Nothing happens when it has been forgotten meanwhile.
  void finish(const ExecutionRecord& record);

 private:
  Database& database_;
};

}  // namespace fgsync::emulator
