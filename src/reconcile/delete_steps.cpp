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
                                         const RemoteDigest& planned) {
  auto there = co_await ports_.service.show_config(urn, call_deadline());
  if (!there && there.error().kind == ErrorKind::not_found) co_return Result<void>();
  if (!there) co_return fail(std::move(there).error());
  const auto owner = plan::split_owner(there->config.description).marker;
  if (owner && *owner != settings_.plan.source_id) {
    co_return fail(changed("the function is not deleted, because the source \"" + *owner + "\" manages it now"));
  }
  if (there->row.digest != planned) {
    co_return fail(changed("the function is not deleted, because its code is no longer what was planned for"));
  }
  auto deleted = co_await ports_.service.delete_function(urn, call_deadline());
  co_return done_or(std::move(deleted));
}

}  // namespace fgsync::reconcile
