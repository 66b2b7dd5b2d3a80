#pragma once

#include <string>

#include "emulator/database.hpp"
#include "emulator/model.hpp"

namespace fgsync::emulator {

struct Invocation {
  std::string version;  ///< that an execution would have run
  std::string kind;     ///< `sync` or `async`
  std::string request_id;
  std::string time;
  std::string_view event;  ///< as it arrived
};

/// The newest invocations, for whoever looks into the state. Methods throw StorageFailure.
class InvocationTable {
 public:
  explicit InvocationTable(Database& database) : database_(database) {}

  /// Forgets the oldest of the function when it has many.
  void add(const FunctionRow& function, const Invocation& invocation);

 private:
  Database& database_;
};

}  // namespace fgsync::emulator
