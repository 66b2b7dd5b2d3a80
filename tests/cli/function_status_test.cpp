#include "cli/function_status.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <utility>
#include <vector>

using namespace fgsync;
using cli::Condition;

namespace {

constexpr std::int64_t kApplied = 1'795'336'127;  // 2026-11-22T08:28:47Z

manifest::Function wanted(const std::string& name) {
  manifest::Function function;
  function.name = name;
  return function;
}

state::HistoryEntry event(const std::string& what, const std::string& at, const std::string& detail = "") {
  state::HistoryEntry entry;
  entry.function = "orders";
  entry.event = what;
  entry.at = at;
  entry.detail = detail;
  return entry;
}

/// A function that was applied, and is as its manifest says.
cli::StatusInputs applied() {
  cli::StatusInputs inputs;
  inputs.functions = {wanted("orders")};
  inputs.differences["orders"] = {};
  state::Snapshot state;
  state.inventory.emplace_back();
  state.inventory.back().name = "orders";
  state.newest = {event("applied", "2026-11-22T08:28:47Z")};
  state.last_applied = state.newest;
  inputs.state = std::move(state);
  return inputs;
}

cli::FunctionStatus only(const cli::StatusInputs& inputs) {
  const auto statuses = cli::statuses_of(inputs);
  REQUIRE(statuses.size() == 1);
  return statuses.front();
}

/// Condition, code and since when.
std::vector<std::string> judged(const cli::StatusInputs& inputs) {
  const auto status = only(inputs);
  return {std::string(reconcile::name_of(status.condition)), status.code, status.since};
}

}  // namespace

TEST_CASE("status: a function that is as its manifest says is synced since it was applied") {
  CHECK(judged(applied()) == std::vector<std::string>{"Synced", "applied", "2026-11-22T08:28:47Z"});
  CHECK(only(applied()).observed_at == kApplied);
}

TEST_CASE("status: what was read in full later was observed later") {
  auto inputs = applied();
  inputs.state->inventory.front().sighting = state::InventoryEntry::Sighting{"", "", kApplied + 100};
  CHECK(only(inputs).observed_at == kApplied + 100);
  inputs.state->last_applied.clear();
  CHECK(only(inputs).observed_at == kApplied + 100);
  inputs.state->inventory.front().sighting.reset();
  CHECK_FALSE(only(inputs).observed_at);
}

TEST_CASE("status: a manifest that says something else than was applied is work for the next sync") {
  auto inputs = applied();
  inputs.differences["orders"].fields = {"code", "timeout"};
  CHECK(judged(inputs) == std::vector<std::string>{"Progressing", "manifest_changed", ""});
  CHECK(only(inputs).reason == "not applied yet: code, timeout; the next sync does");
}

TEST_CASE("status: code that cannot be read blocks") {
  auto inputs = applied();
  inputs.differences["orders"].problem = "no such directory";
  CHECK(judged(inputs) == std::vector<std::string>{"Blocked", "code_unreadable", ""});
  CHECK(only(inputs).reason == "no such directory");
}

TEST_CASE("status: an error in the manifest blocks, whatever else is known") {
  auto inputs = applied();
  inputs.functions.clear();
  inputs.rejected["orders"] = "orders.yaml:3:1";
  CHECK(judged(inputs) == std::vector<std::string>{"Blocked", "manifest_error", ""});
}

TEST_CASE("status: a step without an answer is under way while a sync runs, and unknown else") {
  auto inputs = applied();
  inputs.state->open_intents = {{1, "orders", "publish v2", "2026-11-22T09:00:00Z"}};
  CHECK(judged(inputs) == std::vector<std::string>{"Unknown", "interrupted", "2026-11-22T09:00:00Z"});
  inputs.is_running = true;
  CHECK(judged(inputs) == std::vector<std::string>{"Progressing", "under_way", "2026-11-22T09:00:00Z"});
}

TEST_CASE("status: a step that was begun for a function that nothing else knows is shown") {
  cli::StatusInputs inputs;
  inputs.state.emplace();
  inputs.state->open_intents = {{1, "orders", "import", "2026-11-22T09:00:00Z"}};
  CHECK(only(inputs).code == "interrupted");
}

