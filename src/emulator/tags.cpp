#include "emulator/json.hpp"
#include "emulator/names.hpp"
#include "emulator/operations.hpp"

namespace fgsync::emulator {
namespace {

constexpr std::size_t kMaxTags = 20;
constexpr std::ptrdiff_t kMaxKeyLength = 128;
constexpr std::ptrdiff_t kMaxValueLength = 255;

struct Tag {
  std::string key;
  std::string value;
};

Valid<Tag> read_tag(const JsonObject& item) {
  auto key = item.text("key");
  if (!key) return refuse(key.error());
  auto value = item.text("value");
  if (!value) return refuse(value.error());
  Tag tag{key->value_or(""), value->value_or("")};
  if (tag.key.empty() || character_count(tag.key) > kMaxKeyLength) {
    return refuse(kInvalidParameter, "tags.key: expected 1 to 128 characters");
  }
  if (tag.key.starts_with("_sys_")) return refuse(kInvalidParameter, "tags.key: _sys_ is for the service's own tags");
  if (character_count(tag.value) > kMaxValueLength) {
    return refuse(kInvalidParameter, "tags.value: expected up to 255 characters");
  }
  return tag;
}

/// The tags of a request. Its action, if it has one, must be what the path says, too.
Valid<std::vector<Tag>> read_tags(std::string_view text, std::string_view expected_action) {
  auto body = JsonObject::parse(text);
  if (!body) return refuse(body.error());
  auto action = body->text("action");
  if (!action) return refuse(action.error());
  if (*action && **action != expected_action) {
    return refuse(kInvalidParameter, "action: expected " + std::string(expected_action));
  }
  if (auto system = body->objects("sys_tags"); !system) return refuse(system.error());
  auto items = body->objects("tags");
  if (!items) return refuse(items.error());
  if (items->empty()) return refuse(kInvalidParameter, "tags: required");
  std::vector<Tag> tags;
  for (const auto& item : *items) {
    auto tag = read_tag(item);
    if (!tag) return refuse(tag.error());
    tags.push_back(std::move(*tag));
  }
  return tags;
}

std::string render_tag(const std::string& key, const std::string& value) {
  return JsonMembers().text("key", key).text("value", value).object();
}

}  // namespace

Outcome list_tags(const Call& call) {
  auto target = find_latest(call);
  if (!target) return refuse(target.error());
  std::vector<std::string> tags;
  for (const auto& [key, value] : call.store.tags().list(target->function)) tags.push_back(render_tag(key, value));
  const Version latest = latest_of(call, target->function);
  const auto enterprise_project = stored_object(latest.settings).text("enterprise_project_id");
  const auto system =
      render_tag("_sys_enterprise_project_id", enterprise_project ? enterprise_project->value_or("0") : "0");
  return Answer{200, JsonMembers().raw("tags", json_array(tags)).raw("sys_tags", json_array({system})).object()};
}

Outcome create_tags(const Call& call) {
  auto target = find_latest(call);
  if (!target) return refuse(target.error());
  auto tags = read_tags(call.body, "create");
  if (!tags) return refuse(tags.error());
  for (const auto& tag : *tags) call.store.tags().put(target->function, tag.key, tag.value);
  if (call.store.tags().list(target->function).size() > kMaxTags) {
    return refuse(kInvalidParameter, "tags: a function has at most " + std::to_string(kMaxTags));
  }
  return Answer{204, ""};
}

Outcome delete_tags(const Call& call) {
  auto target = find_latest(call);
  if (!target) return refuse(target.error());
  auto tags = read_tags(call.body, "delete");
  if (!tags) return refuse(tags.error());
  for (const auto& tag : *tags) call.store.tags().remove(target->function, tag.key);
  return Answer{204, ""};
}

}  // namespace fgsync::emulator
