#include "manifest/release_reader.hpp"

#include <map>

#include "manifest/field_readers.hpp"

namespace fgsync::manifest {
namespace {

using schema::View;
using yaml::Report;

constexpr std::string_view kAutoVersion = "auto";
constexpr std::string_view kCurrentVersion = "current";

/// An alias with the path of its entry, `spec.aliases[2]`.
struct ReadAlias {
  WantedAlias alias;
  std::string field;
};

void error_at(Report& report, const SourcePosition& position, yaml::Finding finding) {
  finding.mark = report.mark_of(position);
  report.error(std::move(finding));
}

/// The name when it follows its rule; otherwise it has been reported, and reads as empty.
std::string valid_name(const std::optional<View>& value, const NameRule& rule) {
  const auto text = value ? value->text() : std::nullopt;
  return text && rule.is_valid(*text) ? *text : "";
}

std::string read_alias_version(Report& report, const View& value, const std::optional<WantedVersion>& version) {
  const std::string name = valid_name(value, kVersionName);
  if (name == kAutoVersion) {
    report.error({.code = "invalid_value",
                  .mark = value.mark(),
                  .field = value.value().field,
                  .message = "must be the name of a version or current, found \"auto\"",
                  .hint = "current is the version that spec.version names"});
    return {};
  }
  if (name == kCurrentVersion && !version) {
    report.error({.code = "no_version",
                  .mark = value.mark(),
                  .field = value.value().field,
                  .message = "current means the version of spec.version, which is missing",
                  .hint = "add spec.version, or name a published version"});
  }
  return name;
}

TrafficStrategy read_strategy(const View& value) {
  TrafficStrategy strategy;
  strategy.combine_type = value.text("combine_type").value_or("");
  const auto rules = value.find("rules");
  if (!rules) return strategy;
  for (const View& rule : rules->items()) {
    strategy.rules.push_back({.rule_type = rule.text("rule_type").value_or(""),
                              .param = rule.text("param").value_or(""),
                              .op = rule.text("op").value_or(""),
                              .value = rule.text("value").value_or("")});
  }
  return strategy;
}

/// An additional version takes traffic from the alias's own, so it must be another one.
void check_additional(Report& report, const View& versions, const WantedAlias& alias,
                      const std::optional<WantedVersion>& wanted) {
  const bool is_current = alias.version == kCurrentVersion;
  const std::string main = is_current && wanted ? wanted->name : alias.version;
  for (const auto& [name, entry] : versions.entries()) {
    if (main.empty() || name != main) continue;
    report.error({.code = "invalid_value",
                  .mark = entry.value().key,
                  .field = entry.value().field,
                  .message = "is the version of the alias itself; name another one"});
  }
}

void read_additional(Report& report, const View& value, WantedAlias& alias,
                     const std::optional<WantedVersion>& wanted) {
  const auto weights = value.find("additional_version_weights");
  const auto strategy = value.find("additional_version_strategy");
  if (weights) {
    check_additional(report, *weights, alias, wanted);
    for (const auto& [name, entry] : weights->entries()) {
      alias.additional_version_weights.emplace(name, entry.integer().value_or(0));
    }
  }
  if (!strategy) return;
  check_additional(report, *strategy, alias, wanted);
  for (const auto& [name, entry] : strategy->entries()) {
    alias.additional_version_strategy.emplace(name, read_strategy(entry));
  }
  if (!weights) return;
  report.error({.code = "too_many",
                .mark = strategy->value().key,
                .field = strategy->value().field,
                .message = "must not stand together with additional_version_weights, at " +
                           report.at(weights->value().key).to_string(),
                .hint = "keep one of them"});
}

ReadAlias read_alias(Report& report, const View& value, const std::optional<WantedVersion>& wanted) {
  WantedAlias alias;
  alias.position = report.at(value.mark());
  alias.version_position = alias.position;
  const auto name = value.find("name");
  if (name) alias.position = report.at(name->mark());
  alias.name = valid_name(name, kAliasName);
  if (const auto version = value.find("version")) {
    alias.version_position = report.at(version->mark());
    alias.version = read_alias_version(report, *version, wanted);
  }
  alias.description = value.text("description");
  read_additional(report, value, alias, wanted);
  return {.alias = std::move(alias), .field = value.value().field};
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

WantedVersion read_version(Report& report, const View& value) {
  WantedVersion wanted;
  wanted.position = report.at(value.mark());
  wanted.description = value.text("description").value_or("");
  const auto name = value.find("name");
  if (!name) return wanted;
  wanted.position = report.at(name->mark());
  const std::string text = valid_name(name, kVersionName);
  wanted.is_auto = text == kAutoVersion;
  if (!wanted.is_auto) wanted.name = text;
  if (text != kCurrentVersion) return wanted;
  report.error({.code = "invalid_value",
                .mark = name->mark(),
                .field = name->value().field,
                .message = "must not be \"current\": in aliases that means the version named here"});
  return wanted;
}

std::vector<WantedAlias> read_aliases(Report& report, const View& list, const std::optional<WantedVersion>& version) {
  std::vector<ReadAlias> read;
  for (const View& entry : list.items()) read.push_back(read_alias(report, entry, version));
  check_names(report, read);
  check_targets(report, read, version);

  std::vector<WantedAlias> aliases;
  for (ReadAlias& alias : read) aliases.push_back(std::move(alias.alias));
  return aliases;
}

}  // namespace fgsync::manifest
