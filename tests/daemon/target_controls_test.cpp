// What people ask of a target.
#include <catch2/catch.hpp>
#include <random>

#include "tests/daemon/target_world.hpp"
#include "tests/support/exchange_failures.hpp"

namespace {

using namespace fgsync;        // NOLINT(google-build-using-namespace)
using namespace fgsync::test;  // NOLINT(google-build-using-namespace)
using namespace std::chrono_literals;
using Lines = std::vector<std::string>;

Lines many() {
  Lines names;
  for (char letter = 'a'; letter < 'a' + 12; ++letter) names.push_back(std::string("fn-") + letter);
  return names;
}

/// Twelve functions that are as wanted, for longer than a sweep interval.
void settle_all(TargetWorld& world) {
  for (const std::string& name : many()) world.add(name);
  world.start();
  world.pass(30s);
  REQUIRE(world.ask(world.target().approve("", "anna")));  // of the first imports
  world.pass(30s);
  world.pass(6min);
  world.network.mutations.clear();
}

std::ptrdiff_t with_v2(TargetWorld& world) {
  const Lines all = many();
  return std::count_if(all.begin(), all.end(),
                       [&world](const std::string& name) { return world.versions_of(name).back() == "v2"; });
}

/// Twelve functions that shall all change, which is more than may without asking.
void change_all(TargetWorld& world) {
  settle_all(world);
  for (const std::string& name : many()) world.change_release(name, "v2");
  world.network.mutations.clear();
  world.edit(many());
  world.pass(10s);
}

}  // namespace

TEST_CASE("target: more changes than may be made without asking are all held, and approved exactly") {
  TargetWorld world;
  change_all(world);
  CHECK(world.network.mutations.empty());
  REQUIRE(world.target().view().held_plan);
  CHECK(world.target().view().held_plan->changes == 12);
  for (const std::string& name : many()) CHECK(world.condition(name) == "Held max_change");
  const std::string id = world.target().view().held_plan->plan_id;
  world.pass(20min);
  REQUIRE(world.target().view().held_plan);
  CHECK(world.target().view().held_plan->plan_id == id);
  CHECK(world.network.mutations.empty());

  const auto other = world.ask(world.target().approve("another", "anna"));
  REQUIRE_FALSE(other);
  CHECK(other.error().kind == ErrorKind::conflict);

  REQUIRE(world.ask(world.target().approve(id, "anna")));
  world.pass(1min);
  for (const std::string& name : many()) CHECK(world.versions_of(name) == Lines{"v1", "v2"});
  CHECK_FALSE(world.target().view().held_plan);
  CHECK(world.ask(world.target().approve("", "anna")).error().kind == ErrorKind::not_found);
}

TEST_CASE("target: what somebody agreed to is not what is wanted by then: it is held again") {
  TargetWorld world;
  change_all(world);
  REQUIRE(world.target().view().held_plan);
  const std::string id = world.target().view().held_plan->plan_id;
  // Nobody has told the target of this yet.
  for (const std::string& name : many()) world.write_code(name, "def handler(event, context): return 'other'\n");
  REQUIRE(world.ask(world.target().approve(id, "anna")));
  world.pass(20s);
  CHECK(world.network.mutations.empty());
  REQUIRE(world.target().view().held_plan);
  CHECK(world.target().view().held_plan->plan_id != id);
}

TEST_CASE("target: ten functions may always change") {
  TargetWorld world;
  Lines ten = many();
  ten.resize(10);
  world.settle(ten);
  for (const std::string& name : ten) world.change_release(name, "v2");
  world.edit(ten);
  world.pass(30s);
  for (const std::string& name : ten) CHECK(world.condition(name) == "Synced applied");
}

