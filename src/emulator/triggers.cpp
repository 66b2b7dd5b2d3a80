#include <algorithm>
#include <array>

#include "emulator/json.hpp"
#include "emulator/operations.hpp"
#include "emulator/paging.hpp"
#include "emulator/timestamps.hpp"
#include "emulator/trigger_kinds.hpp"

namespace fgsync::emulator {
namespace {

constexpr std::int64_t kMaxTriggers = 10;  // of latest, a version or an alias
constexpr std::array<JsonField, 4> kUpdateFields{{{"is_serial", JsonType::boolean},
                                                  {"max_fetch_bytes", JsonType::integer},
                                                  {"polling_interval", JsonType::integer},
                                                  {"polling_unit", JsonType::text}}};

JsonMembers members_of(const Trigger& trigger) {
  JsonMembers out;
  out.text("trigger_id", trigger.id)
      .text("trigger_type_code", trigger.type)
      .text("trigger_status", trigger.status)
      .raw("event_data", trigger.event_data)
      .text("last_updated_time", trigger.last_updated)
      .text("created_time", trigger.created);
  return out;
}

std::string render(const Trigger& trigger) {
  return members_of(trigger).object();
}

/// The status that a request wants, if it wants one.
Valid<std::optional<std::string>> read_status(const JsonObject& body, const TriggerKind& kind) {
  auto status = body.text("trigger_status");
  if (!status || !*status || (*status)->empty()) return status;
  if (**status != "ACTIVE" && **status != "DISABLED") {
    return refuse(kInvalidParameter, "trigger_status: expected ACTIVE or DISABLED");
  }
  if (**status == "DISABLED" && kind.disabling == TriggerKind::Disabling::refused) {
    return refuse(kind.invalid, "trigger_status: triggers of this type cannot be disabled");
  }
  return status;
}

struct RequestedTrigger {
  const TriggerKind* kind;
  std::string status;
  JsonObject event_data;
};

Valid<RequestedTrigger> read_request(std::string_view text) {
  auto body = JsonObject::parse(text);
  if (!body) return refuse(body.error());
  auto type = body->text("trigger_type_code");
  if (!type) return refuse(type.error());
  const TriggerKind* kind = find_trigger_kind(type->value_or(""));
  if (kind == nullptr) return refuse(kInvalidTriggerType);
  if (auto event_type = body->text("event_type_code"); !event_type) return refuse(event_type.error());
  auto status = read_status(*body, *kind);
  if (!status) return refuse(status.error());
  auto event_data = body->object("event_data");
  if (!event_data) return refuse(event_data.error());
  if (!*event_data) return refuse(kInvalidParameter, "event_data: required");
  if (auto broken = check_event_data(*kind, **event_data)) return refuse(std::move(*broken));
  const bool has_status = *status && !(*status)->empty();
  return RequestedTrigger{kind, has_status ? **status : std::string(kind->initial_status), std::move(**event_data)};
}

std::optional<Fault> check_room(const Call& call, const QualifiedTarget& target, const RequestedTrigger& wanted) {
  const auto others = call.store.triggers().list(target.function, target.qualifier);
  if (std::ssize(others) >= kMaxTriggers) return Fault(kTooManyTriggers);
  const bool is_taken = std::any_of(others.begin(), others.end(), [&wanted](const Trigger& other) {
    return other.type == wanted.kind->code &&
           is_same_source(*wanted.kind, wanted.event_data, stored_object(other.event_data));
  });
  return is_taken ? std::optional<Fault>(wanted.kind->exists) : std::nullopt;
}

struct FoundTrigger {
  const TriggerKind* kind;
  Trigger trigger;
};

/// The trigger that the path names. A URN with a qualifier finds only those of that qualifier.
Valid<FoundTrigger> find_trigger(const Call& call) {
  auto target = find_function(call);
  if (!target) return refuse(target.error());
  if (auto version = find_version_name(call, *target); !version) return refuse(version.error());
  const TriggerKind* kind = find_trigger_kind(call.route.trigger_type);
  if (kind == nullptr) return refuse(kNoTriggerType);
  auto trigger = call.store.triggers().find(target->function, call.route.trigger_type, call.route.trigger_id);
  const std::string& qualifier = target->urn.qualifier;
  if (!trigger || (!qualifier.empty() && trigger->qualifier != qualifier)) return refuse(kNoTrigger);
  return FoundTrigger{kind, std::move(*trigger)};
}

/// `event_data` of an update: a list of objects, whose members replace those that are there.
Valid<std::string> updated_event_data(const JsonObject& body, const std::string& current) {
  auto changes = body.objects("event_data");
  if (!changes) return refuse(changes.error());
  std::string event_data = current;
  for (const auto& change : *changes) {
    if (auto broken = check_types(change, kUpdateFields)) return refuse(std::move(*broken));
    event_data = stored_object(event_data).merged_with(change);
  }
  return event_data;
}

}  // namespace

Outcome list_triggers(const Call& call) {
  auto target = find_qualified(call);
  if (!target) return refuse(target.error());
  std::vector<std::string> items;
  for (const auto& trigger : call.store.triggers().list(target->function, target->qualifier)) {
    items.push_back(render(trigger));
  }
  return Answer{200, json_array(items)};
}

Outcome list_project_triggers(const Call& call) {
  auto range = read_range(call.route, Limit{"maxitems", 500, 500});
  if (!range) return refuse(range.error());
  const auto type = call.route.parameter("trigger_type").value_or("");
  const auto found = call.store.triggers().list_project(call.route.project, type, *range);
  Page page{{}, found.total};
  for (const auto& [function, trigger] : found.rows) {
    page.items.push_back(members_of(trigger).text("func_urn", urn_of(function, trigger.qualifier)).object());
  }
  return Answer{200, render_page("triggers", page, *range)};
}

Outcome create_trigger(const Call& call) {
  auto target = find_qualified(call);
  if (!target) return refuse(target.error());
  auto wanted = read_request(call.body);
  if (!wanted) return refuse(wanted.error());
  if (auto full = check_room(call, *target, *wanted)) return refuse(std::move(*full));
  const std::string now = last_modified(call.now, call.options.open.utc_offset);
  Trigger trigger;
  trigger.id = unused_uuid(call.random, [&call](const auto& id) { return call.store.triggers().has_id(id); });
  trigger.qualifier = target->qualifier;
  trigger.type = wanted->kind->code;
  trigger.status = wanted->status;
  trigger.event_data = wanted->event_data.canonical();
  trigger.created = now;
  trigger.last_updated = now;
  call.store.triggers().add(target->function, trigger);
  return Answer{201, render(trigger)};
}

Outcome show_trigger(const Call& call) {
  auto found = find_trigger(call);
  if (!found) return refuse(found.error());
  return Answer{200, render(found->trigger)};
}

Outcome update_trigger(const Call& call) {
  auto found = find_trigger(call);
  if (!found) return refuse(found.error());
  auto body = JsonObject::parse(call.body);
  if (!body) return refuse(body.error());
  auto status = read_status(*body, *found->kind);
  if (!status) return refuse(status.error());
  auto event_data = updated_event_data(*body, found->trigger.event_data);
  if (!event_data) return refuse(event_data.error());
  if (*status && !(*status)->empty()) found->trigger.status = **status;
  found->trigger.event_data = std::move(*event_data);
  found->trigger.last_updated = last_modified(call.now, call.options.open.utc_offset);
  call.store.triggers().update(found->trigger);
  return Answer{200, render(found->trigger)};
}

Outcome delete_trigger(const Call& call) {
  auto found = find_trigger(call);
  if (!found) return refuse(found.error());
  call.store.triggers().remove(found->trigger.id);
  return Answer{204, ""};
}

Outcome delete_all_triggers(const Call& call) {
  auto target = find_qualified(call);
  if (!target) return refuse(target.error());
  if (target->qualifier == "latest") {
    call.store.triggers().remove_all(target->function);
  } else {
    call.store.triggers().remove_all(target->function, target->qualifier);
  }
  return Answer{204, ""};
}

}  // namespace fgsync::emulator
