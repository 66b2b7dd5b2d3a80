// HttpFunctionGraph against the emulator's core, in one process: both were written from the documents, and here they
// must understand each other.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "base/digest.hpp"
#include "functiongraph/error_map.hpp"
#include "functiongraph/http_function_graph.hpp"
#include "tests/support/emulated_client.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/run.hpp"
#include "tests/support/stored_zip.hpp"

namespace fgsync::functiongraph {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

std::unique_ptr<emulator::Service> open_service() {
  emulator::ServiceOptions options;
  options.token = "t0ken";
  auto service = emulator::open_service(options, ":memory:");
  REQUIRE(service);
  return std::move(*service);
}

std::string code_zip(const std::string& source) {
  return test::stored_zip({{"index.py", source}});
}

CreateRequest some_function(const std::string& name = "hello") {
  CreateRequest request;
  request.name = name;
  request.app = "default";
  request.config.runtime = "Python3.9";
  request.config.handler = "index.handler";
  request.config.memory_size = 128;
  request.config.timeout = seconds(3);
  request.config.description = "says hello";
  request.config.user_data = {{"A", "1"}};
  request.code_filename = "index.zip";
  request.code_zip = code_zip("v1");
  return request;
}

/// A service with nothing in it, and FunctionGraph's verbs without their coroutines.
struct World {
  std::unique_ptr<emulator::Service> service = open_service();
  test::FakeClock clock;
  test::EmulatedClient client{*service, clock};
  CallCounter counter;
  std::unique_ptr<FunctionGraph> graph =
      make_http_function_graph(client, clock, Target{"p1", Secret("t0ken")}, counter, Logger());

  [[nodiscard]] Deadline soon() const { return clock.in(milliseconds(1000)); }
  template <class T>
  T good(boost::asio::awaitable<Result<T>> call) {
    auto result = test::run(std::move(call));
    if (!result) FAIL(result.error().describe());
    return std::move(*result);
  }
  template <class T>
  Error bad(boost::asio::awaitable<Result<T>> call) {
    auto result = test::run(std::move(call));
    REQUIRE_FALSE(result);
    return result.error();
  }

