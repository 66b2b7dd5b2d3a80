#include "emulator/json.hpp"
#include "emulator/names.hpp"
#include "emulator/operations.hpp"
#include "emulator/timestamps.hpp"

namespace fgsync::emulator {
namespace {

/// The one version that a map of additional versions names; empty when there is no map or it is empty.
Valid<std::string> only_key(const std::optional<JsonObject>& map) {
  const auto names = map ? map->names() : std::vector<std::string>();
  if (names.size() > 1) return refuse(kInvalidAdditional, "at most one additional version is allowed");
  return names.empty() ? std::string() : names.front();
}

std::optional<Fault> check_weight(const JsonObject& weights, const std::string& version) {
  const auto weight = weights.integer(version);
  if (!weight) return weight.error();
  if (!*weight || **weight < 0 || **weight > 100) return Fault(kInvalidWeight);
  return std::nullopt;
}

std::optional<Fault> check_strategy(const JsonObject& strategies, const std::string& version) {
  const Fault invalid(kInvalidParameter, "additional_version_strategy: expected combine_type and or or, and rules");
  const auto strategy = strategies.object(version);
  if (!strategy) return strategy.error();
  if (!*strategy) return invalid;
  const auto combine_type = (*strategy)->text("combine_type");
  const auto rules = (*strategy)->objects("rules");
  if (!combine_type || !rules) return combine_type ? rules.error() : combine_type.error();
  if (*combine_type && **combine_type != "and" && **combine_type != "or") return invalid;
  for (const auto& rule : *rules) {
    for (const auto field : {"rule_type", "param", "op", "value"}) {
      if (const auto value = rule.text(field); !value) return value.error();
    }
    const auto op = rule.text("op")->value_or("");
    if (rule.text("rule_type")->value_or("") != "Header" || (op != "=" && op != "in")) {
      return Fault(kInvalidParameter, "additional_version_strategy: expected rules of type Header with op = or in");
    }
  }
  return std::nullopt;
}

/// Reads the additional version into the alias: where its traffic goes besides the main version.
std::optional<Fault> read_additional(const Call& call, const FunctionRow& function, const JsonObject& body,
                                     Alias& alias) {
  const auto weights = body.object("additional_version_weights");
  if (!weights) return weights.error();
  const auto strategy = body.object("additional_version_strategy");
  if (!strategy) return strategy.error();
  const auto weighted = only_key(*weights);
  if (!weighted) return weighted.error();
  const auto ruled = only_key(*strategy);
  if (!ruled) return ruled.error();
  if (!weighted->empty() && !ruled->empty() && *weighted != *ruled) return Fault(kInvalidAdditional);
  alias.additional_version = weighted->empty() ? *ruled : *weighted;
  if (alias.additional_version.empty()) return std::nullopt;

  if (alias.additional_version == alias.version) return Fault(kAdditionalIsMain);
  const bool is_usable =
      alias.additional_version != "latest" && call.store.has_version(function, alias.additional_version);
  if (!is_usable) return Fault(kInvalidAdditional);
  if (!weighted->empty()) {
    if (auto broken = check_weight(**weights, *weighted)) return broken;
    alias.weights = body.raw("additional_version_weights", JsonType::object)->value_or("");
  }
  if (!ruled->empty()) {
    if (auto broken = check_strategy(**strategy, *ruled)) return broken;
    const auto text = body.raw("additional_version_strategy", JsonType::object);
    if (!text) return text.error();
    alias.strategy = text->value_or("");
  }
  return std::nullopt;
}

/// The alias as the body of a create or update request wants it.
Valid<Alias> read_alias(const Call& call, const FunctionRow& function, const JsonObject& body, std::string name) {
  Alias alias;
  alias.name = std::move(name);
  alias.last_modified = last_modified(call.now, call.options.open.utc_offset);
  auto version = body.text("version");
  if (!version) return refuse(version.error());
  auto description = body.text("description");
  if (!description) return refuse(description.error());
  if (version->value_or("").empty()) return refuse(kInvalidVersion, "version: required");
  alias.version = **version;
  alias.description = description->value_or("");
  if (!is_description(alias.description)) return refuse(kDescriptionTooLong);
  if (!call.store.has_version(function, alias.version)) return refuse(kNoVersion);
  const auto user = call.store.alias_of(function, alias.version);
  if (user && *user != alias.name) return refuse(kVersionHasAlias);
  if (auto broken = read_additional(call, function, body, alias)) return refuse(std::move(*broken));
  return alias;
}

}  // namespace

Outcome list_aliases(const Call& call) {
  auto target = find_function(call);
  if (!target) return refuse(target.error());
  if (auto name = find_version_name(call, *target); !name) return refuse(name.error());
  std::vector<std::string> items;
  for (const auto& alias : call.store.list_aliases(target->function)) {
    items.push_back(render_alias(target->function, alias, AliasView::without_strategy));
  }
  return Answer{200, json_array(items)};
}

Outcome create_alias(const Call& call) {
  auto target = find_latest(call);
  if (!target) return refuse(target.error());
  const FunctionRow& function = target->function;
  auto body = JsonObject::parse(call.body);
  if (!body) return refuse(body.error());
  auto name = body->text("name");
  if (!name) return refuse(name.error());
  if (!is_alias_name(name->value_or(""))) return refuse(kInvalidAlias);
  if (call.store.find_alias(function, **name)) return refuse(kAliasExists);
  auto alias = read_alias(call, function, *body, **name);
  if (!alias) return refuse(alias.error());
  if (call.store.count_aliases(function) >= call.options.max_aliases) return refuse(kTooManyAliases);
  call.store.put_alias(function, *alias);
  return Answer{200, render_alias(function, *alias, AliasView::full)};
}

Outcome show_alias(const Call& call) {
  auto target = find_function(call);
  if (!target) return refuse(target.error());
  const auto alias = call.store.find_alias(target->function, call.route.alias);
  if (!alias) return refuse(kNoAlias);
  return Answer{200, render_alias(target->function, *alias, AliasView::full)};
}

Outcome update_alias(const Call& call) {
  auto target = find_latest(call);
  if (!target) return refuse(target.error());
  if (!call.store.find_alias(target->function, call.route.alias)) return refuse(kNoAlias);
  auto body = JsonObject::parse(call.body);
  if (!body) return refuse(body.error());
  auto alias = read_alias(call, target->function, *body, call.route.alias);
  if (!alias) return refuse(alias.error());
  call.store.put_alias(target->function, *alias);
  return Answer{200, render_alias(target->function, *alias, AliasView::without_strategy)};
}

Outcome delete_alias(const Call& call) {
  auto target = find_function(call);
  if (!target) return refuse(target.error());
  return delete_alias(call, target->function, call.route.alias);
}

Outcome delete_alias(const Call& call, const FunctionRow& function, const std::string& name) {
  if (!call.store.find_alias(function, name)) return refuse(kNoAlias);
  if (call.store.triggers().count(function, "!" + name) > 0) return refuse(kAliasHasTriggers);
  call.store.remove_alias(function, name);
  return Answer{204, ""};
}

}  // namespace fgsync::emulator