TEST_CASE("status: what was deleted or forgotten is not said to be unknown") {
  auto inputs = applied();
  inputs.state->inventory.clear();
  CHECK(only(inputs).code == "never_applied");
  inputs.state->last_removed = {event("deleted", "2026-11-22T09:00:00Z")};
  inputs.state->last_removed.front().actor = "jane";
  CHECK(judged(inputs) == std::vector<std::string>{"Progressing", "deleted", "2026-11-22T09:00:00Z"});
  CHECK(only(inputs).reason == "it was deleted by jane at 2026-11-22T09:00:00Z; the next sync makes it again");
  inputs.state->last_removed.front().event = "forgotten";
  CHECK(judged(inputs) == std::vector<std::string>{"Blocked", "forgotten", "2026-11-22T09:00:00Z"});
  inputs.functions.front().handling.adopt = true;
  CHECK(judged(inputs) == std::vector<std::string>{"Progressing", "forgotten", "2026-11-22T09:00:00Z"});
  inputs.functions.clear();
  CHECK(cli::statuses_of(inputs).empty());
}

TEST_CASE("status: a hold or a suspension of a function that nothing else knows is shown") {
  cli::StatusInputs inputs;
  inputs.state.emplace();
  inputs.state->holds = {{"orders", "77e1d2c3b4a5", "", "jane", "2026-11-22T09:02:11Z"}};
  CHECK(only(inputs).code == "held");
  inputs.state->suspensions = {{"orders", "", "jane", "2026-11-22T09:02:11Z"}};
  CHECK(only(inputs).code == "suspended");
}

TEST_CASE("status: a held function says who holds it, and why") {
  auto inputs = applied();
  inputs.state->holds = {{"orders", "77e1d2c3b4a5", "wrong totals", "jane", "2026-11-22T09:02:11Z"}};
  CHECK(judged(inputs) == std::vector<std::string>{"Held", "held", "2026-11-22T09:02:11Z"});
  CHECK(only(inputs).reason == "fingerprint 77e1d2c3b4a5 is held by jane: wrong totals");
}

TEST_CASE("status: what was adopted and has lost its manifest before anything was done to it stays, prune or not") {
  auto inputs = applied();
  inputs.functions.clear();
  inputs.state->inventory.front().awaits_mark = true;
  for (const bool prunes : {false, true}) {
    inputs.prunes = prunes;
    CHECK(only(inputs).condition == Condition::blocked);
    CHECK(only(inputs).code == "adoption_undone");
  }
}

TEST_CASE("status: a suspended function says who suspended it, and what ends that") {
  auto inputs = applied();
  inputs.state->suspensions = {{"orders", "incident 4711", "jane", "2026-11-22T09:02:11Z"}};
  const auto status = only(inputs);
  CHECK(status.condition == Condition::suspended);
  CHECK(status.is_suspended);
  CHECK(status.reason == "by jane: incident 4711; it goes on with fgsync resume orders");
  CHECK(status.since == "2026-11-22T09:02:11Z");
}

TEST_CASE("status: suspend in the manifest comes before a hold") {
  auto inputs = applied();
  inputs.state->holds = {{"orders", "77e1d2c3b4a5", "", "jane", "2026-11-22T09:02:11Z"}};
  inputs.functions.front().handling.is_suspended = true;
  CHECK(only(inputs).condition == Condition::suspended);
}

TEST_CASE("status: a failure counts from the first one in a row, until the function is seen as it should be") {
  auto inputs = applied();
  inputs.state->newest = {event("failed", "2026-11-22T09:10:00Z", "503")};
  inputs.state->failing_since["orders"] = "2026-11-22T09:00:00Z";
  CHECK(judged(inputs) == std::vector<std::string>{"Failed", "failed", "2026-11-22T09:00:00Z"});
  CHECK(only(inputs).reason == "503");
  inputs.state->inventory.front().sighting = state::InventoryEntry::Sighting{"", "", kApplied + 100};
  CHECK(only(inputs).condition == Condition::failed);
  inputs.state->inventory.front().sighting->at = kApplied + 3600;
  CHECK(only(inputs).condition == Condition::synced);
}

