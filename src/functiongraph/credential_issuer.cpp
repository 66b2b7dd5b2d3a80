#include "functiongraph/credential_issuer.hpp"

#include <utility>

#include "base/printable.hpp"
#include "functiongraph/codec_reader.hpp"
#include "functiongraph/error_map.hpp"

namespace fgsync::functiongraph {
namespace {

/// IAM has two shapes of errors, depending on who refuses.
std::string words_of(const http::Response& response) {
  constexpr std::size_t kMaxShown = 500;
  auto body = ObjectReader::parse(response.body);
  std::string words;
  if (body) words = body->shown_text("error_msg");
  if (const auto error = body ? body->object_setting("error") : std::nullopt) words = error->shown_text("message");
  if (words.empty()) return "HTTP " + std::to_string(response.status) + " without a reason";
  if (words.ends_with('.')) words.pop_back();
  return printable(words, kMaxShown);
}

}  // namespace

Error refused_by(std::string_view issuer, const http::Response& response, std::string_view what_to_check) {
  Error error = to_error(response, Effect::read);
  error.kind = response.status < 400 ? ErrorKind::corrupt : ErrorKind::unauthorized;
  if (response.status == 429) error.kind = ErrorKind::throttled;
  if (response.status >= 500) error.kind = ErrorKind::transient;
  error.message = std::string(issuer) + " says: " + words_of(response) + ". " + std::string(what_to_check);
  return error;
}

Error not_understood(std::string_view issuer, std::string_view why, std::string_view what_to_check) {
  return Error(ErrorKind::corrupt, "the answer of " + std::string(issuer) + " cannot be understood: " +
                                       std::string(why) + ". " + std::string(what_to_check));
}

}  // namespace fgsync::functiongraph