  FunctionUrn create(const std::string& name = "hello") {
    return good(graph->create_function(some_function(name), soon())).row.urn;
  }
  Version publish(const FunctionUrn& urn, const std::string& name) {
    return good(graph->publish_version(urn, PublishRequest{name, "about " + name}, soon()));
  }
};

TEST_CASE("contract: a function that was created is found, listed and shown as it was sent") {
  World world;
  const auto request = some_function();
  const auto created = world.good(world.graph->create_function(request, world.soon()));
  CHECK(matches(ArchiveDigest{sha512_hex(request.code_zip)}, created.row.digest));

  const auto row = world.good(world.graph->find_function("hello", world.soon()));
  REQUIRE(row);
  CHECK(row->urn == created.row.urn);
  CHECK(row->digest == created.row.digest);
  CHECK(row->code_size == static_cast<std::int64_t>(request.code_zip.size()));
  CHECK(row->description == "says hello");
  CHECK(world.good(world.graph->list_functions(world.soon())).size() == 1);

  const auto shown = world.good(world.graph->show_config(row->urn, world.soon()));
  CHECK(shown.config.runtime == request.config.runtime);
  CHECK(shown.config.handler == request.config.handler);
  CHECK(shown.config.memory_size == request.config.memory_size);
  CHECK(shown.config.timeout == request.config.timeout);
  CHECK(shown.config.description == request.config.description);
  CHECK(shown.config.user_data == request.config.user_data);
  CHECK_FALSE(shown.config.has_encrypted_user_data);
}

TEST_CASE("contract: an import creates, and never overwrites") {
  World world;
  const std::string yaml =
      "HcCrmTemplateVersion: v1\n"
      "Resources:\n"
      "  hello:\n"
      "    Type: HC::Serverless::Function\n"
      "    Properties:\n"
      "      Handler: index.handler\n"
      "      Runtime: Python3.9\n"
      "      CodeType: zip\n"
      "      CodeFileName: code.zip\n"
      "      MemorySize: 256\n"
      "      Timeout: 5\n"
      "      Environment:\n"
      "        Variables:\n"
      "          A: one\n";
  const std::string code = code_zip("imported");
  const ImportRequest request{"hello", "shop", "hello.zip",
                              test::stored_zip({{"hello.yaml", yaml}, {"code.zip", code}})};
  const auto imported = world.good(world.graph->import_function(request, world.soon()));
  CHECK(imported.row.app == "shop");
  CHECK(imported.row.digest.hex == sha512_hex(code));
  CHECK(imported.config.memory_size == 256);
  CHECK(imported.config.user_data == std::map<std::string, std::string>{{"A", "one"}});

  const auto again = world.bad(world.graph->import_function(request, world.soon()));
  CHECK(again.kind == ErrorKind::conflict);
  CHECK(code_of(again) == "FSS.1061");
}

TEST_CASE("contract: an import that is no package is refused with the service's words") {
  World world;
  const ImportRequest request{"hello", "default", "hello.zip", "no zip"};
  const auto refused = world.bad(world.graph->import_function(request, world.soon()));
  CHECK(refused.kind == ErrorKind::invalid);
  CHECK(code_of(refused) == "FSS.1011");
  CHECK_THAT(refused.describe(), Catch::StartsWith("import: "));
}

TEST_CASE("contract: new code answers its digest, the same code a conflict") {
  World world;
  const auto urn = world.create();
  const CodeUpdate update{"index.zip", code_zip("v2")};
  const auto digest = world.good(world.graph->update_code(urn, update, world.soon()));
  CHECK(digest.hex == sha512_hex(update.code_zip));
  CHECK(world.good(world.graph->show_config(urn, world.soon())).row.digest == digest);

  const auto same = world.bad(world.graph->update_code(urn, update, world.soon()));
  CHECK(same.kind == ErrorKind::conflict);
  CHECK(code_of(same) == "FSS.0409");
}

TEST_CASE("contract: new code changes the image name, which tells that somebody was here") {
  World world;
  const auto urn = world.create();
  const auto before = world.good(world.graph->show_config(urn, world.soon())).row.image_name;
  const CodeUpdate update{"index.zip", code_zip("v2")};
  world.good(world.graph->update_code(urn, update, world.soon()));
  CHECK(world.good(world.graph->show_config(urn, world.soon())).row.image_name != before);
}

TEST_CASE("contract: an update of the configuration replaces what is managed and keeps the rest") {
  World world;
  const auto urn = world.create();
  auto config = world.good(world.graph->show_config(urn, world.soon())).config;
  // Somebody else sets what fgsync does not manage.
  auto other = nlohmann::json::parse(config.unmanaged.empty() ? "{}" : config.unmanaged);
  other["xrole"] = "agency";
  other["strategy_config"] = {{"concurrency", 7}, {"concurrent_num", 2}};
  other["log_config"] = {{"group_id", "g"}, {"stream_id", "s"}};
  config.unmanaged = other.dump();
  world.good(world.graph->update_config(urn, "hello", config, world.soon()));

  config = world.good(world.graph->show_config(urn, world.soon())).config;
  config.memory_size = 512;
  config.user_data = {{"B", "2"}};
  const auto updated = world.good(world.graph->update_config(urn, "hello", config, world.soon()));
  CHECK(updated.config.memory_size == 512);

  const auto shown = world.good(world.graph->show_config(urn, world.soon())).config;
  CHECK(shown.memory_size == 512);
  CHECK(shown.user_data == std::map<std::string, std::string>{{"B", "2"}});
  CHECK(shown.description == "says hello");
  CHECK(shown.unmanaged == config.unmanaged);
  const auto kept = nlohmann::json::parse(shown.unmanaged);
  CHECK(kept["xrole"] == "agency");
  CHECK(kept["strategy_config"]["concurrency"] == 7);
  CHECK(kept["log_config"]["group_id"] == "g");
}

TEST_CASE("contract: the environment can be cleared") {
  World world;
  const auto urn = world.create();
  auto config = world.good(world.graph->show_config(urn, world.soon())).config;
  config.user_data.clear();
  world.good(world.graph->update_config(urn, "hello", config, world.soon()));
  CHECK(world.good(world.graph->show_config(urn, world.soon())).config.user_data.empty());
}

TEST_CASE("contract: a published version keeps latest's code and configuration, and its description") {
  World world;
  const auto urn = world.create();
  CHECK(world.good(world.graph->list_versions(urn, world.soon())).empty());
  world.publish(urn, "v1.0.0");
  const CodeUpdate update{"index.zip", code_zip("v2")};
  world.good(world.graph->update_code(urn, update, world.soon()));

  const auto versions = world.good(world.graph->list_versions(urn, world.soon()));
  REQUIRE(versions.size() == 1);
  CHECK(versions[0].name == "v1.0.0");
  CHECK(versions[0].digest.hex == sha512_hex(code_zip("v1")));
  CHECK(versions[0].description == "about v1.0.0");
  CHECK(versions[0].config.handler == "index.handler");
  CHECK(versions[0].config.user_data == std::map<std::string, std::string>{{"A", "1"}});
}

TEST_CASE("contract: publishing without a change is refused") {
  World world;
  const auto urn = world.create();
  world.publish(urn, "v1");
  const PublishRequest request{"v2", ""};
  const auto refused = world.bad(world.graph->publish_version(urn, request, world.soon()));
  CHECK(refused.kind == ErrorKind::conflict);
  CHECK(code_of(refused) == "FSS.1016");
}

TEST_CASE("contract: publishing under a name that is taken is refused") {
  World world;
  const auto urn = world.create();
  world.publish(urn, "v1");
  const CodeUpdate update{"index.zip", code_zip("v2")};
  world.good(world.graph->update_code(urn, update, world.soon()));
  const PublishRequest request{"v1", ""};
  const auto refused = world.bad(world.graph->publish_version(urn, request, world.soon()));
  CHECK(refused.kind == ErrorKind::conflict);
  CHECK(code_of(refused) == "FSS.1062");
}

TEST_CASE("contract: an alias is made, moved and listed") {
  World world;
  const auto urn = world.create();
  world.publish(urn, "v1");
  const CodeUpdate update{"index.zip", code_zip("v2")};
  world.good(world.graph->update_code(urn, update, world.soon()));
  world.publish(urn, "v2");
  CHECK(world.good(world.graph->list_aliases(urn, world.soon())).empty());

  const AliasRequest to_v1{"prod", "v1", "what users see"};
  const auto made = world.good(world.graph->create_alias(urn, to_v1, world.soon()));
  CHECK(made.name == "prod");
  CHECK(made.version == "v1");
  const AliasRequest to_v2{"prod", "v2", "what users see"};
  CHECK(world.good(world.graph->update_alias(urn, to_v2, world.soon())).version == "v2");

  const auto aliases = world.good(world.graph->list_aliases(urn, world.soon()));
  REQUIRE(aliases.size() == 1);
  CHECK(aliases[0].version == "v2");
  CHECK(aliases[0].description == "what users see");
  CHECK(aliases[0].additional_version_weights.empty());
}

TEST_CASE("contract: what an alias cannot do") {
  World world;
  const auto urn = world.create();
  world.publish(urn, "v1");
  const AliasRequest prod{"prod", "v1", ""};
  world.good(world.graph->create_alias(urn, prod, world.soon()));
  const AliasRequest second{"other", "v1", ""};
  CHECK(code_of(world.bad(world.graph->create_alias(urn, prod, world.soon()))) == "FSS.1063");
  CHECK(code_of(world.bad(world.graph->create_alias(urn, second, world.soon()))) == "FSS.1066");
  const AliasRequest nowhere{"third", "v9", ""};
  const auto missing = world.bad(world.graph->create_alias(urn, nowhere, world.soon()));
  CHECK(missing.kind == ErrorKind::not_found);
  CHECK(code_of(missing) == "FSS.1052");
}

TEST_CASE("contract: a function that is not there is not found by any verb") {
  World world;
  const auto urn = *FunctionUrn::parse("urn:fss:cn-north-4:p1:function:default:nobody");
  CHECK_FALSE(world.good(world.graph->find_function("nobody", world.soon())));
  const CodeUpdate update{"index.zip", code_zip("v2")};
  for (const Error& error : {world.bad(world.graph->show_config(urn, world.soon())),
                             world.bad(world.graph->list_versions(urn, world.soon())),
                             world.bad(world.graph->list_aliases(urn, world.soon())),
                             world.bad(world.graph->update_code(urn, update, world.soon()))}) {
    CHECK(error.kind == ErrorKind::not_found);
    CHECK(code_of(error) == "FSS.1051");
  }
}

TEST_CASE("contract: names that contain each other are told apart") {
  World world;
  for (const auto* name : {"hello-2", "hello", "my-hello"}) world.create(name);
  const auto row = world.good(world.graph->find_function("hello", world.soon()));
  REQUIRE(row);
  CHECK(row->name == "hello");
  CHECK(world.good(world.graph->list_functions(world.soon())).size() == 3);
}

TEST_CASE("contract: a wrong token condemns the credentials") {
  World world;
  const auto graph =
      make_http_function_graph(world.client, world.clock, Target{"p1", Secret("stale")}, world.counter, Logger());
  const auto refused = world.bad(graph->list_functions(world.soon()));
  CHECK(refused.kind == ErrorKind::unauthorized);
  CHECK(is_credential_refusal(refused));
}

TEST_CASE("contract: another project sees nothing of ours") {
  World world;
  world.create();
  const auto graph =
      make_http_function_graph(world.client, world.clock, Target{"p2", Secret("t0ken")}, world.counter, Logger());
  CHECK(world.good(graph->list_functions(world.soon())).empty());
}

TEST_CASE("contract: a mutation lost before the service was not applied, one lost after it was") {
  World world;
  const auto is_mutation = [](const http::Request& request) { return request.method != http::Method::get; };
  world.client.before = [&](const http::Request& request) {
    return is_mutation(request) ? test::lost(test::lost_answer()) : std::nullopt;
  };
  CHECK(world.bad(world.graph->create_function(some_function(), world.soon())).kind == ErrorKind::unknown_effect);
  CHECK_FALSE(world.good(world.graph->find_function("hello", world.soon())));

  world.client.before = nullptr;
  world.client.after = [&](const http::Request& request, http::Response response) -> Result<http::Response> {
    if (is_mutation(request)) return fail(test::lost_answer());
    return response;
  };
  CHECK(world.bad(world.graph->create_function(some_function(), world.soon())).kind == ErrorKind::unknown_effect);
  CHECK(world.good(world.graph->find_function("hello", world.soon())));
}

}  // namespace
}  // namespace fgsync::functiongraph
