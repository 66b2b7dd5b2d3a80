#include "contract.hpp"

#include <algorithm>

#include "emulator/service.hpp"
#include "functiongraph/authentication.hpp"
#include "functiongraph/budget.hpp"
#include "functiongraph/http_function_graph.hpp"
#include "http/server.hpp"
#include "tests/support/emulated_client.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/fake_dependencies.hpp"
#include "tests/support/fake_function_graph.hpp"
#include "tests/support/fake_invocations.hpp"
#include "tests/support/fake_triggers.hpp"
#include "tests/support/stored_zip.hpp"

namespace fgsync::functiongraph::contract {
namespace {

constexpr std::chrono::seconds kSoon{30};
constexpr const char* kToken = "t0ken";

class FakePorts final : public Implementation {
 public:
  explicit FakePorts(Quotas quotas) { service_.limits.functions = static_cast<std::size_t>(quotas.functions); }

  FunctionGraph& graph() override { return graph_; }
  Triggers& triggers() override { return triggers_; }
  Dependencies& dependencies() override { return dependencies_; }
  Invocations& invocations() override { return invocations_; }
  boost::asio::io_context& loop() override { return loop_; }
  [[nodiscard]] Deadline soon() const override { return clock_.in(kSoon); }
  [[nodiscard]] bool finds_code() const override { return true; }

 private:
  boost::asio::io_context loop_;
  test::FakeClock clock_;
  test::FakeService service_{clock_};
  test::FakeFunctionGraph graph_{service_};
  test::FakeTriggers triggers_{service_};
  test::FakeDependencies dependencies_{service_};
  test::FakeInvocations invocations_{service_};
};

std::unique_ptr<emulator::Service> open_emulator(Quotas quotas) {
  emulator::ServiceOptions options;
  options.max_functions = quotas.functions;
  options.max_reserved_instances = 1000;
  options.token = kToken;
  options.unknown_dependencies = emulator::UnknownDependencies::refused;
  auto service = emulator::open_service(options, ":memory:");
  REQUIRE(service);
  return std::move(*service);
}

/// The adapters over HTTP; who derives says which client they talk through.
class HttpPorts : public Implementation {
 public:
  HttpPorts(http::HttpClient& client, Clock& clock)
      : clock_(clock),
        graph_(make_http_function_graph(ports(client))),
        triggers_(make_http_triggers(ports(client))),
        dependencies_(make_http_dependencies(ports(client))),
        invocations_(make_http_invocations(ports(client))) {}

  FunctionGraph& graph() override { return *graph_; }
  Triggers& triggers() override { return *triggers_; }
  Dependencies& dependencies() override { return *dependencies_; }
  Invocations& invocations() override { return *invocations_; }
  [[nodiscard]] Deadline soon() const override { return clock_.in(kSoon); }
  [[nodiscard]] bool finds_code() const override { return false; }

 private:
  ProjectPorts ports(http::HttpClient& client) { return ProjectPorts{client, clock_, "p1", counter_, Logger()}; }

  Clock& clock_;
  CallCounter counter_;
  std::unique_ptr<FunctionGraph> graph_;
  std::unique_ptr<Triggers> triggers_;
  std::unique_ptr<Dependencies> dependencies_;
  std::unique_ptr<Invocations> invocations_;
};

/// `client` with the emulator's token.
std::unique_ptr<http::HttpClient> with_token(http::HttpClient& client, const http::Endpoint& endpoint, Clock& clock) {
  return make_authenticated_client(AuthenticationPorts{client, endpoint, clock, nullptr, Logger()},
                                   make_fixed_token(Secret(kToken), "the test"));
}

/// What a client in memory needs; a base, so that it is there before the adapters.
struct EmulatedService {
  explicit EmulatedService(Quotas quotas) : service(open_emulator(quotas)) {}

  boost::asio::io_context memory_loop;
  test::FakeClock fake_clock;
  std::unique_ptr<emulator::Service> service;
  test::EmulatedClient emulated{*service, fake_clock};
  std::unique_ptr<http::HttpClient> client = with_token(emulated, http::Endpoint(), fake_clock);
};

class EmulatedPorts final : private EmulatedService, public HttpPorts {
 public:
  explicit EmulatedPorts(Quotas quotas) : EmulatedService(quotas), HttpPorts(*client, fake_clock) {}
  boost::asio::io_context& loop() override { return memory_loop; }
};

/// A server, and the clients of the real program, on one loop.
struct LoopbackService {
  explicit LoopbackService(Quotas quotas) : service(open_emulator(quotas)) {
    auto handler = [this](const http::Request& request) {
      return std::optional(service->handle(request, service_clock.wall_now()));
    };
    auto started = http::start_beast_server(socket_loop.get_executor(), {}, handler);
    REQUIRE(started);
    server = std::move(*started);
    const http::Endpoint endpoint{http::Endpoint::Scheme::http, "127.0.0.1", server->port(), ""};
    auto made = http::make_beast_client(socket_loop.get_executor(), endpoint, {});
    REQUIRE(made);
    beast = std::move(*made);
    authenticated = with_token(*beast, endpoint, system_clock);
    client = make_budgeted_client(*authenticated, budget, Priority::human);
  }

