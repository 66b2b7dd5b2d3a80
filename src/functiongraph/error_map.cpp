// (status, code) → ErrorKind. Codes that matter have a row; the rest goes by status. 5xx on a mutation says nothing
// about whether it was applied.
#include "functiongraph/error_map.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "base/printable.hpp"

namespace fgsync::functiongraph {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxMessage = 500;  // bytes of the service's words in ours

struct CodeRow {
  std::string_view code;
  ErrorKind kind;
};

constexpr std::array kCodes{
    CodeRow{"FSS.0401", ErrorKind::unauthorized}, CodeRow{"FSS.0403", ErrorKind::unauthorized},
    CodeRow{"FSS.0408", ErrorKind::transient},    CodeRow{"FSS.0409", ErrorKind::conflict},
    CodeRow{"FSS.0429", ErrorKind::throttled},    CodeRow{"FSS.1016", ErrorKind::conflict},
    CodeRow{"FSS.1051", ErrorKind::not_found},    CodeRow{"FSS.1052", ErrorKind::not_found},
    CodeRow{"FSS.1053", ErrorKind::not_found},    CodeRow{"FSS.1061", ErrorKind::conflict},
    CodeRow{"FSS.1062", ErrorKind::conflict},     CodeRow{"FSS.1063", ErrorKind::conflict},
    CodeRow{"FSS.1064", ErrorKind::conflict},     CodeRow{"FSS.1066", ErrorKind::conflict},
    CodeRow{"APIGW.0101", ErrorKind::invalid},    CodeRow{"APIGW.0308", ErrorKind::throttled},
};

/// Refusals with 403 that are about the request, not about who sends it: quotas (FSS.104x), a version that is
/// somebody's additional version (FSS.1094), and so on. All codes of functions start like this.
bool is_refused_function(int status, std::string_view code) {
  return status == 403 && code.starts_with("FSS.1");
}

struct Refusal {
  std::string code;
  std::string message;
};

std::string text_at(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// Reads the three documented shapes; empty fields where the body is none of them.
Refusal read_refusal(const std::string& body) {
  const json document = json::parse(body, nullptr, false);
  if (!document.is_object()) return {};
  if (const auto error = document.find("error"); error != document.end() && error->is_object()) {
    return {text_at(*error, "code"), text_at(*error, "message")};
  }
  Refusal refusal{text_at(document, "error_code"), text_at(document, "error_msg")};
  if (const auto details = document.find("details"); details != document.end() && details->is_object()) {
    const std::string general = text_at(*details, "error_msg");
    if (!general.empty() && general != refusal.message) refusal.message += " (" + general + ")";
  }
  return refusal;
}

/// Both gateway products use one list of codes: `APIG.0308` is `APIGW.0308`.
std::string with_one_gateway_prefix(const std::string& code) {
  return code.starts_with("APIG.") ? "APIGW." + code.substr(5) : code;
}

ErrorKind kind_by_status(int status) {
  switch (status) {
    case 401:
    case 403: return ErrorKind::unauthorized;
    case 404:
    case 410: return ErrorKind::not_found;
    case 408: return ErrorKind::transient;
    case 409: return ErrorKind::conflict;
    case 429: return ErrorKind::throttled;
    default: break;
  }
  if (status >= 500) return ErrorKind::transient;
  return status >= 400 ? ErrorKind::invalid : ErrorKind::corrupt;
}

ErrorKind kind_of(int status, const std::string& code, Effect effect) {
  const auto* const row =
      std::find_if(kCodes.begin(), kCodes.end(), [&](const CodeRow& candidate) { return candidate.code == code; });
  const ErrorKind by_status = is_refused_function(status, code) ? ErrorKind::invalid : kind_by_status(status);
  const ErrorKind kind = row != kCodes.end() ? row->kind : by_status;
  return kind == ErrorKind::transient && effect == Effect::mutation ? ErrorKind::unknown_effect : kind;
}

/// Retry-After in seconds; the form with a date is left to the caller's own wait.
std::optional<std::chrono::milliseconds> retry_after(const http::Headers& headers) {
  const std::string_view text = http::find_header(headers, "Retry-After");
  int seconds = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (failed != std::errc() || end != text.data() + text.size() || seconds < 0) return std::nullopt;
  return std::chrono::seconds(seconds);
}

std::string advice(int status, const std::string& code) {
  if (status == 401) {
    return ". Check the token (FGSYNC_TOKEN or credentials.token_file): it may have expired, or be of another project";
  }
  if (code == "APIGW.0101") return ". No such API there: check endpoint, region and project id";
  if (status >= 300 && status < 400) return ". Redirects are not followed with credentials: check the endpoint";
  return "";
}

RemoteFacts facts_of(const http::Response& response, std::string code) {
  RemoteFacts facts;
  facts.http_status = response.status;
  facts.error_code = std::move(code);
  facts.request_id = printable(http::find_header(response.headers, "X-Request-Id"), kMaxMessage);
  facts.retry_after = retry_after(response.headers);
  return facts;
}

}  // namespace

Error to_error(const http::Response& response, Effect effect) {
  const Refusal refusal = read_refusal(response.body);
  const std::string code = with_one_gateway_prefix(printable(refusal.code, kMaxMessage));
  std::string message = printable(refusal.message, kMaxMessage);
  if (message.empty()) {
    message = response.body.empty() ? "the service answered with nothing but a status"
                                    : "the service answered with something that is not its error format";
  }
  const std::string more = advice(response.status, code);
  if (!more.empty() && message.ends_with('.')) message.pop_back();
  Error error(kind_of(response.status, code, effect), message + more);
  error.remote = facts_of(response, code);
  return error;
}

Error to_error(Error exchange_failure, Effect effect) {
  const bool may_have_arrived = exchange_failure.remote && exchange_failure.remote->request_sent;
  if (effect == Effect::mutation && may_have_arrived) exchange_failure.kind = ErrorKind::unknown_effect;
  return exchange_failure;
}

Error unreadable_answer(const http::Response& response, std::string_view why, Effect effect) {
  Error error(effect == Effect::mutation ? ErrorKind::unknown_effect : ErrorKind::corrupt,
              "the service's answer cannot be understood: " + std::string(why) +
                  ". Check that the endpoint (--endpoint) is a FunctionGraph");
  error.remote = facts_of(response, "");
  return error;
}

bool is_credential_refusal(const Error& error) {
  return error.kind == ErrorKind::unauthorized && error.remote && error.remote->http_status == 401 &&
         !error.remote->error_code.starts_with("FSS.");
}

std::string_view code_of(const Error& error) {
  return error.remote ? std::string_view(error.remote->error_code) : std::string_view();
}

}  // namespace fgsync::functiongraph
