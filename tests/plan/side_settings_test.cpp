#include "plan/side_settings.hpp"

#include <catch2/catch.hpp>

#include "tests/plan/base_case.hpp"

using namespace fgsync;
using namespace fgsync::test;
using plan::Reason;
using Fields = std::map<std::string, std::string>;

namespace {

/// A function with everything that has calls of its own, as its manifest says.
struct SideCase {
  manifest::Function function = wanted_function();
  Boxed<plan::ObservedFunction> observed = Case().observed;
  std::optional<plan::LastApplied> last;

  SideCase() {
    auto& extra = *function.extra;
    extra.max_instance_num = 10;
    extra.tags = Fields{{"team", "media"}, {"cost", "42"}};
    extra.function_async_config = manifest::AsyncConfig{3600, 3, manifest::AsyncDestination{"OBS", "{}"},
                                                        manifest::AsyncDestination{"SMN", "{}"}};
    extra.reserved_instances = std::vector<manifest::ReservedInstances>{{"prod", 2, true, {}}};
    observed->detail.config.strategy_config = functiongraph::StrategyConfig{10, std::nullopt};
    observed->tags = *extra.tags;
    observed->async_config.emplace();
    observed->async_config->max_event_age = std::chrono::seconds(3600);
    observed->async_config->max_retry_attempts = 3;
    observed->async_config->on_success = functiongraph::AsyncDestination{"OBS", "{}"};
    observed->async_config->on_failure = functiongraph::AsyncDestination{"SMN", "{}"};
    reserve("prod", 2, true);
  }

  void reserve(const std::string& qualifier, int count, std::optional<bool> idle_mode) {
    functiongraph::ReservedInstancesRow row;
    row.qualifier_name = qualifier;
    row.instances.count = count;
    row.instances.idle_mode = idle_mode;
    observed->reserved_instances.push_back(row);
  }

  /// As after an apply of what the manifest says now.
  void remember() {
    last.emplace();
    last->config = plan::comparable_fields(plan::desired_config(function, std::nullopt), function);
    last->config.merge(plan::wanted_side_fields(function));
  }

  [[nodiscard]] std::vector<plan::Step> run() const { return plan::plan_side_settings(function, observed, last); }
};

Texts texts_of(const std::vector<plan::Step>& steps) {
  Texts texts;
  for (const plan::Step& step : steps) texts.push_back(plan::describe(step.action));
  return texts;
}

/// `team: media → (none)`.
Texts changes_of(const std::vector<plan::FieldChange>& changes) {
  Texts texts;
  for (const auto& change : changes) {
    texts.push_back(change.path + ": " + change.before.value_or("(none)") + " → " + change.after.value_or("(none)"));
  }
  return texts;
}

}  // namespace

TEST_CASE("side settings as the manifest says need nothing") {
  CHECK(SideCase().run().empty());
}

TEST_CASE("side settings that a manifest does not name are left alone, and so is an unnamed tag") {
  SideCase base;
  SECTION("all") {
    base.function.extra = {};
  }
  SECTION("a tag") {
    base.observed->tags["by-hand"] = "yes";
  }
  SECTION("instances of another version") {
    base.reserve("v1.0.0", 5, false);
  }
  CHECK(base.run().empty());
}

TEST_CASE("what is wanted by name") {
  SideCase base;
  base.function.extra->depend_version_list = std::vector<std::string>{"d2", "d1"};
  CHECK(plan::wanted_side_fields(base.function) ==
        Fields{{"max_instance_num", "10"},
               {"tags.team", "media"},
               {"tags.cost", "42"},
               {"function_async_config.max_async_event_age_in_seconds", "3600"},
               {"function_async_config.max_async_retry_attempts", "3"},
               {"function_async_config.destination_config.on_success", "OBS {}"},
               {"function_async_config.destination_config.on_failure", "SMN {}"},
               {"reserved_instances.prod.count", "2"},
               {"reserved_instances.prod.idle_mode", "true"},
               {"depend_version_list", "d2, d1"}});
}

TEST_CASE("a function that is about to be made gets all of its side settings, in one order") {
  SideCase base;
  base.observed.reset();
  CHECK(texts_of(base.run()) == Texts{"set max_instance_num to 10", "update tags", "update function_async_config",
                                      "update reserved_instances of prod"});
}

TEST_CASE("a function that is about to be made has no limit of instances by itself") {
  SideCase base;
  base.observed.reset();
  base.function.extra = {};
  base.function.extra->max_instance_num = -1;
  CHECK(base.run().empty());
}

// ---- instances at most

TEST_CASE("another limit of instances is set") {
  SideCase base;
  base.observed->detail.config.strategy_config->concurrency = 99;
  const auto steps = base.run();
  REQUIRE(texts_of(steps) == Texts{"set max_instance_num to 10"});
  CHECK(std::get<plan::UpdateMaxInstances>(steps[0].action).before == 99);
}

