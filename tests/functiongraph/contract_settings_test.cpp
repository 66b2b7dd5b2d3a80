// What else belongs to a function: asynchronous configuration, tags, reserved instances; and the project's quotas.
#include <algorithm>

#include "contract.hpp"

namespace fgsync::functiongraph::contract {
namespace {

using std::chrono::seconds;
using Texts = std::map<std::string, std::string>;

AsyncConfig some_async_config() {
  AsyncConfig config;
  config.max_event_age = seconds(7200);
  config.max_retry_attempts = 2;
  config.enable_async_status_log = true;
  config.on_success = AsyncDestination{"OBS", R"({"bucket":"b","prefix":"süß","expires":5})"};
  config.on_failure = AsyncDestination{"SMN", R"({"topic_urn":"urn:smn:cn-north-4:p1:t"})"};
  return config;
}

/// A function with version v1 and alias prod.
FunctionUrn with_alias(World& world) {
  const auto urn = world.create();
  world.publish(urn, "v1");
  world.point(urn, "prod", "v1");
  return urn;
}

CONTRACT_CASE("a function has no asynchronous configuration before one is set") {
  World world{TestType()};
  const auto urn = world.create();
  CHECK_FALSE(world.good(world.graph.show_async_config(urn, world.soon())));
  CHECK(world.good(world.graph.list_async_configs(urn, world.soon())).empty());
  CHECK(world.bad(world.graph.delete_async_config(urn, world.soon())).kind == ErrorKind::not_found);
}

CONTRACT_CASE("an asynchronous configuration comes back as it was set, and goes when it is deleted") {
  World world{TestType()};
  const auto urn = world.create();
  const AsyncConfig config = some_async_config();
  const auto answered = world.good(world.graph.update_async_config(urn, config, world.soon()));
  CHECK(answered.max_event_age == config.max_event_age);
  const auto shown = world.good(world.graph.show_async_config(urn, world.soon()));
  REQUIRE(shown);
  CHECK(shown->max_event_age == config.max_event_age);
  CHECK(shown->max_retry_attempts == config.max_retry_attempts);
  CHECK(shown->enable_async_status_log == true);
  CHECK(shown->on_success == config.on_success);
  CHECK(shown->on_failure == config.on_failure);
  CHECK(FunctionUrn::parse(shown->func_urn) == urn);
  CHECK(world.good(world.graph.list_async_configs(urn, world.soon())).size() == 1);

  world.good(world.graph.delete_async_config(urn, world.soon()));
  CHECK_FALSE(world.good(world.graph.show_async_config(urn, world.soon())));
  CHECK(world.bad(world.graph.delete_async_config(urn, world.soon())).kind == ErrorKind::not_found);
}

CONTRACT_CASE("an asynchronous configuration replaces the one before") {
  World world{TestType()};
  const auto urn = world.create();
  world.good(world.graph.update_async_config(urn, some_async_config(), world.soon()));
  AsyncConfig config;
  config.max_event_age = seconds(60);
  config.max_retry_attempts = 0;
  world.good(world.graph.update_async_config(urn, config, world.soon()));
  const auto shown = world.good(world.graph.show_async_config(urn, world.soon()));
  REQUIRE(shown);
  CHECK(shown->max_event_age == seconds(60));
  CHECK(shown->max_retry_attempts.value_or(0) == 0);
  CHECK_FALSE(shown->on_success);
  CHECK_FALSE(shown->on_failure);
}

CONTRACT_CASE("latest, a version and an alias have asynchronous configurations of their own") {
  World world{TestType()};
  const auto urn = with_alias(world);
  const auto v1 = *VersionUrn::of(urn, "v1");
  const auto prod = *AliasUrn::of(urn, "prod");
  AsyncConfig config;
  for (const auto& [target, age] : {std::pair<QualifiedUrn, int>{urn, 100}, {v1, 200}, {prod, 300}}) {
    config.max_event_age = seconds(age);
    world.good(world.graph.update_async_config(target, config, world.soon()));
  }
  CHECK(world.good(world.graph.show_async_config(urn, world.soon()))->max_event_age == seconds(100));
  CHECK(world.good(world.graph.show_async_config(v1, world.soon()))->max_event_age == seconds(200));
  CHECK(world.good(world.graph.show_async_config(prod, world.soon()))->max_event_age == seconds(300));
  std::vector<std::string> urns;
  for (const auto& row : world.good(world.graph.list_async_configs(urn, world.soon()))) urns.push_back(row.func_urn);
  std::sort(urns.begin(), urns.end());
  CHECK(urns == std::vector<std::string>{urn.text() + ":!prod", urn.text() + ":latest", urn.text() + ":v1"});

  world.good(world.graph.delete_async_config(v1, world.soon()));
  CHECK(world.good(world.graph.show_async_config(prod, world.soon())));
  CHECK(world.good(world.graph.list_async_configs(urn, world.soon())).size() == 2);
}

CONTRACT_CASE("an asynchronous configuration that cannot be is refused") {
  World world{TestType()};
  const auto urn = world.create();
  AsyncConfig too_old;
  too_old.max_event_age = seconds(86401);
  AsyncConfig too_often;
  too_often.max_retry_attempts = 9;
  AsyncConfig negative;
  negative.max_retry_attempts = -1;
  for (const AsyncConfig& config : {too_old, too_often, negative}) {
    CHECK(world.bad(world.graph.update_async_config(urn, config, world.soon())).kind == ErrorKind::invalid);
  }
  CHECK_FALSE(world.good(world.graph.show_async_config(urn, world.soon())));
}

CONTRACT_CASE("all asynchronous configurations of a function are listed") {
  World world{TestType()};
  const auto urn = world.create();
  world.good(world.graph.update_async_config(urn, AsyncConfig(), world.soon()));
  for (int i = 1; i <= 19; ++i) {
    const std::string number = std::to_string(i);
    world.release(urn, "v" + number);
    world.good(world.graph.update_async_config(*VersionUrn::of(urn, "v" + number), AsyncConfig(), world.soon()));
    if (i > 10) continue;
    world.point(urn, "a" + number, "v" + number);
    world.good(world.graph.update_async_config(*AliasUrn::of(urn, "a" + number), AsyncConfig(), world.soon()));
  }
  CHECK(world.good(world.graph.list_async_configs(urn, world.soon())).size() == 30);
}

CONTRACT_CASE("what hangs on an alias stays when it is moved and goes when it is deleted") {
  World world{TestType()};
  const auto urn = with_alias(world);
  world.release(urn, "v2");
  const auto prod = *AliasUrn::of(urn, "prod");
  ReservedInstances one;
  one.count = 1;
  world.good(world.graph.update_async_config(prod, some_async_config(), world.soon()));
  world.good(world.graph.update_reserved_instances(prod, one, world.soon()));
  world.good(world.graph.update_alias(urn, AliasRequest{"prod", "v2", ""}, world.soon()));
  CHECK(world.good(world.graph.show_async_config(prod, world.soon())));
  CHECK(world.good(world.graph.list_reserved_instances(urn, world.soon())).size() == 1);

  world.good(world.graph.delete_alias(prod, world.soon()));
  world.point(urn, "prod", "v2");
  CHECK_FALSE(world.good(world.graph.show_async_config(prod, world.soon())));
  CHECK(world.good(world.graph.list_reserved_instances(urn, world.soon())).empty());
}

CONTRACT_CASE("a tag without a key is refused") {
  World world{TestType()};
  const auto urn = world.create();
  CHECK(world.bad(world.graph.create_tags(urn, tagged({{"", "x"}}), world.soon())).kind == ErrorKind::invalid);
  CHECK(world.good(world.graph.list_tags(urn, world.soon())).tags.empty());
}

CONTRACT_CASE("tags are added, overwritten and deleted one by one") {
  World world{TestType()};
  const auto urn = world.create();
  CHECK(world.good(world.graph.list_tags(urn, world.soon())).tags.empty());
  world.good(world.graph.create_tags(urn, tagged({{"team", "a"}, {"süß", "ja 🚀"}, {"empty", ""}}), world.soon()));
  world.good(world.graph.create_tags(urn, tagged({{"team", "b"}, {"stage", "prod"}}), world.soon()));
  CHECK(world.good(world.graph.list_tags(urn, world.soon())).tags ==
        Texts{{"team", "b"}, {"süß", "ja 🚀"}, {"empty", ""}, {"stage", "prod"}});
  world.good(world.graph.delete_tags(urn, tagged({{"team", "b"}, {"empty", ""}}), world.soon()));
  CHECK(world.good(world.graph.list_tags(urn, world.soon())).tags == Texts{{"süß", "ja 🚀"}, {"stage", "prod"}});
}

CONTRACT_CASE("there are twenty tags at most") {
  World world{TestType()};
  const auto urn = world.create();
  Texts tags;
  for (int i = 0; i < 20; ++i) tags["tag" + std::to_string(i)] = "x";
  world.good(world.graph.create_tags(urn, tagged(tags), world.soon()));
  CHECK(world.bad(world.graph.create_tags(urn, tagged({{"one-more", "x"}}), world.soon())).kind == ErrorKind::invalid);
  world.good(world.graph.create_tags(urn, tagged({{"tag0", "y"}}), world.soon()));
  CHECK(world.good(world.graph.list_tags(urn, world.soon())).tags.size() == 20);
}

CONTRACT_CASE("tags are a function's own") {
  World world{TestType()};
  const auto urn = world.create();
  const auto other = world.create("other");
  world.good(world.graph.create_tags(urn, tagged({{"team", "a"}}), world.soon()));
  CHECK(world.good(world.graph.list_tags(other, world.soon())).tags.empty());
}

CONTRACT_CASE("reserved instances are a version's or an alias's own, and listed for both") {
  World world{TestType()};
  const auto urn = with_alias(world);
  ReservedInstances of_version;
  of_version.count = 2;
  of_version.idle_mode = true;
  ReservedInstances of_alias;
  of_alias.count = 1;
  of_alias.cron_configs = {ReservedInstances::Cron{"morning", "0 0 8 * * ?", 3, 1700000000, 1900000000}};
  of_alias.metric_configs = {ReservedInstances::Metric{"busy", "Concurrency", 60, 1}};
  CHECK(world.good(world.graph.update_reserved_instances(*VersionUrn::of(urn, "v1"), of_version, world.soon())).count ==
        2);
  world.good(world.graph.update_reserved_instances(*AliasUrn::of(urn, "prod"), of_alias, world.soon()));

  auto rows = world.good(world.graph.list_reserved_instances(urn, world.soon()));
  REQUIRE(rows.size() == 2);
  std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.qualifier_type < b.qualifier_type; });
  CHECK(rows[0].qualifier_type == "alias");
  CHECK(rows[0].qualifier_name == "prod");
  CHECK(rows[0].instances.count == 1);
  CHECK(rows[0].instances.cron_configs == of_alias.cron_configs);
  CHECK(rows[0].instances.metric_configs == of_alias.metric_configs);
  CHECK(rows[1].qualifier_type == "version");
  CHECK(rows[1].qualifier_name == "v1");
  CHECK(rows[1].instances.count == 2);
  CHECK(rows[1].instances.idle_mode == true);
}

