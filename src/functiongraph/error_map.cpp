// (status, code) → ErrorKind. Codes that matter have a row; the rest goes by status. 5xx on a mutation says nothing
// about whether it was applied.
#include "functiongraph/error_map.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/printable.hpp"
#include "functiongraph/codec_reader.hpp"
#include "functiongraph/error_codes.hpp"
#include "functiongraph/timestamp.hpp"

namespace fgsync::functiongraph {
namespace {

using std::chrono::system_clock;

constexpr std::size_t kMaxMessage = 500;  // bytes of the service's words in ours

struct CodeRow {
  std::string_view code;
  ErrorKind kind;
};

/// Codes whose status does not say it, or which must not depend on it.
constexpr std::array kCodes{
    CodeRow{codes::kUnauthorized, ErrorKind::unauthorized},
    CodeRow{codes::kForbidden, ErrorKind::unauthorized},
    CodeRow{codes::kNoResource, ErrorKind::not_found},
    CodeRow{codes::kGone, ErrorKind::not_found},
    CodeRow{codes::kRequestTimeout, ErrorKind::transient},
    CodeRow{codes::kSameCode, ErrorKind::conflict},
    CodeRow{codes::kTooManyRequests, ErrorKind::throttled},
    CodeRow{codes::kNothingToPublish, ErrorKind::conflict},
    CodeRow{codes::kDependencyExists, ErrorKind::conflict},
    CodeRow{codes::kNoFunction, ErrorKind::not_found},
    CodeRow{codes::kNoVersion, ErrorKind::not_found},
    CodeRow{codes::kNoAlias, ErrorKind::not_found},
    CodeRow{codes::kFunctionExists, ErrorKind::conflict},
    CodeRow{codes::kVersionExists, ErrorKind::conflict},
    CodeRow{codes::kAliasExists, ErrorKind::conflict},
    CodeRow{codes::kVersionHasAlias, ErrorKind::conflict},
    CodeRow{codes::kNoPermission, ErrorKind::unauthorized},
    CodeRow{codes::kNoEnterprisePermission, ErrorKind::unauthorized},
    CodeRow{codes::kNoTrigger, ErrorKind::not_found},
    CodeRow{codes::kNoSmnTrigger, ErrorKind::not_found},
    CodeRow{codes::kNoDmsTrigger, ErrorKind::not_found},
    CodeRow{codes::kNoDisTrigger, ErrorKind::not_found},
    CodeRow{codes::kNoObsTrigger, ErrorKind::not_found},
    CodeRow{codes::kNoApigTrigger, ErrorKind::not_found},
    CodeRow{codes::kNoTimerTrigger, ErrorKind::not_found},
    CodeRow{codes::kNoLtsTrigger, ErrorKind::not_found},
    CodeRow{codes::kNoDdsTrigger, ErrorKind::not_found},
    CodeRow{codes::kNoKafkaTrigger, ErrorKind::not_found},
    CodeRow{codes::kNoCtsTrigger, ErrorKind::not_found},
    CodeRow{codes::kThrottled, ErrorKind::throttled},
};

/// Refusals that are about the request, not about who sends it, although their status is 401 or 403: quotas
/// (FSS.104x), a version that is somebody's additional version (FSS.1094), Kafka's own passwords (FSS.1118), and so on.
/// All codes of functions start like this.
bool is_refused_function(int status, std::string_view code) {
  return (status == 401 || status == 403) && code.starts_with("FSS.1");
}

struct Refusal {
  std::string code;
  std::string message;
};

/// Code and message under these names; empty when either is missing and the other, too.
Refusal refusal_in(const ObjectReader& body, std::string_view code_key, std::string_view message_key) {
  return {body.shown_text(code_key), body.shown_text(message_key)};
}

bool is_empty(const Refusal& refusal) {
  return refusal.code.empty() && refusal.message.empty();
}

/// Reads the three documented shapes and the SDKs' others; empty fields where the body is none of them.
Refusal read_refusal(const std::string& text) {
  auto body = ObjectReader::parse(text);
  if (!body) return {};
  if (const auto error = body->object_setting("error")) return refusal_in(*error, "code", "message");
  Refusal refusal = refusal_in(*body, "error_code", "error_msg");
  if (is_empty(refusal)) refusal = refusal_in(*body, "errorCode", "errorMsg");
  if (is_empty(refusal)) refusal = refusal_in(*body, "code", "message");
  if (const auto details = body->object_setting("details")) {
    const std::string general = details->shown_text("error_msg");
    if (!general.empty() && general != refusal.message) refusal.message += " (" + general + ")";
  }
  return refusal;
}

/// Both gateway products use one list of codes: `APIG.0308` is `APIGW.0308`.
std::string with_one_gateway_prefix(const std::string& code) {
  return code.starts_with("APIG.") ? "APIGW." + code.substr(5) : code;
}

/// "Not found" without a code of the service's or the gateway's: whoever answers so knows nothing of functions, and
/// what it does not find says nothing about whether they are there.
bool is_foreign_absence(int status, std::string_view code) {
  return (status == 404 || status == 410) && !code.starts_with("FSS.") && !code.starts_with("APIGW.");
}

/// Nothing is `not_found` by its status: the thing that is missing may be another than the one that was asked for, such
/// as a file system, an app or a topic.
ErrorKind kind_by_status(int status) {
  switch (status) {
    case 401:
    case 403: return ErrorKind::unauthorized;
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
  if (is_foreign_absence(status, code)) return ErrorKind::corrupt;
  const ErrorKind by_status = is_refused_function(status, code) ? ErrorKind::invalid : kind_by_status(status);
  const ErrorKind kind = row != kCodes.end() ? row->kind : by_status;
  // Neither what fails on its way nor what is sent elsewhere says whether it was applied.
  const bool says_nothing = kind == ErrorKind::transient || kind == ErrorKind::corrupt;
  return says_nothing && effect == Effect::mutation ? ErrorKind::unknown_effect : kind;
}

std::string advice(int status, const std::string& code) {
  if (status == 401 && !is_refused_function(status, code)) {
    return ". Check the credentials: they may have expired, or be of another project";
  }
  if (code == codes::kNoSuchApi) return ". No such API there: check endpoint, region and project id";
  if (is_foreign_absence(status, code)) {
    return ". It does not come from FunctionGraph, but from something between or instead of it: check the endpoint "
           "(--endpoint)";
  }
  if (status >= 300 && status < 400) return ". Redirects are not followed with credentials: check the endpoint";
  return "";
}

RemoteFacts facts_of(const http::Response& response, std::string code, std::optional<system_clock::time_point> now) {
  RemoteFacts facts;
  facts.http_status = response.status;
  facts.error_code = std::move(code);
  facts.request_id = request_id_of(response);
  facts.retry_after = retry_after_of(response.headers, now);
  return facts;
}

}  // namespace

Error to_error(const http::Response& response, Effect effect, std::optional<system_clock::time_point> now) {
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
  error.remote = facts_of(response, code, now);
  return error;
}

Error to_error(Error exchange_failure, Effect effect) {
  const bool may_have_arrived = exchange_failure.remote && exchange_failure.remote->request_sent;
  if (effect == Effect::mutation && may_have_arrived) exchange_failure.kind = ErrorKind::unknown_effect;
  return exchange_failure;
}

Error unreadable_answer(const http::Response& response, std::string_view why, Effect effect) {
  Error error(effect == Effect::mutation ? ErrorKind::unknown_effect : ErrorKind::corrupt,
              "the service's answer cannot be understood: " + printable(why, kMaxMessage) +
                  ". Check that the endpoint (--endpoint) is a FunctionGraph");
  error.remote = facts_of(response, "", std::nullopt);
  return error;
}

bool is_credential_refusal(const Error& error) {
  return error.kind == ErrorKind::unauthorized && error.remote && error.remote->http_status == 401 &&
         !error.remote->error_code.starts_with("FSS.");
}

std::string_view code_of(const Error& error) {
  return error.remote ? std::string_view(error.remote->error_code) : std::string_view();
}

std::string request_id_of(const http::Response& response) {
  for (const char* name : {"X-Request-Id", "X-Cff-Request-Id"}) {
    const std::string_view id = http::find_header(response.headers, name);
    if (!id.empty()) return printable(id, kMaxMessage);
  }
  if (response.status < 400) return "";
  const auto body = ObjectReader::parse(response.body);
  return body ? printable(body->shown_text("request_id"), kMaxMessage) : "";
}

std::optional<std::chrono::milliseconds> retry_after_of(const http::Headers& headers,
                                                        std::optional<system_clock::time_point> now) {
  const std::string_view text = http::find_header(headers, "Retry-After");
  int seconds = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  const bool is_number = end == text.data() + text.size() && !text.starts_with('-');
  if (failed == std::errc() && is_number) return std::chrono::seconds(seconds);
  if (failed == std::errc::result_out_of_range && is_number) return std::chrono::hours(24);

  const auto when = parse_http_date(text);
  // Against the answer's own clock, so that a wrong one here does no harm.
  if (const auto date = parse_http_date(http::find_header(headers, "Date"))) now = date;
  if (!when || !now) return std::nullopt;
  const auto wait = std::chrono::ceil<std::chrono::milliseconds>(*when - *now);
  return std::max(wait, std::chrono::milliseconds(0));
}

}  // namespace fgsync::functiongraph
