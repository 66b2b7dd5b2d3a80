#include "daemon/operation_names.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "functiongraph/http_function_graph.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/run.hpp"
#include "tests/support/scripted_client.hpp"

using namespace fgsync;
using namespace fgsync::functiongraph;
using daemon::operation_of;
using enum http::Method;

namespace {

const FunctionUrn kHello = *FunctionUrn::parse("urn:fss:r:p1:function:default:hello");
const VersionUrn kVersion = *VersionUrn::of(kHello, "v1");
const AliasUrn kAlias = *AliasUrn::of(kHello, "prod");
const TriggerId kTrigger = *TriggerId::of(kHello, "TIMER", "87b8");

/// The HTTP adapters, over a service that refuses everything.
struct Adapters {
  Adapters() { client.answer(403, R"({"error_code":"FSS.0403","error_msg":"no"})"); }

  test::ScriptedClient client;
  test::FakeClock clock;
  CallCounter counter;
  ProjectPorts ports{client, clock, "p1", counter, Logger()};
  std::unique_ptr<FunctionGraph> graph = make_http_function_graph(ports);
  std::unique_ptr<Triggers> triggers = make_http_triggers(ports);
  std::unique_ptr<Dependencies> dependencies = make_http_dependencies(ports);
  std::unique_ptr<Invocations> invocations = make_http_invocations(ports);
  Deadline deadline = clock.in(std::chrono::seconds(30));
};

template <class T>
void ask(boost::asio::awaitable<T> call) {
  CHECK_FALSE(test::run(std::move(call)));
}

using Verb = std::function<void(Adapters&)>;

/// Every verb of the four ports.
std::map<std::string, Verb> verbs_of_functions() {
  return {
      {"list_functions", [](Adapters& a) { ask(a.graph->list_functions({}, a.deadline)); }},
      {"find_function", [](Adapters& a) { ask(a.graph->find_function("hello", a.deadline)); }},
      {"show_config", [](Adapters& a) { ask(a.graph->show_config(kVersion, a.deadline)); }},
      {"show_code", [](Adapters& a) { ask(a.graph->show_code(kHello, a.deadline)); }},
      {"import_function", [](Adapters& a) { ask(a.graph->import_function({}, a.deadline)); }},
      {"export_function", [](Adapters& a) { ask(a.graph->export_function(kHello, {}, a.deadline)); }},
      {"create_function", [](Adapters& a) { ask(a.graph->create_function({}, a.deadline)); }},
      {"update_code", [](Adapters& a) { ask(a.graph->update_code(kHello, {}, a.deadline)); }},
      {"update_config", [](Adapters& a) { ask(a.graph->update_config(kHello, "hello", {}, a.deadline)); }},
      {"update_max_instances", [](Adapters& a) { ask(a.graph->update_max_instances(kHello, 7, a.deadline)); }},
      {"delete_function", [](Adapters& a) { ask(a.graph->delete_function(kHello, a.deadline)); }},
      {"list_versions", [](Adapters& a) { ask(a.graph->list_versions(kHello, a.deadline)); }},
      {"publish_version", [](Adapters& a) { ask(a.graph->publish_version(kHello, {}, a.deadline)); }},
      {"delete_version", [](Adapters& a) { ask(a.graph->delete_version(kVersion, a.deadline)); }},
      {"list_aliases", [](Adapters& a) { ask(a.graph->list_aliases(kHello, a.deadline)); }},
      {"show_alias", [](Adapters& a) { ask(a.graph->show_alias(kAlias, a.deadline)); }},
      {"create_alias", [](Adapters& a) { ask(a.graph->create_alias(kHello, {}, a.deadline)); }},
      {"update_alias",
       [](Adapters& a) {
         AliasRequest request;
         request.name = "prod";
         ask(a.graph->update_alias(kHello, request, a.deadline));
       }},
      {"delete_alias", [](Adapters& a) { ask(a.graph->delete_alias(kAlias, a.deadline)); }},
      {"show_async_config", [](Adapters& a) { ask(a.graph->show_async_config(kAlias, a.deadline)); }},
      {"list_async_configs", [](Adapters& a) { ask(a.graph->list_async_configs(kHello, a.deadline)); }},
      {"update_async_config", [](Adapters& a) { ask(a.graph->update_async_config(kVersion, {}, a.deadline)); }},
      {"delete_async_config", [](Adapters& a) { ask(a.graph->delete_async_config(kHello, a.deadline)); }},
      {"list_tags", [](Adapters& a) { ask(a.graph->list_tags(kHello, a.deadline)); }},
      {"create_tags", [](Adapters& a) { ask(a.graph->create_tags(kHello, {}, a.deadline)); }},
      {"delete_tags", [](Adapters& a) { ask(a.graph->delete_tags(kHello, {}, a.deadline)); }},
      {"list_reserved_instances", [](Adapters& a) { ask(a.graph->list_reserved_instances(std::nullopt, a.deadline)); }},
      {"list_reserved_counts", [](Adapters& a) { ask(a.graph->list_reserved_counts(std::nullopt, a.deadline)); }},
      {"update_reserved_instances",
       [](Adapters& a) { ask(a.graph->update_reserved_instances(kVersion, {}, a.deadline)); }},
      {"list_quotas", [](Adapters& a) { ask(a.graph->list_quotas(a.deadline)); }},
  };
}

std::map<std::string, Verb> all_verbs() {
  std::map<std::string, Verb> verbs{
      {"list_triggers", [](Adapters& a) { ask(a.triggers->list_triggers(kVersion, a.deadline)); }},
      {"show_trigger", [](Adapters& a) { ask(a.triggers->show_trigger(kTrigger, a.deadline)); }},
      {"create_trigger",
       [](Adapters& a) {
         const TriggerRequest request{"TIMER", "", "", "{}"};
         ask(a.triggers->create_trigger(kHello, request, a.deadline));
       }},
      {"update_trigger",
       [](Adapters& a) {
         const TriggerUpdate update{"DISABLED", ""};
         ask(a.triggers->update_trigger(kTrigger, update, a.deadline));
       }},
      {"delete_trigger", [](Adapters& a) { ask(a.triggers->delete_trigger(kTrigger, a.deadline)); }},
      {"list_dependencies", [](Adapters& a) { ask(a.dependencies->list_dependencies({}, a.deadline)); }},
      {"list_dependency_versions",
       [](Adapters& a) { ask(a.dependencies->list_dependency_versions("5d1f", a.deadline)); }},
      {"show_dependency_version",
       [](Adapters& a) { ask(a.dependencies->show_dependency_version("5d1f", 3, a.deadline)); }},
      {"create_dependency_version",
       [](Adapters& a) { ask(a.dependencies->create_dependency_version({}, a.deadline)); }},
      {"delete_dependency_version",
       [](Adapters& a) { ask(a.dependencies->delete_dependency_version("5d1f", 3, a.deadline)); }},
      {"invoke", [](Adapters& a) { ask(a.invocations->invoke(kHello, {}, a.deadline)); }},
      {"invoke_async", [](Adapters& a) { ask(a.invocations->invoke_async(kAlias, {}, a.deadline)); }},
      {"show_snapshot",
       [](Adapters& a) { ask(a.invocations->show_snapshot(kVersion, SnapshotAction::enable, a.deadline)); }},
      {"update_snapshot",
       [](Adapters& a) { ask(a.invocations->update_snapshot(kVersion, SnapshotAction::disable, a.deadline)); }},
  };
  verbs.merge(verbs_of_functions());
  return verbs;
}

/// The verbs that the ports' headers declare.
std::set<std::string> declared_verbs() {
  static const std::regex verb(R"(virtual Answer<[\w:<>]+> (\w+)\()");
  std::set<std::string> names;
  for (const char* port : {"function_graph", "triggers", "dependencies", "invocations"}) {
    std::ifstream file(FGSYNC_SOURCE_DIR "/src/functiongraph/" + std::string(port) + ".hpp");
    std::ostringstream text;
    text << file.rdbuf();
    const std::string header = text.str();
    for (std::sregex_iterator found(header.begin(), header.end(), verb), end; found != end; ++found) {
      names.insert((*found)[1]);
    }
  }
  return names;
}

/// What a verb's request is called: the verb, or shorter where people have a word for it.
std::string expected_name(const std::string& verb) {
  static const std::map<std::string, std::string> shorter{{"find_function", "list_functions"},
                                                          {"import_function", "import"},
                                                          {"export_function", "export"},
                                                          {"publish_version", "publish"}};
  const auto found = shorter.find(verb);
  return found == shorter.end() ? verb : found->second;
}

}  // namespace

