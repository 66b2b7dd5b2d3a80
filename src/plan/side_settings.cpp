#include "plan/side_settings.hpp"

#include <set>
#include <string_view>
#include <utility>

#include "plan/ignored.hpp"

namespace fgsync::plan {
namespace {

using Fields = std::map<std::string, std::string>;
using manifest::Function;

constexpr const char* kAsync = "function_async_config.";
constexpr const char* kDependencies = "depend_version_list";
constexpr std::string_view kReserved = "reserved_instances.";
constexpr std::string_view kTags = "tags.";
constexpr std::string_view kUserData = "user_data.";

std::string reserved_prefix(const std::string& qualifier) {
  return std::string(kReserved) + qualifier + ".";
}

std::string text_of(const manifest::AsyncDestination& destination) {
  return destination.destination + " " + destination.param;
}

std::string text_of(const functiongraph::AsyncDestination& destination) {
  return destination.destination + " " + destination.param;
}

void add_wanted_async(const manifest::AsyncConfig& wanted, Fields& fields) {
  const std::string prefix = kAsync;
  if (const auto& age = wanted.max_async_event_age_in_seconds) {
    fields[prefix + "max_async_event_age_in_seconds"] = std::to_string(*age);
  }
  if (const auto& retries = wanted.max_async_retry_attempts) {
    fields[prefix + "max_async_retry_attempts"] = std::to_string(*retries);
  }
  if (wanted.on_success) fields[prefix + "destination_config.on_success"] = text_of(*wanted.on_success);
  if (wanted.on_failure) fields[prefix + "destination_config.on_failure"] = text_of(*wanted.on_failure);
}

void add_observed_async(const functiongraph::AsyncConfig& config, Fields& fields) {
  const std::string prefix = kAsync;
  if (config.max_event_age) {
    fields[prefix + "max_async_event_age_in_seconds"] = std::to_string(config.max_event_age->count());
  }
  if (config.max_retry_attempts) {
    fields[prefix + "max_async_retry_attempts"] = std::to_string(*config.max_retry_attempts);
  }
  if (config.on_success) fields[prefix + "destination_config.on_success"] = text_of(*config.on_success);
  if (config.on_failure) fields[prefix + "destination_config.on_failure"] = text_of(*config.on_failure);
}

/// Everything that is there, in the names of `wanted_side_fields`.
Fields observed_side_fields(const ObservedFunction& observed) {
  Fields fields;
  const auto& strategy = observed.detail.config.strategy_config;
  fields["max_instance_num"] = std::to_string(strategy ? strategy->concurrency : -1);
  for (const auto& [key, value] : observed.tags) fields["tags." + key] = value;
  if (observed.async_config) add_observed_async(*observed.async_config, fields);
  for (const auto& row : observed.reserved_instances) {
    const std::string prefix = reserved_prefix(row.qualifier_name);
    fields[prefix + "count"] = std::to_string(row.instances.count);
    fields[prefix + "idle_mode"] = row.instances.idle_mode.value_or(false) ? "true" : "false";
  }
  return fields;
}

/// The fields of one group, and within it those that are wanted, or were ours and are not wanted any more.
std::vector<FieldChange> changes_of(std::string_view group, const Fields& there, const Fields& wanted,
                                    const Fields& ours) {
  Fields before;
  Fields after;
  for (const auto& [name, value] : wanted) {
    if (!name.starts_with(group)) continue;
    after.emplace(name, value);
    if (const auto found = there.find(name); found != there.end()) before.insert(*found);
  }
  for (const auto& [name, value] : ours) {
    if (!name.starts_with(group) || wanted.contains(name)) continue;
    if (const auto found = there.find(name); found != there.end()) before.insert(*found);
  }
  return field_changes(before, after);
}

std::set<std::string> reserved_qualifiers(const Fields& wanted, const Fields& ours) {
  std::set<std::string> qualifiers;
  for (const Fields* fields : {&wanted, &ours}) {
    for (const auto& [name, value] : *fields) {
      // A qualifier may have dots in it, the key behind it has none.
      if (name.starts_with(kReserved)) {
        qualifiers.insert(name.substr(kReserved.size(), name.rfind('.') - kReserved.size()));
      }
    }
  }
  return qualifiers;
}

/// Of what was applied last, what is taken away when it is not wanted any more. Not what is left to others now.
Fields fields_to_take_away(const Function& function, const std::optional<LastApplied>& last) {
  Fields fields;
  if (!last) return fields;
  for (const std::string_view group : {kTags, kReserved}) {
    for (auto field = last->config.lower_bound(std::string(group)); field != last->config.end(); ++field) {
      if (!field->first.starts_with(group)) break;
      fields.insert(*field);
    }
  }
  drop_ignored(function, fields);
  return fields;
}

class SidePlanner {
 public:
  SidePlanner(const Function& function, const Boxed<ObservedFunction>& observed, const std::optional<LastApplied>& last)
      : function_(function),
        last_(last),
        ours_(fields_to_take_away(function, last)),
        wanted_(wanted_side_fields(function)),
        there_(observed ? observed_side_fields(*observed) : Fields{{"max_instance_num", "-1"}}) {}

  std::vector<Step> run() {
    plan_max_instances();
    if (auto changes = changes_of(kTags, there_, wanted_, ours_); !changes.empty()) {
      add(UpdateTags{changes}, changes);
    }
    if (auto changes = changes_of(kAsync, there_, wanted_, {}); !changes.empty()) {
      add(UpdateAsyncConfig{changes}, changes);
    }
    for (const std::string& qualifier : reserved_qualifiers(wanted_, ours_)) {
      auto changes = changes_of_reserved(qualifier);
      if (!changes.empty()) add(UpdateReservedInstances{qualifier, changes}, changes);
    }
    return std::move(steps_);
  }

