// self_heal: false. What somebody changed on the service is shown and not touched, and nothing is published from it.
#include <catch2/catch.hpp>

#include "tests/plan/base_case.hpp"

using namespace fgsync;
using namespace fgsync::test;
using plan::Reason;

namespace {

struct LeftAloneCase : Case {
  LeftAloneCase() {
    desired.function.handling.self_heal = false;
    auto& extra = *desired.function.extra;
    extra.tags = std::map<std::string, std::string>{{"team", "media"}};
    extra.max_instance_num = 10;
    extra.depend_version_list = std::vector<std::string>{"d1"};
    extra.function_async_config.emplace().max_async_retry_attempts = 1;
    extra.reserved_instances = std::vector<manifest::ReservedInstances>{{"prod", 2, std::nullopt, {}}};
    observed->tags = *extra.tags;
    observed_config().strategy_config = functiongraph::StrategyConfig{10, std::nullopt};
    observed->detail.row.facts->depend_version_list = {"d1"};
    observed->async_config.emplace().max_retry_attempts = 1;
    functiongraph::ReservedInstancesRow row;
    row.qualifier_name = "prod";
    row.instances.count = 2;
    observed->reserved_instances = {row};
    refresh();
    observed->versions[0].description =
        plan::with_fingerprint("First", desired.fingerprint, observed->versions[0].digest);
    remember();
  }
};

Texts notes_of(const plan::FunctionPlan& plan) {
  Texts notes;
  for (const plan::Note& note : plan.notes) notes.push_back(note.code + ": " + note.message);
  return notes;
}

std::string left_alone(const std::string& what) {
  return "drift_left_alone: " + what + " was changed on the service and is left alone (self_heal: false)";
}

}  // namespace

TEST_CASE("what is as the manifest says needs no note") {
  const auto plan = LeftAloneCase().run();
  CHECK(plan.is_unchanged());
  CHECK(plan.notes.empty());
}

TEST_CASE("every foreign change is noted and left alone") {
  LeftAloneCase base;
  std::string what;
  SECTION("code") {
    base.observed->detail.row.digest = RemoteDigest{kOtherArchive};
    what = "code";
  }
  SECTION("configuration") {
    base.observed_config().timeout = std::chrono::seconds(60);
    base.observed_config().user_data["MORE"] = "1";
    what = "timeout, user_data.MORE";
  }
  SECTION("the ownership mark") {
    base.observed->detail.row.description = base.observed_config().description = "Makes thumbnails";
    what = "the ownership mark";
  }
  SECTION("dependencies") {
    base.observed->detail.row.facts->depend_version_list.clear();
    what = "depend_version_list";
  }
  SECTION("tags") {
    base.observed->tags.clear();
    what = "tags.team";
  }
  SECTION("instances at most") {
    base.observed_config().strategy_config->concurrency = 99;
    what = "max_instance_num";
  }
  SECTION("asynchronous invocations") {
    base.observed->async_config->max_retry_attempts = 8;
    what = "function_async_config.max_async_retry_attempts";
  }
  SECTION("reserved instances") {
    base.observed->reserved_instances.clear();
    what = "reserved_instances.prod.count";
  }
  const auto plan = base.run();
  CHECK(plan.is_unchanged());
  CHECK(notes_of(plan) == Texts{left_alone(what)});
  base.desired.function.handling.self_heal = true;
  REQUIRE(base.run().steps.size() == 1);
  CHECK(base.run().steps[0].reason == Reason::drifted);
  CHECK(base.run().notes.empty());
}

TEST_CASE("the manifest's word counts before the configuration's") {
  LeftAloneCase base;
  base.observed->detail.row.digest = RemoteDigest{kOtherArchive};
  base.desired.function.handling.self_heal.reset();
  CHECK(base.run().steps.size() == 1);
  base.options.self_heals = false;
  CHECK(base.run().steps.empty());
  base.desired.function.handling.self_heal = true;
  CHECK(base.run().steps.size() == 1);
}

TEST_CASE("what the manifest changed is applied, and takes a foreign change of the same setting with it") {
  LeftAloneCase base;
  base.desired.function.version.reset();
  base.desired.function.aliases.clear();
  base.desired.function.memory_size = 512;
  base.observed_config().timeout = std::chrono::seconds(60);
  const auto plan = base.run();
  REQUIRE(steps_of(plan) == Texts{"update configuration"});
  CHECK(plan.steps[0].reason == Reason::both_changed);
}

TEST_CASE("without memory nobody knows who changed it, and the manifest counts") {
  LeftAloneCase base;
  base.last.reset();
  base.observed_config().timeout = std::chrono::seconds(60);
  const auto plan = base.run();
  REQUIRE(steps_of(plan) == Texts{"update configuration"});
  CHECK(plan.steps[0].reason == Reason::differs);
}

