#include "functiongraph/codec_parts.hpp"

namespace fgsync::functiongraph {
namespace {

constexpr TextField<VersionStrategy::Rule> kRuleTexts[]{
    {"rule_type", &VersionStrategy::Rule::rule_type},
    {"param", &VersionStrategy::Rule::param},
    {"op", &VersionStrategy::Rule::op},
    {"value", &VersionStrategy::Rule::value},
};

constexpr TextField<Version> kVersionTexts[]{
    {"func_urn", &Version::func_urn},
    {"func_name", &Version::func_name},
    {"package", &Version::app},
    {"image_name", &Version::image_name},
};

Version read_version_object(ObjectReader& reader) {
  Version version{reader.text("version"), RemoteDigest{reader.text("digest")}, read_config(reader),
                  reader.text_if_any("version_description")};
  version.last_modified = read_last_modified(reader);
  version.facts = read_facts(reader);
  read_shown_texts(reader, kVersionTexts, version);
  version.code_size = reader.shown_number("code_size").value_or(0);
  return version;
}

VersionStrategy::Rule read_rule(ObjectReader& reader) {
  VersionStrategy::Rule rule;
  read_texts(reader, kRuleTexts, rule);
  return rule;
}

using Strategies = std::map<std::string, VersionStrategy>;

Strategies read_strategies(ObjectReader& by_version) {
  Strategies strategies;
  for (const std::string& version : by_version.keys()) {
    auto reader = by_version.object_setting(version);
    if (!reader) continue;
    VersionStrategy& strategy = strategies[version];
    strategy.combine_type = reader->text_or_empty("combine_type");
    strategy.rules = read_each(reader->rows_if_any("rules"), read_rule);
  }
  return strategies;
}

Alias read_alias_object(ObjectReader& reader) {
  Alias alias{reader.text("name"), reader.text("version"), reader.text_or_empty("description"), {}};
  if (auto weights = reader.object_setting("additional_version_weights")) {
    for (const std::string& version : weights->keys()) {
      alias.additional_version_weights[version] = weights->number<int>(version);
    }
  }
  if (reader.has("additional_version_strategy")) {
    auto by_version = reader.object_setting("additional_version_strategy");
    alias.additional_version_strategy.emplace(by_version ? read_strategies(*by_version) : Strategies());
  }
  alias.last_modified = read_last_modified(reader);
  alias.alias_urn = reader.shown_text("alias_urn");
  return alias;
}

ObjectWriter write_strategy(const VersionStrategy& strategy) {
  std::vector<ObjectWriter> rules;
  for (const auto& rule : strategy.rules) write_texts(rules.emplace_back(), kRuleTexts, rule);
  ObjectWriter object;
  object.text_if_any("combine_type", strategy.combine_type).objects("rules", rules);
  return object;
}

void write_alias_fields(ObjectWriter& writer, const AliasRequest& request) {
  writer.text("version", request.version).text("description", request.description);
  if (!request.additional_version_weights.empty()) {
    ObjectWriter weights;
    for (const auto& [version, percent] : request.additional_version_weights) weights.number(version, percent);
    writer.object("additional_version_weights", weights);
  }
  if (!request.additional_version_strategy.empty()) {
    ObjectWriter strategies;
    for (const auto& [version, strategy] : request.additional_version_strategy) {
      strategies.object(version, write_strategy(strategy));
    }
    writer.object("additional_version_strategy", strategies);
  }
}

}  // namespace

Result<OffsetPage<Version>> read_version_page(const std::string& body) {
  return read_offset_page<Version>(body, "versions", read_version_object);
}

Result<Version> read_version(const std::string& body) {
  return read_object(body, read_version_object);
}

Result<std::vector<Alias>> read_aliases(const std::string& body) {
  return read_list(body, "aliases", read_alias_object);
}

Result<Alias> read_alias(const std::string& body) {
  return read_object(body, read_alias_object);
}

std::string write_publish(const PublishRequest& request) {
  ObjectWriter body;
  body.text("version", request.version).text("description", request.description).text_if_any("digest", request.digest);
  return body.json();
}

std::string write_create_alias(const AliasRequest& request) {
  ObjectWriter body;
  body.text("name", request.name);
  write_alias_fields(body, request);
  return body.json();
}

std::string write_update_alias(const AliasRequest& request) {
  ObjectWriter body;
  write_alias_fields(body, request);
  return body.json();
}

}  // namespace fgsync::functiongraph