TEST_CASE("operation names: every verb's request has the verb's name") {
  for (const auto& [verb, call] : all_verbs()) {
    CAPTURE(verb);
    Adapters adapters;
    call(adapters);
    REQUIRE(adapters.client.requests().size() == 1);
    const auto& request = adapters.client.requests()[0];
    CAPTURE(request.target);
    CHECK(operation_of(request.method, request.target) == expected_name(verb));
  }
}

TEST_CASE("operation names: no verb of the ports is missing here") {
  std::set<std::string> tried;
  for (const auto& [verb, call] : all_verbs()) tried.insert(verb);
  CHECK(tried.size() > 40);
  CHECK(declared_verbs() == tried);
}

TEST_CASE("operation names: credentials are fetched under names of their own") {
  CHECK(operation_of(post, "/v3/auth/tokens?nocatalog=true") == "create_token");
  CHECK(operation_of(put, "/meta-data/latest/api/token") == "open_metadata_session");
  CHECK(operation_of(get, "/openstack/latest/securitykey") == "read_metadata_key");
}

TEST_CASE("operation names: a function and its versions are told apart when they are deleted") {
  const std::string functions = "/v2/p1/fgs/functions/";
  CHECK(operation_of(del, functions + kHello.text()) == "delete_function");
  CHECK(operation_of(del, functions + kVersion.text()) == "delete_version");
  CHECK(operation_of(del, functions + kHello.text() + ":latest") == "delete_function");
}

TEST_CASE("operation names: what nobody sends is other") {
  const std::string target =
      GENERATE(as<std::string>(), "", "?", "/", "//", "/v2/p1/fgs/functions/", "/v2//fgs/functions",
               "/v2/p1/fgs/functions/urn/code/", "/v1/p1/fgs/functions", "/v2/p1/fgs/functions/urn/triggers",
               "v2/p1/fgs/functions", "/v2/p1/fgs", "/v2/p1/fgs/functions/urn/code/more", "/v2/p1/fgs/function");
  CAPTURE(target);
  CHECK(operation_of(get, target) == "other");
  CHECK(operation_of(del, "/v2/p1/fgs/functions") == "other");
}

TEST_CASE("operation names: all are listed once") {
  const auto names = daemon::operation_names();
  const std::set<std::string_view> unique(names.begin(), names.end());
  CHECK(unique.size() == names.size());
  for (const auto& [verb, call] : all_verbs()) CHECK(unique.contains(expected_name(verb)));
  CHECK(unique.contains("other"));
}