TEST_CASE("nothing is published from a latest that is not as desired, and no room is made for it") {
  LeftAloneCase base;
  base.desired.function.version->name = "v2.0.0";
  auto& versions = base.observed->versions;
  while (versions.size() < 19) {
    versions.push_back(versions[0]);
    versions.back().name = "v0." + std::to_string(versions.size());
    versions.back().digest = RemoteDigest{std::string(128, 'd')};
    versions.back().description = plan::with_fingerprint("", "0123456789ab", versions.back().digest);
    versions.back().last_modified.at = std::chrono::system_clock::time_point(std::chrono::hours(versions.size()));
  }
  versions[0].digest = RemoteDigest{std::string(128, 'd')};
  SECTION("code") {
    base.observed->detail.row.digest = RemoteDigest{std::string(128, 'e')};
  }
  SECTION("configuration") {
    base.observed_config().timeout = std::chrono::seconds(60);
  }
  const auto plan = base.run();
  CHECK(plan.steps.empty());
  CHECK(plan.notes.size() == 1);
  REQUIRE(plan.blocked.size() == 1);
  CHECK(plan.blocked[0].code == "latest_differs");
  CHECK(plan.blocked[0].message ==
        "v2.0.0 is not published: latest was changed on the service and is left alone (self_heal: false), so it is not "
        "what the manifest says; let fgsync put it back, or change the manifest");
  CHECK(plan.blocked[0].position->to_string() == "m.yaml:20:11");
  base.desired.function.handling.self_heal = true;
  const auto healed = steps_of(base.run());
  REQUIRE(healed.size() > 3);
  CHECK(healed[1] == "prune version v0.2");
  CHECK(healed[2] == "publish v2.0.0");
}

TEST_CASE("a foreign change of what no version freezes keeps nothing from being published") {
  LeftAloneCase base;
  base.desired.function.version->name = "v2.0.0";
  base.desired.function.timeout = std::chrono::seconds(60);
  base.refresh();
  base.observed->tags.clear();
  const auto plan = base.run();
  CHECK(steps_of(plan) == Texts{"update configuration", "publish v2.0.0", "move alias prod to v2.0.0"});
  CHECK(notes_of(plan) == Texts{left_alone("tags.team")});
}

namespace {

/// The alias prod is on v1.0.0, as its manifest says and fgsync left it; v0.9.0 is there as well.
struct AliasLeftAloneCase : LeftAloneCase {
  AliasLeftAloneCase() {
    auto& versions = observed->versions;
    versions.push_back(versions[0]);
    versions.back().name = "v0.9.0";
    versions.back().digest = RemoteDigest{std::string(128, 'd')};
    last->alias_wishes = run().alias_wishes;
  }
  functiongraph::Alias& there() { return observed->aliases[0]; }
  manifest::WantedAlias& wanted() { return desired.function.aliases[0]; }
};

}  // namespace

TEST_CASE("an alias that somebody changed is noted and left alone") {
  AliasLeftAloneCase base;
  std::string what = "alias prod";
  SECTION("its version") {
    base.there().version = "v0.9.0";
    what += " (v0.9.0 instead of v1.0.0)";
  }
  SECTION("its weights") {
    base.there().additional_version_weights = {{"v0.9.0", 10}};
  }
  SECTION("its description") {
    base.wanted().description = "Production";
    base.there().description = "Production";
    base.last->alias_wishes = base.run().alias_wishes;
    base.there().description = "mine";
  }
  SECTION("it is gone") {
    base.observed->aliases.clear();
    what += " (none instead of v1.0.0)";
  }
  const auto plan = base.run();
  CHECK(plan.is_unchanged());
  CHECK(notes_of(plan) == Texts{left_alone(what)});
  CHECK(plan.alias_wishes == base.last->alias_wishes);
  base.desired.function.handling.self_heal = true;
  CHECK(base.run().steps.size() == 1);
  CHECK(base.run().notes.empty());
}

TEST_CASE("an alias that the manifest wants otherwise now is moved, whoever changed it before") {
  AliasLeftAloneCase base;
  base.there().version = "v0.9.0";
  SECTION("on another version") {
    base.wanted().version = "latest";
  }
  SECTION("with other weights") {
    base.wanted().additional_version_weights = {{"v0.9.0", 10}};
  }
  SECTION("with another description") {
    base.wanted().description = "Production";
  }
  SECTION("on a new version") {
    base.desired.function.version->name = "v2.0.0";
    base.change_code();
  }
  const auto plan = base.run();
  REQUIRE(!plan.steps.empty());
  CHECK(std::holds_alternative<plan::UpdateAlias>(plan.steps.back().action));
  CHECK(plan.notes.empty());
  CHECK(plan.alias_wishes != base.last->alias_wishes);
}

TEST_CASE("an alias of which nothing is remembered is as the manifest says") {
  AliasLeftAloneCase base;
  base.there().version = "v0.9.0";
  SECTION("no state") {
    base.last.reset();
  }
  SECTION("a state that knows the function only") {
    base.last->alias_wishes.clear();
  }
  CHECK(steps_of(base.run()) == Texts{"move alias prod to v1.0.0"});
}

TEST_CASE("what is wanted of a blocked alias is not remembered as done") {
  AliasLeftAloneCase base;
  base.wanted().version = "v7.0.0";
  const auto plan = base.run();
  CHECK(plan.blocked.size() == 1);
  CHECK(plan.alias_wishes.empty());
}
