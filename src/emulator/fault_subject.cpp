#include "emulator/fault_subject.hpp"

#include "emulator/json.hpp"
#include "emulator/operation_names.hpp"
#include "emulator/operations.hpp"
#include "emulator/text.hpp"

namespace fgsync::emulator {
namespace {

std::string path_of(const std::string& target) {
  const auto path = target.substr(0, target.find('?'));
  return percent_decode(path).value_or(path);
}

std::string name_in_body(std::string_view body) {
  const auto object = JsonObject::parse(body);
  return object ? text_of(*object, "func_name") : std::string();
}

}  // namespace

FaultSubject subject_of(const http::Request& request, FunctionNames names) {
  FaultSubject subject;
  subject.method = request.method;
  subject.path = path_of(request.target);
  const auto route = find_route(request);
  if (!route) return subject;
  subject.operation = name_of(route->operation);
  if (const auto urn = parse_urn(route->urn)) {
    subject.function = urn->name;
  } else if (names == FunctionNames::from_body_too &&
             (route->operation == create_function || route->operation == import_function)) {
    subject.function = name_in_body(request.body);
  }
  return subject;
}

std::string_view operation_of(const http::Request& request) {
  const auto route = find_route(request);
  return route ? name_of(route->operation) : std::string_view();
}

}  // namespace fgsync::emulator
