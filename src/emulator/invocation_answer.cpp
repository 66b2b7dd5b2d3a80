#include "emulator/invocation_answer.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

#include "base/base64.hpp"
#include "base/clock.hpp"
#include "emulator/json.hpp"
#include "emulator/text.hpp"

namespace fgsync::emulator {
namespace {

constexpr std::size_t kMaxLogBytes = 4096;        // of the body's log, as the request header's description says
constexpr std::size_t kMaxHeaderLogBytes = 2000;  // of the response header's

std::string tail(const std::string& text, std::size_t max_bytes) {
  return text.size() <= max_bytes ? text : valid_utf8(std::string_view(text).substr(text.size() - max_bytes));
}

/// `65.828`; a whole number without a point.
std::string with_three_digits(double value) {
  std::array<char, 32> text{};
  const int length = std::snprintf(text.data(), text.size(), "%.3f", value);
  std::string digits(text.data(), static_cast<std::size_t>(std::max(length, 0)));
  digits.erase(digits.find_last_not_of('0') + 1);
  if (digits.ends_with('.')) digits.pop_back();
  return digits;
}

/// What is measured, in the units of the answer.
struct Measured {
  std::string milliseconds;
  std::int64_t billed_milliseconds;
  std::string megabytes;
};

Measured measured_of(const ExecutionOutcome& outcome) {
  const auto microseconds = outcome.duration.count();
  return Measured{with_three_digits(static_cast<double>(microseconds) / 1000),
                  std::max<std::int64_t>(1, (microseconds + 999) / 1000),
                  with_three_digits(static_cast<double>(outcome.memory_bytes) / (1U << 20U))};
}

std::string log_of(const Execution& execution, const ExecutionOutcome& outcome, const Measured& measured,
                   std::chrono::system_clock::time_point started, std::chrono::system_clock::time_point ended) {
  std::string log = to_iso8601(started) + " Start invoke request '" + execution.request_id +
                    "', version: " + execution.version + "\n" + outcome.log;
  if (!log.ends_with('\n')) log += '\n';
  return log + to_iso8601(ended) + " Finish invoke request '" + execution.request_id +
         "', duration: " + measured.milliseconds +
         "ms, billing duration: " + std::to_string(measured.billed_milliseconds) +
         "ms, memory used: " + measured.megabytes + "MB, billing memory: " + std::to_string(execution.memory_mb) + "MB";
}

std::string summary_of(const Execution& execution, const Measured& measured) {
  return JsonMembers()
      .raw("duration", measured.milliseconds)
      .number("billingDuration", measured.billed_milliseconds)
      .number("memorySize", execution.memory_mb)
      .raw("memoryUsed", measured.megabytes)
      .object();
}

}  // namespace

Valid<AnswerForm> read_form(const http::Headers& headers) {
  const auto version = http::find_header(headers, "X-CFF-Request-Version");
  if (!version.empty() && version != "v0" && version != "v1") {
    return refuse(kInvalidParameter, "X-CFF-Request-Version: expected v0 or v1");
  }
  const auto log = http::find_header(headers, "X-Cff-Log-Type");
  if (!log.empty() && log != "tail" && log != "null") {
    return refuse(kInvalidParameter, "X-Cff-Log-Type: expected tail or null");
  }
  return AnswerForm{version == "v1", log == "tail"};
}

Answer invocation_answer(const Execution& execution, const AnswerForm& form, const ExecutionOutcome& outcome,
                         std::chrono::system_clock::time_point started, std::chrono::system_clock::time_point ended) {
  const auto measured = measured_of(outcome);
  const auto log = form.wants_log ? log_of(execution, outcome, measured, started, ended) : std::string();
  const bool is_failed = outcome.code != kExecuted;
  Answer answer{200, outcome.result};
  answer.headers = {{"X-Cff-Request-Id", execution.request_id},
                    {"X-Cff-Invoke-Summary", summary_of(execution, measured)},
                    {"X-CFF-Billing-Duration", std::to_string(measured.billed_milliseconds)},
                    {"X-Cff-Response-Version", form.is_json ? "v1" : "v0"},
                    {"X-Func-Err-Code", std::to_string(outcome.code)},
                    {"X-Is-Func-Err", is_failed ? "true" : "false"}};
  if (form.wants_log) {
    answer.headers.emplace_back("X-Cff-Function-Log", base64_encode(tail(log, kMaxHeaderLogBytes)));
  }
  if (!form.is_json) {
    answer.content_type = "text/plain; charset=utf-8";
    return answer;
  }
  answer.body = JsonMembers()
                    .text("request_id", execution.request_id)
                    .text("result", outcome.result)
                    .text("log", tail(log, kMaxLogBytes))
                    .number("status", is_failed ? 500 : 200)
                    .object();
  return answer;
}

}  // namespace fgsync::emulator
