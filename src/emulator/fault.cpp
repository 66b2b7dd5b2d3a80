#include "emulator/fault.hpp"

#include "emulator/json.hpp"

namespace fgsync::emulator {
namespace {

std::string_view title_of(int status) {
  switch (status) {
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 404: return "Not Found";
    default: return "Forbidden";
  }
}

}  // namespace

std::string render(const Fault& fault, std::string_view request_id) {
  const std::string_view message = fault.specific.empty() ? fault.kind.message : std::string_view(fault.specific);
  JsonMembers body;
  if (fault.kind.code.starts_with("APIGW.")) {
    body.text("error_msg", message).text("error_code", fault.kind.code).text("request_id", request_id);
    return body.object();
  }
  if (fault.kind.code.starts_with("IAM.")) {
    body.text("message", message).number("code", fault.kind.status).text("title", title_of(fault.kind.status));
    return JsonMembers().raw("error", body.object()).object();
  }
  body.text("error_code", fault.kind.code).text("error_msg", message);
  if (!fault.specific.empty()) body.raw("details", JsonMembers().text("error_msg", fault.kind.message).object());
  return body.object();
}

}  // namespace fgsync::emulator