CONTRACT_CASE("reserved instances are replaced, and none are left after zero") {
  World world{TestType()};
  const auto urn = with_alias(world);
  const auto v1 = *VersionUrn::of(urn, "v1");
  ReservedInstances instances;
  for (const int count : {2, 5}) {
    instances.count = count;
    world.good(world.graph.update_reserved_instances(v1, instances, world.soon()));
    const auto rows = world.good(world.graph.list_reserved_instances(urn, world.soon()));
    REQUIRE(rows.size() == 1);
    CHECK(rows[0].instances.count == count);
  }
  instances.count = 0;
  world.good(world.graph.update_reserved_instances(v1, instances, world.soon()));
  CHECK(world.good(world.graph.list_reserved_instances(urn, world.soon())).empty());
}

CONTRACT_CASE("reserved instances of one function are not another's, and all together are the project's") {
  World world{TestType()};
  ReservedInstances one;
  one.count = 1;
  std::vector<FunctionUrn> urns;
  for (const auto* name : {"first", "second"}) {
    urns.push_back(world.create(name));
    world.publish(urns.back(), "v1");
    world.good(world.graph.update_reserved_instances(*VersionUrn::of(urns.back(), "v1"), one, world.soon()));
  }
  CHECK(world.good(world.graph.list_reserved_instances(urns[0], world.soon())).size() == 1);
  CHECK(world.good(world.graph.list_reserved_instances(std::nullopt, world.soon())).size() == 2);
  CHECK(world.good(world.graph.list_reserved_counts(std::nullopt, world.soon())).size() == 2);
  const auto counts = world.good(world.graph.list_reserved_counts(urns[0], world.soon()));
  REQUIRE(counts.size() == 1);
  CHECK(counts[0].func_urn == urns[0].text() + ":v1");
  CHECK(counts[0].count == 1);
}

