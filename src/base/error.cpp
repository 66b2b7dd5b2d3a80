#include "base/error.hpp"

#include <utility>

namespace fgsync {

std::string_view name_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::invalid: return "invalid";
    case ErrorKind::not_found: return "not_found";
    case ErrorKind::conflict: return "conflict";
    case ErrorKind::unauthorized: return "unauthorized";
    case ErrorKind::throttled: return "throttled";
    case ErrorKind::transient: return "transient";
    case ErrorKind::timed_out: return "timed_out";
    case ErrorKind::unknown_effect: return "unknown_effect";
    case ErrorKind::cancelled: return "cancelled";
    case ErrorKind::corrupt: return "corrupt";
    case ErrorKind::internal: return "internal";
  }
  return "internal";
}

std::string SourcePosition::to_string() const {
  if (line == 0) return file;
  return file + ":" + std::to_string(line) + ":" + std::to_string(column);
}

Error::Error(ErrorKind error_kind, std::string error_message) : kind(error_kind), message(std::move(error_message)) {}

std::string Error::describe() const {
  std::string text;
  if (position) text += position->to_string() + ": ";
  for (auto frame = context.rbegin(); frame != context.rend(); ++frame) text += *frame + ": ";
  text += message;
  if (!remote) return text;

  std::string facts;
  auto add = [&facts](const std::string& fact) { facts += (facts.empty() ? "" : ", ") + fact; };
  if (remote->http_status != 0) add("HTTP " + std::to_string(remote->http_status));
  if (!remote->error_code.empty()) add(remote->error_code);
  if (!remote->request_id.empty()) add("request id " + remote->request_id);
  if (!facts.empty()) text += " (" + facts + ")";
  return text;
}

Error with_context(Error error, std::string frame) {
  error.context.push_back(std::move(frame));
  return error;
}

}  // namespace fgsync
