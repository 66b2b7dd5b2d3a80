// What people say while a run is at work: it counts for all that was not begun.
#include <catch2/catch.hpp>

#include "tests/daemon/target_world.hpp"

namespace {

using namespace fgsync;        // NOLINT(google-build-using-namespace)
using namespace fgsync::test;  // NOLINT(google-build-using-namespace)
using namespace std::chrono_literals;
using Lines = std::vector<std::string>;

Lines names(char last) {
  Lines names;
  for (char letter = 'a'; letter <= last; ++letter) names.push_back(std::string("fn-") + letter);
  return names;
}

/// Twelve new functions, two at a time, that somebody agreed to; the first of them are under way.
void begin_large_run(TargetWorld& world) {
  for (const std::string& name : names('l')) world.add(name);
  world.reconciling.parallel = 2;
  world.start();
  world.pass(10s);
  world.network.latency = 500ms;
  REQUIRE(world.ask(world.target().approve("", "anna")));
  while (world.network.mutations.empty()) world.pass(100ms);
}

std::size_t count_existing(TargetWorld& world) {
  const Lines all = names('l');
  return static_cast<std::size_t>(
      std::count_if(all.begin(), all.end(), [&world](const std::string& name) { return world.exists(name); }));
}

}  // namespace

TEST_CASE("target: a pause begins no more functions of a run that is under way") {
  TargetWorld world;
  begin_large_run(world);
  const auto paused = world.ask(world.target().pause("incident", "anna"));
  REQUIRE(paused);
  CHECK(*paused == 2);
  world.pass(10min);
  CHECK(count_existing(world) == 2);
  // What was begun came to its end.
  CHECK(world.row("fn-a").condition == daemon::Condition::synced);
  CHECK(world.row("fn-b").condition == daemon::Condition::synced);
  CHECK(world.versions_of("fn-b") == Lines{"v1"});
  for (const std::string& name : names('l')) {
    if (name > "fn-b") CHECK(world.condition(name) == "Held paused");
  }
  // What somebody agreed to before is still agreed to.
  REQUIRE(world.ask(world.target().unpause("anna")));
  world.pass(2min);
  CHECK(count_existing(world) == 12);
}

TEST_CASE("target: what a pause interrupted goes on when it ends at once") {
  TargetWorld world;
  begin_large_run(world);
  REQUIRE(world.ask(world.target().pause("incident", "anna")));
  REQUIRE(world.ask(world.target().unpause("anna")));
  world.pass(2min);
  CHECK(count_existing(world) == 12);
  for (const std::string& name : names('l')) CHECK(world.row(name).condition == daemon::Condition::synced);
}

TEST_CASE("target: a pause ends the deleting that is under way") {
  TargetWorld world;
  world.reconciling.plan.pruning = plan::Pruning::on;
  world.reconciling.plan.prune_after = 1;
  world.reconciling.max_delete = 50;
  world.reconciling.parallel = 2;
  world.settle(names('i'));
  for (const std::string& name : names('h')) world.remove(name);
  world.put();
  world.network.latency = 500ms;
  while (world.network.mutations.empty()) world.pass(100ms);
  const auto paused = world.ask(world.target().pause("incident", "anna"));
  REQUIRE(paused);
  CHECK(*paused == 2);
  CHECK(world.target().in_flight().size() == 2);
  world.pass(30min);
  CHECK(world.network.mutations.size() == 2);
  CHECK(count_existing(world) == 7);
  CHECK(world.target().in_flight().empty());
  CHECK(world.condition("fn-c") == "Held paused");
  REQUIRE(world.ask(world.target().unpause("anna")));
  world.pass(30min);
  CHECK(count_existing(world) == 1);
}

TEST_CASE("target: who suspends a function that waits in a run keeps it from being begun") {
  TargetWorld world;
  begin_large_run(world);
  const auto waiting = world.ask(world.target().suspend("fn-l", "a test", "anna"));
  REQUIRE(waiting);
  CHECK_FALSE(*waiting);
  const auto begun = world.ask(world.target().suspend("fn-a", "a test", "anna"));
  REQUIRE(begun);
  CHECK(*begun);
  world.pass(20min);
  CHECK_FALSE(world.exists("fn-l"));
  CHECK(count_existing(world) == 11);
  CHECK(world.row("fn-l").condition == daemon::Condition::suspended);
  CHECK(world.versions_of("fn-a") == Lines{"v1"});
  REQUIRE(world.ask(world.target().resume("fn-l", "anna")));
  world.pass(20s);
  CHECK(world.exists("fn-l"));
}

TEST_CASE("target: who suspends a function keeps a failed step of it from being tried again") {
  TargetWorld world;
  world.settle({"hello"});
  int refused = 0;
  world.network.before = [&refused](const http::Request& request) -> std::optional<SlowNetwork::Answer> {
    if (request.method == http::Method::get) return std::nullopt;
    ++refused;
    http::Response response;
    response.status = 503;
    return response;
  };
  world.change_release("hello", "v2");
  world.edit({"hello"});
  while (refused == 0) world.pass(10ms);
  REQUIRE(world.ask(world.target().suspend("hello", "a test", "anna")));
  world.network.before = nullptr;
  world.pass(20min);
  CHECK(world.network.mutations.empty());
  CHECK(world.row("hello").condition == daemon::Condition::suspended);
}

TEST_CASE("target: who holds a function that waits in a run keeps it from being begun") {
  TargetWorld world;
  begin_large_run(world);
  REQUIRE(world.ask(world.target().hold("fn-l", "not today", "anna")));
  CHECK(world.ask(world.target().hold("fn-a", "", "anna")).error().kind == ErrorKind::conflict);
  world.pass(20min);
  CHECK_FALSE(world.exists("fn-l"));
  CHECK(count_existing(world) == 11);
  CHECK(world.row("fn-l").condition == daemon::Condition::held);
  REQUIRE(world.ask(world.target().release("fn-l", "anna")));
  world.pass(20s);
  CHECK(world.exists("fn-l"));
}

TEST_CASE("target: who suspends a function that is about to be deleted keeps it") {
  TargetWorld world;
  world.reconciling.plan.pruning = plan::Pruning::on;
  world.reconciling.plan.prune_after = 1;
  world.reconciling.max_delete = 50;
  world.reconciling.parallel = 2;
  world.settle(names('i'));
  for (const std::string& name : names('h')) world.remove(name);
  world.put();
  world.network.latency = 500ms;
  while (world.network.mutations.empty()) world.pass(100ms);
  REQUIRE(world.ask(world.target().suspend("fn-h", "mine", "anna")));
  world.pass(30min);
  CHECK(count_existing(world) == 2);
  CHECK(world.exists("fn-h"));
}