 private:
  /// None at all and an entry with none are the same.
  [[nodiscard]] std::vector<FieldChange> changes_of_reserved(const std::string& qualifier) const {
    const auto value_in = [](const Fields& fields, const std::string& name, const char* usual) {
      const auto found = fields.find(name);
      return found == fields.end() ? std::string(usual) : found->second;
    };
    const std::string count = reserved_prefix(qualifier) + "count";
    const std::string idle_mode = reserved_prefix(qualifier) + "idle_mode";
    Fields before;
    Fields after;
    if (!is_ignored(function_, count)) {
      before[count] = value_in(there_, count, "0");
      after[count] = value_in(wanted_, count, "0");
    }
    if (wanted_.contains(idle_mode)) {
      before[idle_mode] = value_in(there_, idle_mode, "false");
      after[idle_mode] = wanted_.at(idle_mode);
    }
    return field_changes(before, after);
  }

  void plan_max_instances() {
    const std::string name = "max_instance_num";
    const auto wanted = wanted_.find(name);
    const std::string& there = there_.at(name);
    if (wanted == wanted_.end() || there == wanted->second) return;
    add(UpdateMaxInstances{std::stoi(there), std::stoi(wanted->second)}, {{name, there, wanted->second}});
  }

  void add(Action action, const std::vector<FieldChange>& changes) {
    steps_.push_back(Step{std::move(action), reason_of(changes, last_), function_.position});
  }

  const Function& function_;
  const std::optional<LastApplied>& last_;
  Fields ours_;
  Fields wanted_;
  Fields there_;
  std::vector<Step> steps_;
};

}  // namespace

Fields wanted_side_fields(const Function& function) {
  Fields fields;
  const manifest::ExtraSettings& extra = *function.extra;
  if (extra.max_instance_num) fields["max_instance_num"] = std::to_string(*extra.max_instance_num);
  if (extra.tags) {
    for (const auto& [key, value] : *extra.tags) fields["tags." + key] = value;
  }
  if (extra.function_async_config) add_wanted_async(*extra.function_async_config, fields);
  if (extra.reserved_instances) {
    for (const manifest::ReservedInstances& wanted : *extra.reserved_instances) {
      const std::string prefix = reserved_prefix(wanted.qualifier);
      fields[prefix + "count"] = std::to_string(wanted.count);
      if (wanted.idle_mode) fields[prefix + "idle_mode"] = *wanted.idle_mode ? "true" : "false";
    }
  }
  if (extra.depend_version_list) fields[kDependencies] = dependencies_text(*extra.depend_version_list);
  drop_ignored(function, fields);
  return fields;
}

std::vector<Step> plan_side_settings(const Function& function, const Boxed<ObservedFunction>& observed,
                                     const std::optional<LastApplied>& last) {
  return SidePlanner(function, observed, last).run();
}

Reason reason_of(const std::vector<FieldChange>& changes, const std::optional<LastApplied>& last) {
  if (!last) return Reason::differs;
  bool we_changed = false;
  bool they_changed = false;
  for (const FieldChange& change : changes) {
    const auto found = last->config.find(change.path);
    // Of the variables all were ours; of the rest, what was not named then is the service's own.
    if (found == last->config.end() && !change.path.starts_with(kUserData)) {
      we_changed = true;
      continue;
    }
    const auto before = found == last->config.end() ? std::nullopt : std::optional(found->second);
    we_changed = we_changed || change.after != before;
    they_changed = they_changed || change.before != before;
  }
  if (we_changed && they_changed) return Reason::both_changed;
  return we_changed ? Reason::desired_changed : Reason::drifted;
}

functiongraph::AsyncConfig with_wanted(const Function& function, std::optional<functiongraph::AsyncConfig> current) {
  functiongraph::AsyncConfig config = current ? std::move(*current) : functiongraph::AsyncConfig();
  if (!function.extra->function_async_config) return config;
  const manifest::AsyncConfig& wanted = *function.extra->function_async_config;
  const auto is_ours = [&function](const char* field) { return !is_ignored(function, std::string(kAsync) + field); };
  const auto set_destination = [&is_ours](const char* field, const std::optional<manifest::AsyncDestination>& named,
                                          std::optional<functiongraph::AsyncDestination>& destination) {
    if (named && is_ours(field)) destination = functiongraph::AsyncDestination{named->destination, named->param};
  };
  const auto& age = wanted.max_async_event_age_in_seconds;
  if (age && is_ours("max_async_event_age_in_seconds")) config.max_event_age = std::chrono::seconds(*age);
  const auto& retries = wanted.max_async_retry_attempts;
  if (retries && is_ours("max_async_retry_attempts")) config.max_retry_attempts = retries;
  set_destination("destination_config.on_success", wanted.on_success, config.on_success);
  set_destination("destination_config.on_failure", wanted.on_failure, config.on_failure);
  return config;
}

std::optional<std::vector<std::string>> wanted_dependencies(const Function& function) {
  return is_ignored(function, kDependencies) ? std::nullopt : function.extra->depend_version_list;
}

std::string dependencies_text(const std::vector<std::string>& ids) {
  std::string text;
  for (const std::string& id : ids) text += (text.empty() ? "" : ", ") + id;
  return text;
}

}  // namespace fgsync::plan
