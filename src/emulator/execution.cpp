#include "emulator/execution.hpp"

#include "emulator/json.hpp"

namespace fgsync::emulator {

ExecutionOutcome failed_execution(int code, const std::string& message, const std::string& type) {
  ExecutionOutcome outcome;
  outcome.code = code;
  outcome.result = JsonMembers().text("errorMessage", message).text("errorType", type).object();
  return outcome;
}

}  // namespace fgsync::emulator
