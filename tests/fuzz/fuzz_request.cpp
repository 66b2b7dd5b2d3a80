// Requests to the emulator, one after another on one state in memory. The first byte says what the rest is: an import
// package, or requests as text,
//
//   POST /v2/p/fgs/functions
//   X-Auth-Token: t
//
//   {"func_name": "hello"}
//   %%
//   GET /v2/p/fgs/functions
//
// Whatever is asked, each answer has a documented status and one of the documented shapes, and never is it the
// emulator's own fault.
#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>

#include "base/base64.hpp"
#include "emulator/service.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace {

using fgsync::emulator::Service;
using fgsync::fuzz::require;
using fgsync::http::Method;
using fgsync::http::Request;
using fgsync::http::Response;
using Json = nlohmann::json;

constexpr std::chrono::system_clock::time_point kNow{std::chrono::seconds{1571989047}};
constexpr std::size_t kMaxRequests = 30;
constexpr std::string_view kNext = "\n%%\n";

bool has_text(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string();
}

/// The service's shape, the gateway's, or IAM's.
bool is_refusal(const Json& body) {
  if (!body.is_object()) return false;
  const auto error = body.find("error");
  if (error != body.end()) return error->is_object() && has_text(*error, "message") && error->contains("code");
  return has_text(body, "error_code") && has_text(body, "error_msg");
}

void check(const Response& response) {
  static const std::set<int> kStatuses{200, 201, 202, 204, 400, 401, 403, 404, 409, 412, 413};
  require(response.status != 500, "it is never the emulator's own fault");
  require(kStatuses.contains(response.status), "a status is a documented one");
  require(fgsync::http::find_header(response.headers, "X-Request-Id").size() == 32, "every answer has an id");
  if (response.status == 204) require(response.body.empty(), "nothing is nothing");
  const bool is_json = fgsync::http::find_header(response.headers, "Content-Type") == "application/json";
  if (response.body.empty() || (response.status < 400 && !is_json)) return;
  const Json body = Json::parse(response.body, nullptr, false);
  require(!body.is_discarded(), "what is called JSON is JSON");
  if (response.status >= 400) require(is_refusal(body), "a refusal has one of three shapes");
}

std::string_view take_line(std::string_view& text) {
  const auto end = text.find('\n');
  const auto line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

Request to_request(std::string_view text) {
  Request request;
  const auto line = take_line(text);
  const auto space = line.find(' ');
  const auto method = line.substr(0, space);
  for (const auto known : {Method::get, Method::post, Method::put, Method::del}) {
    if (method == name_of(known)) request.method = known;
  }
  // As the server promises.
  request.target = "/" + std::string(space == std::string_view::npos ? "" : line.substr(space + 1));
  if (request.target.starts_with("//")) request.target.erase(0, 1);
  for (auto header = take_line(text); !header.empty(); header = take_line(text)) {
    const auto colon = header.find(": ");
    if (colon != std::string_view::npos)
      request.headers.emplace_back(header.substr(0, colon), header.substr(colon + 2));
  }
  request.body = text;
  return request;
}

std::unique_ptr<Service> open(fgsync::emulator::AuthenticationMode mode) {
  fgsync::emulator::ServiceOptions options;
  options.authentication = mode;
  options.token = "t";
  options.access_keys.push_back({"AKID", fgsync::Secret("secret"), fgsync::Secret("")});
  auto users = fgsync::emulator::parse_iam_directory("[user]\ndomain = acme\nname = u\npassword = p\n");
  require(users.has_value(), "the users are users");
  options.iam = *users;
  auto opened = fgsync::emulator::open_service(std::move(options), ":memory:");
  require(opened.has_value(), "a state in memory can be opened");
  return std::move(*opened);
}

void send_requests(Service& service, std::string_view text) {
  for (std::size_t i = 0; i < kMaxRequests && !text.empty(); ++i) {
    const auto end = text.find(kNext);
    check(service.handle(to_request(text.substr(0, end)), kNow));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + kNext.size());
  }
}

void import_package(Service& service, std::string_view bytes) {
  Request request;
  request.method = Method::post;
  request.target = "/v2/p/fgs/functions/import";
  request.body = Json{{"func_name", "hello"},
                      {"package", "default"},
                      {"file_type", "zip"},
                      {"file_name", "hello.zip"},
                      {"file_code", fgsync::base64_encode(bytes)}}
                     .dump();
  check(service.handle(request, kNow));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  using Mode = fgsync::emulator::AuthenticationMode;
  const auto service = open(data[0] == 'a' ? Mode::any : Mode::none);
  if (data[0] == 'z') {
    import_package(*service, rest);
  } else {
    send_requests(*service, rest);
  }
  Request list;
  list.target = "/v2/p/fgs/functions";
  list.headers.emplace_back("X-Auth-Token", "t");
  require(service->handle(list, kNow).status == 200, "the service goes on");
  return 0;
}
