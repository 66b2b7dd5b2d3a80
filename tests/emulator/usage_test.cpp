// Quotas are checked against what a project has at most, and counted only when that is too much.
#include "emulated.hpp"

namespace fgsync::emulator::test {
namespace {

/// Code that takes so many bytes and a few.
Json create_large(const std::string& name, std::size_t bytes) {
  auto body = create_body(name);
  body["func_code"]["file"] = base64_encode(code_zip(std::string(bytes, 'x') + name));
  return body;
}

constexpr std::size_t kBytes = 400'000;

}  // namespace

TEST_CASE("usage: what was removed makes room for another function") {
  ServiceOptions options;
  options.max_functions = 2;
  Emulated service(options);
  for (const auto* name : {"a", "b"}) CHECK(service.post("", create_body(name)).status == 200);
  CHECK(service.post("", create_body("c")).outcome() == "403 FSS.1041");
  service.remove("/" + Emulated::urn("a"));
  CHECK(service.post("", create_body("c")).status == 200);
  CHECK(service.post("", create_body("d")).outcome() == "403 FSS.1041");
}

TEST_CASE("usage: refused functions take no room") {
  ServiceOptions options;
  options.max_functions = 2;
  Emulated service(options);
  for (int i = 0; i < 5; ++i) CHECK(service.post("", Json{{"func_name", "a"}}).status == 400);
  for (const auto* name : {"a", "b"}) CHECK(service.post("", create_body(name)).status == 200);
  CHECK(service.post("", create_body("c")).outcome() == "403 FSS.1041");
}

TEST_CASE("usage: published versions take room for code, and give it back") {
  ServiceOptions options;
  options.max_code_mb = 1;
  Emulated service(options);
  CHECK(service.post("", create_large("hello", kBytes)).status == 200);
  CHECK(service.publish("v1").status == 200);
  CHECK(service.post("", create_large("other", kBytes)).outcome() == "403 FSS.1042");
  CHECK(service.remove("/" + Emulated::urn() + ":v1").status == 204);
  CHECK(service.post("", create_large("other", kBytes)).status == 200);
}

TEST_CASE("usage: an update takes the room of the new code only") {
  ServiceOptions options;
  options.max_code_mb = 1;
  Emulated service(options);
  CHECK(service.post("", create_large("hello", kBytes)).status == 200);
  for (const auto* text : {"a", "b", "c", "d"}) {
    const auto body = code_body(std::string(kBytes, 'x') + text);
    CHECK(service.put("/" + Emulated::urn() + "/code", body).status == 200);
  }
  CHECK(service.post("", create_large("other", kBytes)).status == 200);
  CHECK(service.post("", create_large("third", kBytes)).outcome() == "403 FSS.1042");
}

TEST_CASE("usage: each project has its own") {
  ServiceOptions options;
  options.max_functions = 1;
  Emulated service(options);
  CHECK(service.post("", create_body("a")).status == 200);
  service.base = "/v2/p2/fgs/functions";
  CHECK(service.post("", create_body("a")).status == 200);
  CHECK(service.post("", create_body("b")).outcome() == "403 FSS.1041");
}

}  // namespace fgsync::emulator::test
