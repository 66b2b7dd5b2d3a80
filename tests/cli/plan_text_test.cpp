#include "cli/plan_text.hpp"

#include <catch2/catch.hpp>

#include "cli/step_words.hpp"

using namespace fgsync;

namespace {

cli::PlanContext context() {
  cli::PlanContext context;
  context.endpoint = "https://functiongraph.example.com";
  context.region = "cn-north-4";
  context.project_id = "46b6f338";
  context.source = "manifests";
  context.observed_at = std::chrono::system_clock::time_point(std::chrono::seconds(1'767'269'000));
  context.calls = 3;
  context.took = std::chrono::milliseconds(41);
  context.apply_command = "fgsync sync";
  return context;
}

plan::FunctionPlan function(const std::string& name) {
  plan::FunctionPlan plan;
  plan.name = name;
  return plan;
}

std::string digest(char c) {
  return std::string(128, c);
}

/// One of everything.
plan::Plan full_plan() {
  auto blocked = function("invoice-render");
  blocked.blocked.push_back({"version_conflict",
                             "v2.1.0 is already published with other code: bump the version",
                             SourcePosition{"manifests/billing.yaml", 31, 11},
                             {"fgsync help"}});

  auto unreadable = function("lost");
  unreadable.failure = Error(ErrorKind::transient, "no answer");

  auto code = function("orders-api");
  package::ContentsDiff files{{"src/tax.py"}, {"src/app.py"}, {"src/old.py"}, 14541};
  code.steps.push_back(
      {plan::UpdateCode{RemoteDigest{digest('a')}, ArchiveDigest{digest('b')}, files}, plan::Reason::code_changed, {}});
  code.steps.push_back({plan::UpdateConfig{{{"timeout", "30", "60"}}}, plan::Reason::desired_changed, {}});
  code.steps.push_back({plan::PublishVersion{"v1.5.0", "", false}, plan::Reason::version_missing, {}});
  code.steps.push_back({plan::UpdateAlias{"prod", "v1.4.0", "v1.5.0", ""}, plan::Reason::alias_differs, {}});

  auto config = function("orders-worker");
  config.steps.push_back({plan::UpdateConfig{{{"memory_size", "256", "512"}, {"user_data.MODE", std::nullopt, "fast"}}},
                          plan::Reason::drifted,
                          {}});
  config.steps.push_back({plan::PublishVersion{"v-77e1d2c3b4a5", "", true}, plan::Reason::version_missing, {}});

  auto absent = function("thumbnail");
  absent.steps.push_back({plan::ImportFunction{}, plan::Reason::absent, {}});
  absent.steps.push_back({plan::PublishVersion{"v1.0.0", "", false}, plan::Reason::version_missing, {}});
  absent.steps.push_back({plan::CreateAlias{"prod", "v1.0.0", ""}, plan::Reason::alias_missing, {}});

  return plan::assemble({absent, config, code, unreadable, blocked, function("same")});
}

}  // namespace

TEST_CASE("the plan as text: dangerous things first, unchanged ones counted") {
  const auto plan = full_plan();
  const std::string text = render_plan_text(plan, context(), cli::Paint(false), cli::Unchanged::hidden);
  CHECK(text ==
        "Plan for project 46b6f338, cn-north-4 (manifests in manifests; observed 12:03:20Z, 3 calls, 41 ms)\n"
        "\n"
        "! invoice-render   blocked: v2.1.0 is already published with other code: bump the version\n"
        "                   manifests/billing.yaml:31:11\n"
        "                   next: fgsync help\n"
        "! lost             cannot be planned: no answer\n"
        "^ orders-api       code changed: 3 files, +14.2 KiB\n"
        "    code           sha512:aaaaaaaaaaaa… → sha512:bbbbbbbbbbbb…   (+ src/tax.py  ~ src/app.py  - src/old.py)\n"
        "    config         timeout 30 → 60 s\n"
        "    version        v1.5.0 (new)\n"
        "    latest         new code and config at once: its triggers and calls without an alias get it before alias "
        "prod moves\n"
        "    alias prod     v1.4.0 → v1.5.0\n"
        "~ orders-worker    config: memory_size 256 → 512 MB; user_data.MODE (unset) → fast (changed on the service)\n"
        "    version        v-77e1d2c3b4a5 (new, auto)\n"
        "+ thumbnail        import, publish v1.0.0, alias prod → v1.0.0\n"
        "\n"
        "Plan: 1 to import, 1 to update, 2 config, 3 to publish, 2 aliases, 1 blocked, 1 failed, 1 unchanged.\n"
        "Plan " +
            plan.id +
            ". Apply it: fgsync sync\n"
            "To apply exactly this plan, save it with --out FILE.\n");
}

TEST_CASE("the headline says what was selected") {
  auto around = context();
  around.selection = cli::Selection{.names = {"same"}, .selector = "team in (a,b)", .labels = {}, .since = "x\ny"};
  const std::string text =
      render_plan_text(plan::assemble({function("same")}), around, cli::Paint(false), cli::Unchanged::hidden);
  CHECK(text ==
        "Plan for project 46b6f338, cn-north-4 (manifests in manifests, only --name same --selector 'team in (a,b)' "
        "--since $'x\\012y'; observed 12:03:20Z, 3 calls, 41 ms)\n"
        "\n"
        "No changes: 1 function as the manifests say.\n");
}

namespace {

/// The lines between the headline and the summary.
std::string body_of(std::vector<plan::FunctionPlan> functions) {
  const std::string text =
      render_plan_text(plan::assemble(std::move(functions)), context(), cli::Paint(false), cli::Unchanged::hidden);
  const auto begin = text.find("\n\n") + 2;
  return text.substr(begin, text.find("\n\n", begin) + 1 - begin);
}

/// The line with the counts.
std::string counts_of(std::vector<plan::FunctionPlan> functions) {
  const std::string text =
      render_plan_text(plan::assemble(std::move(functions)), context(), cli::Paint(false), cli::Unchanged::hidden);
  const auto begin = text.find("Plan: ");
  REQUIRE(begin != std::string::npos);
  return text.substr(begin, text.find('\n', begin) - begin);
}

}  // namespace

TEST_CASE("a function that is made without an import is created") {
  auto fresh = function("fresh");
  fresh.steps.push_back({plan::ImportFunction{plan::ImportFunction::Via::create_call}, plan::Reason::absent, {}});
  fresh.steps.push_back({plan::PublishVersion{"v1", "", false}, plan::Reason::version_missing, {}});
  CHECK(body_of({fresh}) == "+ fresh          create, publish v1\n");
  CHECK(counts_of({fresh}) == "Plan: 1 to create, 1 to publish.");
  fresh.blocked.push_back({"alias_weights", "no", std::nullopt, {}});
  CHECK(body_of({fresh}) ==
        "! fresh          blocked: no\n"
        "    create       new function\n"
        "    version      v1 (new)\n");
}

TEST_CASE("what is deleted says how many may be") {
  auto removed = function("legacy");
  removed.steps.push_back({plan::DeleteFunction{}, plan::Reason::manifest_removed, {}});
  auto anew = function("anew");
  anew.steps.push_back({plan::DeleteFunction{}, plan::Reason::recreated, {}});
  anew.steps.push_back({plan::ImportFunction{}, plan::Reason::absent, {}});
  auto alias = function("with-alias");
  alias.steps.push_back({plan::DeleteAlias{"canary", "v1"}, plan::Reason::alias_removed, {}});
  for (auto* deleting : {&removed, &anew, &alias}) deleting->deletions = plan::DeletionCount{3, 5};
  CHECK(body_of({removed, anew, alias}) ==
        "- anew           recreate (cannot be changed in place; 3 of at most 5 deletes): delete with all versions and "
        "aliases, then import\n"
        "- legacy         delete (manifest removed; 3 of at most 5 deletes)\n"
        "~ with-alias     aliases\n"
        "    alias canary delete (on v1; the manifest names it no more; 3 of at most 5 deletes)\n");
}

TEST_CASE("what is deleted or made anew stands before other changes") {
  auto removed = function("z-legacy");
  removed.steps.push_back({plan::DeleteFunction{}, plan::Reason::manifest_removed, {}});
  auto anew = function("y-anew");
  anew.steps.push_back({plan::DeleteFunction{}, plan::Reason::recreated, {}});
  anew.steps.push_back({plan::ImportFunction{}, plan::Reason::absent, {}});
  anew.steps.push_back({plan::UpdateMaxInstances{-1, 10}, plan::Reason::absent, {}});
  anew.steps.push_back({plan::PublishVersion{"v2", "", false}, plan::Reason::version_missing, {}});
  anew.steps.push_back({plan::CreateAlias{"prod", "v2", "", {{{"v1", 10}}, {}}}, plan::Reason::alias_missing, {}});
  auto code = function("a-code");
  code.steps.push_back(
      {plan::UpdateCode{RemoteDigest{digest('a')}, std::nullopt, std::nullopt}, plan::Reason::code_changed, {}});
  CHECK(body_of({code, anew, removed}) ==
        "- y-anew         recreate (cannot be changed in place): delete with all versions and aliases, then import, "
        "publish v2, alias prod → v2, 10 % to v1\n"
        "    instances    max_instance_num -1 → 10\n"
        "- z-legacy       delete (manifest removed)\n"
        "^ a-code         code changed\n"
        "    code         sha512:aaaaaaaaaaaa…\n");
  CHECK(counts_of({code, anew, removed}) ==
        "Plan: 1 to import, 1 to update, 1 to publish, 1 alias, 1 setting, 2 to delete.");
}

TEST_CASE("settings with calls of their own are changes, each with what it changes") {
  auto settings = function("f");
  settings.steps.push_back({plan::UpdateMaxInstances{10, 20}, plan::Reason::drifted, {}});
  settings.steps.push_back({plan::UpdateTags{{{"tags.team", "a", "b"}, {"tags.old", "1", std::nullopt}}},
                            plan::Reason::desired_changed,
                            {}});
  settings.steps.push_back({plan::UpdateAsyncConfig{{{"function_async_config.max_async_retry_attempts", "3", "1"}}},
                            plan::Reason::both_changed,
                            {}});
  settings.steps.push_back(
      {plan::UpdateReservedInstances{"prod", {{"reserved_instances.prod.count", std::nullopt, "2"}}},
       plan::Reason::desired_changed,
       {}});
  CHECK(body_of({settings}) ==
        "~ f              settings\n"
        "    instances    max_instance_num 10 → 20 (changed on the service)\n"
        "    tags         tags.team a → b; tags.old 1 → (unset)\n"
        "    async        function_async_config.max_async_retry_attempts 3 → 1 (changed here and on the service)\n"
        "    reserved     reserved_instances.prod.count (unset) → 2\n");
  CHECK(counts_of({settings}) == "Plan: 4 settings.");
}

TEST_CASE("aliases and versions that go are named with the reason") {
  auto pruned = function("f");
  pruned.preconditions.versions = std::vector<std::string>(18, "v");
  pruned.steps.push_back({plan::DeleteVersion{"v0.8.0"}, plan::Reason::head_room, {}});
  pruned.steps.push_back({plan::DeleteAlias{"canary", "v0.9.0"}, plan::Reason::alias_removed, {}});
  pruned.steps.push_back({plan::DeleteVersion{"v0.9.0"}, plan::Reason::superseded, {}});
  CHECK(body_of({pruned}) ==
        "~ f              aliases, old versions\n"
        "    prune        v0.8.0 (no alias; 19 of 20 versions used)\n"
        "    alias canary delete (on v0.9.0; the manifest names it no more)\n"
        "    prune        v0.9.0 (no alias; older than those to keep)\n");
  CHECK(counts_of({pruned}) == "Plan: 3 to prune.");
}

TEST_CASE("an alias shows how its traffic is divided") {
  const plan::Traffic whole;
  const plan::Traffic tenth{{{"v1", 10}}, {}};
  auto traffic = function("f");
  const auto move = [&traffic](const char* from, const char* to, const plan::Traffic& before,
                               const plan::Traffic& after) {
    traffic.steps.push_back({plan::UpdateAlias{"prod", from, to, "", before, after}, plan::Reason::alias_differs, {}});
  };
  move("v1", "v2", whole, tenth);
  move("v2", "v2", tenth, whole);
  move("v2", "v3", tenth, tenth);
  move("v2", "v3", tenth, whole);
  move("v2", "v2", tenth, tenth);
  CHECK(body_of({traffic}) ==
        "~ f              aliases\n"
        "    alias prod   v1 → v2, 10 % to v1\n"
        "    alias prod   v2: 10 % to v1 → all traffic\n"
        "    alias prod   v2 → v3, 10 % to v1\n"
        "    alias prod   v2 → v3, all traffic\n"
        "    alias prod   description\n");
}

TEST_CASE("other dependencies alone are no new code") {
  auto change = function("f");
  change.steps.push_back({plan::UpdateCode{RemoteDigest{digest('a')}, std::nullopt, std::nullopt,
                                           plan::FieldChange{"depend_version_list", "d1", "d1,d2"}},
                          plan::Reason::desired_changed,
                          {}});
  change.steps.push_back({plan::PublishVersion{"v2", "", false}, plan::Reason::version_missing, {}});
  auto both = function("g");
  both.steps.push_back({plan::UpdateCode{RemoteDigest{digest('a')}, ArchiveDigest{digest('b')}, std::nullopt,
                                         plan::FieldChange{"depend_version_list", "d1", "d1,d2"}},
                        plan::Reason::code_changed,
                        {}});
  CHECK(body_of({change, both}) ==
        "^ g              code changed\n"
        "    code         sha512:aaaaaaaaaaaa… → sha512:bbbbbbbbbbbb…; depend_version_list d1 → d1,d2\n"
        "~ f              dependencies: depend_version_list d1 → d1,d2\n"
        "    version      v2 (new)\n");
}

TEST_CASE("notes are shown and counted, and are no changes") {
  auto noted = function("f");
  noted.notes.push_back({"drift_left_alone", "timeout was changed on the service, and self_heal is off"});
  const std::string text =
      render_plan_text(plan::assemble({noted, function("same")}), context(), cli::Paint(false), cli::Unchanged::hidden);
  CHECK(text.substr(text.find("\n\n") + 2) ==
        "i f              note: timeout was changed on the service, and self_heal is off\n"
        "\n"
        "No changes: 2 functions as the manifests say, 1 with a note.\n");

  auto changed = function("g");
  changed.notes = noted.notes;
  changed.steps.push_back({plan::PublishVersion{"v2", "", false}, plan::Reason::version_missing, {}});
  CHECK(body_of({changed, noted}) ==
        "~ g              publish v2\n"
        "    version      v2 (new)\n"
        "    note         timeout was changed on the service, and self_heal is off\n"
        "i f              note: timeout was changed on the service, and self_heal is off\n");
  CHECK(counts_of({changed, noted}) == "Plan: 1 to publish, 1 unchanged (1 with a note).");
}

TEST_CASE("the headline says how old is what was not read again") {
  auto around = context();
  const auto headline_after = [&around](std::chrono::seconds age) {
    around.trusted_since = around.observed_at - age;
    const std::string text =
        render_plan_text(plan::assemble({function("same")}), around, cli::Paint(false), cli::Unchanged::hidden);
    return text.substr(text.find("41 ms"), text.find('\n') - text.find("41 ms"));
  };
  CHECK(headline_after(std::chrono::seconds(40)) == "41 ms; unchanged in the list: as read up to 40 s ago)");
  CHECK(headline_after(std::chrono::seconds(779)) == "41 ms; unchanged in the list: as read up to 12 min ago)");
  CHECK(headline_after(std::chrono::hours(2)) == "41 ms; unchanged in the list: as read up to 2 h ago)");
  CHECK(headline_after(std::chrono::seconds(-5)) == "41 ms; unchanged in the list: as read up to 0 s ago)");
}

TEST_CASE("unchanged functions are listed on request") {
  const auto plan = plan::assemble({function("same")});
  const std::string text = render_plan_text(plan, context(), cli::Paint(false), cli::Unchanged::listed);
  CHECK(text.find("\n  same           unchanged\n") != std::string::npos);
}

TEST_CASE("nothing to do is said in one line") {
  const auto plan = plan::assemble({function("same")});
  const std::string text = render_plan_text(plan, context(), cli::Paint(false), cli::Unchanged::hidden);
  CHECK(text ==
        "Plan for project 46b6f338, cn-north-4 (manifests in manifests; observed 12:03:20Z, 3 calls, 41 ms)\n"
        "\n"
        "No changes: 1 function as the manifests say.\n");
}

TEST_CASE("a partial plan says so") {
  auto around = context();
  around.is_complete = false;
  const std::string text = render_plan_text(full_plan(), around, cli::Paint(false), cli::Unchanged::hidden);
  CHECK(text.find("Partial: some manifests have errors and were left out.\n") != std::string::npos);
}

TEST_CASE("long and unprintable values are cut and cleaned") {
  auto config = function("f");
  config.steps.push_back(
      {plan::UpdateConfig{{{"user_data.X", std::string("a\nb"), std::string(200, 'x')}}}, plan::Reason::differs, {}});
  const std::string text =
      render_plan_text(plan::assemble({config}), context(), cli::Paint(false), cli::Unchanged::hidden);
  CHECK(text.find("user_data.X a?b → " + std::string(60, 'x') + "…\n") != std::string::npos);
}

TEST_CASE("what the service sends can neither break a line nor command the terminal") {
  auto config = function("f");
  config.steps.push_back(
      {plan::UpdateConfig{{{"user_data.X\x1b[31m\nFAKE", "1", std::nullopt}}}, plan::Reason::differs, {}});
  const std::string text =
      render_plan_text(plan::assemble({config}), context(), cli::Paint(false), cli::Unchanged::hidden);
  CHECK(text.find("user_data.X?[31m?FAKE 1 → (unset)\n") != std::string::npos);
  CHECK(text.find('\x1b') == std::string::npos);
}

TEST_CASE("names are never cut") {
  const std::string name(60, 'n');
  auto absent = function(name);
  absent.steps.push_back({plan::ImportFunction{}, plan::Reason::absent, {}});
  const std::string text =
      render_plan_text(plan::assemble({absent}), context(), cli::Paint(false), cli::Unchanged::hidden);
  CHECK(text.find("+ " + name + "   import\n") != std::string::npos);
}

TEST_CASE("sizes are shown in the unit that fits") {
  CHECK(cli::shown_size_change(0) == "+0 B");
  CHECK(cli::shown_size_change(-3) == "-3 B");
  CHECK(cli::shown_size_change(14541) == "+14.2 KiB");
  CHECK(cli::shown_size_change(-(std::int64_t{5} << 30)) == "-5.0 GiB");
}
