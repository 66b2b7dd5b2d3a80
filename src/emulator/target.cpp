#include "emulator/operations.hpp"
#include "emulator/timestamps.hpp"

namespace fgsync::emulator {

Valid<Target> find_function(const Call& call) {
  auto urn = parse_urn(call.route.urn);
  if (!urn) return refuse(urn.error());
  const bool is_here = urn->region == call.options.region && urn->project == call.route.project;
  auto function = is_here ? call.store.find_function(call.route.project, urn->name) : std::nullopt;
  if (!function || function->app != urn->app) return refuse(kNoFunction);
  return Target{std::move(*function), std::move(*urn)};
}

Valid<std::string> find_version_name(const Call& call, const Target& target) {
  if (target.urn.is_latest()) return "latest";
  if (target.urn.is_alias()) {
    const auto alias = call.store.find_alias(target.function, target.urn.qualifier.substr(1));
    if (!alias) return refuse(kNoAlias);
    return alias->version;
  }
  if (!call.store.has_version(target.function, target.urn.qualifier)) return refuse(kNoVersion);
  return target.urn.qualifier;
}

Valid<Target> find_latest(const Call& call) {
  auto target = find_function(call);
  if (!target) return refuse(target.error());
  auto version = find_version_name(call, *target);
  if (!version) return refuse(version.error());
  if (!target->urn.is_latest()) return refuse(kInvalidVersion, "only the latest version can be changed or published");
  return target;
}

std::string new_image_name(const Call& call, const std::string& version, const std::string& previous) {
  const std::string stamp = version + "-" + image_stamp(call.now) + "@";
  std::string name;
  do {
    name = stamp + call.random.letters(5);
  } while (name == previous);
  return name;
}

}  // namespace fgsync::emulator
