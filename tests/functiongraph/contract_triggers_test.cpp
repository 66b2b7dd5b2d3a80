// Triggers: what calls functions.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "contract.hpp"

namespace fgsync::functiongraph::contract {
namespace {

using nlohmann::json;

const std::string kKafka = R"({"instance_id":"k1","topic_ids":["t"],"batch_size":10})";

TriggerRequest kafka() {
  return TriggerRequest{"KAFKA", "ACTIVE", "", kKafka};
}

TriggerId id_of(const QualifiedUrn& urn, const Trigger& trigger) {
  return *TriggerId::of(urn, trigger.type_code, trigger.id);
}

/// Whether `wanted` stands in the trigger's data; the service adds to it.
bool holds(const Trigger& trigger, const std::string& wanted) {
  const json data = json::parse(trigger.event_data);
  const json fields = json::parse(wanted);
  return std::all_of(fields.items().begin(), fields.items().end(),
                     [&](const auto& field) { return data.value(field.key(), json()) == field.value(); });
}

CONTRACT_CASE("a trigger is made, listed, shown and deleted") {
  World world{TestType()};
  const auto urn = world.create();
  CHECK(world.good(world.triggers.list_triggers(urn, world.soon())).empty());
  const auto made = world.good(world.triggers.create_trigger(urn, some_trigger(), world.soon()));
  CHECK_FALSE(made.id.empty());
  CHECK(made.type_code == "TIMER");
  CHECK(made.status == "ACTIVE");
  CHECK(holds(made, some_trigger().event_data));

  const auto listed = world.good(world.triggers.list_triggers(urn, world.soon()));
  REQUIRE(listed.size() == 1);
  CHECK(listed[0].id == made.id);
  const auto shown = world.good(world.triggers.show_trigger(id_of(urn, made), world.soon()));
  CHECK(shown.id == made.id);
  CHECK(holds(shown, some_trigger().event_data));

  world.good(world.triggers.delete_trigger(id_of(urn, made), world.soon()));
  CHECK(world.good(world.triggers.list_triggers(urn, world.soon())).empty());
}

CONTRACT_CASE("a trigger that is not there is not found by any verb") {
  World world{TestType()};
  const auto urn = world.create();
  const auto made = world.good(world.triggers.create_trigger(urn, some_trigger(), world.soon()));
  const TriggerId id = id_of(urn, made);
  const TriggerId other_type = *TriggerId::of(urn, "SMN", made.id);
  CHECK(world.bad(world.triggers.show_trigger(other_type, world.soon())).kind == ErrorKind::not_found);
  world.good(world.triggers.delete_trigger(id, world.soon()));
  CHECK(world.bad(world.triggers.show_trigger(id, world.soon())).kind == ErrorKind::not_found);
  CHECK(world.bad(world.triggers.update_trigger(id, TriggerUpdate{"DISABLED", ""}, world.soon())).kind ==
        ErrorKind::not_found);
  CHECK(world.bad(world.triggers.delete_trigger(id, world.soon())).kind == ErrorKind::not_found);
}

CONTRACT_CASE("a trigger is disabled and made active again") {
  World world{TestType()};
  const auto urn = world.create();
  const TriggerId id = id_of(urn, world.good(world.triggers.create_trigger(urn, some_trigger(), world.soon())));
  for (const auto* status : {"DISABLED", "ACTIVE"}) {
    CHECK(world.good(world.triggers.update_trigger(id, TriggerUpdate{status, ""}, world.soon())).status == status);
    const auto shown = world.good(world.triggers.show_trigger(id, world.soon()));
    CHECK(shown.status == status);
    CHECK(holds(shown, some_trigger().event_data));
  }
}

CONTRACT_CASE("a trigger can be made disabled") {
  World world{TestType()};
  const auto urn = world.create();
  TriggerRequest request = some_trigger();
  request.status = "DISABLED";
  CHECK(world.good(world.triggers.create_trigger(urn, request, world.soon())).status == "DISABLED");
}

CONTRACT_CASE("an update changes what it names of a trigger's data") {
  World world{TestType()};
  const auto urn = world.create();
  const TriggerId id = id_of(urn, world.good(world.triggers.create_trigger(urn, kafka(), world.soon())));
  const TriggerUpdate update{"", R"([{"polling_interval":30}])"};
  world.good(world.triggers.update_trigger(id, update, world.soon()));
  const auto shown = world.good(world.triggers.show_trigger(id, world.soon()));
  CHECK(holds(shown, R"({"polling_interval":30})"));
  CHECK(holds(shown, kKafka));
  CHECK(shown.status == "ACTIVE");
}

CONTRACT_CASE("latest, a version and an alias have triggers of their own") {
  World world{TestType()};
  const auto urn = world.create();
  world.publish(urn, "v1");
  world.point(urn, "prod", "v1");
  const std::vector<QualifiedUrn> targets{urn, *VersionUrn::of(urn, "v1"), *AliasUrn::of(urn, "prod")};
  std::vector<std::string> ids;
  for (const auto& target : targets) {
    ids.push_back(world.good(world.triggers.create_trigger(target, kafka(), world.soon())).id);
  }
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const auto listed = world.good(world.triggers.list_triggers(targets[i], world.soon()));
    REQUIRE(listed.size() == 1);
    CHECK(listed[0].id == ids[i]);
  }
  world.good(world.triggers.delete_trigger(*TriggerId::of(targets[1], "KAFKA", ids[1]), world.soon()));
  CHECK(world.good(world.triggers.list_triggers(targets[1], world.soon())).empty());
  CHECK(world.good(world.triggers.list_triggers(targets[0], world.soon())).size() == 1);
  CHECK(world.good(world.triggers.list_triggers(targets[2], world.soon())).size() == 1);
}

CONTRACT_CASE("a published version has none of latest's triggers") {
  World world{TestType()};
  const auto urn = world.create();
  world.good(world.triggers.create_trigger(urn, some_trigger(), world.soon()));
  world.publish(urn, "v1");
  CHECK(world.good(world.triggers.list_triggers(*VersionUrn::of(urn, "v1"), world.soon())).empty());
}

CONTRACT_CASE("a trigger of a type that is none is refused") {
  World world{TestType()};
  const auto urn = world.create();
  const TriggerRequest request{"CARRIER_PIGEON", "", "", "{}"};
  CHECK(world.refusal(world.triggers.create_trigger(urn, request, world.soon())) == "invalid FSS.1101");
  CHECK(world.good(world.triggers.list_triggers(urn, world.soon())).empty());
}

CONTRACT_CASE("a status that is none is refused, and leaves the trigger as it is") {
  World world{TestType()};
  const auto urn = world.create();
  TriggerRequest request = some_trigger();
  request.status = "SLEEPING";
  CHECK(world.bad(world.triggers.create_trigger(urn, request, world.soon())).kind == ErrorKind::invalid);
  const TriggerId id = id_of(urn, world.good(world.triggers.create_trigger(urn, some_trigger(), world.soon())));
  const TriggerUpdate update{"SLEEPING", ""};
  CHECK(world.bad(world.triggers.update_trigger(id, update, world.soon())).kind == ErrorKind::invalid);
  CHECK(world.good(world.triggers.show_trigger(id, world.soon())).status == "ACTIVE");
}

CONTRACT_CASE("a version has ten triggers at most") {
  World world{TestType()};
  const auto urn = world.create();
  for (int i = 0; i < 10; ++i) {
    TriggerRequest request = some_trigger();
    json data = json::parse(request.event_data);
    data["name"] = "timer-" + std::to_string(i);
    request.event_data = data.dump();
    world.good(world.triggers.create_trigger(urn, request, world.soon()));
  }
  CHECK(world.bad(world.triggers.create_trigger(urn, kafka(), world.soon())).kind == ErrorKind::invalid);
  CHECK(world.good(world.triggers.list_triggers(urn, world.soon())).size() == 10);
}

}  // namespace
}  // namespace fgsync::functiongraph::contract
