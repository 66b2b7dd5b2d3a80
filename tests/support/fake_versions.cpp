// FakeFunctionGraph: versions and aliases.
#include <algorithm>

#include "tests/support/fake_function_graph.hpp"
#include "tests/support/fake_rules.hpp"
#include "tests/support/fake_views.hpp"

namespace fgsync::test {

using namespace functiongraph;

namespace {

Result<Version> publish(FakeService& service, const FunctionUrn& urn, const PublishRequest& request) {
  auto target = service.resolve(urn);
  if (!target) return fail(std::move(target).error());
  FakeFunction& function = target->function;
  if (!is_name(NameOf::version, request.version)) return refuse(refusals::kInvalidVersion);
  if (!is_description(request.description)) return refuse(refusals::kDescriptionTooLong);
  if (function.find_version(request.version) != nullptr) return refuse(refusals::kVersionExists);
  if (!function.published.empty() && has_same_content(function.published.back(), function.latest)) {
    return refuse(refusals::kNothingToPublish);
  }
  // Latest is one of them.
  if (function.published.size() + 1 >= service.limits.versions) return refuse(refusals::kTooManyVersions);
  FakeVersion version = function.latest;
  version.name = request.version;
  version.description = request.description;
  service.rebuild(version);
  function.published.push_back(std::move(version));
  return version_of(function, function.published.back());
}

void remove_alias(FakeFunction& function, const std::string& name) {
  function.aliases.erase(name);
  function.attachments.erase("!" + name);
}

Result<void> remove_version(FakeService& service, const VersionUrn& urn) {
  auto target = service.resolve(urn);
  if (!target) return fail(std::move(target).error());
  FakeFunction& function = target->function;
  std::string own_alias;
  for (const auto& [name, alias] : function.aliases) {
    const bool is_additional = alias.additional_version_weights.contains(urn.version()) ||
                               alias.additional_version_strategy->contains(urn.version());
    if (is_additional) return refuse(refusals::kUsedAsAdditional);
    if (alias.version == urn.version()) own_alias = name;
  }
  if (!own_alias.empty()) remove_alias(function, own_alias);
  function.attachments.erase(urn.version());
  std::erase_if(function.published, [&](const FakeVersion& version) { return version.name == urn.version(); });
  return {};
}

/// The one version besides the main version that gets requests; empty: none.
Result<std::string> additional_version(const AliasRequest& request) {
  const auto& weights = request.additional_version_weights;
  const auto& strategies = request.additional_version_strategy;
  if (weights.size() > 1 || strategies.size() > 1) return refuse(refusals::kInvalidAdditional);
  if (weights.empty()) return strategies.empty() ? "" : strategies.begin()->first;
  const auto& [version, weight] = *weights.begin();
  if (!strategies.empty() && strategies.begin()->first != version) return refuse(refusals::kInvalidAdditional);
  if (weight < 0 || weight > 100) return refuse(refusals::kInvalidWeight);
  return version;
}

bool is_strategy(const VersionStrategy& strategy) {
  const bool combines = strategy.combine_type == "and" || strategy.combine_type == "or";
  return combines && std::all_of(strategy.rules.begin(), strategy.rules.end(), [](const VersionStrategy::Rule& rule) {
           return rule.rule_type == "Header" && (rule.op == "=" || rule.op == "in");
         });
}

Result<void> check_alias(FakeFunction& function, const AliasRequest& request) {
  if (!is_description(request.description)) return refuse(refusals::kDescriptionTooLong);
  if (request.version.empty()) return refuse(refusals::kInvalidVersion);
  if (function.find_version(request.version) == nullptr) return refuse(refusals::kNoVersion);
  for (const auto& [name, other] : function.aliases) {
    if (name != request.name && other.version == request.version) return refuse(refusals::kVersionHasAlias);
  }
  const auto additional = additional_version(request);
  if (!additional) return fail(additional.error());
  if (additional->empty()) return {};
  if (*additional == request.version) return refuse(refusals::kAdditionalIsMain);
  const bool is_usable = *additional != "latest" && function.find_version(*additional) != nullptr;
  if (!is_usable) return refuse(refusals::kInvalidAdditional);
  for (const auto& [version, strategy] : request.additional_version_strategy) {
    if (!is_strategy(strategy)) return refuse(refusals::kInvalidParameter);
  }
  return {};
}

/// Stores the alias as it is wanted. Without an alias of that name it is made.
Alias put_alias(FakeService& service, FakeFunction& function, const AliasRequest& request) {
  Alias alias;
  alias.name = request.name;
  alias.version = request.version;
  alias.description = request.description;
  alias.additional_version_weights = request.additional_version_weights;
  alias.additional_version_strategy = request.additional_version_strategy;
  alias.last_modified = service.now();
  alias.alias_urn = AliasUrn::of(function.urn, request.name)->text();
  return function.aliases[request.name] = std::move(alias);
}

Alias without_strategy(Alias alias) {
  alias.additional_version_strategy.reset();
  return alias;
}

Result<Alias> create(FakeService& service, const FunctionUrn& urn, const AliasRequest& request) {
  auto target = service.resolve(urn);
  if (!target) return fail(std::move(target).error());
  FakeFunction& function = target->function;
  if (!is_name(NameOf::alias, request.name)) return refuse(refusals::kInvalidAlias);
  if (function.aliases.contains(request.name)) return refuse(refusals::kAliasExists);
  if (auto checked = check_alias(function, request); !checked) return fail(std::move(checked).error());
  if (function.aliases.size() >= service.limits.aliases) return refuse(refusals::kTooManyAliases);
  return put_alias(service, function, request);
}

Result<Alias> update(FakeService& service, const FunctionUrn& urn, const AliasRequest& request) {
  auto target = service.resolve(urn);
  if (!target) return fail(std::move(target).error());
  if (!target->function.aliases.contains(request.name)) return refuse(refusals::kNoAlias);
  if (auto checked = check_alias(target->function, request); !checked) return fail(std::move(checked).error());
  return without_strategy(put_alias(service, target->function, request));
}

}  // namespace

Answer<std::vector<Version>> FakeFunctionGraph::list_versions(FunctionUrn urn, Deadline /*deadline*/) {
  auto list = [this, urn]() -> Result<std::vector<Version>> {
    auto target = service_.resolve(urn);
    if (!target) return fail(std::move(target).error());
    std::vector<Version> versions;
    for (const FakeVersion& version : target->function.published) {
      versions.push_back(version_of(target->function, version));
    }
    return versions;
  };
  return service_.serve<std::vector<Version>>(Effect::read, "list versions " + short_name(urn), std::move(list));
}

Answer<Version> FakeFunctionGraph::publish_version(FunctionUrn urn, PublishRequest request, Deadline /*deadline*/) {
  const std::string line = "publish " + short_name(urn) + " " + request.version;
  auto apply = [this, urn, request = std::move(request)] { return publish(service_, urn, request); };
  return service_.serve<Version>(Effect::mutation, line, std::move(apply));
}

Answer<void> FakeFunctionGraph::delete_version(VersionUrn urn, Deadline /*deadline*/) {
  const std::string line = "delete version " + short_name(urn.function()) + " " + urn.version();
  auto apply = [this, urn] { return remove_version(service_, urn); };
  return service_.serve<void>(Effect::mutation, line, std::move(apply));
}

Answer<std::vector<Alias>> FakeFunctionGraph::list_aliases(FunctionUrn urn, Deadline /*deadline*/) {
  auto list = [this, urn]() -> Result<std::vector<Alias>> {
    auto target = service_.resolve(urn);
    if (!target) return fail(std::move(target).error());
    std::vector<Alias> aliases;
    for (const auto& [name, alias] : target->function.aliases) aliases.push_back(without_strategy(alias));
    return aliases;
  };
  return service_.serve<std::vector<Alias>>(Effect::read, "list aliases " + short_name(urn), std::move(list));
}

Answer<Alias> FakeFunctionGraph::show_alias(AliasUrn urn, Deadline /*deadline*/) {
  auto show = [this, urn]() -> Result<Alias> {
    return service_.resolve(urn).map([&](const FakeTarget& target) { return target.function.aliases.at(urn.alias()); });
  };
  return service_.serve<Alias>(Effect::read, "show alias " + short_name(urn.function()) + " " + urn.alias(),
                               std::move(show));
}

Answer<Alias> FakeFunctionGraph::create_alias(FunctionUrn urn, AliasRequest request, Deadline /*deadline*/) {
  const std::string line = "create alias " + short_name(urn) + " " + request.name + " " + request.version;
  auto apply = [this, urn, request = std::move(request)] { return create(service_, urn, request); };
  return service_.serve<Alias>(Effect::mutation, line, std::move(apply));
}

Answer<Alias> FakeFunctionGraph::update_alias(FunctionUrn urn, AliasRequest request, Deadline /*deadline*/) {
  const std::string line = "update alias " + short_name(urn) + " " + request.name + " " + request.version;
  auto apply = [this, urn, request = std::move(request)] { return update(service_, urn, request); };
  return service_.serve<Alias>(Effect::mutation, line, std::move(apply));
}

Answer<void> FakeFunctionGraph::delete_alias(AliasUrn urn, Deadline /*deadline*/) {
  const std::string line = "delete alias " + short_name(urn.function()) + " " + urn.alias();
  auto apply = [this, urn]() -> Result<void> {
    auto target = service_.resolve(urn);
    if (!target) return fail(std::move(target).error());
    if (!target->attachments().triggers.empty()) return refuse(refusals::kAliasHasTriggers);
    remove_alias(target->function, urn.alias());
    return {};
  };
  return service_.serve<void>(Effect::mutation, line, std::move(apply));
}

}  // namespace fgsync::test
