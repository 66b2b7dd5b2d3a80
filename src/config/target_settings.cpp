// A target's settings over those of the whole file.
#include "config/config.hpp"

namespace fgsync::config {
namespace {

template <class T>
void take_if_set(std::optional<T>& into, const std::optional<T>& from) {
  if (from) into = from;
}

template <class T>
void take_if_set(std::vector<T>& into, const std::vector<T>& from) {
  if (!from.empty()) into = from;
}

void overlay(Intervals& into, const Intervals& from) {
  take_if_set(into.sweep, from.sweep);
  take_if_set(into.full_refresh, from.full_refresh);
  take_if_set(into.debounce, from.debounce);
}

void overlay(Budget& into, const Budget& from) {
  take_if_set(into.requests_per_second, from.requests_per_second);
  take_if_set(into.concurrency, from.concurrency);
  take_if_set(into.bytes_in_flight, from.bytes_in_flight);
}

void overlay(Guards& into, const Guards& from) {
  take_if_set(into.prune, from.prune);
  take_if_set(into.prune_after, from.prune_after);
  take_if_set(into.max_delete, from.max_delete);
  take_if_set(into.max_change, from.max_change);
  take_if_set(into.confirm_delete, from.confirm_delete);
  take_if_set(into.self_heal, from.self_heal);
}

}  // namespace

Config with_target(const Config& config, const Target& target) {
  Config merged = config;
  merged.targets.clear();
  // An endpoint belongs to a region: one must not stay when the other changes.
  if (target.region || target.endpoint) {
    merged.region.reset();
    merged.endpoint.reset();
  }
  take_if_set(merged.endpoint, target.endpoint);
  take_if_set(merged.region, target.region);
  take_if_set(merged.project_id, target.project_id);
  take_if_set(merged.ca_file, target.ca_file);
  take_if_set(merged.credentials, target.credentials);
  take_if_set(merged.sources, target.sources);
  overlay(merged.intervals, target.intervals);
  take_if_set(merged.state_directory, target.state_directory);
  take_if_set(merged.parallel, target.parallel);
  overlay(merged.budget, target.budget);
  take_if_set(merged.call_timeout, target.call_timeout);
  take_if_set(merged.upload_timeout, target.upload_timeout);
  overlay(merged.guards, target.guards);
  take_if_set(merged.import_via, target.import_via);
  take_if_set(merged.markers, target.markers);
  take_if_set(merged.secrets.environment, target.secrets.environment);
  take_if_set(merged.secrets.directories, target.secrets.directories);
  take_if_set(merged.fingerprint_key_file, target.fingerprint_key_file);
  return merged;
}

}  // namespace fgsync::config
