#pragma once

#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "manifest/function.hpp"
#include "plan/desired.hpp"
#include "plan/model.hpp"
#include "reconcile/code_catalog.hpp"
#include "reconcile/executor.hpp"
#include "reconcile/outcome.hpp"
#include "reconcile/ports.hpp"
#include "reconcile/report.hpp"

namespace fgsync::reconcile {

/// One run over a set of functions: `make_plan`, and then, unless it is a dry run, `apply`. A function's failure stays
/// its own; only what depends on it waits.
class Reconciler {
 public:
  Reconciler(Ports ports, Settings settings, std::vector<manifest::Function> functions);

  /// Digests, observes, decides. Changes nothing on the service. An error means that nothing at all could be planned
  /// (the list of functions, or the state, cannot be read); what concerns one function stands in its plan.
  boost::asio::awaitable<Result<plan::Plan>> make_plan();

  /// Executes a plan of `make_plan`, wave by wave, at most `parallel` functions at a time. A failure that may pass is
  /// followed by observing and planning that function again; steps that the given plan does not name are never taken.
  boost::asio::awaitable<Report> apply(plan::Plan plan, Progress& progress);

  /// Starts nothing more; what is in flight ends. Functions that did not come to an end are `interrupted`.
  void stop_admitting() { is_stopping_ = true; }

 private:
  /// What planning learned of one function, kept for executing.
  struct Entry {
    manifest::Function function;
    int wave = 0;
    std::optional<plan::Desired> desired;
    std::optional<plan::LastApplied> last_applied;
    std::optional<plan::ObservedFunction> observed;
    bool has_import_of_ours = false;  ///< sent in this run, or interrupted in an earlier one
    bool has_open_intents = false;    ///< of an earlier run, to be settled once the function is as desired
  };

  boost::asio::awaitable<Result<void>> load_state();
  boost::asio::awaitable<Result<std::vector<functiongraph::FunctionRow>>> list_functions();
  boost::asio::awaitable<plan::FunctionPlan> plan_one(Entry& entry, std::optional<functiongraph::FunctionRow> row);
  boost::asio::awaitable<Result<plan::FunctionPlan>> try_plan_one(Entry& entry,
                                                                  std::optional<functiongraph::FunctionRow> row);
  boost::asio::awaitable<Result<void>> digest_code(Entry& entry);
  boost::asio::awaitable<Result<plan::ObservedFunction>> observe(functiongraph::FunctionUrn urn);
  std::vector<plan::FunctionPlan> plan_orphans(const std::vector<functiongraph::FunctionRow>& rows) const;

  boost::asio::awaitable<FunctionReport> apply_one(const plan::FunctionPlan& function, Progress& progress);
  boost::asio::awaitable<FunctionReport> execute(Entry& entry, plan::FunctionPlan function, Progress& progress);
  boost::asio::awaitable<Result<plan::FunctionPlan>> recover(Entry& entry, Error error, int& failures,
                                                             Progress& progress);
  boost::asio::awaitable<Result<plan::FunctionPlan>> plan_again(Entry& entry);
  boost::asio::awaitable<void> settle_unchanged(Entry& entry);
  boost::asio::awaitable<void> settle_intents(Entry& entry);
  boost::asio::awaitable<void> wait_until(std::chrono::steady_clock::time_point when);
  std::optional<std::string> reason_to_skip(const plan::FunctionPlan& function) const;

  Ports ports_;
  Settings settings_;
  CodeCatalog catalog_;
  Executor executor_;
  std::map<std::string, Entry> entries_;
  std::vector<state::InventoryEntry> inventory_;
  std::map<std::string, Outcome> outcomes_;
  std::mt19937_64 random_;
  std::optional<Error> credential_refusal_;
  std::chrono::steady_clock::time_point give_up_at_;
  bool is_stopping_ = false;
};

}  // namespace fgsync::reconcile
