#pragma once

#include <catch2/catch.hpp>
#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "base/base64.hpp"
#include "base/digest.hpp"
#include "emulator/service.hpp"
#include "zip_bytes.hpp"

namespace fgsync::emulator::test {

using Json = nlohmann::json;

/// 2019-10-25 15:37:27 at UTC+8, the time in the service's own examples.
inline const std::chrono::system_clock::time_point kNow{std::chrono::seconds{1571989047}};

struct Reply {
  int status = 0;
  std::string body;
  http::Headers headers;

  [[nodiscard]] Json json() const { return Json::parse(body); }
  /// `200`, or for a refusal `404 FSS.1051`.
  [[nodiscard]] std::string outcome() const {
    const auto parsed = Json::parse(body, nullptr, false);
    const bool has_code = parsed.is_object() && parsed.contains("error_code");
    return std::to_string(status) + (has_code ? " " + parsed["error_code"].get<std::string>() : "");
  }
};

/// A service in memory, and words for talking to it. Time stands still unless a test moves `now`.
class Emulated {
 public:
  explicit Emulated(ServiceOptions options = {}, const std::string& state = ":memory:") {
    auto opened = open_service(std::move(options), state);
    REQUIRE(opened);
    service_ = std::move(*opened);
  }

  Reply send(http::Method method, const std::string& target, std::string body = "", http::Headers headers = {}) {
    http::Request request;
    request.method = method;
    request.target = target;
    request.body = std::move(body);
    request.headers = std::move(headers);
    auto response = service_->handle(request, now);
    return Reply{response.status, std::move(response.body), std::move(response.headers)};
  }

  std::optional<PendingExecution> take_execution() { return service_->take_execution(); }
  std::optional<std::string> find_code(const std::string& digest) { return service_->find_code(digest); }
  void record(const ExecutionRecord& record) { service_->record(record); }

  Reply get(const std::string& path) { return send(http::Method::get, base + path); }
  Reply post(const std::string& path, const Json& body) { return send(http::Method::post, base + path, body.dump()); }
  Reply put(const std::string& path, const Json& body) { return send(http::Method::put, base + path, body.dump()); }
  Reply remove(const std::string& path) { return send(http::Method::del, base + path); }

  /// Of the paths that are not below functions; `path` begins with a slash, a null body is none.
  Reply ask(http::Method method, const std::string& path, const Json& body = nullptr, http::Headers headers = {}) {
    return send(method, "/v2/p1/fgs" + path, body.is_null() ? "" : body.dump(), std::move(headers));
  }

  Reply publish(const std::string& version) { return post("/" + urn() + "/versions", Json{{"version", version}}); }

  [[nodiscard]] static std::string urn(const std::string& name = "hello") {
    return "urn:fss:cn-north-4:p1:function:default:" + name;
  }

  std::chrono::system_clock::time_point now = kNow;
  std::string base = "/v2/p1/fgs/functions";

 private:
  std::unique_ptr<Service> service_;
};

/// The names of an object's members.
inline std::set<std::string> names_of(const Json& object) {
  std::set<std::string> names;
  for (const auto& [name, value] : object.items()) names.insert(name);
  return names;
}

inline std::string code_zip(const std::string& source = "def handler(event, context): return 1\n") {
  return zip_bytes({{"index.py", source}});
}

/// A create request that is valid.
inline Json create_body(const std::string& name = "hello") {
  return Json{
      {"func_name", name},  {"package", "default"},         {"runtime", "Python3.9"},
      {"timeout", 30},      {"handler", "index.handler"},   {"memory_size", 128},
      {"code_type", "zip"}, {"code_filename", "index.zip"}, {"func_code", {{"file", base64_encode(code_zip())}}}};
}

/// An update of the code to zipped `source`.
inline Json code_body(const std::string& source) {
  return Json{{"code_type", "zip"}, {"func_code", {{"file", base64_encode(code_zip(source))}}}};
}

/// A configuration update that is valid and changes nothing of create_body().
inline Json config_body() {
  return Json{{"func_name", "hello"},
              {"runtime", "Python3.9"},
              {"timeout", 30},
              {"handler", "index.handler"},
              {"memory_size", 128}};
}

}  // namespace fgsync::emulator::test
