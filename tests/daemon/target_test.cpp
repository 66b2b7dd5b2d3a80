// One target: what it does when, and what it shows. Who waits for whom is in target_order_test.cpp, what people ask for
// in target_controls_test.cpp.
#include <catch2/catch.hpp>

#include "tests/daemon/target_world.hpp"
#include "tests/support/exchange_failures.hpp"

namespace {

using namespace fgsync;        // NOLINT(google-build-using-namespace)
using namespace fgsync::test;  // NOLINT(google-build-using-namespace)
using namespace std::chrono_literals;

bool is_about(const http::Request& request, const std::string& name) {
  return request.target.find(":default:" + name) != std::string::npos;
}

std::optional<SlowNetwork::Answer> answered(int status, const std::string& body) {
  http::Response response;
  response.status = status;
  response.body = body;
  return SlowNetwork::Answer(std::move(response));
}

}  // namespace

TEST_CASE("target: the first sweep finds what is missing, and it is made") {
  TargetWorld world;
  world.add("hello");
  world.start();
  world.pass(10s);
  CHECK(world.condition("hello") == "Synced applied");
  CHECK(world.versions_of("hello") == std::vector<std::string>{"v1"});
}

TEST_CASE("target: a sweep of what is as it should be only lists") {
  TargetWorld world;
  world.settle({"a", "b", "c"});
  world.pass(6min);  // reads what the runs made
  world.network.requests = 0;
  world.network.lists = 0;
  world.pass(21min);
  CHECK(world.network.mutations.empty());
  CHECK(world.network.lists >= 3);
  CHECK(world.network.requests == world.network.lists);
  CHECK(world.clock.wall_now() - *world.row("a").observed_at < 6min);
}

TEST_CASE("target: a changed manifest is applied at once, without a sweep") {
  TargetWorld world;
  world.settle({"hello", "other"});
  world.change_release("hello", "v2");
  world.edit({"hello"});
  world.pass(5s);
  CHECK(world.versions_of("hello") == std::vector<std::string>{"v1", "v2"});
  CHECK(world.target().view().sweep.count == 1);
  CHECK(world.network.lists == 0);
}

TEST_CASE("target: a failing function waits longer each time, at most ten minutes, and the others go on") {
  TargetWorld world;
  world.settle({"bad", "good"});
  world.network.before = [](const http::Request& request) -> std::optional<SlowNetwork::Answer> {
    if (request.method == http::Method::get || !is_about(request, "bad")) return std::nullopt;
    return answered(503, R"({"error_code":"FSS.0500","error_msg":"Internal server error."})");
  };
  world.change_release("bad", "v2");
  world.change_release("good", "v2");
  world.edit({"bad", "good"});
  world.pass(10s);
  CHECK(world.condition("good") == "Synced applied");
  CHECK(world.row("bad").condition == daemon::Condition::failed);
  REQUIRE(world.row("bad").next_try);

  std::chrono::milliseconds longest{0};
  std::optional<daemon::WallTime> last;
  for (int i = 0; i < 24 * 60; ++i) {
    world.pass(1min);
    const auto row = world.row("bad");
    if (!row.next_try || row.next_try == last) continue;
    last = row.next_try;
    longest = std::max(longest, std::chrono::duration_cast<std::chrono::milliseconds>(*last - world.clock.wall_now()));
  }
  CHECK(longest > 5min);
  CHECK(longest <= 601s);
  CHECK(world.row("bad").failures > 50);
  world.network.before = nullptr;
  world.pass(11min);
  CHECK(world.row("bad").condition == daemon::Condition::synced);
  CHECK(world.row("bad").failures == 0);
  CHECK_FALSE(world.row("bad").next_try);
}

TEST_CASE("target: a newer manifest does not wait for the retry of an older one") {
  TargetWorld world;
  world.settle({"hello"});
  world.network.before = [](const http::Request& request) -> std::optional<SlowNetwork::Answer> {
    if (request.method == http::Method::get) return std::nullopt;
    return answered(503, "{}");
  };
  world.change_release("hello", "v2");
  world.edit({"hello"});
  world.pass(4h);
  REQUIRE(world.row("hello").next_try);
  while (*world.row("hello").next_try - world.clock.wall_now() < 1min) world.pass(10s);
  world.network.before = nullptr;
  world.change_release("hello", "v3");
  world.edit({"hello"});
  world.pass(5s);
  CHECK(world.condition("hello") == "Synced applied");
  CHECK(world.versions_of("hello") == std::vector<std::string>{"v1", "v3"});
}

