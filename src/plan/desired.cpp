#include "plan/desired.hpp"

#include <set>

#include "plan/marker.hpp"

namespace fgsync::plan {
namespace {

std::optional<std::string> value_of(const std::map<std::string, std::string>& fields, const std::string& key) {
  const auto found = fields.find(key);
  return found == fields.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace

functiongraph::FunctionConfig desired_config(const manifest::Function& function,
                                             const std::optional<std::string>& owner) {
  functiongraph::FunctionConfig config;
  config.runtime = function.runtime;
  config.handler = function.handler;
  config.memory_size = function.memory_size;
  config.timeout = function.timeout;
  config.description = owner ? with_owner(function.description, *owner) : function.description;
  config.user_data = function.user_data;
  return config;
}

functiongraph::FunctionConfig with_managed_settings(functiongraph::FunctionConfig current,
                                                    const functiongraph::FunctionConfig& wanted) {
  current.runtime = wanted.runtime;
  current.handler = wanted.handler;
  current.memory_size = wanted.memory_size;
  current.timeout = wanted.timeout;
  current.description = wanted.description;
  current.user_data = wanted.user_data;
  return current;
}

std::map<std::string, std::string> comparable_fields(const functiongraph::FunctionConfig& config) {
  std::map<std::string, std::string> fields = frozen_fields(config);
  fields.erase("runtime");
  fields["description"] = split_owner(config.description).text;
  return fields;
}

std::map<std::string, std::string> frozen_fields(const functiongraph::FunctionConfig& config) {
  std::map<std::string, std::string> fields{
      {"runtime", config.runtime},
      {"handler", config.handler},
      {"memory_size", std::to_string(config.memory_size)},
      {"timeout", std::to_string(config.timeout.count())},
  };
  for (const auto& [key, value] : config.user_data) fields["user_data." + key] = value;
  return fields;
}

std::vector<FieldChange> field_changes(const std::map<std::string, std::string>& before,
                                       const std::map<std::string, std::string>& after) {
  std::set<std::string> names;
  for (const auto& entry : before) names.insert(entry.first);
  for (const auto& entry : after) names.insert(entry.first);
  std::vector<FieldChange> changes;
  for (const std::string& name : names) {
    auto was = value_of(before, name);
    auto is = value_of(after, name);
    if (was != is) changes.push_back({name, std::move(was), std::move(is)});
  }
  return changes;
}

std::string fingerprint_of(const ContentDigest& content, const manifest::Function& function) {
  constexpr std::size_t kDigits = 12;
  Hasher hasher(Hasher::Function::sha256);
  auto add = [&hasher](std::string_view part) {
    hasher.update(std::to_string(part.size()));
    hasher.update(":");
    hasher.update(part);
  };
  add("fgsync-fingerprint/1");
  add(content.hex);
  for (const auto& [key, value] : frozen_fields(desired_config(function, std::nullopt))) {
    add(key);
    add(value);
  }
  return hasher.hex().substr(0, kDigits);
}

}  // namespace fgsync::plan