TEST_CASE("status: without memory nothing is claimed") {
  auto inputs = applied();
  inputs.state->inventory.clear();
  inputs.state->newest.clear();
  CHECK(judged(inputs) == std::vector<std::string>{"Unknown", "never_applied", ""});
  inputs.state.reset();
  CHECK(judged(inputs) == std::vector<std::string>{"Unknown", "no_state", ""});
}

TEST_CASE("status: a failed first import is a failure, not merely unknown") {
  auto inputs = applied();
  inputs.state->inventory.clear();
  inputs.state->newest = {event("failed", "2026-11-22T09:10:00Z", "import refused")};
  CHECK(judged(inputs) == std::vector<std::string>{"Failed", "failed", "2026-11-22T09:10:00Z"});
}

TEST_CASE("status: a function without a manifest is blocked, or on its way out where the configuration prunes") {
  auto inputs = applied();
  inputs.functions.clear();
  CHECK(only(inputs).code == "manifest_removed");
  inputs.prunes = true;
  inputs.state->inventory.front().missing_runs = 1;
  CHECK(judged(inputs) == std::vector<std::string>{"Progressing", "prune_pending", ""});
  CHECK(only(inputs).reason == "no manifest wants it any more; 1 run found none");
  inputs.state->inventory.front().is_protected = true;
  CHECK(judged(inputs) == std::vector<std::string>{"Blocked", "protected", ""});
  inputs.has_all_manifests = false;
  CHECK(judged(inputs) == std::vector<std::string>{"Unknown", "manifests_unknown", ""});
}

TEST_CASE("status: a version that the service will not publish blocks") {
  auto inputs = applied();
  inputs.state->inventory.front().refused_publish =
      state::InventoryEntry::RefusedPublish{"key", "only settings differ"};
  CHECK(judged(inputs) == std::vector<std::string>{"Blocked", "refused_publish", ""});
}

TEST_CASE("status: stale is what was observed too long ago, or never") {
  cli::FunctionStatus status;
  CHECK(cli::is_stale(status, 100, kApplied));
  status.observed_at = kApplied - 100;
  CHECK_FALSE(cli::is_stale(status, 100, kApplied));
  CHECK(cli::is_stale(status, 99, kApplied));
}

TEST_CASE("status: the version is the one that the manifest names, while that is what was applied") {
  auto inputs = applied();
  CHECK(only(inputs).version.empty());
  auto& version = inputs.functions.front().version.emplace();
  version.name = "v1.4.0";
  CHECK(only(inputs).version == "v1.4.0");
  inputs.differences["orders"].fields = {"code"};
  CHECK(only(inputs).version.empty());
}

TEST_CASE("status: an automatic version is known by the alias that follows it") {
  auto inputs = applied();
  inputs.functions.front().version.emplace().is_auto = true;
  auto& alias = inputs.functions.front().aliases.emplace_back();
  alias.name = "prod";
  alias.version = "current";
  inputs.state->inventory.front().aliases = {"prod", "old"};
  inputs.state->inventory.front().alias_wishes = {{"prod", "v-77e1d2c3b4a5\nweights"}};
  CHECK(only(inputs).version == "v-77e1d2c3b4a5");
  CHECK(only(inputs).aliases == std::map<std::string, std::string>{{"prod", "v-77e1d2c3b4a5"}, {"old", ""}});
}

TEST_CASE("status: the last error stays known after things went well again") {
  auto inputs = applied();
  inputs.state->last_failed = {event("failed", "2026-11-20T09:00:00Z", "503")};
  CHECK(only(inputs).condition == Condition::synced);
  REQUIRE(only(inputs).last_failure);
  CHECK(only(inputs).last_failure->detail == "503");
}

TEST_CASE("status: what was applied to a function that was deleted since says nothing of its successor") {
  auto inputs = applied();
  inputs.state->inventory.clear();
  inputs.state->newest = {event("deleted", "2026-11-22T09:00:00Z")};
  CHECK(only(inputs).condition == Condition::unknown);
  CHECK_FALSE(only(inputs).last_success);
  CHECK_FALSE(only(inputs).observed_at);
}
