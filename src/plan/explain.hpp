#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "plan/desired.hpp"

namespace fgsync::plan {

/// Why a function has the fingerprint it has.
struct Explanation {
  std::string fingerprint;
  /// What went in: the content digest and the settings that a version freezes, by name.
  std::vector<std::pair<std::string, std::string>> inputs;

  struct Comparison {
    std::string fingerprint;
    bool is_same_content = false;
    package::ContentsDiff files;
    std::vector<FieldChange> fields;  ///< the description among them, which is not part of the fingerprint
  };
  std::optional<Comparison> last_applied;  ///< what differs from it; absent: nothing is remembered
};

Explanation explain(const manifest::Function& function, const package::Contents& contents,
                    const std::optional<LastApplied>& last_applied);

}  // namespace fgsync::plan
