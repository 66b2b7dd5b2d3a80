#pragma once

#include <optional>
#include <string>

#include "tests/simulation/mutant.hpp"
#include "tests/simulation/scenario.hpp"
#include "tests/simulation/watcher.hpp"
#include "tests/simulation/wishes.hpp"

namespace fgsync::simulation {

enum class Tracing { off, on };

struct Outcome {
  std::optional<Violation> violation;
  std::string trace;
  int runs = 0;
  int calls = 0;
};

/// Plays a scenario with the real engine and says which promise was broken, if any.
Outcome simulate(const Scenario& scenario, const CodeLibrary& library, Mutant mutant = Mutant::none,
                 Tracing tracing = Tracing::off);

/// Leaves out of a scenario that fails what it does not need to fail in the same way.
Scenario shrink(const Scenario& failing, const std::string& rule, const CodeLibrary& library, Mutant mutant);

}  // namespace fgsync::simulation