TEST_CASE("target: changes that come one after the other are counted together") {
  TargetWorld world;
  settle_all(world);
  for (const std::string& name : many()) {
    world.change_release(name, "v2");
    const Lines one{name};
    world.edit(one);
    world.pass(2s);
  }
  world.pass(10s);
  CHECK(with_v2(world) == 10);
  REQUIRE(world.target().view().held_plan);
  CHECK(world.target().view().held_plan->changes == 2);
  CHECK(world.target().view().held_plan->counted == 12);
  CHECK(world.condition("fn-k") == "Held max_change");
  // Waiting does not free them.
  world.pass(1h);
  CHECK(with_v2(world) == 10);
  CHECK(world.condition("fn-l") == "Held max_change");

  REQUIRE(world.ask(world.target().approve("", "anna")));
  world.pass(10s);
  CHECK(with_v2(world) == 12);
  // From then on it is counted anew.
  Lines ten = many();
  ten.resize(10);
  for (const std::string& name : ten) world.change_release(name, "v3");
  world.edit(ten);
  world.pass(10s);
  for (const std::string& name : ten) CHECK(world.condition(name) == "Synced applied");
}

TEST_CASE("target: what was begun is brought to its end while others are held") {
  TargetWorld world;
  settle_all(world);
  const Lines all = many();
  const Lines first(all.begin(), all.begin() + 10);
  const Lines others(all.begin() + 10, all.end());
  bool is_broken = true;
  world.network.before = [&is_broken](const http::Request& request) -> std::optional<SlowNetwork::Answer> {
    if (!is_broken || request.method == http::Method::get || !request.target.ends_with("fn-a/versions")) {
      return std::nullopt;
    }
    http::Response response;
    response.status = 503;
    return response;
  };
  for (const std::string& name : first) world.change_release(name, "v2");
  world.edit(first);
  world.pass(10s);
  CHECK(with_v2(world) == 9);
  for (const std::string& name : others) world.change_release(name, "v2");
  world.edit(others);
  world.pass(10s);
  CHECK(world.condition("fn-k") == "Held max_change");
  is_broken = false;
  world.pass(10min);
  CHECK(with_v2(world) == 10);
  CHECK(world.row("fn-a").condition == daemon::Condition::synced);
  CHECK(world.condition("fn-k") == "Held max_change");
}

TEST_CASE("target: what was changed a sweep interval ago does not count any more") {
  TargetWorld world;
  settle_all(world);
  const Lines all = many();
  const Lines first(all.begin(), all.begin() + 8);
  const Lines others(all.begin() + 8, all.end());
  for (const std::string& name : first) world.change_release(name, "v2");
  world.edit(first);
  world.pass(6min);
  for (const std::string& name : others) world.change_release(name, "v2");
  world.edit(others);
  world.pass(10s);
  CHECK(with_v2(world) == 12);
}

TEST_CASE("target: changes that cannot be looked at count, so that retries do not bring them one by one") {
  TargetWorld world;
  settle_all(world);
  std::mt19937 random(4);
  world.network.before = [&random](const http::Request& request) -> std::optional<SlowNetwork::Answer> {
    const bool is_read_of_one = request.target.find(":default:") != std::string::npos;
    if (request.method != http::Method::get || !is_read_of_one || random() % 10 >= 4) return std::nullopt;
    http::Response response;
    response.status = 500;
    return response;
  };
  for (const std::string& name : many()) world.change_release(name, "v2");
  world.edit(many());
  world.pass(4min);
  world.network.before = nullptr;
  CHECK(world.network.mutations.empty());
  world.pass(20min);
  CHECK(world.network.mutations.empty());
  for (const std::string& name : many()) CHECK(world.condition(name) == "Held max_change");
  REQUIRE(world.target().view().held_plan);
  CHECK(world.target().view().held_plan->changes == 12);
}

TEST_CASE("target: a pause does not free what is held") {
  TargetWorld world;
  change_all(world);
  REQUIRE(world.ask(world.target().pause("", "anna")));
  world.pass(20min);
  REQUIRE(world.ask(world.target().unpause("anna")));
  world.pass(20min);
  CHECK(world.network.mutations.empty());
  CHECK(world.target().view().held_plan);
}

TEST_CASE("target: held changes that are taken back free the others") {
  TargetWorld world;
  change_all(world);
  const Lines all = many();
  const Lines taken_back(all.begin(), all.begin() + 6);
  for (const std::string& name : taken_back) {
    world.write_code(name, "def handler(event, context): return '" + name + "'\n");
    world.function(name).version->name = "v1";
  }
  world.edit(taken_back);
  world.pass(6min);
  CHECK_FALSE(world.target().view().held_plan);
  CHECK(with_v2(world) == 6);
}

