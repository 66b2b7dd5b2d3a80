// Every reason to hold something back that planning knows, with its exact text and its place: what people and scripts
// meet first when something is wrong.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <functional>
#include <regex>
#include <sstream>

#include "plan/guards.hpp"
#include "plan/orphan.hpp"
#include "tests/plan/base_case.hpp"

using namespace fgsync;
using namespace fgsync::test;

namespace {

constexpr const char* kName = "m.yaml:4:9";
constexpr const char* kVersion = "m.yaml:20:11";
constexpr const char* kAliasVersion = "m.yaml:24:16";
constexpr const char* kNowhere = "";

struct BlockedRow {
  std::string code;
  std::string position;
  std::string message;
  Texts next;
  std::function<plan::FunctionPlan()> run;
};

/// Of a function that is as desired but for what `change` does.
std::function<plan::FunctionPlan()> function_with(const std::function<void(Case&)>& change) {
  return [change] {
    Case base;
    change(base);
    return base.run();
  };
}

std::function<plan::FunctionPlan()> orphan_with(const std::function<void(plan::Orphan&, plan::PlanOptions&)>& change) {
  return [change] {
    plan::Orphan orphan{"old", {}, false, 2, false};
    plan::PlanOptions options;
    options.pruning = plan::Pruning::on;
    change(orphan, options);
    return plan::plan_orphan(orphan, options);
  };
}

std::function<plan::FunctionPlan()> guarded(const std::function<void(plan::GuardInputs&)>& change) {
  return [change] {
    plan::PlanOptions options;
    options.pruning = plan::Pruning::on;
    std::vector<plan::FunctionPlan> plans{plan::plan_orphan({"old", {}, false, 2, false}, options)};
    plan::GuardInputs inputs;
    for (int i = 0; i < 10; ++i) inputs.inventory.insert("fn-" + std::to_string(i));
    inputs.on_service = inputs.inventory;
    change(inputs);
    plan::apply_guards(plans, inputs);
    return plans[0];
  };
}

void want_other_runtime(Case& base) {
  base.desired.function.runtime = "Python3.10";
  base.desired.function.runtime_position = {"m.yaml", 7, 12};
}

void recreate(Case& base) {
  want_other_runtime(base);
  base.desired.function.handling.on_change = manifest::Handling::OnChange::recreate;
  base.observed->aliases.clear();
}

constexpr const char* kRuntime =
    "runtime cannot be changed in place: the service has Python3.9, the manifest says Python3.10";

std::vector<BlockedRow> ownership_rows() {
  return {{"not_managed",
           kName,
           "exists on the service and is not managed by fgsync; take it over with adopt: true in its manifest, or with "
           "--adopt",
           {"fgsync sync --adopt"},
           function_with([](Case& base) { base.observed->detail.row.description = "By hand"; })},
          {"not_managed",
           kName,
           "is managed by the source \"other\"; take it over with adopt: true in its manifest, or with --adopt",
           {"fgsync sync --adopt"},
           function_with([](Case& base) { base.observed->detail.row.description = "[fgsync:own=other]"; })},
          {"suspended",
           kName,
           "is suspended by its manifest; held back: update configuration; take suspend: true out to go on",
           {},
           function_with([](Case& base) {
             base.desired.function.handling.is_suspended = true;
             base.observed_config().description = "Other [fgsync:own=shop]";
           })},
          {"suspended",
           kName,
           "is suspended by ann since 2026-01-01T00:00:00Z: audit; held back: update configuration; it goes on with "
           "fgsync resume thumb",
           {"fgsync resume thumb"},
           function_with([](Case& base) {
             base.suspension = plan::Suspension{"ann", "2026-01-01T00:00:00Z", "audit"};
             base.observed_config().description = "Other [fgsync:own=shop]";
           })},
          {"suspended",
           kName,
           "is suspended by its manifest, and by ann since 2026-01-01T00:00:00Z; held back: update configuration; to "
           "go on, take suspend: true out, and: fgsync resume thumb",
           {"fgsync resume thumb"},
           function_with([](Case& base) {
             base.suspension = plan::Suspension{"ann", "2026-01-01T00:00:00Z", ""};
             base.desired.function.handling.is_suspended = true;
             base.observed_config().description = "Other [fgsync:own=shop]";
           })},
          {"held",
           kName,
           "is held by ann: broken; it goes on when its code or settings change, or with fgsync release thumb",
           {"fgsync release thumb"},
           function_with([](Case& base) { base.holds = {{base.desired.fingerprint, "broken", "ann"}}; })},
          {"encrypted_user_data",
           kName,
           "has encrypted environment variables that its manifest does not name; they cannot be read back, and an "
           "update of the configuration would erase them: name all of them in encrypted_user_data, or remove them on "
           "the service",
           {},
           function_with([](Case& base) {
             base.observed_config().has_encrypted_user_data = true;
             base.observed_config().description = "Other [fgsync:own=shop]";
           })}};
}

std::vector<BlockedRow> immutable_rows() {
  const std::string runtime = kRuntime;
  const auto row = [&runtime](const std::string& code, const std::string& why, const Texts& next,
                              const std::function<void(Case&)>& change) {
    return BlockedRow{code, "m.yaml:7:12", runtime + why, next, function_with(change)};
  };
  return {row("immutable_field", "; give the function a new name, or delete the old one by hand first", {},
              want_other_runtime),
          row("immutable_field", ", and protect: true forbids to delete the function and make it anew", {},
              [](Case& base) {
                recreate(base);
                base.desired.function.handling.is_protected = true;
              }),
          row("immutable_field",
              ", and a function with aliases is not deleted to be made anew: whoever calls prod would find nothing; "
              "remove its aliases first",
              {},
              [](Case& base) {
                recreate(base);
                base.observed->aliases = {{"prod", "v1.0.0", "", {}}};
              }),
          row("immutable_field",
              ", and a function that triggers call is not deleted to be made anew: they would go with it; delete them "
              "first, or give the function a new name",
              {},
              [](Case& base) {
                recreate(base);
                base.has_triggers = true;
              }),
          row("needs_recreate", "; --allow-recreate deletes the function and makes it anew",
              {"fgsync sync --allow-recreate"}, recreate),
          {"immutable_field",
           "m.yaml:6:8",
           "app cannot be changed in place: the service has default, the manifest says media; give the function a new "
           "name, or delete the old one by hand first",
           {},
           function_with([](Case& base) {
             base.desired.function.app = "media";
             base.desired.function.app_position = {"m.yaml", 6, 8};
           })},
          {"immutable_field",
           kName,
           "type cannot be changed in place: the service has v1, the manifest says v2; give the function a new name, "
           "or delete the old one by hand first",
           {},
           function_with([](Case& base) {
             base.desired.function.extra->type = "v2";
             base.observed->detail.row.facts->type = "v1";
           })}};
}

void fill_up(Case& base) {
  base.desired.function.version->name = "v2.0.0";
  base.change_code();
  auto& versions = base.observed->versions;
  while (versions.size() < 19) versions.push_back({"v0." + std::to_string(versions.size()), {}, {}, {}});
}

std::string fingerprint_with_storage() {
  Case base;
  base.desired.function.extra->ephemeral_storage = 10240;
  base.refresh();
  return base.desired.fingerprint;
}

std::vector<BlockedRow> version_rows() {
  return {
      {"version_conflict",
       kVersion,
       "v1.0.0 is already published with other code (sha512:aaaaaaaaaaaa…): bump the version",
       {},
       function_with([](Case& base) { base.change_code(); })},
      {"version_conflict",
       kVersion,
       "v1.0.0 is published with memory_size 256, the manifest says 512: bump the version",
       {},
       function_with([](Case& base) { base.desired.function.memory_size = 512; })},
      {"version_conflict",
       kVersion,
       "v1.0.0 is published with user_data.BUCKET photos and user_data.MORE (unset), the manifest says \"\" and 1: "
       "bump "
       "the version",
       {},
       function_with([](Case& base) { base.desired.function.user_data = {{"BUCKET", ""}, {"MORE", "1"}}; })},
      {"version_conflict",
       kVersion,
       "v1.0.0 is published with other settings: its fingerprint is 4c8d0e2509e5, the manifest's is " +
           fingerprint_with_storage() +
           "; what differs is among those that a list of versions does not show (ephemeral_storage): bump the version",
       {},
       function_with([](Case& base) {
         base.desired.function.extra->ephemeral_storage = 10240;
         base.refresh();
       })},
      {"version_limit",
       kVersion,
       "19 published versions and latest fill the service's limit of 20, and none of them is fgsync's and unused: "
       "delete a version that no alias uses",
       {},
       function_with(fill_up)},
      {"nothing_to_publish",
       kVersion,
       "the service publishes only changes, and this code and configuration are already published as v1.0.0: keep that "
       "name, or change the code",
       {},
       function_with([](Case& base) { base.desired.function.version->name = "v2.0.0"; })},
      {"latest_differs",
       kVersion,
       "v2.0.0 is not published: latest was changed on the service and is left alone (self_heal: false), so it is not "
       "what the manifest says; let fgsync put it back, or change the manifest",
       {},
       function_with([](Case& base) {
         base.desired.function.version->name = "v2.0.0";
         base.desired.function.handling.self_heal = false;
         base.remember();
         base.observed_config().timeout = std::chrono::seconds(60);
         base.observed->versions[0].digest = RemoteDigest{kOtherArchive};
       })},
      {"another_writer",
       kName,
       "somebody else changed this function for the 3rd time within an hour, and fgsync stops putting it back until an "
       "hour has passed: find out who, or say self_heal: false in its manifest",
       {},
       function_with([](Case& base) {
         base.remember();
         base.foreign_changes = 2;
         base.observed_config().timeout = std::chrono::seconds(60);
       })}};
}

std::vector<BlockedRow> alias_rows() {
  const auto row = [](const std::string& code, const std::string& message, const std::function<void(Case&)>& change) {
    return BlockedRow{code, kAliasVersion, "alias prod: " + message, {}, function_with(change)};
  };
  return {row("version_missing", "version v9 is neither published nor the wanted version",
              [](Case& base) { base.desired.function.aliases[0].version = "v9"; }),
          row("version_missing", "the additional version v9 is neither published nor the wanted version",
              [](Case& base) { base.desired.function.aliases[0].additional_version_weights = {{"v9", 10}}; }),
          row("alias_weights", "version v1.0.0 is its own version and cannot be an additional one",
              [](Case& base) { base.desired.function.aliases[0].additional_version_weights = {{"v1.0.0", 10}}; }),
          row("alias_weights", "latest cannot be an additional version",
              [](Case& base) { base.desired.function.aliases[0].additional_version_weights = {{"latest", 10}}; }),
          row("version_taken",
              "version v1.0.0 already has the alias other, and the service allows one alias per version: move or "
              "remove other first",
              [](Case& base) { base.observed->aliases = {{"other", "v1.0.0", "", {}}}; }),
          row("alias_cycle",
              "waits for itself: prod wants v1.0.0, which test has; test wants v0.9.0, which prod has; the service "
              "allows one alias per version, so none of them can move first: let one of them move to a version that "
              "is free, or to latest, and back in a second run",
              [](Case& base) {
                auto& aliases = base.desired.function.aliases;
                aliases.push_back(aliases[0]);
                aliases[1].name = "test";
                aliases[1].version = "v0.9.0";
                base.observed->versions.push_back({"v0.9.0", RemoteDigest{kOtherArchive}, {}, {}});
                base.observed->aliases = {{"prod", "v0.9.0", "", {}}, {"test", "v1.0.0", "", {}}};
              })};
}

std::vector<BlockedRow> removal_rows() {
  return {{"manifest_removed",
           kNowhere,
           "no manifest wants it any more; --prune, or guards.prune, deletes it, fgsync forget old leaves it to others",
           {"fgsync sync --prune", "fgsync forget old"},
           orphan_with([](auto&, plan::PlanOptions& options) { options.pruning = plan::Pruning::off; })},
          {"protected",
           kNowhere,
           "no manifest wants it any more, and its last one said protect: true: it is not deleted; fgsync forget old "
           "leaves it to others",
           {"fgsync forget old"},
           orphan_with([](plan::Orphan& orphan, auto&) { orphan.is_protected = true; })},
          {"suspended",
           kNowhere,
           "no manifest wants it any more, but it is suspended by ann since 2026-01-01T00:00:00Z: audit; so it is not "
           "deleted; it goes on with fgsync resume old",
           {"fgsync resume old"},
           orphan_with([](plan::Orphan& orphan, auto&) {
             static const plan::Suspension suspension{"ann", "2026-01-01T00:00:00Z", "audit"};
             orphan.suspension = &suspension;
           })},
          {"interrupted_import",
           kNowhere,
           "no manifest wants it any more; an import of it was begun at 2026-01-01T00:00:00Z and interrupted, and "
           "nothing else says that it is fgsync's, so it is not deleted: put its manifest back to go on with it, "
           "delete it by hand, or leave it to others with fgsync forget old",
           {"fgsync forget old"},
           orphan_with([](plan::Orphan& orphan, auto&) { orphan.import_begun_at = "2026-01-01T00:00:00Z"; })},
          {"prune_needs_state",
           kNowhere,
           "no manifest wants it any more; it is deleted only after 2 runs, which only the state directory can count, "
           "and this run has none: run without --no-state, with a state that can be read",
           {},
           orphan_with([](plan::Orphan& orphan, plan::PlanOptions& options) {
             orphan.missing_runs.reset();
             options.has_state = false;
           })},
          {"mark_removed",
           kNowhere,
           "no manifest wants it any more, and fgsync's mark is not on it: somebody took it over, or it was made with "
           "markers: off; it is not deleted; fgsync forget old leaves it to others, fgsync delete old deletes it",
           {"fgsync forget old"},
           orphan_with([](plan::Orphan& orphan, auto&) { orphan.has_mark = false; })},
          {"has_triggers",
           kNowhere,
           "no manifest wants it any more, but triggers call it: to delete it, name it in spec.guards.confirm_delete "
           "of fgsync.yaml",
           {},
           orphan_with([](plan::Orphan& orphan, auto&) { orphan.has_triggers = true; })},
          {"no_deletes",
           kNowhere,
           "no manifest wants it any more, but this run deletes nothing: some manifests have errors",
           {},
           guarded([](plan::GuardInputs& inputs) { inputs.no_deletes = "some manifests have errors"; })},
          {"max_delete",
           kNowhere,
           "something would be deleted (in this run: old), but at most 0 functions and aliases are deleted in one run: "
           "if all of them shall go, raise spec.guards.max_delete in fgsync.yaml",
           {},
           guarded([](plan::GuardInputs& inputs) { inputs.max_delete = 0; })},
          {"wrong_project",
           kNowhere,
           "of 10 functions that fgsync manages here the service has 0: is this the right project? If they were "
           "deleted on purpose, let fgsync forget them: fgsync forget NAME…",
           {},
           guarded([](plan::GuardInputs& inputs) { inputs.on_service.clear(); })}};
}

BlockedRow secret_row() {
  return {"secret_unavailable",
          "m.yaml:30:5",
          "the secret PASSWORD is not available here: FN_PASSWORD is not set",
          {},
          function_with([](Case& base) {
            base.options.needs_secrets = true;
            base.desired.function.extra->encrypted_user_data["PASSWORD"].position = {"m.yaml", 30, 5};
            base.desired.secrets["PASSWORD"].failure = Error(ErrorKind::not_found, "FN_PASSWORD is not set");
          })};
}

std::vector<BlockedRow> all_rows() {
  std::vector<BlockedRow> all{secret_row()};
  for (auto rows : {ownership_rows(), immutable_rows(), version_rows(), alias_rows(), removal_rows()}) {
    all.insert(all.end(), rows.begin(), rows.end());
  }
  return all;
}

/// The codes in the source: the first text that a block is made with.
std::set<std::string> codes_in_source() {
  static const std::regex kBlock(R"((?:block|refuse|Blocked|hold_back)[({](?:plan,\s*)?\s*\"([a-z_]+)\")");
  std::set<std::string> codes;
  for (const auto& file : std::filesystem::directory_iterator(FGSYNC_SOURCE_DIR "/src/plan")) {
    std::stringstream text;
    text << std::ifstream(file.path()).rdbuf();
    const std::string source = text.str();
    for (std::sregex_iterator found(source.begin(), source.end(), kBlock), end; found != end; ++found) {
      codes.insert((*found)[1]);
    }
  }
  return codes;
}

}  // namespace

TEST_CASE("blocked: every reason with its exact text and position") {
  for (const BlockedRow& row : all_rows()) {
    INFO(row.code << ": " << row.message);
    const auto plan = row.run();
    REQUIRE(!plan.blocked.empty());
    const plan::Blocked& blocked = plan.blocked[0];
    CHECK(blocked.code == row.code);
    CHECK(blocked.message == row.message);
    CHECK((blocked.position ? blocked.position->to_string() : "") == row.position);
    CHECK(blocked.next == row.next);
    CHECK(plan.steps.empty());
  }
}

TEST_CASE("blocked: no code of the source is missing above") {
  std::set<std::string> tested;
  for (const BlockedRow& row : all_rows()) tested.insert(row.code);
  CHECK(codes_in_source() == tested);
}
