#pragma once

#include <map>
#include <string>
#include <vector>

#include "functiongraph/function_graph.hpp"
#include "plan/orphan.hpp"
#include "reconcile/ports.hpp"

namespace fgsync::reconcile {

/// Whether triggers hang on the function: on latest, on a version or on an alias. Without the port nobody knows, and
/// nothing is deleted on a guess: yes.
boost::asio::awaitable<Result<bool>> has_triggers(Ports& ports, const Settings& settings,
                                                  functiongraph::FunctionUrn urn);

/// Functions of ours, by inventory, mark or an import without an answer, that no manifest wants.
class Orphans {
 public:
  Orphans(Ports& ports, const Settings& settings) : ports_(ports), settings_(settings) {}

  /// Whose inventory entry, if there is one, counts the runs. `begun_imports` are those without an answer, with when
  /// they were begun. `suspensions` outlives the call. Errors of a row stand in its plan.
  boost::asio::awaitable<std::vector<plan::FunctionPlan>> plan(
      std::vector<functiongraph::FunctionRow> rows, const std::map<std::string, state::InventoryEntry>& inventory,
      const std::map<std::string, std::string>& begun_imports,
      const std::map<std::string, plan::Suspension>& suspensions);

 private:
  Ports& ports_;
  const Settings& settings_;
};

}  // namespace fgsync::reconcile
