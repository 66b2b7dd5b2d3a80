#include "emulator/json.hpp"
#include "emulator/operations.hpp"

namespace fgsync::emulator {
namespace {

constexpr const char* kEnabled = R"({"state":"enable"})";

/// The published version that the URN names, itself or through an alias: only those of Java functions have snapshots.
Valid<QualifiedTarget> find_snapshot_version(const Call& call) {
  auto target = find_function(call);
  if (!target) return refuse(target.error());
  auto name = find_version_name(call, *target);
  if (!name) return refuse(name.error());
  if (*name == "latest") return refuse(kInvalidVersion, "snapshots are for published versions, not for latest");
  const auto version = call.store.find_version(target->function, *name);
  if (!version) return refuse(kNoVersion);
  const auto runtime = stored_object(version->settings).text("runtime");
  if (!runtime || !runtime->value_or("").starts_with("Java")) {
    return refuse(kInvalidRuntime, "snapshots are for Java functions");
  }
  return QualifiedTarget{std::move(target->function), std::move(*name)};
}

/// The documents name the first two; the SDK leaves the word open, and clients use those of the update, too.
bool is_question(const std::string& action) {
  return action == "state" || action == "enableSnapshot" || action == "enable" || action == "disable";
}

}  // namespace

Outcome show_snapshot(const Call& call) {
  auto target = find_function(call);
  if (!target) return refuse(target.error());
  auto name = find_version_name(call, *target);
  if (!name) return refuse(name.error());
  if (!is_question(call.route.action)) return refuse(kInvalidParameter, "action: expected state or enableSnapshot");
  const bool is_enabled = call.store.documents().find(target->function, *name, DocumentKind::snapshot).has_value();
  return Answer{200, JsonMembers().text("state", is_enabled ? "enable" : "disable").text("code", "").object()};
}

Outcome update_snapshot(const Call& call) {
  auto target = find_snapshot_version(call);
  if (!target) return refuse(target.error());
  const auto& [function, version] = *target;
  if (call.route.action == "enable") {
    call.store.documents().put(function, version, DocumentKind::snapshot, kEnabled);
  } else if (call.route.action == "disable") {
    call.store.documents().remove(function, version, DocumentKind::snapshot);
  } else {
    return refuse(kInvalidParameter, "action: expected enable or disable");
  }
  return Answer{200, "{}"};
}

}  // namespace fgsync::emulator
