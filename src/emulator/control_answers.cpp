#include "emulator/control_answers.hpp"

#include "emulator/json.hpp"

namespace fgsync::emulator {
namespace {

int status_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::invalid: return 400;
    case ErrorKind::not_found: return 404;
    case ErrorKind::conflict: return 409;
    default: return 500;
  }
}

std::string render_mistake(const manifest::Diagnostic& mistake) {
  JsonMembers members;
  members.number("line", mistake.position.line).number("column", mistake.position.column);
  members.text("field", mistake.field).text("message", mistake.message);
  if (!mistake.hint.empty()) members.text("hint", mistake.hint);
  return members.object();
}

}  // namespace

http::Response control_answer(std::string json, int status) {
  http::Response response;
  response.status = status;
  response.headers.emplace_back("Content-Type", "application/json");
  response.body = std::move(json);
  return response;
}

http::Response control_refusal(int status, const std::string& message) {
  return control_answer(JsonMembers().text("error", message).object(), status);
}

http::Response control_refusal(const Error& error) {
  return control_refusal(status_of(error.kind), error.describe());
}

http::Response control_mistakes(const manifest::Diagnostics& mistakes) {
  std::vector<std::string> items;
  for (const auto& mistake : mistakes) items.push_back(render_mistake(mistake));
  const auto& first = mistakes.front();
  const auto text = "line " + std::to_string(first.position.line) + ": " + summary(first);
  return control_answer(JsonMembers().text("error", text).raw("mistakes", json_array(items)).object(), 400);
}

}  // namespace fgsync::emulator
