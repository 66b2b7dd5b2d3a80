#include <algorithm>
#include <cctype>
#include <limits>

#include "emulator/json.hpp"
#include "emulator/names.hpp"
#include "emulator/operations.hpp"
#include "emulator/paging.hpp"
#include "emulator/timestamps.hpp"

namespace fgsync::emulator {
namespace {

/// What a publish request asks for. The version has a name and a description only.
struct Publication {
  Version version;
  std::string digest;  ///< empty: none given
};

Valid<Publication> read_publication(const Call& call) {
  // All fields are optional, and so is the body.
  auto body = JsonObject::parse(call.body.empty() ? "{}" : call.body);
  if (!body) return refuse(body.error());
  auto name = body->text("version");
  if (!name) return refuse(name.error());
  auto description = body->text("description");
  if (!description) return refuse(description.error());
  auto digest = body->text("digest");
  if (!digest) return refuse(digest.error());

  Version version;
  version.name = name->value_or("").empty() ? default_version_name(call.now, call.options.open.utc_offset) : **name;
  version.description = description->value_or("");
  if (!is_version_name(version.name)) return refuse(kInvalidVersion);
  if (!is_description(version.description)) return refuse(kDescriptionTooLong);
  return Publication{std::move(version), digest->value_or("")};
}

/// "MD5 key" in newer documents, the digest of the code to publish in those of 2021: only what can be the code's digest
/// is compared with it.
bool is_other_digest(std::string given, const std::string& of_code) {
  std::transform(given.begin(), given.end(), given.begin(), [](unsigned char c) { return std::tolower(c); });
  const bool is_sha512 = given.size() == 128 && given.find_first_not_of("0123456789abcdef") == std::string::npos;
  return is_sha512 && given != of_code;
}

bool has_change(const Version& newest, const Version& latest, PublishNeeds needs) {
  if (newest.code.digest != latest.code.digest || newest.code.type != latest.code.type) return true;
  return needs == PublishNeeds::any_change && newest.settings != latest.settings;
}

/// Why the publication is refused, if it is.
std::optional<Fault> check_publication(const Call& call, const FunctionRow& function, const Publication& wanted,
                                       const Version& latest) {
  const OpenQuestions& open = call.options.open;
  if (open.publish_digest == PublishDigest::compared && is_other_digest(wanted.digest, latest.code.digest)) {
    return Fault(kInvalidParameter, "digest: latest has other code");
  }
  const bool is_taken = call.store.has_version(function, wanted.version.name);
  if (is_taken && open.publish_order == PublishOrder::name_first) return Fault(kVersionExists);
  const auto newest = call.store.newest_published(function);
  if (newest && !has_change(*newest, latest, open.publish_needs)) return Fault(kNothingToPublish);
  if (is_taken) return Fault(kVersionExists);
  if (call.store.count_versions(function) >= call.options.max_versions) {
    return Fault(kForbidden, "fgsync-emulator: the function has its " + std::to_string(call.options.max_versions) +
                                 " versions, latest included (the service's own code for this is not documented)");
  }
  return std::nullopt;
}

/// The whole list, whatever was asked for. Its marker is the number of items, as in an example of 2021 that has one of
/// one: not 0, and following it leads to the same page again.
std::string render_unpaged(const Page& page) {
  return JsonMembers()
      .raw("versions", json_array(page.items))
      .number("next_marker", page.total)
      .number("count", page.total)
      .object();
}

}  // namespace

Outcome list_versions(const Call& call) {
  auto target = find_function(call);
  if (!target) return refuse(target.error());
  if (auto name = find_version_name(call, *target); !name) return refuse(name.error());
  if (call.options.open.version_paging == VersionPaging::ignored) {
    const PageRange everything{0, std::numeric_limits<std::int64_t>::max()};
    return Answer{200, render_unpaged(call.store.list_versions(target->function, everything))};
  }
  auto range = read_range(call.route);
  if (!range) return refuse(range.error());
  return Answer{200, render_page("versions", call.store.list_versions(target->function, *range), *range)};
}

Outcome publish_version(const Call& call) {
  auto target = find_latest(call);
  if (!target) return refuse(target.error());
  const FunctionRow& function = target->function;
  auto wanted = read_publication(call);
  if (!wanted) return refuse(wanted.error());
  Version latest = latest_of(call, function);
  if (auto refused = check_publication(call, function, *wanted, latest)) return refuse(std::move(*refused));

  Version published = std::move(wanted->version);
  published.code = latest.code;
  published.settings = latest.settings;
  published.last_modified = last_modified(call.now, call.options.open.utc_offset);
  published.image_name = new_image_name(call, published.name, "");
  call.store.add_version(function, published);
  if (call.options.open.publish_answer == PublishAnswer::latest) {
    latest.description = published.description;
    published = std::move(latest);
  }
  return Answer{200, render_published(function, published, call.store.extras_of(function, published), call.now)};
}

Outcome delete_version(const Call& call, const FunctionRow& function, const std::string& name) {
  if (name == "latest") return refuse(kInvalidVersion, "the latest version cannot be deleted");
  if (!call.store.has_version(function, name)) return refuse(kNoVersion);
  if (call.store.is_additional(function, name)) return refuse(kUsedAsAdditional);
  call.store.remove_version(function, name);
  return Answer{204, ""};
}

}  // namespace fgsync::emulator
