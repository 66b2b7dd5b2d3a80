#include "plan/desired.hpp"

#include "plan/ignored.hpp"
#include "plan/marker.hpp"
#include "plan/settings.hpp"

namespace fgsync::plan {
namespace {

std::map<std::string, std::string> basic_fields(const functiongraph::FunctionConfig& config) {
  std::map<std::string, std::string> fields;
  fields.emplace("runtime", config.runtime);
  fields.emplace("handler", config.handler);
  fields.emplace("memory_size", std::to_string(config.memory_size));
  fields.emplace("timeout", std::to_string(config.timeout.count()));
  for (const auto& [key, value] : config.user_data) fields.emplace("user_data." + key, value);
  return fields;
}

void set_managed_settings(const manifest::Function& function, const std::optional<std::string>& owner,
                          functiongraph::FunctionConfig& config) {
  config.runtime = function.runtime;
  config.handler = function.handler;
  config.memory_size = function.memory_size;
  config.timeout = function.timeout;
  config.description = owner ? with_owner(function.description, *owner) : function.description;
  config.user_data = function.user_data;
  set_named_settings(function, config);
}

// Most functions are as they should be. That is seen without making texts of all fields.

bool has_basic_settings(const functiongraph::FunctionConfig& config, const manifest::Function& function) {
  return config.handler == function.handler && config.memory_size == function.memory_size &&
         config.timeout == function.timeout && config.user_data == function.user_data;
}

bool has_named_settings(const functiongraph::FunctionConfig& config, const manifest::Function& function,
                        SettingScope scope) {
  const auto there = named_settings(function, config, scope);
  return there.empty() || there == named_settings(function, desired_config(function, std::nullopt), scope);
}

}  // namespace

functiongraph::FunctionConfig desired_config(const manifest::Function& function,
                                             const std::optional<std::string>& owner) {
  functiongraph::FunctionConfig config;
  set_managed_settings(function, owner, config);
  return config;
}

std::string publish_key(const std::string& fingerprint, const std::string& version,
                        const std::vector<functiongraph::Version>& existing) {
  std::set<std::string> names;
  for (const functiongraph::Version& there : existing) names.insert(there.name);
  std::string key = fingerprint + " " + version + " beside";
  for (const std::string& name : names) key += " " + name;
  return key;
}

bool can_be_imported(const manifest::Function& function) {
  using Kind = manifest::Code::Kind;
  const Kind kind = function.code.kind;
  return (kind == Kind::directory || kind == Kind::file || kind == Kind::archive) && !function.extra->type;
}

functiongraph::FunctionConfig with_managed_settings(functiongraph::FunctionConfig current,
                                                    const manifest::Function& function,
                                                    const std::optional<std::string>& owner) {
  functiongraph::FunctionConfig config = current;
  set_managed_settings(function, owner, config);
  keep_ignored(function, current, config);
  if (owner) config.description = with_owner(split_owner(config.description).text, *owner);
  return config;
}

std::map<std::string, std::string> comparable_fields(const functiongraph::FunctionConfig& config,
                                                     const manifest::Function& function) {
  std::map<std::string, std::string> fields = basic_fields(config);
  fields.merge(named_settings(function, config, SettingScope::all));
  fields.erase("runtime");
  fields["description"] = split_owner(config.description).text;
  drop_ignored(function, fields);
  return fields;
}

std::map<std::string, std::string> frozen_fields(const functiongraph::FunctionConfig& config,
                                                 const manifest::Function& function) {
  std::map<std::string, std::string> fields = basic_fields(config);
  fields.merge(named_settings(function, config, SettingScope::listed));
  drop_ignored(function, fields);
  return fields;
}

std::vector<FieldChange> field_changes(const std::map<std::string, std::string>& before,
                                       const std::map<std::string, std::string>& after) {
  std::vector<FieldChange> changes;
  auto was = before.begin();
  auto is = after.begin();
  while (was != before.end() || is != after.end()) {
    const bool is_removed = is == after.end() || (was != before.end() && was->first < is->first);
    const bool is_added = !is_removed && (was == before.end() || is->first < was->first);
    if (is_removed) {
      changes.push_back({was->first, was->second, std::nullopt});
    } else if (is_added) {
      changes.push_back({is->first, std::nullopt, is->second});
    } else if (was->second != is->second) {
      changes.push_back({is->first, was->second, is->second});
    }
    if (!is_added) ++was;
    if (!is_removed) ++is;
  }
  return changes;
}

std::vector<FieldChange> config_changes(const functiongraph::FunctionConfig& config, const manifest::Function& function,
                                        const std::optional<std::string>& owner) {
  const std::string description = owner ? with_owner(function.description, *owner) : function.description;
  if (has_basic_settings(config, function) && has_named_settings(config, function, SettingScope::all) &&
      split_owner(config.description).text == split_owner(description).text) {
    return {};
  }
  return field_changes(comparable_fields(config, function),
                       comparable_fields(desired_config(function, owner), function));
}

std::vector<FieldChange> frozen_changes(const functiongraph::FunctionConfig& config,
                                        const manifest::Function& function) {
  if (config.runtime == function.runtime && has_basic_settings(config, function) &&
      has_named_settings(config, function, SettingScope::listed)) {
    return {};
  }
  return field_changes(frozen_fields(config, function),
                       frozen_fields(desired_config(function, std::nullopt), function));
}

std::map<std::string, std::string> fingerprint_fields(const manifest::Function& function, const SecretMarks& secrets) {
  const functiongraph::FunctionConfig config = desired_config(function, std::nullopt);
  std::map<std::string, std::string> fields = basic_fields(config);
  fields.merge(unusual_settings(function, config));
  for (const auto& [key, mark] : secrets) {
    if (mark.shared) fields["encrypted_user_data." + key] = *mark.shared;
  }
  if (function.extra->depend_version_list) {
    std::string list;
    for (const std::string& id : *function.extra->depend_version_list) list += id + "\n";
    if (!list.empty()) fields["depend_version_list"] = list;
  }
  return fields;
}

std::string fingerprint_of(const ContentDigest& content, const manifest::Function& function,
                           const SecretMarks& secrets) {
  constexpr std::size_t kDigits = 12;
  Hasher hasher(Hasher::Function::sha256);
  auto add = [&hasher](std::string_view part) {
    hasher.update(std::to_string(part.size()));
    hasher.update(":");
    hasher.update(part);
  };
  add("fgsync-fingerprint/1");
  add(content.hex);
  for (const auto& [key, value] : fingerprint_fields(function, secrets)) {
    add(key);
    add(value);
  }
  return hasher.hex().substr(0, kDigits);
}

}  // namespace fgsync::plan