TEST_CASE("a service that says nothing about instances has no limit") {
  SideCase base;
  base.observed->detail.config.strategy_config.reset();
  CHECK(std::get<plan::UpdateMaxInstances>(base.run().at(0).action).before == -1);
}

// ---- tags

TEST_CASE("tags are set one by one") {
  SideCase base;
  base.observed->tags = {{"team", "other"}, {"by-hand", "yes"}};
  const auto steps = base.run();
  REQUIRE(texts_of(steps) == Texts{"update tags"});
  CHECK(changes_of(std::get<plan::UpdateTags>(steps[0].action).changes) ==
        Texts{"tags.cost: (none) → 42", "tags.team: other → media"});
}

TEST_CASE("a tag that was ours and is named no more is taken away") {
  SideCase base;
  base.remember();
  base.function.extra->tags = Fields{{"team", "media"}};
  const auto steps = base.run();
  REQUIRE(texts_of(steps) == Texts{"update tags"});
  CHECK(changes_of(std::get<plan::UpdateTags>(steps[0].action).changes) == Texts{"tags.cost: 42 → (none)"});
  CHECK(steps[0].reason == Reason::desired_changed);
}

TEST_CASE("without memory a tag that is named no more stays: whose it is nobody knows") {
  SideCase base;
  base.function.extra->tags = Fields{{"team", "media"}};
  CHECK(base.run().empty());
}

TEST_CASE("a tag that was ours and is gone already needs no step") {
  SideCase base;
  base.remember();
  base.function.extra->tags = Fields{{"team", "media"}};
  base.observed->tags.erase("cost");
  CHECK(base.run().empty());
}

// ---- asynchronous invocations

TEST_CASE("every named field of the asynchronous configuration is compared") {
  SideCase base;
  auto& config = *base.observed->async_config;
  std::string change;
  SECTION("age") {
    config.max_event_age = std::chrono::seconds(60);
    change = "max_async_event_age_in_seconds: 60 → 3600";
  }
  SECTION("retries") {
    config.max_retry_attempts.reset();
    change = "max_async_retry_attempts: (none) → 3";
  }
  SECTION("results") {
    config.on_success->param = "{1}";
    change = "destination_config.on_success: OBS {1} → OBS {}";
  }
  SECTION("failures") {
    config.on_failure.reset();
    change = "destination_config.on_failure: (none) → SMN {}";
  }
  const auto steps = base.run();
  REQUIRE(texts_of(steps) == Texts{"update function_async_config"});
  CHECK(changes_of(std::get<plan::UpdateAsyncConfig>(steps[0].action).changes) ==
        Texts{"function_async_config." + change});
}

TEST_CASE("an update of the asynchronous configuration keeps what is not named") {
  auto function = wanted_function();
  function.extra->function_async_config.emplace().max_async_retry_attempts = 1;
  functiongraph::AsyncConfig there;
  there.max_event_age = std::chrono::seconds(60);
  there.on_failure = functiongraph::AsyncDestination{"SMN", "{}"};
  there.enable_async_status_log = true;
  const auto sent = plan::with_wanted(function, there);
  CHECK(sent.max_retry_attempts == 1);
  CHECK(sent.max_event_age == std::chrono::seconds(60));
  CHECK(sent.on_failure == there.on_failure);
  CHECK(sent.enable_async_status_log == true);
}

TEST_CASE("where there is no asynchronous configuration, what is named makes one") {
  const auto sent = plan::with_wanted(SideCase().function, std::nullopt);
  CHECK(sent.max_event_age == std::chrono::seconds(3600));
  CHECK(sent.max_retry_attempts == 3);
  CHECK(sent.on_success == functiongraph::AsyncDestination{"OBS", "{}"});
  CHECK(sent.on_failure == functiongraph::AsyncDestination{"SMN", "{}"});
}

// ---- reserved instances

TEST_CASE("reserved instances differ by number, and by mode where it is named") {
  SideCase base;
  auto& instances = base.observed->reserved_instances[0].instances;
  Texts changes;
  SECTION("number") {
    instances.count = 1;
    changes = {"reserved_instances.prod.count: 1 → 2"};
  }
  SECTION("mode") {
    instances.idle_mode = false;
    changes = {"reserved_instances.prod.idle_mode: false → true"};
  }
  SECTION("there are none yet") {
    base.observed->reserved_instances.clear();
    changes = {"reserved_instances.prod.count: 0 → 2", "reserved_instances.prod.idle_mode: false → true"};
  }
  const auto steps = base.run();
  REQUIRE(texts_of(steps) == Texts{"update reserved_instances of prod"});
  CHECK(changes_of(std::get<plan::UpdateReservedInstances>(steps[0].action).changes) == changes);
}

