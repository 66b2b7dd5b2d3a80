#include "reconcile/side_steps.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "plan/side_settings.hpp"

namespace fgsync::reconcile {
namespace {

using boost::asio::awaitable;
using functiongraph::FunctionUrn;
using functiongraph::QualifiedUrn;

Error differs_from_sent(const std::string& what) {
  return Error(ErrorKind::conflict, "after the update the service has another " + what +
                                        " than was sent: somebody else writes to this "
                                        "function");
}

/// A manifest's qualifier is an alias of the manifest, or else a version.
Result<QualifiedUrn> qualified(const FunctionUrn& urn, const std::string& qualifier,
                               const manifest::Function& function) {
  const auto& aliases = function.aliases;
  const bool is_alias =
      std::any_of(aliases.begin(), aliases.end(), [&](const auto& alias) { return alias.name == qualifier; });
  if (is_alias) {
    auto alias = functiongraph::AliasUrn::of(urn, qualifier);
    if (!alias) return fail(std::move(alias).error());
    return QualifiedUrn(*alias);
  }
  auto version = functiongraph::VersionUrn::of(urn, qualifier);
  if (!version) return fail(std::move(version).error());
  return QualifiedUrn(*version);
}

bool names_any(const std::map<std::string, std::string>& fields, std::string_view group) {
  const auto first = fields.lower_bound(std::string(group));
  return first != fields.end() && first->first.starts_with(group);
}

}  // namespace

awaitable<Result<void>> SideSteps::run(const plan::UpdateMaxInstances& step, const FunctionUrn& urn) {
  auto detail = co_await ports_.service.update_max_instances(urn, step.after, call_deadline());
  if (!detail) co_return fail(std::move(detail).error());
  const auto& strategy = detail->config.strategy_config;
  if (strategy && strategy->concurrency != step.after) co_return fail(differs_from_sent("max_instance_num"));
  co_return Result<void>();
}

awaitable<Result<void>> SideSteps::run(const plan::UpdateTags& step, const FunctionUrn& urn) {
  constexpr std::size_t kPrefix = std::string_view("tags.").size();
  functiongraph::Tags removed;
  functiongraph::Tags wanted;
  for (const plan::FieldChange& change : step.changes) {
    const std::string key = change.path.substr(kPrefix);
    if (change.after) {
      wanted.tags[key] = *change.after;
    } else {
      removed.tags[key] = change.before.value_or("");
    }
  }
  // First those that come: a function is never without the tags that somebody counts on for cost or rights.
  if (!wanted.tags.empty()) {
    auto created = co_await ports_.service.create_tags(urn, std::move(wanted), call_deadline());
    if (!created) co_return created;
  }
  if (removed.tags.empty()) co_return Result<void>();
  co_return co_await ports_.service.delete_tags(urn, std::move(removed), call_deadline());
}

awaitable<Result<void>> SideSteps::run(const plan::UpdateAsyncConfig& /*step*/, const FunctionUrn& urn,
                                       const manifest::Function& function) {
  if (!function.extra->function_async_config) co_return Result<void>();
  // An update replaces all of it: what the manifest does not name is read now and sent back.
  auto current = co_await ports_.service.show_async_config(urn, call_deadline());
  if (!current) co_return fail(std::move(current).error());
  functiongraph::AsyncConfig config = plan::with_wanted(function, std::move(*current));
  auto answer = co_await ports_.service.update_async_config(urn, config, call_deadline());
  if (!answer) co_return fail(std::move(answer).error());
  const bool is_as_sent = (!config.max_event_age || answer->max_event_age == config.max_event_age) &&
                          (!config.max_retry_attempts || answer->max_retry_attempts == config.max_retry_attempts);
  if (!is_as_sent) co_return fail(differs_from_sent("asynchronous configuration"));
  co_return Result<void>();
}

awaitable<Result<void>> SideSteps::run(const plan::UpdateReservedInstances& step, const FunctionUrn& urn,
                                       const manifest::Function& function) {
  auto target = qualified(urn, step.qualifier, function);
  if (!target) co_return fail(std::move(target).error());
  // Its schedules and metrics are others' to set: they are sent back as they are.
  auto rows = co_await ports_.service.list_reserved_instances(urn, call_deadline());
  if (!rows) co_return fail(std::move(rows).error());
  functiongraph::ReservedInstances wanted;
  for (const auto& row : *rows) {
    if (row.qualifier_name == step.qualifier) wanted = row.instances;
  }
  for (const plan::FieldChange& change : step.changes) {
    if (change.path.ends_with(".count")) wanted.count = std::stoi(change.after.value_or("0"));
    if (change.path.ends_with(".idle_mode")) wanted.idle_mode = change.after == "true";
  }
  const int count = wanted.count;
  auto answer = co_await ports_.service.update_reserved_instances(*target, std::move(wanted), call_deadline());
  if (!answer) co_return fail(std::move(answer).error());
  if (answer->count != count) co_return fail(differs_from_sent("number of reserved instances"));
  co_return Result<void>();
}

awaitable<Result<void>> observe_side_settings(Ports& ports, const manifest::Function& function,
                                              const std::optional<plan::LastApplied>& last,
                                              plan::ObservedFunction& observed, Deadline deadline) {
  const auto wanted = plan::wanted_side_fields(function);
  const auto concerns = [&](std::string_view group) {
    return names_any(wanted, group) || (last && names_any(last->config, group));
  };
  const FunctionUrn urn = observed.detail.row.urn;
  if (concerns("tags.")) {
    auto tags = co_await ports.service.list_tags(urn, deadline);
    if (!tags) co_return fail(std::move(tags).error());
    observed.tags = std::move(tags->tags);
  }
  if (concerns("function_async_config.")) {
    auto config = co_await ports.service.show_async_config(urn, deadline);
    if (!config) co_return fail(std::move(config).error());
    observed.async_config = std::move(*config);
  }
  if (concerns("reserved_instances.")) {
    auto rows = co_await ports.service.list_reserved_instances(urn, deadline);
    if (!rows) co_return fail(std::move(rows).error());
    observed.reserved_instances = std::move(*rows);
  }
  co_return Result<void>();
}

}  // namespace fgsync::reconcile
