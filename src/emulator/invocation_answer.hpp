#pragma once

#include <string>

#include "emulator/fault.hpp"
#include "emulator/operations.hpp"
#include "emulator/pending_execution.hpp"

namespace fgsync::emulator {

/// The form that the headers ask for; FSS.0400 for other values than documented.
Valid<AnswerForm> read_form(const http::Headers& headers);

/// The answer to a synchronous call. The log begins with the line of its start.
Answer invocation_answer(const Execution& execution, const AnswerForm& form, const ExecutionOutcome& outcome,
                         std::chrono::system_clock::time_point started, std::chrono::system_clock::time_point ended);

}  // namespace fgsync::emulator
