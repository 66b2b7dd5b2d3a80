// Every limit on a size at the value that it was set to, and one byte above it.
#include "emulated.hpp"

using namespace fgsync::emulator;
using namespace fgsync::emulator::test;
using fgsync::base64_encode;

namespace {

constexpr std::size_t kKb = 1024;
constexpr std::size_t kMb = kKb * kKb;

ServiceOptions small() {
  ServiceOptions options;
  options.sizes = SizeLimits{1, 1, 1, 1, 1, 1, 1};
  return options;
}

/// An archive of exactly that many bytes.
std::string zip_of(std::size_t bytes) {
  const auto empty = code_zip("").size();
  return code_zip(std::string(bytes - empty, '#'));
}

std::string create(const std::string& type, const std::string& code) {
  Emulated service(small());
  auto body = create_body();
  body["code_type"] = type;
  body["func_code"]["file"] = base64_encode(code);
  return service.post("", body).outcome();
}

std::string event_of(std::size_t bytes) {
  return R"({"a":")" + std::string(bytes - 8, 'x') + "\"}";
}

}  // namespace

TEST_CASE("size limits: packages of code") {
  CHECK(create("zip", zip_of(kMb)) == "200");
  CHECK(create("zip", zip_of(kMb + 1)) == "413 FSS.1071");
}

TEST_CASE("size limits: inline source") {
  CHECK(create("inline", std::string(kKb, '#')) == "200");
  CHECK(create("inline", std::string(kKb + 1, '#')) == "413 FSS.1072");
}

TEST_CASE("size limits: a refusal names a limit that is not the documented one") {
  Emulated service(small());
  auto body = create_body();
  body["func_code"]["file"] = base64_encode(zip_of(kMb + 1));
  const auto answer = service.post("", body).json();
  CHECK(answer["error_msg"] == "the limit of this fgsync-emulator is 1 MB");
  CHECK(answer["details"]["error_msg"] ==
        "The size of the code package to be uploaded exceeds the maximum allowed limit (50 MB).");
}

TEST_CASE("size limits: import packages") {
  const auto import = [](std::size_t bytes) {
    Emulated service(small());
    return service
        .post("/import", Json{{"func_name", "hello"},
                              {"file_name", "hello.zip"},
                              {"file_type", "zip"},
                              {"file_code", base64_encode(zip_of(bytes))}})
        .outcome();
  };
  CHECK(import(kMb) == "400 FSS.1025");  // it has no YAML file
  CHECK(import(kMb + 1) == "400 FSS.1023");
}

TEST_CASE("size limits: dependencies") {
  const auto add = [](std::size_t bytes) {
    Emulated service(small());
    const Json body{{"depend_type", "zip"},
                    {"depend_file", base64_encode(zip_of(bytes))},
                    {"name", "six"},
                    {"runtime", "Python3.9"}};
    return service.ask(fgsync::http::Method::post, "/dependencies/version", body).outcome();
  };
  CHECK(add(kMb) == "200");
  CHECK(add(kMb + 1) == "413 FSS.1071");
}

TEST_CASE("size limits: events") {
  Emulated service(small());
  service.post("", create_body());
  for (const auto& [path, status] : {std::pair{"/invocations", 200}, std::pair{"/invocations-async", 202}}) {
    const auto target = service.base + "/" + Emulated::urn() + path;
    CHECK(service.send(fgsync::http::Method::post, target, event_of(kKb)).status == status);
    CHECK(service.send(fgsync::http::Method::post, target, event_of(kKb + 1)).outcome() == "413 FSS.1201");
  }
}

TEST_CASE("size limits: signed bodies") {
  auto options = small();
  options.access_keys.push_back({"AK", fgsync::Secret("SK"), fgsync::Secret("")});
  Emulated service(options);
  const fgsync::http::Headers headers{{"Authorization", "SDK-HMAC-SHA256 of nothing"}};
  const auto send = [&](std::size_t bytes) {
    return service.send(fgsync::http::Method::post, service.base, std::string(bytes, ' '), headers).outcome();
  };
  CHECK(send(kMb) == "401 APIGW.0301");
  CHECK(send(kMb + 1) == "413 APIGW.0201");
}