TEST_CASE("target: a pause survives the process, and ends when somebody says so") {
  TargetWorld world;
  world.settle({"hello"});
  REQUIRE(world.ask(world.target().pause("the fair", "anna")));
  world.start();
  world.change_release("hello", "v2");
  world.edit({"hello"});
  world.pass(20min);
  CHECK(world.network.mutations.empty());
  CHECK(world.condition("hello") == "Held paused");
  REQUIRE(world.target().view().pause);
  CHECK(world.target().view().pause->who == "anna");

  const auto unpaused = world.ask(world.target().unpause("anna"));
  REQUIRE(unpaused);
  CHECK(*unpaused);
  world.pass(10s);
  CHECK(world.versions_of("hello") == Lines{"v1", "v2"});
}

TEST_CASE("target: a suspended function is left alone until it is resumed") {
  TargetWorld world;
  world.settle({"hello"});
  REQUIRE(world.ask(world.target().suspend("hello", "a test", "anna")));
  CHECK(world.condition("hello") == "Suspended suspended");
  world.change_release("hello", "v2");
  world.edit({"hello"});
  world.pass(20min);
  CHECK(world.network.mutations.empty());
  CHECK(world.row("hello").condition == daemon::Condition::suspended);
  REQUIRE(world.ask(world.target().resume("hello", "anna")));
  world.pass(10s);
  CHECK(world.condition("hello") == "Synced applied");
}

TEST_CASE("target: what is held is not applied until it is released") {
  TargetWorld world;
  world.settle({"hello"});
  world.pass(6min);
  world.settings.is_observing = false;
  world.change_release("hello", "v2");
  world.put();
  REQUIRE(world.ask(world.target().pause("", "anna")));  // so that it is not applied before it is held
  world.edit({"hello"});
  world.pass(1s);
  REQUIRE(world.ask(world.target().hold("hello", "not today", "anna")));
  REQUIRE(world.ask(world.target().unpause("anna")));
  world.pass(20min);
  CHECK(world.network.mutations.empty());
  CHECK(world.row("hello").condition == daemon::Condition::held);
  REQUIRE(world.ask(world.target().release("hello", "anna")));
  world.pass(10s);
  CHECK(world.versions_of("hello") == Lines{"v1", "v2"});
}

TEST_CASE("target: a rollback moves the alias and stays") {
  TargetWorld world;
  world.settle({"hello"});
  world.change_release("hello", "v2");
  world.edit({"hello"});
  world.pass(10s);
  reconcile::RollbackWish wish;
  wish.function = "hello";
  wish.to = "v1";
  REQUIRE(world.ask(world.target().roll_back(wish, "anna")));
  world.network.mutations.clear();
  world.pass(2h);
  CHECK(world.network.mutations.empty());
  CHECK(world.row("hello").condition == daemon::Condition::held);
}

TEST_CASE("target: a forgotten function is left to others") {
  TargetWorld world;
  world.reconciling.plan.pruning = plan::Pruning::on;
  world.settle({"hello", "other"});
  world.pass(6min);
  world.remove("hello");
  world.edit({"other"});
  world.pass(1s);
  const auto forgotten = world.ask(world.target().forget("hello", "anna"));
  REQUIRE(forgotten);
  CHECK(forgotten->had_inventory);
  world.pass(1h);
  CHECK(world.exists("hello"));
  CHECK_FALSE(world.target().knows("hello"));
}

TEST_CASE("target: while a function is worked on, nobody else writes to it") {
  TargetWorld world;
  world.settle({"hello"});
  world.network.latency = 1s;
  world.change_release("hello", "v2");
  world.edit({"hello"});
  while (world.network.mutations.empty()) world.pass(100ms);
  CHECK(world.ask(world.target().hold("hello", "", "anna")).error().kind == ErrorKind::conflict);
  CHECK(world.ask(world.target().forget("hello", "anna")).error().kind == ErrorKind::conflict);
  reconcile::RollbackWish wish;
  wish.function = "hello";
  wish.to = "v1";
  CHECK(world.ask(world.target().roll_back(wish, "anna")).error().kind == ErrorKind::conflict);
}
