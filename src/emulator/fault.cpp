#include "emulator/fault.hpp"

#include "emulator/json.hpp"

namespace fgsync::emulator {

std::string render(const Fault& fault, std::string_view request_id) {
  const std::string_view message = fault.specific.empty() ? fault.kind.message : std::string_view(fault.specific);
  JsonMembers body;
  if (fault.kind.code.starts_with("APIGW.")) {
    body.text("error_msg", message).text("error_code", fault.kind.code).text("request_id", request_id);
    return body.object();
  }
  body.text("error_code", fault.kind.code).text("error_msg", message);
  if (!fault.specific.empty()) body.raw("details", JsonMembers().text("error_msg", fault.kind.message).object());
  return body.object();
}

}  // namespace fgsync::emulator
