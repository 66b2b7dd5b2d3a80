#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "plan/aliases.hpp"
#include "tests/plan/base_case.hpp"

namespace fgsync::test {

inline manifest::WantedAlias wanted_alias(const std::string& name, const std::string& version) {
  manifest::WantedAlias alias;
  alias.name = name;
  alias.version = version;
  alias.version_position = {"m.yaml", 9, 9};
  return alias;
}

inline functiongraph::Alias alias_there(const std::string& name, const std::string& version) {
  return functiongraph::Alias{name, version, "", {}};
}

/// The aliases of a function that has the versions v1, v2 and v3.
struct AliasCase {
  std::vector<manifest::WantedAlias> wanted = {};
  std::string current = {};
  std::vector<functiongraph::Alias> existing = {};
  std::vector<std::string_view> versions{"latest", "v1", "v2", "v3"};
  std::map<std::string, std::string> previous = {};
  std::set<std::string> unwanted = {};

  [[nodiscard]] plan::AliasPlan run() const {
    return plan::plan_aliases({wanted, current, existing, versions, previous, unwanted});
  }
};

inline std::vector<std::string> steps_of(const plan::AliasPlan& plan) {
  plan::FunctionPlan function;
  function.steps = plan.steps;
  return steps_of(function);
}

}  // namespace fgsync::test
