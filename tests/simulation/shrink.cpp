#include <algorithm>

#include "tests/simulation/simulation.hpp"

namespace fgsync::simulation {
namespace {

class Shrinker {
 public:
  Shrinker(Scenario scenario, const std::string& rule, const CodeLibrary& library, Mutant mutant)
      : best_(std::move(scenario)), rule_(rule), library_(library), mutant_(mutant) {}

  Scenario run() {
    bool has_shrunk = true;
    while (has_shrunk && tries_ < kMostTries) {
      has_shrunk = false;
      has_shrunk |= shorten(&Scenario::faults);
      has_shrunk |= shorten(&Scenario::acts);
      has_shrunk |= shorten(&Scenario::crashes);
      has_shrunk |= shorten(&Scenario::edits);
      has_shrunk |= leave_functions_out();
      has_shrunk |= simplify();
    }
    return best_;
  }

 private:
  static constexpr int kMostTries = 3000;

  bool accept(Scenario candidate) {
    ++tries_;
    const Outcome outcome = simulate(candidate, library_, mutant_);
    if (!outcome.violation || outcome.violation->rule != rule_) return false;
    best_ = std::move(candidate);
    return true;
  }

  /// Larger pieces first.
  template <class Items>
  bool shorten(Items Scenario::* items) {
    bool has_shrunk = false;
    for (std::size_t size = std::max<std::size_t>(1, (best_.*items).size() / 2);; size /= 2) {
      for (std::size_t at = 0; at < (best_.*items).size() && tries_ < kMostTries;) {
        Scenario candidate = best_;
        auto& list = candidate.*items;
        const auto first = list.begin() + static_cast<std::ptrdiff_t>(at);
        list.erase(first, first + static_cast<std::ptrdiff_t>(std::min(size, list.size() - at)));
        if (accept(std::move(candidate))) {
          has_shrunk = true;
        } else {
          at += size;
        }
      }
      if (size <= 1) return has_shrunk;
    }
  }

  bool leave_functions_out() {
    bool has_shrunk = false;
    for (std::size_t i = 0; i < best_.functions.size(); ++i) {
      if (!best_.functions[i].is_used) continue;
      Scenario candidate = best_;
      candidate.functions[i].is_used = false;
      has_shrunk |= accept(std::move(candidate));
    }
    return has_shrunk;
  }

  bool simplify() {
    bool has_shrunk = false;
    const auto attempt = [&](auto change) {
      Scenario candidate = best_;
      if (change(candidate)) has_shrunk |= accept(std::move(candidate));
    };
    attempt([](Scenario& scenario) { return std::exchange(scenario.parallel, 1) != 1; });
    attempt([](Scenario& scenario) { return scenario.rounds > 1 && --scenario.rounds > 0; });
    for (std::size_t i = 0; i < best_.functions.size(); ++i) {
      attempt([i](Scenario& scenario) { return std::exchange(scenario.functions[i].exists_already, false); });
      attempt([i](Scenario& scenario) {
        return std::exchange(scenario.functions[i].depends_on, std::nullopt).has_value();
      });
      attempt([i](Scenario& scenario) {
        return scenario.functions[i].aliases > 0 && --scenario.functions[i].aliases >= 0;
      });
    }
    return has_shrunk;
  }

  Scenario best_;
  const std::string& rule_;
  const CodeLibrary& library_;
  Mutant mutant_;
  int tries_ = 0;
};

}  // namespace

Scenario shrink(const Scenario& failing, const std::string& rule, const CodeLibrary& library, Mutant mutant) {
  return Shrinker(failing, rule, library, mutant).run();
}

}  // namespace fgsync::simulation
