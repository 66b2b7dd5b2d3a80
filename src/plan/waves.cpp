#include "plan/waves.hpp"

#include <algorithm>

namespace fgsync::plan {

std::map<std::string, int> waves_of(const std::vector<manifest::Function>& functions) {
  std::map<std::string, int> waves;
  for (const manifest::Function& function : functions) waves[function.name] = 0;
  // Each round settles at least one more wave; more rounds than functions would be a cycle.
  for (std::size_t round = 0; round < functions.size(); ++round) {
    bool changed = false;
    for (const manifest::Function& function : functions) {
      int& wave = waves[function.name];
      for (const auto& dependency : function.depends_on) {
        const auto found = waves.find(dependency.value);
        if (found == waves.end() || found->second < wave) continue;
        wave = found->second + 1;
        changed = true;
      }
    }
    if (!changed) break;
  }
  return waves;
}

}  // namespace fgsync::plan