CONTRACT_CASE("more reserved instances than a page holds are all listed") {
  World world{TestType()};
  ReservedInstances one;
  one.count = 1;
  for (int i = 0; i < 101; ++i) {
    const auto urn = world.create("f" + std::to_string(i));
    world.publish(urn, "v1");
    world.good(world.graph.update_reserved_instances(*VersionUrn::of(urn, "v1"), one, world.soon()));
  }
  CHECK(world.good(world.graph.list_reserved_instances(std::nullopt, world.soon())).size() == 101);
}

CONTRACT_CASE("a negative number of reserved instances is refused") {
  World world{TestType()};
  const auto urn = with_alias(world);
  ReservedInstances instances;
  instances.count = -1;
  CHECK(world.bad(world.graph.update_reserved_instances(*VersionUrn::of(urn, "v1"), instances, world.soon())).kind ==
        ErrorKind::invalid);
}

/// The project's quota of functions.
Quota functions_quota(World& world) {
  for (const Quota& quota : world.good(world.graph.list_quotas(world.soon()))) {
    if (quota.type == "fgs_func_num") return quota;
  }
  FAIL("no quota of functions");
  return {};
}

CONTRACT_CASE("the quota of functions is 400, and its use rises and falls with them") {
  World world{TestType()};
  CHECK(functions_quota(world).quota == 400);
  CHECK(functions_quota(world).used == 0);
  const auto urn = world.create();
  world.create("other");
  CHECK(functions_quota(world).used == 2);
  world.good(world.graph.delete_function(urn, world.soon()));
  CHECK(functions_quota(world).used == 1);
}

}  // namespace
}  // namespace fgsync::functiongraph::contract
