#include "reconcile/delete_steps.hpp"

#include <algorithm>
#include <utility>

#include "plan/marker.hpp"

namespace fgsync::reconcile {
namespace {

using boost::asio::awaitable;
using functiongraph::FunctionUrn;

Error changed(const std::string& what) {
  return Error(ErrorKind::conflict, what + ": somebody else writes to this function");
}

bool uses(const functiongraph::Alias& alias, const std::string& version) {
  const auto& strategies = alias.additional_version_strategy;
  return alias.version == version || alias.additional_version_weights.contains(version) ||
         (strategies && strategies->contains(version));
}

/// As a plan's preconditions have them.
std::vector<std::string> names_of(const std::vector<functiongraph::Version>& versions) {
  std::vector<std::string> names;
  for (const auto& version : versions) names.push_back(version.name);
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<std::pair<std::string, std::string>> places_of(const std::vector<functiongraph::Alias>& aliases) {
  std::vector<std::pair<std::string, std::string>> places;
  for (const auto& alias : aliases) places.emplace_back(alias.name, alias.version);
  std::sort(places.begin(), places.end());
  return places;
}

/// Gone is gone, whoever did it.
Result<void> done_or(Result<void> deleted) {
  if (!deleted && deleted.error().kind == ErrorKind::not_found) return {};
  return deleted;
}

}  // namespace

awaitable<Result<void>> DeleteSteps::run(const plan::DeleteVersion& step, const FunctionUrn& urn) {
  auto version = functiongraph::VersionUrn::of(urn, step.version);
  if (!version) co_return fail(std::move(version).error());
  auto aliases = co_await ports_.service.list_aliases(urn, call_deadline());
  if (!aliases) co_return fail(std::move(aliases).error());
  for (const functiongraph::Alias& alias : *aliases) {
    if (uses(alias, step.version)) {
      co_return fail(
          changed("version " + step.version + " is not pruned, because the alias " + alias.name + " uses it"));
    }
  }
  auto deleted = co_await ports_.service.delete_version(std::move(*version), call_deadline());
  co_return done_or(std::move(deleted));
}

awaitable<Result<void>> DeleteSteps::run(const plan::DeleteAlias& step, const FunctionUrn& urn) {
  auto alias = functiongraph::AliasUrn::of(urn, step.name);
  if (!alias) co_return fail(std::move(alias).error());
  auto there = co_await ports_.service.show_alias(*alias, call_deadline());
  if (!there && there.error().kind == ErrorKind::not_found) co_return Result<void>();
  if (!there) co_return fail(std::move(there).error());
  if (there->version != step.version) co_return fail(changed("alias " + step.name + " is no longer as planned"));
  auto deleted = co_await ports_.service.delete_alias(std::move(*alias), call_deadline());
  co_return done_or(std::move(deleted));
}

awaitable<Result<void>> DeleteSteps::run(const plan::DeleteFunction& /*step*/, const FunctionUrn& urn,
                                         const plan::Preconditions& planned, Ownership ownership) {
  auto there = co_await ports_.service.show_config(urn, call_deadline());
  if (!there && there.error().kind == ErrorKind::not_found) co_return Result<void>();
  if (!there) co_return fail(std::move(there).error());
  const auto owner = plan::split_owner(there->config.description).marker;
  if (!owner && ownership == Ownership::marked && settings_.plan.writes_markers) {
    co_return fail(changed("the function is not deleted, because fgsync's mark is not on it any more"));
  }
  if (owner && *owner != settings_.plan.source_id) {
    co_return fail(changed("the function is not deleted, because the source \"" + *owner + "\" manages it now"));
  }
  if (there->row.digest != planned.remote_digest) {
    co_return fail(changed("the function is not deleted, because its code is no longer what was planned for"));
  }
  auto versions = co_await ports_.service.list_versions(urn, call_deadline());
  if (!versions) co_return fail(std::move(versions).error());
  auto aliases = co_await ports_.service.list_aliases(urn, call_deadline());
  if (!aliases) co_return fail(std::move(aliases).error());
  if (names_of(*versions) != planned.versions || places_of(*aliases) != planned.aliases) {
    co_return fail(
        changed("the function is not deleted, because its versions or aliases are no longer those that were seen"));
  }
  auto deleted = co_await ports_.service.delete_function(urn, call_deadline());
  co_return done_or(std::move(deleted));
}

}  // namespace fgsync::reconcile
