// What no manifest wants any more: when it is deleted, and what is said of it until then.
#include <catch2/catch.hpp>

#include "tests/daemon/target_world.hpp"
#include "tests/support/captured_stderr.hpp"

namespace {

using namespace fgsync;        // NOLINT(google-build-using-namespace)
using namespace fgsync::test;  // NOLINT(google-build-using-namespace)
using namespace std::chrono_literals;
using Lines = std::vector<std::string>;

class PruningWorld : public TargetWorld {
 public:
  explicit PruningWorld(const Lines& names) {
    reconciling.plan.pruning = plan::Pruning::on;
    reconciling.max_delete = 5;
    settle(names);
    pass(6min);
  }

  /// Lets it work until the next sweep at its interval has ended.
  void pass_one_sweep() {
    pass(10s);
    const auto before = target().sweeps();
    while (target().sweeps() == before) pass(1s);
  }
};

}  // namespace

TEST_CASE("target: while nothing may be deleted nothing comes closer to it") {
  PruningWorld world({"a", "b", "c", "d"});
  const auto functions = world.functions;
  const auto remove_two = [&world] {
    world.remove("b");
    world.remove("c");
    world.edit({"a"});
  };
  std::function<void()> end = [] {};
  SECTION("the source has no functions") {
    world.functions.clear();
    world.commit({});
    end = [&world, functions, remove_two] {
      world.functions = functions;
      remove_two();
    };
  }
  SECTION("history was rewritten") {
    world.no_deletes = "history was rewritten";
    remove_two();
    end = [&world] { world.no_deletes.reset(); };
  }
  SECTION("another manifest has an error") {
    world.add("broken");
    world.rejected["broken"] = "broken.yaml:1: not YAML";
    remove_two();
    end = [&world] {
      world.remove("broken");
      world.rejected.clear();
    };
  }
  SECTION("a source could not be read, after a sweep that counted") {
    remove_two();
    world.pass_one_sweep();
    world.is_whole = false;
    world.edit({"a"});
    end = [&world] { world.is_whole = true; };
  }
  SECTION("everything is paused, after a sweep that counted") {
    remove_two();
    world.pass_one_sweep();
    REQUIRE(world.ask(world.target().pause("", "ada")));
    end = [&world] { REQUIRE(world.ask(world.target().unpause("ada"))); };
  }
  SECTION("they are too many") {
    world.remove("d");
    world.reconciling.max_delete = 2;
    world.start();
    remove_two();
    end = [&world, functions] {
      world.functions.push_back(functions.back());
      world.edit({"d"});
    };
  }
  world.pass(1h);
  world.pass_one_sweep();
  REQUIRE(world.exists("b"));
  end();
  world.edit({"a"});
  world.pass(10s);
  CHECK(world.exists("b"));
  world.pass_one_sweep();
  CHECK(world.exists("b"));
  CHECK(world.condition("b") == "Progressing prune_pending");
  world.pass_one_sweep();
  world.pass(10s);
  CHECK_FALSE(world.exists("b"));
  CHECK_FALSE(world.exists("c"));
  CHECK(world.exists("d"));
}

TEST_CASE("target: what may not be deleted says so from the first sweep on") {
  PruningWorld world({"a", "b"});
  world.no_deletes = "history was rewritten";
  world.remove("b");
  world.edit({"a"});
  world.pass(10s);
  CHECK(world.condition("b") == "Blocked no_deletes");
  world.forget_events();
  world.pass(1h);
  CHECK(world.condition("b") == "Blocked no_deletes");
  CHECK(world.events("condition_changed").empty());
}

TEST_CASE("target: too many to delete stay blocked, without a change at each sweep") {
  PruningWorld world({"a", "b", "c"});
  world.reconciling.max_delete = 1;
  world.start();
  world.remove("b");
  world.remove("c");
  world.edit({"a"});
  world.pass(15min);
  CHECK(world.condition("b") == "Blocked max_delete");
  world.forget_events();
  world.pass(1h);
  CHECK(world.condition("b") == "Blocked max_delete");
  CHECK(world.events("condition_changed").empty());
}

