#pragma once

#include <string>

#include "reconcile/journal.hpp"

namespace fgsync::cli {

/// What a person decided about a function, each on a line of its own that begins with `indent`: who, since when and
/// why, and what ends it. Empty: nobody decided anything.
std::string decision_lines(const std::string& function, const reconcile::Kept& kept, const std::string& indent);

}  // namespace fgsync::cli
