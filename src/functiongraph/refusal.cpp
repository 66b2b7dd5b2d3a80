#include "functiongraph/refusal.hpp"

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "functiongraph/error_map.hpp"
#include "functiongraph/timestamp.hpp"

namespace fgsync::functiongraph {
namespace {

using std::chrono::system_clock;

constexpr std::chrono::minutes kWorthMentioning{5};

/// In each text of a JSON document: escapes would hide the secret from a search through its bytes. Names stay, and
/// error codes, which a short secret must not take away. False: no JSON, or too deep to be an answer.
bool hide_in_json(std::string& body, const Secret& secret) {
  using nlohmann::json;
  constexpr int kDeepest = 64;
  json document = json::parse(body, nullptr, false);
  if (document.is_discarded()) return false;
  bool has_changed = false;
  std::vector<std::pair<json*, int>> waiting{{&document, 0}};
  while (!waiting.empty()) {
    const auto [value, depth] = waiting.back();
    waiting.pop_back();
    if (depth > kDeepest) return false;
    if (auto* text = value->get_ptr<std::string*>()) {
      const std::string before = *text;
      hide(*text, secret);
      has_changed = has_changed || *text != before;
    } else if (value->is_structured()) {
      for (json& part : *value) waiting.emplace_back(&part, depth + 1);
    }
  }
  if (has_changed) body = document.dump(-1, ' ', false, json::error_handler_t::replace);
  return true;
}

/// What was asked for is not looked through: it may be large, and nothing of it is taken for an error's words.
bool may_be_refusal(const http::Response& response) {
  return response.status < 200 || response.status > 299 || response.body.find("error") != std::string::npos;
}

/// What the gateway's words and error_map's advice leave open.
std::string where_from(const Credential& credential, const CredentialSource& source) {
  if (std::holds_alternative<NoCredentials>(credential)) {
    return "None are given: set FGSYNC_TOKEN, or HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK, or spec.credentials in "
           "fgsync.yaml";
  }
  const std::string origin = "They come from " + source.description();
  if (std::holds_alternative<Token>(credential)) return origin;
  return origin + ": key id and secret must belong together, and the key must be enabled";
}

std::string in_words(std::chrono::minutes difference) {
  const auto minutes = difference.count();
  constexpr std::chrono::minutes::rep kHour = 60;
  constexpr std::chrono::minutes::rep kDay = 24 * kHour;
  if (minutes < 2 * kHour) return std::to_string(minutes) + " minutes";
  if (minutes < 2 * kDay) return std::to_string(minutes / kHour) + " hours";
  return std::to_string(minutes / kDay) + " days";
}

/// Empty when the clock is right, or the answer does not tell.
std::string about_the_clock(const http::Response& response, system_clock::time_point now) {
  const auto theirs = parse_http_date(http::find_header(response.headers, "Date"));
  if (!theirs) return {};
  const auto ahead = now - *theirs;
  const auto difference = std::chrono::abs(ahead);
  if (difference <= kWorthMentioning) return {};
  return ". This machine's clock is " + in_words(std::chrono::duration_cast<std::chrono::minutes>(difference)) +
         (ahead.count() > 0 ? " ahead of" : " behind") +
         " the service's: set it (a signature may be 15 minutes off at most)";
}

}  // namespace

Admission admission_of(const http::Response& response) {
  if (response.status < 400) return Admission::let_in;
  const Error error = to_error(response, Effect::read);
  if (is_credential_refusal(error)) return Admission::refused;
  return code_of(error).starts_with("FSS.") ? Admission::let_in : Admission::unknown;
}

void hide_secret(http::Response& response, const Secret& secret) {
  for (auto& [name, value] : response.headers) hide(value, secret);
  if (may_be_refusal(response) && !hide_in_json(response.body, secret)) hide(response.body, secret);
}

void hide_secrets(Result<http::Response>& answer, const Credential& credential) {
  const auto hide_one = [&answer](const Secret& secret) {
    if (answer) {
      hide_secret(*answer, secret);
    } else {
      hide(answer.error().message, secret);
    }
  };
  if (const auto* token = std::get_if<Token>(&credential)) hide_one(token->text);
  if (const auto* key = std::get_if<SigningKey>(&credential)) {
    hide_one(key->key.security_token);
    hide_one(key->key.secret);
  }
}

Error not_sent(Error error) {
  if (!error.remote) error.remote.emplace();
  error.remote->request_sent = false;
  return error;
}

Error to_refusal(const http::Response& response, const Credential& credential, const CredentialSource& source,
                 system_clock::time_point now) {
  Error error = to_error(response, Effect::read);
  const bool can_change = source.is_renewable();
  error.message += ". " + where_from(credential, source) + about_the_clock(response, now) +
                   (can_change ? ". Nothing more is sent until they change" : ". Nothing more is sent with them");
  return not_sent(std::move(error));
}

}  // namespace fgsync::functiongraph