TEST_CASE("target: while not everything can be read, what no manifest wants is not said to be in order") {
  PruningWorld world({"a", "b"});
  world.is_whole = false;
  world.no_deletes = "not all of the source can be used: a.yaml:1: not YAML";
  world.rejected["a"] = "a.yaml:1: not YAML";
  world.remove("b");
  world.edit({"a"});
  world.pass(10s);
  CHECK(world.condition("a") == "Blocked manifest_error");
  CHECK(world.condition("b") == "Blocked no_deletes");
  CHECK(world.row("b").reason ==
        "none of the manifests that can be read wants it, and nothing is deleted: not all of the source can be used: "
        "a.yaml:1: not YAML");
  world.forget_events();
  world.pass(30min);
  CHECK(world.events("condition_changed").empty());
}

TEST_CASE("target: what is deleted is said to be, and not to be in order") {
  PruningWorld world({"a", "b"});
  world.remove("b");
  world.edit({"a"});
  world.forget_events();
  world.pass(20min);
  REQUIRE_FALSE(world.exists("b"));
  CHECK(world.events("deleted") == Lines{"b: no manifest wanted it any more, so it was deleted"});
  CHECK(world.events("condition_changed").back() == "b: no manifest wants it any more: it is being deleted");
  CHECK_FALSE(world.target().knows("b"));
}

TEST_CASE("target: a delete that fails is tried again when it says, not at each sweep") {
  PruningWorld world({"a", "b"});
  world.settings.sweep_interval = GENERATE(1s, 1h);
  world.start();
  int tries = 0;
  bool is_broken = true;
  world.network.before = [&](const http::Request& request) -> std::optional<SlowNetwork::Answer> {
    if (!is_broken || request.method != http::Method::del) return std::nullopt;
    ++tries;
    http::Response response;
    response.status = 500;
    response.body = R"({"error_code":"FSS.0500","error_msg":"Internal error."})";
    return response;
  };
  world.remove("b");
  world.edit({"a"});
  while (tries == 0) world.pass(1s);
  world.pass(10min);
  CHECK(tries >= 5);
  CHECK(tries <= 15);
  CHECK(world.row("b").condition == daemon::Condition::failed);
  CHECK(world.row("b").next_try);
  CHECK(world.target().view().queue.delayed == 0);
  is_broken = false;
  world.pass(11min);
  CHECK_FALSE(world.exists("b"));
}

TEST_CASE("target: a manifest that comes back after a delete that failed waits for nothing") {
  PruningWorld world({"a", "b"});
  world.network.before = [](const http::Request& request) -> std::optional<SlowNetwork::Answer> {
    if (request.method != http::Method::del) return std::nullopt;
    http::Response response;
    response.status = 403;
    response.body = R"({"error_code":"FSS.0403","error_msg":"Forbidden"})";
    return response;
  };
  const auto functions = world.functions;
  world.remove("b");
  world.edit({"a"});
  world.pass(1h);
  REQUIRE(world.row("b").condition == daemon::Condition::failed);
  world.functions = functions;
  world.change_release("b", "v2");
  world.commit({"b"});
  world.pass(10s);
  CHECK(world.condition("b") == "Synced applied");
}

TEST_CASE("target: a step that is under way is not an interrupted one") {
  PruningWorld world({"a", "b"});
  CapturedStderr captured;
  world.log = Logger::to_stderr(LogLevel::info);
  world.settings.sweep_interval = 1s;
  world.start();
  world.pass(10s);
  world.change_release("b", "v2");
  world.network.before = [&world](const http::Request& request) -> std::optional<SlowNetwork::Answer> {
    if (request.method == http::Method::put) world.network.latency = 60s;
    return std::nullopt;
  };
  world.edit({"b"});
  world.pass(40s);
  world.change_release("a", "v2");
  world.edit({"a"});
  world.pass(10s);
  REQUIRE(world.target().in_flight().contains("b"));
  world.network.before = nullptr;
  world.network.latency = 20ms;
  SECTION("in this process") {
    CHECK(captured.text().find("interrupted step") == std::string::npos);
  }
  SECTION("of an earlier process") {
    world.start();
    world.pass(10s);
    CHECK(captured.text().find("interrupted step") != std::string::npos);
  }
}
