#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "plan/desired.hpp"

namespace fgsync::plan {

// The service keeps encrypted variables and gives their values back blank (models: encrypted_user_data), so they are
// never compared with it. What tells whether they changed is what we sent last: by memory, or by the fingerprint of a
// version, where secrets count for it.

struct SecretDifference {
  std::vector<FieldChange> changes;  ///< `encrypted_user_data.KEY`, without values
  bool is_unknown = false;           ///< neither memory nor a version tells whether they are the wanted ones
};

/// What differs between the wanted secrets and those on the service. `has_evidence`: a version that holds what is
/// desired now was made with these secrets.
SecretDifference compare_secrets(const Desired& desired, const ObservedFunction& observed,
                                 const std::optional<LastApplied>& last, bool has_evidence);

/// The fields of those that the manifest, or a value, changed since the function was applied last. Nothing without
/// memory.
std::vector<std::string> secrets_changed_since(const Desired& desired, const std::optional<LastApplied>& last);

/// Whether the encrypted variables are ours to set: the manifest names some, or did when it was applied last.
bool manages_secrets(const manifest::Function& function, const std::optional<LastApplied>& last);

/// Whether all secrets count for the fingerprint; true without any.
bool are_shared(const SecretMarks& secrets);

/// What the inventory keeps of them, by field.
std::map<std::string, std::string> remembered_secrets(const SecretMarks& secrets);

}  // namespace fgsync::plan
