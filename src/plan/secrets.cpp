#include "plan/secrets.hpp"

#include <algorithm>
#include <string_view>

namespace fgsync::plan {
namespace {

using Fields = std::map<std::string, std::string>;

constexpr std::string_view kFields = "encrypted_user_data.";
constexpr const char* kThere = "(secret)";

std::string field_of(const std::string& key) {
  return std::string(kFields) + key;
}

Fields remembered_in(const std::optional<LastApplied>& last) {
  Fields secrets;
  if (!last) return secrets;
  const Fields& fields = last->config;
  for (auto field = fields.lower_bound(std::string(kFields)); field != fields.end(); ++field) {
    if (!field->first.starts_with(kFields)) break;
    secrets.insert(*field);
  }
  return secrets;
}

}  // namespace

bool manages_secrets(const manifest::Function& function, const std::optional<LastApplied>& last) {
  return !function.extra->encrypted_user_data.empty() || !remembered_in(last).empty();
}

std::vector<std::string> secrets_changed_since(const Desired& desired, const std::optional<LastApplied>& last) {
  std::vector<std::string> changed;
  if (!last) return changed;
  const Fields remembered = remembered_in(last);
  for (const auto& [key, mark] : desired.secrets) {
    const auto before = remembered.find(field_of(key));
    const bool is_unknown = before != remembered.end() && (before->second.empty() || mark.local.empty());
    if (!is_unknown && (before == remembered.end() || before->second != mark.local)) changed.push_back(field_of(key));
  }
  for (const auto& [name, value] : remembered) {
    if (!desired.secrets.contains(name.substr(kFields.size()))) changed.push_back(name);
  }
  return changed;
}

bool are_shared(const SecretMarks& secrets) {
  return std::all_of(secrets.begin(), secrets.end(), [](const auto& entry) { return entry.second.shared.has_value(); });
}

Fields remembered_secrets(const SecretMarks& secrets) {
  Fields fields;
  for (const auto& [key, mark] : secrets) fields[field_of(key)] = mark.local;
  return fields;
}

SecretDifference compare_secrets(const Desired& desired, const ObservedFunction& observed,
                                 const std::optional<LastApplied>& last, bool has_evidence) {
  SecretDifference difference;
  const bool has_some = observed.detail.config.has_encrypted_user_data;
  const Fields remembered = remembered_in(last);
  for (const auto& [key, mark] : desired.secrets) {
    const auto before = remembered.find(field_of(key));
    if (!has_some) {
      difference.changes.push_back({field_of(key), std::nullopt, kThere, true});
    } else if (remembered.empty()) {
      difference.is_unknown = !has_evidence;
    } else if (before == remembered.end()) {
      difference.changes.push_back({field_of(key), std::nullopt, kThere, true});
    } else if (before->second.empty()) {
      difference.is_unknown = difference.is_unknown || !has_evidence;
    } else if (!mark.local.empty() && before->second != mark.local) {
      difference.changes.push_back({field_of(key), kThere, "(secret, changed)", true});
    }
  }
  for (const auto& [name, value] : remembered) {
    const bool is_wanted = desired.secrets.contains(name.substr(kFields.size()));
    if (has_some && !is_wanted) difference.changes.push_back({name, kThere, std::nullopt, true});
  }
  if (!difference.changes.empty()) difference.is_unknown = false;
  return difference;
}

}  // namespace fgsync::plan