TEST_CASE("target: what the service refuses is not tried again at each sweep, but when its manifest changes") {
  TargetWorld world;
  world.settle({"hello"});
  int refused = 0;
  world.network.before = [&](const http::Request& request) -> std::optional<SlowNetwork::Answer> {
    if (request.method == http::Method::get) return std::nullopt;
    ++refused;
    return answered(400, R"({"error_code":"FSS.1011","error_msg":"Invalid function code."})");
  };
  world.change_release("hello", "v2");
  world.edit({"hello"});
  world.pass(30min);
  CHECK(refused == 1);
  CHECK(world.condition("hello") == "Failed invalid");
  REQUIRE(world.row("hello").next_try);

  world.edit({"hello"});
  world.pass(5s);
  CHECK(refused == 2);

  std::vector<std::string> asked{"hello"};
  REQUIRE(world.ask(world.target().reconcile(asked, 10s)));
  CHECK(refused == 3);
}

TEST_CASE("target: while the service cannot be asked all are unknown, nothing is deleted, and it recovers") {
  TargetWorld world;
  world.reconciling.plan.pruning = plan::Pruning::on;
  world.settle({"a", "b"});
  world.network.before = [](const http::Request&) -> std::optional<SlowNetwork::Answer> {
    return SlowNetwork::Answer(fail(no_connection()));
  };
  world.pass(10min);
  CHECK(world.condition("a") == "Unknown cannot_observe");
  CHECK(world.condition("b") == "Unknown cannot_observe");
  CHECK_FALSE(world.target().view().sweep.problem.empty());
  CHECK(world.events("sweep_failed").size() > 3);
  world.network.before = nullptr;
  world.pass(6min);
  CHECK(world.condition("a") == "Synced in_sync");
  CHECK(world.target().view().sweep.problem.empty());
  CHECK(world.network.mutations.empty());
}

TEST_CASE("target: functions are shown before the service could be asked for the first time") {
  TargetWorld world;
  world.add("hello");
  world.network.before = [](const http::Request&) -> std::optional<SlowNetwork::Answer> {
    return SlowNetwork::Answer(fail(no_connection()));
  };
  world.start();
  world.pass(10s);
  CHECK(world.condition("hello") == "Unknown cannot_observe");
}

TEST_CASE("target: a manifest's error is still told after the service was away") {
  TargetWorld world;
  world.settle({"a", "b"});
  world.rejected["b"] = "b.yaml:3: memory_size is not a number";
  world.edit({"b"});
  world.pass(1s);
  REQUIRE(world.condition("b") == "Blocked manifest_error");
  world.network.before = [](const http::Request&) -> std::optional<SlowNetwork::Answer> {
    return SlowNetwork::Answer(fail(no_connection()));
  };
  world.pass(10min);
  world.network.before = nullptr;
  world.pass(6min);
  CHECK(world.condition("a") == "Synced in_sync");
  CHECK(world.condition("b") == "Blocked manifest_error");
  CHECK(world.exists("b"));
}

TEST_CASE("target: what waits for a retry says why again after the service was away") {
  TargetWorld world;
  world.settle({"hello"});
  bool is_away = false;
  world.network.before = [&](const http::Request& request) -> std::optional<SlowNetwork::Answer> {
    if (is_away) return SlowNetwork::Answer(fail(no_connection()));
    if (request.method == http::Method::get) return std::nullopt;
    return answered(400, R"({"error_code":"FSS.1011","error_msg":"Invalid function code."})");
  };
  world.change_release("hello", "v2");
  world.edit({"hello"});
  world.pass(5s);
  REQUIRE(world.condition("hello") == "Failed invalid");
  is_away = true;
  world.pass(7min);
  REQUIRE(world.condition("hello") == "Unknown cannot_observe");
  is_away = false;
  world.pass(7min);
  CHECK(world.condition("hello") == "Failed invalid");
}

TEST_CASE("target: changes that came while the service was away are made as soon as it is back") {
  TargetWorld world;
  world.settle({"hello"});
  world.network.before = [](const http::Request&) -> std::optional<SlowNetwork::Answer> {
    return SlowNetwork::Answer(fail(no_connection()));
  };
  world.change_release("hello", "v2");
  world.edit({"hello"});
  world.pass(3h);
  world.network.before = nullptr;
  world.target().look_now();
  world.pass(10s);
  CHECK(world.condition("hello") == "Synced applied");
}

TEST_CASE("target: code that cannot be read is told once, not at each sweep") {
  TargetWorld world;
  world.settle({"hello"});
  world.function("hello").code.path = world.directory / "gone";
  world.edit({"hello"});
  world.pass(1min);
  const std::string before = "Blocked code_unreadable";
  const auto since = world.row("hello").since;
  CHECK(world.condition("hello") == before);
  CHECK(world.row("hello").reason.find("gone") != std::string::npos);
  world.forget_events();
  world.pass(30min);
  CHECK(world.condition("hello") == before);
  CHECK(world.row("hello").since == since);
  CHECK(world.events("condition_changed").empty());
  world.write_code("gone", "def handler(event, context): return 'hello'\n");
  world.desired.tell({false, {world.directory / "gone"}});
  world.pass(10s);
  CHECK(world.row("hello").condition == daemon::Condition::synced);
}

