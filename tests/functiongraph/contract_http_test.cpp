// What only the HTTP adapter can show: credentials, projects and lost answers, against the emulator's core.
#include "contract.hpp"
#include "emulator/service.hpp"
#include "functiongraph/authentication.hpp"
#include "functiongraph/http_function_graph.hpp"
#include "tests/support/emulated_client.hpp"
#include "tests/support/fake_clock.hpp"

namespace fgsync::functiongraph::contract {
namespace {

/// An emulator that takes one token, and a client in memory.
struct Emulator {
  [[nodiscard]] static std::unique_ptr<emulator::Service> open() {
    emulator::ServiceOptions options;
    options.token = "t0ken";
    auto service = emulator::open_service(options, ":memory:");
    REQUIRE(service);
    return std::move(*service);
  }

  [[nodiscard]] Deadline soon() const { return clock.in(std::chrono::seconds(1)); }

  std::unique_ptr<emulator::Service> service = open();
  test::FakeClock clock;
  test::EmulatedClient client{*service, clock};
};

/// The adapter of one project, with a token.
struct Project {
  Project(Emulator& emulator, const std::string& id, const std::string& token)
      : authenticated(make_authenticated_client({emulator.client, http::Endpoint(), emulator.clock, nullptr, Logger()},
                                                make_fixed_token(Secret(token), "the test"))),
        graph(make_http_function_graph({*authenticated, emulator.clock, id, counter, Logger()})) {}

  CallCounter counter;
  std::unique_ptr<http::HttpClient> authenticated;
  std::unique_ptr<FunctionGraph> graph;
};

TEST_CASE("contract, HTTP: a wrong token condemns the credentials") {
  Emulator emulator;
  const Project project(emulator, "p1", "stale");
  const auto refused = test::run(project.graph->list_functions(emulator.soon()));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == ErrorKind::unauthorized);
  CHECK(is_credential_refusal(refused.error()));
}

TEST_CASE("contract, HTTP: another project sees nothing of ours") {
  Emulator emulator;
  const Project ours(emulator, "p1", "t0ken");
  const Project theirs(emulator, "p2", "t0ken");
  REQUIRE(test::run(ours.graph->create_function(some_function(), emulator.soon())));
  const auto listed = test::run(theirs.graph->list_functions(emulator.soon()));
  REQUIRE(listed);
  CHECK(listed->empty());
}

TEST_CASE("contract, HTTP: a mutation lost before the service was not applied") {
  Emulator emulator;
  const Project project(emulator, "p1", "t0ken");
  emulator.client.before = [](const http::Request& request) {
    return request.method == http::Method::get ? std::nullopt : test::lost(test::lost_answer());
  };
  const auto lost = test::run(project.graph->create_function(some_function(), emulator.soon()));
  REQUIRE_FALSE(lost);
  CHECK(lost.error().kind == ErrorKind::unknown_effect);
  CHECK_FALSE(*test::run(project.graph->find_function("hello", emulator.soon())));
}

TEST_CASE("contract, HTTP: a mutation whose answer was lost behind the service was applied") {
  Emulator emulator;
  const Project project(emulator, "p1", "t0ken");
  emulator.client.after = [](const http::Request& request, http::Response response) -> Result<http::Response> {
    if (request.method == http::Method::get) return response;
    return fail(test::lost_answer());
  };
  const auto lost = test::run(project.graph->create_function(some_function(), emulator.soon()));
  REQUIRE_FALSE(lost);
  CHECK(lost.error().kind == ErrorKind::unknown_effect);
  CHECK(*test::run(project.graph->find_function("hello", emulator.soon())));
}

}  // namespace
}  // namespace fgsync::functiongraph::contract
