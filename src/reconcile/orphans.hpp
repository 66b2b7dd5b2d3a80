#pragma once

#include <map>
#include <string>
#include <vector>

#include "functiongraph/function_graph.hpp"
#include "plan/orphan.hpp"
#include "reconcile/ports.hpp"

namespace fgsync::reconcile {

/// What belongs to a function and goes with it when it is deleted.
struct Attachments {
  std::vector<std::string> versions;
  std::vector<functiongraph::Alias> aliases;
  /// On latest, on a version or on an alias. Without the port nobody knows, and nothing is deleted on a guess: yes.
  bool has_triggers = false;
};
boost::asio::awaitable<Result<Attachments>> read_attachments(Ports& ports, const Settings& settings,
                                                             functiongraph::FunctionUrn urn);

/// What people said of functions, by name.
struct Decisions {
  std::map<std::string, plan::Suspension> suspensions;
  std::map<std::string, plan::Hold> holds;
};

/// Functions of ours, by inventory, mark or an import without an answer, that no manifest wants.
class Orphans {
 public:
  Orphans(Ports& ports, const Settings& settings) : ports_(ports), settings_(settings) {}

  /// Whose inventory entry, if there is one, counts the runs. `begun_imports` are those without an answer, with when
  /// they were begun. `decisions` outlives the call. Errors of a row stand in its plan.
  boost::asio::awaitable<std::vector<plan::FunctionPlan>> plan(
      std::vector<functiongraph::FunctionRow> rows, const std::map<std::string, state::InventoryEntry>& inventory,
      const std::map<std::string, std::string>& begun_imports, const Decisions& decisions);

 private:
  [[nodiscard]] int runs_without_manifest(const state::InventoryEntry& entry) const;
  boost::asio::awaitable<Result<void>> read_what_keeps(plan::Orphan& orphan, functiongraph::FunctionUrn urn);

  Ports& ports_;
  const Settings& settings_;
};

}  // namespace fgsync::reconcile
