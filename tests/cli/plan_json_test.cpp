#include "cli/plan_json.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace fgsync;
using nlohmann::json;

namespace {

plan::FunctionPlan changed() {
  plan::FunctionPlan function;
  function.name = "orders";
  function.position = SourcePosition{"m.yaml", 4, 9};
  function.wave = 1;
  function.fingerprint = "0123456789ab";
  function.preconditions.remote_digest = RemoteDigest{"aa"};
  function.preconditions.versions = {"v1"};
  function.preconditions.aliases = {{"prod", "v1"}};
  package::ContentsDiff files{{"new.py"}, {}, {}, 10};
  function.steps.push_back(
      {plan::UpdateCode{RemoteDigest{"aa"}, ArchiveDigest{"bb"}, files}, plan::Reason::code_changed, {}});
  function.steps.push_back(
      {plan::UpdateConfig{{{"timeout", "30", "60"}, {"user_data.X", "1", std::nullopt}}}, plan::Reason::drifted, {}});
  function.steps.push_back({plan::PublishVersion{"v2", "", false}, plan::Reason::version_missing, {}});
  function.steps.push_back({plan::UpdateAlias{"prod", "v1", "v2", ""}, plan::Reason::alias_differs, {}});
  return function;
}

json render(std::vector<plan::FunctionPlan> functions, const manifest::Diagnostics& diagnostics = {}) {
  return json::parse(cli::render_plan_json(plan::assemble(std::move(functions)), {}, diagnostics));
}

}  // namespace

TEST_CASE("a change names its actions with reasons, its differences and what it rests on") {
  const json document = render({changed()});
  REQUIRE(document["changes"].size() == 1);
  const json& change = document["changes"][0];
  CHECK(change["address"] == "orders");
  CHECK(change["wave"] == 1);
  CHECK(change["position"] == json{{"file", "m.yaml"}, {"line", 4}, {"column", 9}});
  CHECK(change["actions"][0] == json{{"action", "update_code"},
                                     {"id", plan::step_id(changed().steps[0].action)},
                                     {"reason", "code_changed"},
                                     {"description", "update code"}});
  CHECK(change["reason"] == "code_changed");
  CHECK(change["fingerprint"] == "0123456789ab");
  CHECK(change["actions"].size() == 4);
  CHECK(change["preconditions"] ==
        json{{"digest", "aa"}, {"versions", {"v1"}}, {"aliases", {{"prod", "v1"}}}, {"traffic", json::object()}});
  CHECK(change["before"] ==
        json{{"/digest", "aa"}, {"/timeout", "30"}, {"/user_data.X", "1"}, {"/aliases/prod", "v1"}});
  CHECK(change["after"] ==
        json{{"/digest", "bb"}, {"/timeout", "60"}, {"/versions/v2", "v2"}, {"/aliases/prod", "v2"}});
  const json& diff = change["diff"];
  REQUIRE(diff.size() == 5);
  CHECK(diff[0]["path"] == "/digest");
  CHECK(diff[0]["files"]["added"] == json{"new.py"});
  CHECK(diff[1] ==
        json{{"path", "/timeout"}, {"op", "replace"}, {"before", "30"}, {"after", "60"}, {"sensitive", false}});
  CHECK(diff[2]["op"] == "remove");
  CHECK(diff[2]["after"].is_null());
  CHECK(diff[4]["path"] == "/aliases/prod");
}

TEST_CASE("every kind of step has its rows of before and after") {
  const auto row = [](const char* path, const char* op, const json& before, const json& after) {
    return json{{"path", path}, {"op", op}, {"before", before}, {"after", after}, {"sensitive", false}};
  };
  const auto rows_of = [](plan::Action action) {
    plan::FunctionPlan function;
    function.name = "f";
    function.steps.push_back({std::move(action), plan::Reason::differs, {}});
    return render({function})["changes"][0]["diff"];
  };
  const plan::Traffic tenth{{{"v1", 10}}, {}};
  CHECK(rows_of(plan::UpdateMaxInstances{-1, 5}) == json::array({row("/max_instance_num", "replace", "-1", "5")}));
  CHECK(rows_of(plan::UpdateTags{{{"tags.team", "a", "b"}}}) == json::array({row("/tags.team", "replace", "a", "b")}));
  CHECK(rows_of(plan::UpdateAsyncConfig{{{"function_async_config.x", std::nullopt, "1"}}}) ==
        json::array({row("/function_async_config.x", "add", nullptr, "1")}));
  CHECK(rows_of(plan::UpdateReservedInstances{"prod", {{"reserved_instances.prod.count", "2", std::nullopt}}}) ==
        json::array({row("/reserved_instances.prod.count", "remove", "2", nullptr)}));
  CHECK(rows_of(plan::DeleteAlias{"prod", "v1"}) == json::array({row("/aliases/prod", "remove", "v1", nullptr)}));
  CHECK(rows_of(plan::DeleteVersion{"v1"}) == json::array({row("/versions/v1", "remove", "v1", nullptr)}));
  CHECK(rows_of(plan::DeleteFunction{}) == json::array({row("/function", "remove", "f", nullptr)}));
  CHECK(rows_of(plan::CreateAlias{"prod", "v2", "", tenth}) ==
        json::array(
            {row("/aliases/prod", "add", nullptr, "v2"), row("/aliases/prod/traffic", "add", nullptr, "10 % to v1")}));
  CHECK(rows_of(plan::UpdateAlias{"prod", "v2", "v2", "", tenth, {}}) ==
        json::array({row("/aliases/prod", "replace", "v2", "v2"),
                     row("/aliases/prod/traffic", "remove", "10 % to v1", nullptr)}));
  const plan::FieldChange dependencies{"depend_version_list", "d1", "d2"};
  CHECK(rows_of(plan::UpdateCode{RemoteDigest{"aa"}, std::nullopt, std::nullopt, dependencies}) ==
        json::array({row("/depend_version_list", "replace", "d1", "d2")}));
}

