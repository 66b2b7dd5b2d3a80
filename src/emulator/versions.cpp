#include "emulator/json.hpp"
#include "emulator/names.hpp"
#include "emulator/operations.hpp"
#include "emulator/paging.hpp"
#include "emulator/timestamps.hpp"

namespace fgsync::emulator {
namespace {

/// Name and description of the version to publish.
Valid<Version> read_publication(const Call& call) {
  // All fields are optional, and so is the body.
  auto body = JsonObject::parse(call.body.empty() ? "{}" : call.body);
  if (!body) return refuse(body.error());
  auto name = body->text("version");
  if (!name) return refuse(name.error());
  auto description = body->text("description");
  if (!description) return refuse(description.error());
  // The digest's meaning is not documented: only its type is checked.
  if (auto digest = body->text("digest"); !digest) return refuse(digest.error());

  Version version;
  version.name = name->value_or("").empty() ? default_version_name(call.now) : **name;
  version.description = description->value_or("");
  if (!is_version_name(version.name)) return refuse(kInvalidVersion);
  if (!is_description(version.description)) return refuse(kDescriptionTooLong);
  return version;
}

bool has_same_content(const Version& a, const Version& b) {
  return a.code.digest == b.code.digest && a.code.type == b.code.type && a.settings == b.settings;
}

}  // namespace

Outcome list_versions(const Call& call) {
  auto target = find_function(call);
  if (!target) return refuse(target.error());
  if (auto name = find_version_name(call, *target); !name) return refuse(name.error());
  auto range = read_range(call.route);
  if (!range) return refuse(range.error());
  return Answer{200, render_page("versions", call.store.list_versions(target->function, *range), *range)};
}

Outcome publish_version(const Call& call) {
  auto target = find_latest(call);
  if (!target) return refuse(target.error());
  const FunctionRow& function = target->function;
  auto published = read_publication(call);
  if (!published) return refuse(published.error());
  if (call.store.has_version(function, published->name)) return refuse(kVersionExists);

  auto latest = call.store.find_version(function, "latest");
  if (!latest) return refuse(kNoVersion);
  const auto newest = call.store.newest_published(function);
  if (newest && has_same_content(*newest, *latest)) return refuse(kNothingToPublish);
  if (call.store.count_versions(function) >= call.options.max_versions) {
    return refuse(kForbidden, "fgsync-emulator: the function has its " + std::to_string(call.options.max_versions) +
                                  " versions, latest included (the service's own code for this is not documented)");
  }
  published->code = latest->code;
  published->settings = std::move(latest->settings);
  published->last_modified = last_modified(call.now);
  published->image_name = new_image_name(call, published->name, "");
  call.store.add_version(function, *published);
  return Answer{200, render_published(function, *published, call.store.extras_of(function, *published))};
}

Outcome delete_version(const Call& call, const FunctionRow& function, const std::string& name) {
  if (name == "latest") return refuse(kInvalidVersion, "the latest version cannot be deleted");
  if (!call.store.has_version(function, name)) return refuse(kNoVersion);
  if (call.store.is_additional(function, name)) return refuse(kUsedAsAdditional);
  call.store.remove_version(function, name);
  return Answer{204, ""};
}

}  // namespace fgsync::emulator
