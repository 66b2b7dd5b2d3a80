// What every verb says about a thing that is not there.
#include "contract.hpp"

namespace fgsync::functiongraph::contract {
namespace {

struct Refusal {
  std::string verb;
  std::string refusal;
};

/// What the verbs answer that take a function, a version or an alias alike.
std::vector<Refusal> ask_about(World& world, const QualifiedUrn& urn) {
  const Deadline soon = world.soon();
  const TriggerId trigger = *TriggerId::of(urn, "TIMER", "t1");
  ReservedInstances one;
  one.count = 1;
  return {
      {"show_config", world.refusal(world.graph.show_config(urn, soon))},
      {"show_code", world.refusal(world.graph.show_code(urn, soon))},
      {"export_function", world.refusal(world.graph.export_function(urn, soon))},
      {"show_async_config", world.refusal(world.graph.show_async_config(urn, soon))},
      {"update_async_config", world.refusal(world.graph.update_async_config(urn, AsyncConfig(), soon))},
      {"delete_async_config", world.refusal(world.graph.delete_async_config(urn, soon))},
      {"update_reserved_instances", world.refusal(world.graph.update_reserved_instances(urn, one, soon))},
      {"list_triggers", world.refusal(world.triggers.list_triggers(urn, soon))},
      {"show_trigger", world.refusal(world.triggers.show_trigger(trigger, soon))},
      {"create_trigger", world.refusal(world.triggers.create_trigger(urn, some_trigger(), soon))},
      {"update_trigger", world.refusal(world.triggers.update_trigger(trigger, {"DISABLED", ""}, soon))},
      {"delete_trigger", world.refusal(world.triggers.delete_trigger(trigger, soon))},
      {"invoke", world.refusal(world.invocations.invoke(urn, {}, soon))},
      {"invoke_async", world.refusal(world.invocations.invoke_async(urn, {}, soon))},
      {"show_snapshot", world.refusal(world.invocations.show_snapshot(urn, SnapshotAction::enable, soon))},
      {"update_snapshot", world.refusal(world.invocations.update_snapshot(urn, SnapshotAction::enable, soon))},
  };
}

/// What the verbs answer that take a function only.
std::vector<Refusal> ask_about_function(World& world, const FunctionUrn& urn) {
  const Deadline soon = world.soon();
  CodeUpdate code;
  code.code = zip_upload("v2");
  const std::string name(urn.name());
  const Tags tags = tagged({{"team", "a"}});
  return {
      {"update_code", world.refusal(world.graph.update_code(urn, code, soon))},
      {"update_config", world.refusal(world.graph.update_config(urn, name, some_function().config, soon))},
      {"update_max_instances", world.refusal(world.graph.update_max_instances(urn, 1, soon))},
      {"delete_function", world.refusal(world.graph.delete_function(urn, soon))},
      {"list_versions", world.refusal(world.graph.list_versions(urn, soon))},
      {"publish_version", world.refusal(world.graph.publish_version(urn, {"v1", "", ""}, soon))},
      {"delete_version", world.refusal(world.graph.delete_version(*VersionUrn::of(urn, "v1"), soon))},
      {"list_aliases", world.refusal(world.graph.list_aliases(urn, soon))},
      {"show_alias", world.refusal(world.graph.show_alias(*AliasUrn::of(urn, "prod"), soon))},
      {"create_alias", world.refusal(world.graph.create_alias(urn, {"prod", "v1", ""}, soon))},
      {"update_alias", world.refusal(world.graph.update_alias(urn, {"prod", "v1", ""}, soon))},
      {"delete_alias", world.refusal(world.graph.delete_alias(*AliasUrn::of(urn, "prod"), soon))},
      {"list_async_configs", world.refusal(world.graph.list_async_configs(urn, soon))},
      {"list_tags", world.refusal(world.graph.list_tags(urn, soon))},
      {"create_tags", world.refusal(world.graph.create_tags(urn, tags, soon))},
      {"delete_tags", world.refusal(world.graph.delete_tags(urn, tags, soon))},
      {"list_reserved_instances", world.refusal(world.graph.list_reserved_instances(urn, soon))},
      {"list_reserved_counts", world.refusal(world.graph.list_reserved_counts(urn, soon))},
  };
}

void check_all(const std::vector<Refusal>& answers, const std::string& expected) {
  for (const auto& [verb, refusal] : answers) {
    INFO(verb);
    CHECK(refusal == expected);
  }
}

CONTRACT_CASE("a function that was never there is not found by any verb") {
  World world{TestType()};
  CHECK_FALSE(world.good(world.graph.find_function("nobody", world.soon())));
  check_all(ask_about(world, nobody()), "not_found FSS.1051");
  check_all(ask_about_function(world, nobody()), "not_found FSS.1051");
  CHECK(world.good(world.graph.list_functions(world.soon())).empty());
}

CONTRACT_CASE("a function that was deleted with all it had is not found by any verb") {
  World world{TestType()};
  const auto urn = world.create();
  world.publish(urn, "v1");
  world.point(urn, "prod", "v1");
  world.good(world.graph.update_async_config(urn, AsyncConfig(), world.soon()));
  world.good(world.graph.delete_function(urn, world.soon()));
  check_all(ask_about(world, urn), "not_found FSS.1051");
  check_all(ask_about(world, *VersionUrn::of(urn, "v1")), "not_found FSS.1051");
  check_all(ask_about(world, *AliasUrn::of(urn, "prod")), "not_found FSS.1051");
  check_all(ask_about_function(world, urn), "not_found FSS.1051");
}

CONTRACT_CASE("a version and an alias that are not there are not found by any verb") {
  World world{TestType()};
  const auto urn = world.create();
  check_all(ask_about(world, *VersionUrn::of(urn, "v9")), "not_found FSS.1052");
  check_all(ask_about(world, *AliasUrn::of(urn, "prod")), "not_found FSS.1053");
}

CONTRACT_CASE("a function of another app, region or project is not found under this one's name") {
  World world{TestType()};
  world.create();
  for (const auto* text : {"urn:fss:cn-north-4:p1:function:shop:hello", "urn:fss:eu-west-101:p1:function:default:hello",
                           "urn:fss:cn-north-4:p2:function:default:hello"}) {
    INFO(text);
    const auto elsewhere = *FunctionUrn::parse(text);
    CHECK(world.refusal(world.graph.show_config(elsewhere, world.soon())) == "not_found FSS.1051");
    CHECK(world.refusal(world.graph.delete_function(elsewhere, world.soon())) == "not_found FSS.1051");
  }
  CHECK(world.good(world.graph.find_function("hello", world.soon())));
}

}  // namespace
}  // namespace fgsync::functiongraph::contract
