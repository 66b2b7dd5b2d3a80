// Who waits for whom: one run at a time for a function, dependencies first, people before all.
#include <catch2/catch.hpp>

#include "tests/daemon/target_world.hpp"

namespace {

using namespace fgsync;        // NOLINT(google-build-using-namespace)
using namespace fgsync::test;  // NOLINT(google-build-using-namespace)
using namespace std::chrono_literals;
using Lines = std::vector<std::string>;

bool is_change_of(const http::Request& request, const std::string& name) {
  return request.method != http::Method::get && request.target.find(":default:" + name) != std::string::npos;
}

SlowNetwork::Answer refusal() {
  http::Response response;
  response.status = 400;
  response.body = R"({"error_code":"FSS.1011","error_msg":"Invalid function code."})";
  return response;
}

std::size_t position(const Lines& lines, const std::string& line) {
  return static_cast<std::size_t>(std::find(lines.begin(), lines.end(), line) - lines.begin());
}

}  // namespace

TEST_CASE("target: what comes while a function is worked on is done once more after that") {
  TargetWorld world;
  world.settle({"hello"});
  world.network.latency = 1s;
  world.change_release("hello", "v2");
  world.edit({"hello"});
  while (world.network.mutations.empty()) world.pass(100ms);
  world.change_release("hello", "v3");
  world.edit({"hello"});
  CHECK(world.target().in_flight() == std::set<std::string>{"hello"});
  world.pass(1min);
  CHECK(world.versions_of("hello").back() == "v3");
  CHECK(world.condition("hello") == "Synced applied");
  // Never two at once: the second upload comes after all of the first run.
  REQUIRE(world.network.mutations.size() >= 4);
  CHECK(std::count(world.network.mutations.begin(), world.network.mutations.end(), "PUT hello/code") == 2);
}

TEST_CASE("target: a commit that comes while a function is worked on is not lost on it") {
  TargetWorld world;
  world.settle({"hello"});
  world.network.latency = 1s;
  world.change_release("hello", "v2");
  world.commit({"hello"});
  while (world.network.mutations.empty()) world.pass(100ms);
  world.change_release("hello", "v3");
  world.commit({"hello"});
  world.pass(90s);
  CHECK(world.versions_of("hello").back() == "v3");
}

TEST_CASE("target: what depends on a function waits for it, then goes") {
  TargetWorld world;
  world.settle({"a", "b"});
  world.function("b").depends_on.push_back({"a", {}});
  world.network.latency = 1s;
  world.change_release("a", "v2");
  world.edit({"a"});
  while (world.network.mutations.empty()) world.pass(100ms);
  world.change_release("b", "v2");
  world.edit({"b"});
  world.pass(100ms);
  CHECK(world.condition("b") == "Progressing waiting_for_dependency");
  world.pass(1min);
  CHECK(world.condition("b") == "Synced applied");
  const Lines& lines = world.network.mutations;
  CHECK(position(lines, "PUT a/aliases/prod") < position(lines, "PUT b/code"));
  CHECK(position(lines, "PUT b/code") < lines.size());
}

TEST_CASE("target: what was skipped goes on when what it depends on is mended") {
  TargetWorld world;
  world.settle({"a", "b"});
  world.function("b").depends_on.push_back({"a", {}});
  world.network.before = [](const http::Request& request) -> std::optional<SlowNetwork::Answer> {
    if (!is_change_of(request, "a")) return std::nullopt;
    return refusal();
  };
  world.change_release("a", "v2");
  world.change_release("b", "v2");
  world.edit({"a", "b"});
  world.pass(10s);
  CHECK(world.condition("a") == "Failed invalid");
  CHECK(world.condition("b") == "Blocked waiting_for_dependency");
  CHECK(world.versions_of("b") == Lines{"v1"});
  world.network.before = nullptr;
  world.edit({"a"});
  world.pass(10s);
  CHECK(world.condition("a") == "Synced applied");
  CHECK(world.condition("b") == "Synced applied");
}

TEST_CASE("target: what depends on one that is suspended and in order goes on") {
  TargetWorld world;
  world.settle({"a", "b"});
  world.function("b").depends_on.push_back({"a", {}});
  REQUIRE(world.ask(world.target().suspend("a", "a test", "anna")));
  world.pass(6min);
  world.change_release("b", "v2");
  world.edit({"b"});
  world.pass(10s);
  CHECK(world.condition("b") == "Synced applied");
  CHECK(world.versions_of("b").back() == "v2");
}

TEST_CASE("target: what depends on one that is suspended and to be changed waits, and says so once") {
  TargetWorld world;
  world.settle({"a", "b"});
  world.function("b").depends_on.push_back({"a", {}});
  REQUIRE(world.ask(world.target().suspend("a", "a test", "anna")));
  world.change_release("a", "v2");
  world.change_release("b", "v2");
  world.edit({"a", "b"});
  world.pass(10s);
  CHECK(world.condition("b") == "Blocked waiting_for_dependency");
  world.pass(6min);
  CHECK(world.row("b").reason == "depends on a, which is Suspended");
  const auto since = world.row("b").since;
  const auto sweeps = world.target().view().sweep.count;
  world.pass(20min);
  CHECK(world.target().view().sweep.count > sweeps + 2);
  CHECK(world.row("b").since == since);
  CHECK(world.versions_of("b") == Lines{"v1"});
  REQUIRE(world.ask(world.target().resume("a", "anna")));
  world.pass(20s);
  CHECK(world.condition("a") == "Synced applied");
  CHECK(world.condition("b") == "Synced applied");
}

