#pragma once

#include <string>
#include <vector>

#include "reconcile/journal.hpp"

namespace fgsync::cli {

/// What a person decided about a function: who, since when and why, and what ends it. Empty: nobody decided anything.
std::vector<std::string> decision_words(const std::string& function, const reconcile::Kept& kept);

}  // namespace fgsync::cli
