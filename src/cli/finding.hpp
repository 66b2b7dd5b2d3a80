#pragma once

#include <string>
#include <utility>
#include <vector>

namespace fgsync::cli {

/// How a thing that fgsync needs is.
enum class Health {
  ok,
  warning,  ///< it works now, or for the most part
  failed,   ///< a sync would not work, or not wholly
  unknown,  ///< it could not be looked at
};

/// What was found out about one thing. Holds no secret.
struct Finding {
  std::string check;  ///< what was looked at: `credentials`
  Health health = Health::ok;
  std::string text;
  std::string next = {};  ///< what a person can do; empty where nothing is called for
};

using Findings = std::vector<Finding>;

}  // namespace fgsync::cli