TEST_CASE("a mode that the manifest does not name is left alone") {
  SideCase base;
  base.function.extra->reserved_instances->at(0).idle_mode.reset();
  base.observed->reserved_instances[0].instances.idle_mode = false;
  CHECK(base.run().empty());
}

TEST_CASE("no reserved instances wanted and none there are the same") {
  SideCase base;
  base.function.extra->reserved_instances = std::vector<manifest::ReservedInstances>{{"test", 0, std::nullopt, {}}};
  base.observed->reserved_instances.clear();
  CHECK(base.run().empty());
}

TEST_CASE("reserved instances that were ours and are named no more go down to none") {
  SideCase base;
  base.reserve("v1.0.0", 1, std::nullopt);
  base.function.extra->reserved_instances->push_back({"v1.0.0", 1, std::nullopt, {}});
  base.remember();
  base.function.extra->reserved_instances->pop_back();
  const auto steps = base.run();
  REQUIRE(texts_of(steps) == Texts{"update reserved_instances of v1.0.0"});
  CHECK(changes_of(std::get<plan::UpdateReservedInstances>(steps[0].action).changes) ==
        Texts{"reserved_instances.v1.0.0.count: 1 → 0"});
}

// ---- what is left to others

TEST_CASE("side settings that are left to others are not compared") {
  SideCase base;
  base.function.handling.ignore_differences = {"/max_instance_num", "/tags/team",
                                               "/function_async_config/max_async_retry_attempts",
                                               "/reserved_instances/prod/count"};
  base.observed->detail.config.strategy_config->concurrency = 99;
  base.observed->tags["team"] = "other";
  base.observed->async_config->max_retry_attempts = 8;
  base.observed->reserved_instances[0].instances.count = 7;
  CHECK(base.run().empty());
}

TEST_CASE("what is left to others now is not taken away because it was ours once") {
  SideCase base;
  base.remember();
  base.function.handling.ignore_differences = {"/tags", "/reserved_instances"};
  CHECK(base.run().empty());
}

TEST_CASE("an update of the asynchronous configuration keeps what is left to others") {
  SideCase base;
  base.function.handling.ignore_differences = {"/function_async_config/max_async_retry_attempts",
                                               "/function_async_config/destination_config/on_success"};
  base.observed->async_config->max_retry_attempts = 8;
  base.observed->async_config->on_success.reset();
  base.observed->async_config->max_event_age = std::chrono::seconds(60);
  REQUIRE(base.run().size() == 1);
  const auto sent = plan::with_wanted(base.function, base.observed->async_config);
  CHECK(sent.max_retry_attempts == 8);
  CHECK_FALSE(sent.on_success);
  CHECK(sent.max_event_age == std::chrono::seconds(3600));
}

TEST_CASE("dependencies that are left to others are not wanted") {
  auto function = wanted_function();
  CHECK_FALSE(plan::wanted_dependencies(function));
  function.extra->depend_version_list = std::vector<std::string>{"d1"};
  CHECK(plan::wanted_dependencies(function) == std::vector<std::string>{"d1"});
  function.handling.ignore_differences = {"/depend_version_list"};
  CHECK_FALSE(plan::wanted_dependencies(function));
}

// ---- reasons

TEST_CASE("the reason of a side setting says which side changed") {
  SideCase base;
  const auto reason = [&base] { return base.run().at(0).reason; };
  SECTION("nothing is known about the last apply") {
    base.observed->tags["team"] = "other";
    CHECK(reason() == Reason::differs);
  }
  SECTION("the manifest") {
    base.remember();
    base.function.extra->tags->at("team") = "new";
    CHECK(reason() == Reason::desired_changed);
  }
  SECTION("the service") {
    base.remember();
    base.observed->tags.erase("team");
    CHECK(reason() == Reason::drifted);
  }
  SECTION("both") {
    base.remember();
    base.function.extra->tags->at("team") = "new";
    base.observed->tags["cost"] = "0";
    CHECK(reason() == Reason::both_changed);
  }
}

TEST_CASE("naming a setting for the first time is a change of the manifest, whatever the service had") {
  plan::LastApplied last;
  last.config = {{"timeout", "3"}};
  CHECK(plan::reason_of({{"xrole", "by-hand", "agency"}}, last) == Reason::desired_changed);
  CHECK(plan::reason_of({{"depend_version_list", "", "d1"}}, last) == Reason::desired_changed);
  // Variables are all the manifest's: one that it did not have is one that somebody added.
  CHECK(plan::reason_of({{"user_data.MORE", "1", std::nullopt}}, last) == Reason::drifted);
  CHECK(plan::reason_of({{"user_data.MORE", std::nullopt, "1"}}, last) == Reason::desired_changed);
}
