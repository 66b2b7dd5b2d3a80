#include "manifest/release_reader.hpp"

#include <map>

#include "manifest/field_readers.hpp"

namespace fgsync::manifest {
namespace {

using yaml::Mapping;
using yaml::Report;
using yaml::Value;

constexpr std::string_view kAutoVersion = "auto";
constexpr std::string_view kCurrentVersion = "current";

/// An alias with the path of its entry, `spec.aliases[2]`.
struct ReadAlias {
  WantedAlias alias;
  std::string field;
};

void error_at(Report& report, const SourcePosition& position, yaml::Finding finding) {
  finding.mark = {.line = position.line, .column = position.column};
  report.error(std::move(finding));
}

void read_version_name(Report& report, const Value& value, WantedVersion& wanted) {
  wanted.position = report.at(value.mark());
  const auto text = read_name(report, value, kVersionName);
  if (!text) return;
  wanted.is_auto = *text == kAutoVersion;
  if (!wanted.is_auto) wanted.name = *text;
  if (*text != kCurrentVersion) return;
  report.error({.code = "invalid_value",
                .mark = value.mark(),
                .field = value.field,
                .message = "must not be \"current\": in aliases that means the version named here"});
}

std::string read_alias_version(Report& report, const Value& value, const std::optional<WantedVersion>& version) {
  const auto text = yaml::read_text(report, value);
  if (!text) return {};
  if (*text == kAutoVersion) {
    report.error({.code = "invalid_value",
                  .mark = value.mark(),
                  .field = value.field,
                  .message = "must be the name of a version or current, found \"auto\"",
                  .hint = "current is the version that spec.version names"});
    return {};
  }
  if (!read_name(report, value, kVersionName)) return {};
  if (*text == kCurrentVersion && !version) {
    report.error({.code = "no_version",
                  .mark = value.mark(),
                  .field = value.field,
                  .message = "current means the version of spec.version, which is missing",
                  .hint = "add spec.version, or name a published version"});
  }
  return *text;
}

std::optional<ReadAlias> read_alias(Report& report, const Value& value, const std::optional<WantedVersion>& wanted) {
  auto mapping = Mapping::open(report, value);
  if (!mapping) return std::nullopt;
  WantedAlias alias;
  alias.position = report.at(value.mark());
  alias.version_position = alias.position;
  if (const auto name = mapping->require("name")) {
    alias.position = report.at(name->mark());
    alias.name = read_name(report, *name, kAliasName).value_or("");
  }
  if (const auto version = mapping->require("version")) {
    alias.version_position = report.at(version->mark());
    alias.version = read_alias_version(report, *version, wanted);
  }
  if (const auto description = mapping->find("description")) {
    alias.description = read_description(report, *description);
  }
  mapping->refuse_later({"additional_version_weights", "additional_version_strategy"});
  mapping->close();
  return ReadAlias{.alias = std::move(alias), .field = value.field};
}

void check_names(Report& report, const std::vector<ReadAlias>& aliases) {
  std::map<std::string, const WantedAlias*> seen;
  for (const auto& [alias, field] : aliases) {
    if (alias.name.empty()) continue;
    const auto [first, is_new] = seen.emplace(alias.name, &alias);
    if (is_new) continue;
    error_at(report, alias.position,
             {.code = "duplicate_name",
              .mark = {},
              .field = field + ".name",
              .message = yaml::quoted(alias.name) + " is an alias already, at " + first->second->position.to_string()});
  }
}

/// The service gives a version one alias at most (FSS.1066).
void check_targets(Report& report, const std::vector<ReadAlias>& aliases, const std::optional<WantedVersion>& wanted) {
  const bool has_fixed_name = wanted && !wanted->name.empty();
  std::map<std::string, const WantedAlias*> seen;
  for (const auto& [alias, field] : aliases) {
    if (alias.version.empty() || alias.name.empty()) continue;
    const std::string target = alias.version == kCurrentVersion && has_fixed_name ? wanted->name : alias.version;
    const auto [first, is_new] = seen.emplace(target, &alias);
    if (is_new || first->second->name == alias.name) continue;
    error_at(report, alias.version_position,
             {.code = "version_shared",
              .mark = {},
              .field = field + ".version",
              .message = "version " + yaml::quoted(target) + " has the alias " + yaml::quoted(first->second->name) +
                         " already, at " + first->second->version_position.to_string(),
              .hint = "a version can have one alias: publish another version, or leave one of the aliases out"});
  }
}

}  // namespace

WantedVersion read_version(Report& report, const Value& value) {
  WantedVersion wanted;
  wanted.position = report.at(value.mark());
  if (value.node->kind == yaml::Node::Kind::scalar) {
    report.error({.code = "wrong_type",
                  .mark = value.mark(),
                  .field = value.field,
                  .message = "must be a mapping, found " + describe(*value.node),
                  .hint = "write `version: {name: " + yaml::quoted(value.node->text) + "}`"});
    return wanted;
  }
  auto version = Mapping::open(report, value);
  if (!version) return wanted;
  if (const auto name = version->require("name")) read_version_name(report, *name, wanted);
  if (const auto description = version->find("description")) {
    wanted.description = read_description(report, *description).value_or("");
  }
  version->close();
  return wanted;
}

std::vector<WantedAlias> read_aliases(Report& report, const Value& value, const std::optional<WantedVersion>& version) {
  constexpr std::size_t kMaxAliases = 10;
  std::vector<ReadAlias> read;
  const auto entries = yaml::read_list(report, value);
  if (!entries) return {};
  if (entries->size() > kMaxAliases) {
    report.error({.code = "out_of_range",
                  .mark = value.key,
                  .field = value.field,
                  .message = "must have at most 10 entries, found " + std::to_string(entries->size())});
  }
  for (const Value& entry : *entries) {
    if (auto alias = read_alias(report, entry, version)) read.push_back(*std::move(alias));
  }
  check_names(report, read);
  check_targets(report, read, version);

  std::vector<WantedAlias> aliases;
  for (ReadAlias& alias : read) aliases.push_back(std::move(alias.alias));
  return aliases;
}

}  // namespace fgsync::manifest