TEST_CASE("target: what drifted does not wait for another sweep because what it depends on was just looked at") {
  TargetWorld world;
  world.settle({"a", "b"});
  world.function("b").depends_on.push_back({"a", {}});
  world.edit({"b"});
  world.pass(6min);
  world.change_memory_by_hand("b", 1024);
  const auto sweeps = world.target().view().sweep.count;
  while (world.target().view().sweep.count == sweeps) world.pass(1s);
  world.pass(20s);
  CHECK(world.row("b").condition == daemon::Condition::synced);
  CHECK(world.row("b").drifts_healed == 1);
}

TEST_CASE("target: who asks goes before what changed") {
  TargetWorld world;
  world.settings.most_runs = 1;
  world.settle({"a", "b", "c"});
  world.network.latency = 1s;
  world.change_release("a", "v2");
  world.edit({"a"});
  while (world.network.mutations.empty()) world.pass(100ms);
  world.change_release("b", "v2");
  world.change_release("c", "v2");
  world.edit({"b"});
  world.pass(1ms);
  world.edit({"c"});
  world.pass(1ms);
  const Lines asked{"c"};
  REQUIRE(world.ask(world.target().reconcile(asked, 0ms)));
  world.pass(2min);
  const Lines& lines = world.network.mutations;
  CHECK(position(lines, "PUT c/code") < position(lines, "PUT b/code"));
  CHECK(position(lines, "PUT b/code") < lines.size());
}

TEST_CASE("target: who asks gets the answer when the function has come to its end") {
  TargetWorld world;
  world.settle({"hello"});
  world.network.latency = 1s;
  world.change_release("hello", "v2");
  world.put();
  const auto sweep = world.target().view().sweep.count;
  world.edit({"hello"});
  world.pass(1ms);
  const Lines asked{"hello"};
  const auto views = world.ask(world.target().reconcile(asked, 10min));
  REQUIRE(views);
  REQUIRE(views->size() == 1);
  CHECK(views->front().condition == daemon::Condition::synced);
  CHECK(world.versions_of("hello") == Lines{"v1", "v2"});
  CHECK(world.target().view().sweep.count == sweep);
}

TEST_CASE("target: a removed manifest is counted by regular sweeps only, then what it made is deleted") {
  TargetWorld world;
  world.reconciling.plan.pruning = plan::Pruning::on;
  world.settle({"a", "b"});
  world.pass(6min);
  world.remove("b");
  world.edit({"a"});
  world.pass(10s);
  for (int i = 0; i < 5; ++i) {
    world.target().look_now();
    world.pass(1s);
    world.start();
    world.pass(1s);
  }
  CHECK(world.exists("b"));
  world.pass(6min);
  CHECK(world.exists("b"));
  CHECK(world.row("b").condition == daemon::Condition::progressing);
  world.pass(6min);
  CHECK_FALSE(world.exists("b"));
  world.pass(6min);
  CHECK_FALSE(world.target().knows("b"));
  CHECK(world.row("a").condition == daemon::Condition::synced);
}

TEST_CASE("target: nothing is deleted while the sources are not whole, or say so") {
  TargetWorld world;
  world.reconciling.plan.pruning = plan::Pruning::on;
  world.settle({"a", "b"});
  world.pass(6min);
  world.remove("b");
  SECTION("a source could not be read") {
    world.is_whole = false;
  }
  SECTION("history was rewritten") {
    world.no_deletes = "history was rewritten";
  }
  SECTION("another manifest has an error") {
    world.add("broken");
    world.rejected["broken"] = "broken.yaml:1: not YAML";
  }
  world.edit({"a"});
  world.pass(1h);
  CHECK(world.exists("b"));
  world.is_whole = true;
  world.no_deletes.reset();
  world.rejected.clear();
  world.edit({"a"});
  world.pass(20min);
  CHECK_FALSE(world.exists("b"));
}

TEST_CASE("target: a manifest that comes back in time keeps its function") {
  TargetWorld world;
  world.reconciling.plan.pruning = plan::Pruning::on;
  world.settle({"a", "b"});
  world.pass(6min);
  const auto functions = world.functions;
  world.remove("b");
  world.edit({"a"});
  world.pass(6min);
  world.functions = functions;
  world.edit({"b"});
  world.pass(1h);
  CHECK(world.exists("b"));
  CHECK(world.condition("b") == "Synced in_sync");
}

TEST_CASE("target: a manifest that comes back while a sweep deletes keeps its function") {
  TargetWorld world;
  world.reconciling.plan.pruning = plan::Pruning::on;
  world.reconciling.parallel = 1;
  world.reconciling.max_delete = 10;
  world.settle({"a", "b", "c"});
  world.pass(6min);
  const auto functions = world.functions;
  world.remove("b");
  world.remove("c");
  world.edit({"a"});
  world.network.latency = 1s;
  while (std::find(world.network.mutations.begin(), world.network.mutations.end(), "DELETE b") ==
         world.network.mutations.end()) {
    world.pass(100ms);
  }
  world.functions = functions;
  world.edit({"b", "c"});
  world.pass(1h);
  const auto& lines = world.network.mutations;
  CHECK(std::find(lines.begin(), lines.end(), "DELETE c") == lines.end());
  CHECK(world.row("c").condition == daemon::Condition::synced);
  CHECK(world.row("b").condition == daemon::Condition::synced);
}
