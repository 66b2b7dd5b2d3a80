#include "emulator/known_answers.hpp"

#include <algorithm>
#include <array>

#include "emulator/fault.hpp"
#include "emulator/json.hpp"

namespace fgsync::emulator {
namespace {

constexpr std::array kService{
    kInvalidParameter,
    FaultKind{401, "FSS.0401", "Unauthorized access."},
    kForbidden,
    kNoResource,
    FaultKind{408, "FSS.0408", "Request timeout."},
    kSameCode,
    FaultKind{429, "FSS.0429", "Too many requests."},
    kInternal,
    FaultKind{502, "FSS.0502", "Bad gateway."},
    FaultKind{503, "FSS.0503", "Service unavailable."},
    FaultKind{504, "FSS.0504", "Gateway timeout."},
};

constexpr std::array kGateway{
    kWrongCredentials,
    kNotAuthorized,
    kNoSuchApi,
    kRequestTooLarge,
    FaultKind{429, "APIGW.0308", "The throttling threshold has been reached."},
    FaultKind{500, "APIGW.0601", "Internal server error."},
    FaultKind{502, "APIGW.0201", "Backend unavailable."},
    FaultKind{503, "APIGW.0613", "The IAM service is currently unavailable."},
    FaultKind{504, "APIGW.0201", "Backend timeout."},
};

template <class Table>
ForcedAnswer find(const Table& table, int status, std::string_view prefix) {
  ForcedAnswer answer;
  answer.status = status;
  const auto found = std::find_if(table.begin(), table.end(), [&](const auto& row) { return row.status == status; });
  const bool is_known = found != table.end();
  // Codes of the service and of IAM have the status in them.
  answer.code = is_known ? std::string(found->code) : std::string(prefix) + std::to_string(status);
  answer.message = is_known ? std::string(found->message) : "Injected by a fault rule.";
  return answer;
}

std::string body_of(const ForcedAnswer& answer, std::string_view request_id) {
  JsonMembers body;
  switch (answer.shape) {
    case AnswerShape::service: return body.text("error_code", answer.code).text("error_msg", answer.message).object();
    case AnswerShape::gateway:
      body.text("error_msg", answer.message).text("error_code", answer.code).text("request_id", request_id);
      return body.object();
    case AnswerShape::iam:
      body.text("message", answer.message).number("code", answer.status).text("title", answer.code);
      return JsonMembers().raw("error", body.object()).object();
  }
  return {};
}

AnswerShape likely_shape(int status) {
  return status == 401 || status == 429 ? AnswerShape::gateway : AnswerShape::service;
}

}  // namespace

ForcedAnswer known_answer(int status, std::optional<AnswerShape> shape) {
  const auto wanted = shape.value_or(likely_shape(status));
  ForcedAnswer answer;
  switch (wanted) {
    case AnswerShape::service: answer = find(kService, status, "FSS.0"); break;
    case AnswerShape::gateway: answer = find(kGateway, status, "APIGW.0"); break;
    case AnswerShape::iam: answer = find(std::array<FaultKind, 0>(), status, "IAM."); break;
  }
  answer.shape = wanted;
  return answer;
}

http::Response render(const ForcedAnswer& answer, std::string_view request_id) {
  http::Response response;
  response.status = answer.status;
  response.headers.emplace_back("Content-Type", "application/json");
  response.headers.emplace_back("X-Request-Id", std::string(request_id));
  if (answer.retry_after) response.headers.emplace_back("Retry-After", std::to_string(answer.retry_after->count()));
  response.body = body_of(answer, request_id);
  return response;
}

}  // namespace fgsync::emulator
