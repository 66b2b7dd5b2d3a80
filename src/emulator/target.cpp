#include "emulator/operations.hpp"
#include "emulator/timestamps.hpp"

namespace fgsync::emulator {

Valid<Target> find_function(const Call& call) {
  return find_function(call, call.route.urn);
}

Valid<Target> find_function(const Call& call, const std::string& text) {
  auto urn = parse_urn(text);
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

Valid<QualifiedTarget> find_qualified(const Call& call) {
  auto target = find_function(call);
  if (!target) return refuse(target.error());
  if (auto version = find_version_name(call, *target); !version) return refuse(version.error());
  return QualifiedTarget{std::move(target->function),
                         target->urn.is_latest() ? "latest" : std::move(target->urn.qualifier)};
}

Valid<Target> find_latest(const Call& call) {
  auto target = find_function(call);
  if (!target) return refuse(target.error());
  auto version = find_version_name(call, *target);
  if (!version) return refuse(version.error());
  if (!target->urn.is_latest()) return refuse(kInvalidVersion, "only the latest version can be changed or published");
  return target;
}

Valid<QualifiedTarget> find_configurable(const Call& call) {
  const bool is_editable = call.options.open.version_configuration == VersionConfiguration::editable;
  auto target = find_qualified(call);
  if (!target) return refuse(target.error());
  const bool is_version = target->qualifier == "latest" || (is_editable && !target->qualifier.starts_with('!'));
  if (!is_version) return refuse(kInvalidVersion, "only the latest version can be changed");
  return target;
}

Version latest_of(const Call& call, const FunctionRow& function) {
  auto latest = call.store.find_version(function, "latest");
  if (!latest) throw StorageFailure("a function without a latest version");
  return std::move(*latest);
}

void rebuild(const Call& call, const FunctionRow& function, Version& version) {
  version.image_name = new_image_name(call, version.name, version.image_name);
  version.last_modified = last_modified(call.now, call.options.open.utc_offset);
  call.store.update_version(function, version);
}

Answer config_answer(const Call& call, const FunctionRow& function, const std::string& version) {
  auto config = call.store.find_config(function, version);
  if (!config) throw StorageFailure("a function without its version " + version);
  return Answer{200, std::move(*config)};
}

std::optional<Fault> begin_transfer(const Call& call, Transfer kind) {
  const auto duration = call.options.open.transfer_time;
  if (duration.count() == 0) return std::nullopt;
  if (call.transfers.is_busy(kind, call.route.project, call.now)) {
    return Fault(kTooManyRequests, "fgsync-emulator: another " +
                                       std::string(kind == Transfer::import ? "import" : "export") +
                                       " is running (the service's own code for this is not documented)");
  }
  call.transfers.begin(kind, call.route.project, call.now + duration);
  return std::nullopt;
}

std::string new_image_name(const Call& call, const std::string& version, const std::string& previous) {
  const std::string stamp = version + "-" + image_stamp(call.now, call.options.open.utc_offset) + "@";
  std::string name;
  do {
    name = stamp + call.random.letters(5);
  } while (name == previous);
  return name;
}

}  // namespace fgsync::emulator
