// Versions and the aliases on them: what is seen before the next step builds on it (ADR 22).
#include <algorithm>
#include <utility>

#include "functiongraph/error_codes.hpp"
#include "functiongraph/error_map.hpp"
#include "plan/marker.hpp"
#include "plan/secrets.hpp"
#include "plan/settings.hpp"
#include "reconcile/executor_job.hpp"
#include "reconcile/inventory.hpp"

namespace fgsync::reconcile {

using boost::asio::awaitable;
using functiongraph::Version;

namespace {

bool has_frozen_config(const Version& version, const manifest::Function& function) {
  return plan::frozen_fields(version.config, function) ==
         plan::frozen_fields(plan::desired_config(function, std::nullopt), function);
}

/// Secrets cannot be compared, only what they were published under.
bool has_secrets_of(const Version& version, const plan::Desired& desired) {
  return desired.secrets.empty() || !plan::are_shared(desired.secrets) ||
         plan::carries_fingerprint(version.description.value_or(""), version.digest, desired.fingerprint);
}

/// Settings that lists do not show: by the fingerprint.
bool may_have_unlisted_settings(const Version& version, const plan::Desired& desired) {
  return plan::unlisted_settings(desired.function).empty() ||
         plan::carries_fingerprint(version.description.value_or(""), version.digest, desired.fingerprint);
}

const Version* find_version(const std::vector<Version>& versions, const std::string& name) {
  const auto found = std::find_if(versions.begin(), versions.end(), [&](const Version& v) { return v.name == name; });
  return found == versions.end() ? nullptr : &*found;
}

/// ` v1.4.0`; empty where the service does not say when one was published.
std::string newest_of(const std::vector<Version>& versions) {
  const auto newest = std::max_element(versions.begin(), versions.end(), [](const Version& a, const Version& b) {
    return a.last_modified.at < b.last_modified.at;
  });
  return newest == versions.end() || !newest->last_modified.at ? "" : " " + newest->name;
}

/// `step` creates an alias or moves one.
template <class Step>
functiongraph::AliasRequest request_of(const Step& step, const std::string& version) {
  functiongraph::AliasRequest request;
  request.name = step.name;
  request.version = version;
  request.description = step.description;
  request.additional_version_weights = step.traffic.weights;
  request.additional_version_strategy = step.traffic.strategies;
  return request;
}

}  // namespace

// ---- publish

awaitable<Result<void>> Executor::publish(Job& job, const plan::PublishVersion& step) {
  // A fixed name can be used once: with somebody else's code under it, it would be lost. Another auto name is free.
  if (!step.is_auto || !is_fresh(job.latest_known_at)) {
    auto latest = co_await ports_.service.show_config(*job.urn, call_deadline());
    if (!latest) co_return fail(std::move(latest).error());
    if (latest->row.digest != job.remote_digest || !has_config(*latest, job.desired.function, owner_of(settings_))) {
      co_return fail(changed_meanwhile("latest is no longer what is to be published as " + step.version));
    }
  }

  functiongraph::PublishRequest request;
  request.version = step.version;
  request.description = step.description;
  const std::string with_origin = step.description + (step.description.empty() ? "" : "; ") + settings_.origin;
  if (!settings_.origin.empty() && with_origin.size() <= plan::kMaxDescription) request.description = with_origin;
  if (settings_.plan.writes_markers) {
    request.description = plan::with_fingerprint(request.description, job.desired.fingerprint, job.remote_digest);
  }
  auto published = co_await ports_.service.publish_version(*job.urn, std::move(request), call_deadline());
  if (!published && functiongraph::code_of(published.error()) == functiongraph::codes::kNothingToPublish) {
    co_return co_await explain_nothing_to_publish(job, step, std::move(published).error());
  }
  if (!published) co_return fail(std::move(published).error());
  const bool is_shown = published->name == step.version && published->digest == job.remote_digest &&
                        has_frozen_config(*published, job.desired.function);
  if (is_shown) co_return Result<void>();
  co_return co_await read_back(job, step);
}

/// What stands in the list counts. The service's documents show answers to publishing that name `latest`.
awaitable<Result<void>> Executor::read_back(Job& job, const plan::PublishVersion& step) {
  auto versions = co_await ports_.service.list_versions(*job.urn, call_deadline());
  if (!versions) co_return fail(std::move(versions).error());
  const Version* version = find_version(*versions, step.version);
  if (version == nullptr) {
    co_return fail(ErrorKind::unknown_effect,
                   "the service took the version " + step.version + " and does not list it yet");
  }
  if (version->digest != job.remote_digest || !has_frozen_config(*version, job.desired.function)) {
    co_return fail(changed_meanwhile("version " + step.version +
                                     " was published with other code or configuration; no alias was moved to it"));
  }
  co_return Result<void>();
}

/// FSS.1016. The newest version may be ours under another name, or only the configuration differs.
awaitable<Result<void>> Executor::explain_nothing_to_publish(Job& job, const plan::PublishVersion& step,
                                                             Error refusal) {
  auto versions = co_await ports_.service.list_versions(*job.urn, call_deadline());
  if (!versions) co_return fail(std::move(versions).error());
  const auto equal = std::find_if(versions->begin(), versions->end(), [&](const Version& version) {
    return version.digest == job.remote_digest && has_frozen_config(version, job.desired.function) &&
           has_secrets_of(version, job.desired) && may_have_unlisted_settings(version, job.desired);
  });
  if (equal != versions->end() && (step.is_auto || equal->name == step.version)) {
    co_return fail(std::move(refusal));  // a conflict: planning again finds that version and goes on from there
  }
  const std::string why = equal != versions->end()
                              ? "this code and configuration are already published as " + equal->name +
                                    ": keep that name, or change the code"
                              : "only the configuration differs from the newest version" + newest_of(*versions) +
                                    ", and the service publishes only on code changes: change the code as well";
  job.blocked =
      plan::Blocked{"nothing_to_publish", step.version + ": " + why, job.desired.function.version->position, {}};
  auto remembered = co_await remember_refusal(job, plan::publish_key(job.desired.fingerprint, step.version, *versions));
  if (!remembered) ports_.log.warn("inventory cannot be written", {kv("error", remembered.error().describe())});
  co_return fail(std::move(refusal));
}

/// So that the next run does not try it again. Of what was applied nothing else is changed: it is not all done.
awaitable<Result<void>> Executor::remember_refusal(Job& job, std::string key) {
  auto inventory = co_await ports_.store.inventory();
  if (!inventory) co_return fail(std::move(inventory).error());
  const auto entry = std::find_if(inventory->begin(), inventory->end(),
                                  [&job](const auto& known) { return known.name == job.desired.function.name; });
  if (entry == inventory->end()) co_return Result<void>();
  entry->refused_publish = state::InventoryEntry::RefusedPublish{std::move(key), job.blocked->message};
  co_return co_await ports_.store.put_inventory(std::move(*entry));
}

// ---- aliases

awaitable<Result<void>> Executor::create_alias(Job& job, const plan::CreateAlias& step) {
  auto request = request_of(step, step.version);
  auto alias = co_await ports_.service.create_alias(*job.urn, std::move(request), call_deadline());
  if (!alias) co_return fail(std::move(alias).error());
  job.alias_stamps[step.name] = step.traffic.strategies.empty() ? alias->last_modified.text : "";
  co_return Result<void>();
}

/// Whether the alias is as planned: a PUT replaces weights and strategy.
awaitable<Result<void>> Executor::check_alias(Job& job, const plan::UpdateAlias& step) {
  if (is_known_whole(job, step)) co_return Result<void>();
  auto urn = functiongraph::AliasUrn::of(*job.urn, step.name);
  if (!urn) co_return fail(std::move(urn).error());
  auto there = co_await ports_.service.show_alias(std::move(*urn), call_deadline());
  if (!there && there.error().kind != ErrorKind::not_found) co_return fail(std::move(there).error());
  const plan::Traffic traffic =
      there ? plan::Traffic{there->additional_version_weights,
                            there->additional_version_strategy.value_or(decltype(plan::Traffic::strategies)())}
            : plan::Traffic{};
  if (!there || there->version != step.from || traffic != step.traffic_before) {
    co_return fail(changed_meanwhile("alias " + step.name + " is no longer as planned"));
  }
  co_return Result<void>();
}

/// The list that was just read shows all of an alias but a strategy. It has none when it was last written by us, who
/// gave it none.
bool Executor::is_known_whole(const Job& job, const plan::UpdateAlias& step) const {
  if (!job.last || !job.observed || !is_fresh(job.observed->read_at)) return false;
  const auto stamp = job.last->alias_stamps.find(step.name);
  const auto& aliases = job.observed->aliases;
  const auto listed =
      std::find_if(aliases.begin(), aliases.end(), [&](const auto& alias) { return alias.name == step.name; });
  return listed != aliases.end() && stamp != job.last->alias_stamps.end() && !stamp->second.empty() &&
         listed->last_modified.text == stamp->second;
}

awaitable<Result<void>> Executor::update_alias(Job& job, const plan::UpdateAlias& step) {
  auto checked = co_await check_alias(job, step);
  if (!checked) co_return checked;
  auto request = request_of(step, step.to);
  auto alias = co_await ports_.service.update_alias(*job.urn, std::move(request), call_deadline());
  if (!alias) co_return fail(std::move(alias).error());
  job.alias_stamps[step.name] = step.traffic.strategies.empty() ? alias->last_modified.text : "";
  if (step.from != step.to) job.moved_from[step.name] = step.from;
  co_return Result<void>();
}

}  // namespace fgsync::reconcile