  boost::asio::io_context socket_loop;
  SystemClock system_clock;  // sockets have deadlines in real time
  test::FakeClock service_clock;
  std::unique_ptr<emulator::Service> service;
  std::unique_ptr<http::HttpServer> server;
  Budget budget{BudgetLimits(), system_clock, 1, Logger()};
  std::unique_ptr<http::HttpClient> beast;
  std::unique_ptr<http::HttpClient> authenticated;
  std::unique_ptr<http::HttpClient> client;
};

class LoopbackPorts final : private LoopbackService, public HttpPorts {
 public:
  explicit LoopbackPorts(Quotas quotas) : LoopbackService(quotas), HttpPorts(*client, system_clock) {}
  boost::asio::io_context& loop() override { return socket_loop; }
};

}  // namespace

std::unique_ptr<Implementation> open(Fake /*which*/, Quotas quotas) {
  return std::make_unique<FakePorts>(quotas);
}
std::unique_ptr<Implementation> open(Emulated /*which*/, Quotas quotas) {
  return std::make_unique<EmulatedPorts>(quotas);
}
std::unique_ptr<Implementation> open(Loopback /*which*/, Quotas quotas) {
  return std::make_unique<LoopbackPorts>(quotas);
}

World::World(std::unique_ptr<Implementation> implementation)
    : implementation_(std::move(implementation)),
      graph(implementation_->graph()),
      triggers(implementation_->triggers()),
      dependencies(implementation_->dependencies()),
      invocations(implementation_->invocations()) {}

FunctionUrn World::create(const std::string& name) {
  return good(graph.create_function(some_function(name), soon())).row.urn;
}

void World::publish(const FunctionUrn& urn, const std::string& version) {
  good(graph.publish_version(urn, PublishRequest{version, "about " + version, ""}, soon()));
}

void World::release(const FunctionUrn& urn, const std::string& version) {
  CodeUpdate update;
  update.code = zip_upload("code of " + version);
  good(graph.update_code(urn, update, soon()));
  publish(urn, version);
}

void World::point(const FunctionUrn& urn, const std::string& alias, const std::string& version) {
  good(graph.create_alias(urn, AliasRequest{alias, version, "about " + alias}, soon()));
}

FunctionConfig World::config_of(const QualifiedUrn& urn) {
  return good(graph.show_config(urn, soon())).config;
}

std::vector<std::string> World::versions_of(const FunctionUrn& urn) {
  std::vector<std::string> names;
  for (const Version& version : good(graph.list_versions(urn, soon()))) names.push_back(version.name);
  std::sort(names.begin(), names.end());
  return names;
}

std::map<std::string, std::string> World::aliases_of(const FunctionUrn& urn) {
  std::map<std::string, std::string> aliases;
  for (const Alias& alias : good(graph.list_aliases(urn, soon()))) aliases[alias.name] = alias.version;
  return aliases;
}

std::string code_zip(const std::string& source) {
  return test::stored_zip({{"index.py", source}});
}

CodeUpload zip_upload(const std::string& source) {
  return CodeUpload{CodeUpload::Type::zip, "index.zip", bytes_in_memory(code_zip(source)), ""};
}

CodeUpload source_upload(const std::string& text) {
  return CodeUpload{CodeUpload::Type::source, "", bytes_in_memory(text), ""};
}

CreateRequest some_function(const std::string& name) {
  CreateRequest request;
  request.name = name;
  request.app = "default";
  request.config.runtime = "Python3.9";
  request.config.handler = "index.handler";
  request.config.memory_size = 128;
  request.config.timeout = std::chrono::seconds(3);
  request.config.description = "says hello";
  request.config.user_data = {{"A", "1"}};
  request.code = zip_upload("v1");
  return request;
}

TriggerRequest some_trigger() {
  return TriggerRequest{"TIMER", "ACTIVE", "",
                        R"({"name":"nightly","schedule_type":"Cron","schedule":"0 0 3 * * ?","user_event":"süß"})"};
}

FunctionUrn nobody() {
  return *FunctionUrn::parse("urn:fss:cn-north-4:p1:function:default:nobody");
}

}  // namespace fgsync::functiongraph::contract
