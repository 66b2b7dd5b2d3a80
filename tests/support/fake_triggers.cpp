#include "tests/support/fake_triggers.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace fgsync::test {

using namespace functiongraph;
using nlohmann::json;

namespace {

constexpr std::array<std::string_view, 14> kTypes{
    "TIMER",     "APIG",      "CTS", "DDS", "DMS", "DIS", "LTS", "OBS", "SMN", "KAFKA", "RABBITMQ", "DEDICATEDGATEWAY",
    "EVENTGRID", "GAUSSMONGO"};

/// Empty: the service's default, or as it is.
bool is_status(const std::string& text) {
  return text.empty() || text == "ACTIVE" || text == "DISABLED";
}

/// Where the trigger stands in its list; an error when it is not there.
Result<std::vector<Trigger>::iterator> find(const FakeTarget& target, const TriggerId& wanted) {
  auto& triggers = target.attachments().triggers;
  const auto found = std::find_if(triggers.begin(), triggers.end(), [&](const Trigger& trigger) {
    return trigger.id == wanted.id() && trigger.type_code == wanted.type_code();
  });
  if (found == triggers.end()) return refuse(refusals::kNoTrigger);
  return found;
}

Result<Trigger> create(FakeService& service, const QualifiedUrn& urn, const TriggerRequest& request) {
  auto target = service.resolve(urn);
  if (!target) return fail(std::move(target).error());
  if (std::find(kTypes.begin(), kTypes.end(), request.type_code) == kTypes.end()) {
    return refuse(refusals::kInvalidTrigger);
  }
  const json data = json::parse(request.event_data, nullptr, false);
  if (!is_status(request.status) || !data.is_object()) return refuse(refusals::kInvalidParameter);
  auto& triggers = target->attachments().triggers;
  if (triggers.size() >= service.limits.triggers) return refuse(refusals::kTooManyTriggers);
  triggers.push_back(Trigger{service.new_id(), request.type_code, request.status.empty() ? "ACTIVE" : request.status,
                             data.dump(), service.now(), service.now()});
  return triggers.back();
}

Result<Trigger> update(FakeService& service, const TriggerId& id, const TriggerUpdate& update) {
  auto target = service.resolve(id.urn());
  if (!target) return fail(std::move(target).error());
  auto found = find(*target, id);
  if (!found) return fail(std::move(found).error());
  const json changes = json::parse(update.event_data.empty() ? "[]" : update.event_data, nullptr, false);
  if (!is_status(update.status) || !changes.is_array()) return refuse(refusals::kInvalidParameter);
  Trigger& trigger = **found;
  if (!update.status.empty()) trigger.status = update.status;
  json data = json::parse(trigger.event_data);
  for (const auto& change : changes) data.update(change);
  trigger.event_data = data.dump();
  trigger.last_updated_time = service.now();
  return trigger;
}

std::string line_of(const char* verb, const TriggerId& trigger) {
  return verb + short_name(trigger.urn()) + " " + trigger.type_code() + " " + trigger.id();
}

}  // namespace

Answer<std::vector<Trigger>> FakeTriggers::list_triggers(QualifiedUrn urn, Deadline /*deadline*/) {
  auto list = [this, urn]() -> Result<std::vector<Trigger>> {
    return service_.resolve(urn).map([](const FakeTarget& target) { return target.attachments().triggers; });
  };
  return service_.serve<std::vector<Trigger>>(Effect::read, "list triggers " + short_name(urn), std::move(list));
}

Answer<Trigger> FakeTriggers::show_trigger(TriggerId trigger, Deadline /*deadline*/) {
  auto show = [this, trigger]() -> Result<Trigger> {
    auto target = service_.resolve(trigger.urn());
    if (!target) return fail(std::move(target).error());
    return find(*target, trigger).map([](const auto& found) { return *found; });
  };
  return service_.serve<Trigger>(Effect::read, line_of("show trigger ", trigger), std::move(show));
}

Answer<Trigger> FakeTriggers::create_trigger(QualifiedUrn urn, TriggerRequest request, Deadline /*deadline*/) {
  const std::string line = "create trigger " + short_name(urn) + " " + request.type_code;
  auto apply = [this, urn, request = std::move(request)] { return create(service_, urn, request); };
  return service_.serve<Trigger>(Effect::mutation, line, std::move(apply));
}

Answer<Trigger> FakeTriggers::update_trigger(TriggerId trigger, TriggerUpdate update, Deadline /*deadline*/) {
  const std::string line = line_of("update trigger ", trigger);
  auto apply = [this, trigger, update = std::move(update)] { return test::update(service_, trigger, update); };
  return service_.serve<Trigger>(Effect::mutation, line, std::move(apply));
}

Answer<void> FakeTriggers::delete_trigger(TriggerId trigger, Deadline /*deadline*/) {
  auto apply = [this, trigger]() -> Result<void> {
    auto target = service_.resolve(trigger.urn());
    if (!target) return fail(std::move(target).error());
    auto found = find(*target, trigger);
    if (!found) return fail(std::move(found).error());
    target->attachments().triggers.erase(*found);
    return {};
  };
  return service_.serve<void>(Effect::mutation, line_of("delete trigger ", trigger), std::move(apply));
}

}  // namespace fgsync::test