TEST_CASE("a deletion is a change, and counted apart from pruned versions") {
  plan::FunctionPlan removed;
  removed.name = "legacy";
  removed.steps.push_back({plan::DeleteFunction{}, plan::Reason::manifest_removed, {}});
  plan::FunctionPlan pruned;
  pruned.name = "orders";
  pruned.steps.push_back({plan::DeleteVersion{"v1"}, plan::Reason::superseded, {}});
  pruned.steps.push_back({plan::UpdateMaxInstances{1, 2}, plan::Reason::differs, {}});
  const json document = render({removed, pruned});
  CHECK(document["changes"][0]["actions"][0] == json{{"action", "delete_function"},
                                                     {"id", plan::step_id(plan::DeleteFunction{})},
                                                     {"reason", "manifest_removed"},
                                                     {"description", "delete function"}});
  CHECK(document["changes"][0]["after"].is_null());
  CHECK(document["summary"]["remove"] == 1);
  CHECK(document["summary"]["prune"] == 1);
  CHECK(document["summary"]["setting"] == 1);
}

TEST_CASE("notes stand in the document and are no changes") {
  plan::FunctionPlan noted;
  noted.name = "orders";
  noted.notes.push_back({"prune_pending", "to be deleted later"});
  const json document = render({noted});
  CHECK(document["notes"] ==
        json::array({{{"address", "orders"}, {"code", "prune_pending"}, {"message", "to be deleted later"}}}));
  CHECK(document["changes"].empty());
  CHECK(document["summary"]["unchanged"] == 1);
  CHECK(document["summary"]["noted"] == 1);
}

TEST_CASE("the document says what it is") {
  const json document = render({});
  CHECK(document["format_version"] == cli::kFormatVersion);
  CHECK(document["tool"]["name"] == "fgsync");
  CHECK(document["plan_id"].get<std::string>().size() == 12);
}

TEST_CASE("a selection stands in the document, which is not complete then") {
  cli::PlanContext context;
  CHECK(json::parse(cli::render_plan_json(plan::assemble({}), context, {})).contains("selection") == false);
  context.selection = cli::Selection{.names = {"a", "b"}, .selector = {}, .labels = {}, .since = "main"};
  const json document = json::parse(cli::render_plan_json(plan::assemble({}), context, {}));
  CHECK(document["selection"] == json{{"names", {"a", "b"}}, {"selector", nullptr}, {"since", "main"}});
  CHECK(document["complete"] == false);
  CHECK(json::parse(cli::render_diagnostics_json({}, 0, context.selection))["selection"] == document["selection"]);
}

TEST_CASE("a function that could not be planned makes the plan incomplete") {
  plan::FunctionPlan function;
  function.name = "lost";
  function.failure = Error(ErrorKind::transient, "no answer");
  const json document = render({function});
  CHECK(document["complete"] == false);
  CHECK(document["failed"][0]["address"] == "lost");
  CHECK(document["failed"][0]["error"]["kind"] == "transient");
}

TEST_CASE("manifest errors stand in the document with their position") {
  manifest::Diagnostic diagnostic;
  diagnostic.code = "unknown_key";
  diagnostic.position = {"m.yaml", 3, 5};
  diagnostic.field = "spec.memory";
  diagnostic.message = "unknown key";
  diagnostic.hint = "did you mean memory_size?";
  const json document = render({}, {diagnostic});
  CHECK(document["errors"][0] == json{{"file", "m.yaml"},
                                      {"line", 3},
                                      {"column", 5},
                                      {"pointer", "spec.memory"},
                                      {"code", "unknown_key"},
                                      {"message", "unknown key"},
                                      {"hint", "did you mean memory_size?"}});
}

TEST_CASE("bytes that are no UTF-8 are replaced, not a reason to print nothing") {
  plan::FunctionPlan function;
  function.name = "f";
  function.blocked.push_back({"x", "bad \xff byte", std::nullopt, {}});
  CHECK(render({function})["blocked"][0]["message"] == "bad \xEF\xBF\xBD byte");
}

TEST_CASE("after a sync the document says what became of each function") {
  reconcile::Report report;
  report.functions.push_back({"orders",
                              reconcile::Outcome::failed,
                              {"update code"},
                              {},
                              Error(ErrorKind::conflict, "changed"),
                              "",
                              std::chrono::milliseconds(12)});
  const json document = json::parse(cli::render_sync_json(plan::assemble({changed()}), cli::PlanContext{}, {}, report));
  CHECK(document["results"][0] == json{{"address", "orders"},
                                       {"outcome", "failed"},
                                       {"done", {"update code"}},
                                       {"took_ms", 12},
                                       {"error", {{"kind", "conflict"}, {"message", "changed"}}},
                                       {"next", {"find out who else writes to it, then run fgsync sync again"}}});
}
