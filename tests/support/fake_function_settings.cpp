// FakeFunctionGraph: what else belongs to a function, and the project's quotas.
#include <algorithm>

#include "tests/support/fake_function_graph.hpp"

namespace fgsync::test {

using namespace functiongraph;
using namespace std::chrono_literals;

namespace {

Result<void> check(const AsyncConfig& config) {
  const auto age = config.max_event_age.value_or(1s);
  const int attempts = config.max_retry_attempts.value_or(0);
  if (age < 1s || age > 86400s || attempts < 0 || attempts > 8) return refuse(refusals::kInvalidParameter);
  return {};
}

/// As it reads back: with the defaults, and without what is only written.
AsyncConfig as_stored(const FakeService& service, const FakeTarget& target, AsyncConfig config) {
  const auto& before = target.attachments().async_config;
  config.max_event_age = config.max_event_age.value_or(3600s);
  config.max_retry_attempts = config.max_retry_attempts.value_or(3);
  config.log = LogConfig();
  config.func_urn = target.function.urn.text() + ":" + (target.qualifier.empty() ? "latest" : target.qualifier);
  config.created_time = before ? before->created_time : service.now();
  config.last_modified = service.now();
  return config;
}

ReservedInstancesRow row_of(const FakeFunction& function, const std::string& qualifier,
                            const ReservedInstances& instances) {
  const bool is_alias = qualifier.starts_with('!');
  const std::string name = qualifier.empty() ? "latest" : qualifier.substr(is_alias ? 1 : 0);
  return ReservedInstancesRow{function.urn.text() + ":" + (qualifier.empty() ? "latest" : qualifier),
                              is_alias ? "alias" : "version", name, instances};
}

void append_rows(std::vector<ReservedInstancesRow>& rows, const FakeFunction& function) {
  for (const auto& [qualifier, attached] : function.attachments) {
    if (attached.reserved_instances) rows.push_back(row_of(function, qualifier, *attached.reserved_instances));
  }
}

/// Of one function, or of all.
Result<std::vector<ReservedInstancesRow>> reserved_rows(FakeService& service, const std::optional<FunctionUrn>& urn) {
  std::vector<ReservedInstancesRow> rows;
  if (urn) {
    auto target = service.resolve(*urn);
    if (!target) return fail(std::move(target).error());
    append_rows(rows, target->function);
  } else {
    for (const auto& [name, function] : service.functions) append_rows(rows, function);
  }
  return rows;
}

std::string names_of(const std::map<std::string, std::string>& tags) {
  std::string names;
  for (const auto& [name, value] : tags) names += " " + name;
  return names;
}

}  // namespace

Answer<std::optional<AsyncConfig>> FakeFunctionGraph::show_async_config(QualifiedUrn urn, Deadline /*deadline*/) {
  auto show = [this, urn]() -> Result<std::optional<AsyncConfig>> {
    return service_.resolve(urn).map([](const FakeTarget& target) { return target.attachments().async_config; });
  };
  return service_.serve<std::optional<AsyncConfig>>(Effect::read, "show async config " + short_name(urn),
                                                    std::move(show));
}

Answer<std::vector<AsyncConfig>> FakeFunctionGraph::list_async_configs(FunctionUrn urn, Deadline /*deadline*/) {
  auto list = [this, urn]() -> Result<std::vector<AsyncConfig>> {
    auto target = service_.resolve(urn);
    if (!target) return fail(std::move(target).error());
    std::vector<AsyncConfig> configs;
    for (const auto& [qualifier, attached] : target->function.attachments) {
      if (attached.async_config) configs.push_back(*attached.async_config);
    }
    return configs;
  };
  return service_.serve<std::vector<AsyncConfig>>(Effect::read, "list async configs " + short_name(urn),
                                                  std::move(list));
}

Answer<AsyncConfig> FakeFunctionGraph::update_async_config(QualifiedUrn urn, AsyncConfig config,
                                                           Deadline /*deadline*/) {
  auto apply = [this, urn, config = std::move(config)]() -> Result<AsyncConfig> {
    auto target = service_.resolve(urn);
    if (!target) return fail(std::move(target).error());
    if (auto checked = check(config); !checked) return fail(std::move(checked).error());
    const AsyncConfig stored = as_stored(service_, *target, config);
    target->attachments().async_config = stored;
    return stored;
  };
  return service_.serve<AsyncConfig>(Effect::mutation, "update async config " + short_name(urn), std::move(apply));
}

Answer<void> FakeFunctionGraph::delete_async_config(QualifiedUrn urn, Deadline /*deadline*/) {
  auto apply = [this, urn]() -> Result<void> {
    auto target = service_.resolve(urn);
    if (!target) return fail(std::move(target).error());
    auto& config = target->attachments().async_config;
    if (!config) return refuse(refusals::kNoSuchThing);
    config.reset();
    return {};
  };
  return service_.serve<void>(Effect::mutation, "delete async config " + short_name(urn), std::move(apply));
}

Answer<Tags> FakeFunctionGraph::list_tags(FunctionUrn urn, Deadline /*deadline*/) {
  auto list = [this, urn]() -> Result<Tags> {
    return service_.resolve(urn).map([](const FakeTarget& target) { return Tags{target.function.tags, {}}; });
  };
  return service_.serve<Tags>(Effect::read, "list tags " + short_name(urn), std::move(list));
}

Answer<void> FakeFunctionGraph::create_tags(FunctionUrn urn, Tags tags, Deadline /*deadline*/) {
  const std::string line = "create tags " + short_name(urn) + names_of(tags.tags);
  auto apply = [this, urn, tags = std::move(tags.tags)]() -> Result<void> {
    auto target = service_.resolve(urn);
    if (!target) return fail(std::move(target).error());
    if (tags.empty() || tags.contains("")) return refuse(refusals::kInvalidParameter);
    auto all = target->function.tags;
    for (const auto& [key, value] : tags) all[key] = value;
    if (all.size() > service_.limits.tags) return refuse(refusals::kInvalidParameter);
    target->function.tags = std::move(all);
    return {};
  };
  return service_.serve<void>(Effect::mutation, line, std::move(apply));
}

Answer<void> FakeFunctionGraph::delete_tags(FunctionUrn urn, Tags tags, Deadline /*deadline*/) {
  const std::string line = "delete tags " + short_name(urn) + names_of(tags.tags);
  auto apply = [this, urn, tags = std::move(tags.tags)]() -> Result<void> {
    auto target = service_.resolve(urn);
    if (!target) return fail(std::move(target).error());
    if (tags.empty()) return refuse(refusals::kInvalidParameter);
    for (const auto& [key, value] : tags) target->function.tags.erase(key);
    return {};
  };
  return service_.serve<void>(Effect::mutation, line, std::move(apply));
}

Answer<std::vector<ReservedInstancesRow>> FakeFunctionGraph::list_reserved_instances(std::optional<FunctionUrn> urn,
                                                                                     Deadline /*deadline*/) {
  const std::string line = "list reserved instances" + (urn ? " " + short_name(*urn) : std::string());
  auto list = [this, urn = std::move(urn)] { return reserved_rows(service_, urn); };
  return service_.serve<std::vector<ReservedInstancesRow>>(Effect::read, line, std::move(list));
}

Answer<std::vector<ReservedCount>> FakeFunctionGraph::list_reserved_counts(std::optional<FunctionUrn> urn,
                                                                           Deadline /*deadline*/) {
  const std::string line = "list reserved counts" + (urn ? " " + short_name(*urn) : std::string());
  auto list = [this, urn = std::move(urn)] {
    return reserved_rows(service_, urn).map([](const std::vector<ReservedInstancesRow>& rows) {
      std::vector<ReservedCount> counts;
      for (const auto& row : rows) counts.push_back(ReservedCount{row.function_urn, row.instances.count});
      return counts;
    });
  };
  return service_.serve<std::vector<ReservedCount>>(Effect::read, line, std::move(list));
}

Answer<ReservedInstances> FakeFunctionGraph::update_reserved_instances(QualifiedUrn urn, ReservedInstances instances,
                                                                       Deadline /*deadline*/) {
  const std::string line = "reserve instances " + short_name(urn) + " " + std::to_string(instances.count);
  auto apply = [this, urn, instances = std::move(instances)]() -> Result<ReservedInstances> {
    auto target = service_.resolve(urn);
    if (!target) return fail(std::move(target).error());
    if (instances.count < 0) return refuse(refusals::kInvalidParameter);
    auto& kept = target->attachments().reserved_instances;
    kept = instances;
    const bool reserves_nothing =
        instances.count == 0 && instances.cron_configs.empty() && instances.metric_configs.empty();
    if (reserves_nothing) kept.reset();
    return instances;
  };
  return service_.serve<ReservedInstances>(Effect::mutation, line, std::move(apply));
}

Answer<std::vector<Quota>> FakeFunctionGraph::list_quotas(Deadline /*deadline*/) {
  auto list = [this]() -> Result<std::vector<Quota>> {
    const auto limit = static_cast<std::int64_t>(service_.limits.functions);
    const auto used = static_cast<std::int64_t>(service_.functions.size());
    return std::vector<Quota>{Quota{"fgs_func_num", "", limit, used}};
  };
  return service_.serve<std::vector<Quota>>(Effect::read, "list quotas", std::move(list));
}

}  // namespace fgsync::test