TEST_CASE("target: what others change is put back, counted and told") {
  TargetWorld world;
  world.settle({"hello"});
  world.clock.advance(2s);
  world.change_memory_by_hand("hello", 1024);
  world.pass(6min);
  CHECK(world.events("drift_healed").size() == 1);
  CHECK(world.row("hello").drifts_healed == 1);
  CHECK(world.row("hello").condition == daemon::Condition::synced);
}

TEST_CASE("target: observing writes nothing, and says what would be done") {
  TargetWorld world;
  world.settings.is_observing = true;
  world.add("hello");
  world.start();
  world.pass(20min);
  CHECK(world.network.mutations.empty());
  CHECK(world.condition("hello") == "Held observe");
  CHECK_FALSE(world.row("hello").steps.empty());
}

TEST_CASE("target: a function whose reconcile throws is set aside, the others go on") {
  TargetWorld world;
  world.settle({"bad", "good"});
  world.network.before = [](const http::Request& request) -> std::optional<SlowNetwork::Answer> {
    if (is_about(request, "bad")) throw std::runtime_error("a bug");
    return std::nullopt;
  };
  world.change_release("bad", "v2");
  world.change_release("good", "v2");
  world.edit({"bad", "good"});
  world.pass(10s);
  CHECK(world.row("good").condition == daemon::Condition::synced);
  CHECK(world.condition("bad") == "Failed crashed");
  CHECK(world.versions_of("good") == std::vector<std::string>{"v1", "v2"});

  // Sweeps go on as well, and heal the others.
  world.clock.advance(2s);
  world.change_memory_by_hand("good", 1024);
  world.pass(12min);
  CHECK(world.row("good").drifts_healed == 1);
  CHECK(world.target().view().sweep.problem.empty());
  CHECK(world.condition("bad") == "Failed crashed");

  world.network.before = nullptr;
  world.edit({"bad"});
  world.pass(10s);
  CHECK(world.condition("bad") == "Synced applied");
}

TEST_CASE("target: stopping lets the step that is under way end") {
  TargetWorld world;
  world.settle({"hello"});
  world.network.latency = 2s;
  world.change_release("hello", "v2");
  world.edit({"hello"});
  while (world.network.mutations.empty()) world.pass(500ms);
  world.remove("hello");
  world.add("other");
  world.edit({"other"});
  CHECK(world.stop() < 1min);
  CHECK(world.network.mutations ==
        std::vector<std::string>{"PUT hello/code", "POST hello/versions", "PUT hello/aliases/prod"});

  world.network.latency = 20ms;
  world.start();
  world.pass(10s);
  CHECK(world.row("other").condition == daemon::Condition::synced);
  CHECK(world.versions_of("hello") == std::vector<std::string>{"v1", "v2"});
}

TEST_CASE("target: what it knew is shown before the first sweep of another process") {
  TargetWorld world;
  world.settle({"hello"});
  world.pass(6min);
  world.network.latency = 10s;
  world.start();
  world.pass(1s);
  CHECK(world.row("hello").observed_at);
  CHECK(world.row("hello").condition == daemon::Condition::unknown);
}

TEST_CASE("target: progress is noted, and there is patience for a sweep") {
  TargetWorld world;
  world.settle({"hello"});
  for (int i = 0; i < 60; ++i) {
    world.pass(1min);
    CHECK(world.clock.now() - world.target().last_progress() < world.target().patience());
  }
}

TEST_CASE("target: the view says when what comes next") {
  TargetWorld world;
  world.settle({"hello"});
  world.pass(1min);
  const auto view = world.target().view();
  REQUIRE(view.sweep.next_at);
  CHECK(*view.sweep.next_at - world.clock.wall_now() > 2min);
  CHECK(*view.sweep.next_at - world.clock.wall_now() < 5min);
  CHECK(view.queue.ready == 0);
  CHECK(view.queue.delayed == 0);
  CHECK(view.queue.in_flight == 0);
  CHECK(view.sweep.count == 1);
}

TEST_CASE("target: the interval of sweeps varies a little") {
  TargetWorld world;
  world.settle({"hello"});
  std::set<std::chrono::milliseconds> waits;
  auto last = *world.target().view().sweep.started_at;
  for (int i = 0; i < 20 * 60; ++i) {
    world.pass(6s);
    const auto started = *world.target().view().sweep.started_at;
    if (started == last) continue;
    const auto wait = std::chrono::duration_cast<std::chrono::milliseconds>(started - last);
    CHECK(wait >= 285s);
    CHECK(wait <= 316s);
    waits.insert(wait);
    last = started;
  }
  CHECK(waits.size() > 10);
}
