#pragma once

#include <catch2/catch.hpp>
#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "functiongraph/http_function_graph.hpp"
#include "tests/support/all_bytes.hpp"
#include "tests/support/exchange_failures.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/run.hpp"
#include "tests/support/scripted_client.hpp"

namespace fgsync::functiongraph::cases {

using nlohmann::json;
using std::chrono::milliseconds;
using Names = std::vector<std::string>;

/// The adapters over a client whose answers are told beforehand.
struct Fixture {
  explicit Fixture(Logger logger = {}) : log(std::move(logger)) {}

  [[nodiscard]] Deadline deadline() const { return clock.in(milliseconds(30'000)); }
  /// `GET /v2/…`, of every request so far.
  [[nodiscard]] Names targets() const {
    Names lines;
    for (const auto& request : client.requests()) {
      lines.push_back(std::string(http::name_of(request.method)) + " " + request.target);
    }
    return lines;
  }
  /// The body of the last request, as it arrives.
  [[nodiscard]] std::string last_body() const { return test::as_received(client.requests().back()).body; }
  [[nodiscard]] ProjectPorts ports() { return {client, clock, "p1", counter, log}; }

  test::ScriptedClient client;
  test::FakeClock clock;
  CallCounter counter;
  Logger log;
  std::unique_ptr<FunctionGraph> graph = make_http_function_graph(ports());
  std::unique_ptr<Triggers> triggers = make_http_triggers(ports());
  std::unique_ptr<Dependencies> dependencies = make_http_dependencies(ports());
  std::unique_ptr<Invocations> invocations = make_http_invocations(ports());
};

inline FunctionUrn urn_of(const std::string& name) {
  return *FunctionUrn::parse("urn:fss:r:p1:function:default:" + name);
}

inline json function_json(const std::string& name) {
  return json{{"func_urn", urn_of(name).text() + ":latest"},
              {"func_name", name},
              {"runtime", "Python3.9"},
              {"handler", "index.handler"},
              {"memory_size", 128},
              {"timeout", 3},
              {"digest", "d"},
              {"package", "default"}};
}

inline std::string code_json(const std::string& name) {
  return json{{"func_urn", urn_of(name).text() + ":latest"}, {"digest", "d"}}.dump();
}

inline Tags tagged(std::map<std::string, std::string> tags) {
  return Tags{std::move(tags), {}};
}

inline CodeUpload zip_upload(const std::string& bytes) {
  return {CodeUpload::Type::zip, "index.zip", bytes_in_memory(bytes), ""};
}

/// How a call failed, if it did.
template <class T>
std::optional<Error> failure_of(boost::asio::awaitable<Result<T>> call) {
  auto result = test::run(std::move(call));
  return result ? std::nullopt : std::optional<Error>(result.error());
}

}  // namespace fgsync::functiongraph::cases
