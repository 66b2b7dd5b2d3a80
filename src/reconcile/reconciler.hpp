#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/apart.hpp"
#include "manifest/function.hpp"
#include "plan/desired.hpp"
#include "plan/model.hpp"
#include "reconcile/code_catalog.hpp"
#include "reconcile/executor.hpp"
#include "reconcile/orphans.hpp"
#include "reconcile/outcome.hpp"
#include "reconcile/ports.hpp"
#include "reconcile/report.hpp"

namespace fgsync::reconcile {

/// Something threw while one function was looked at or worked on: a mistake of ours that is about this function.
class FunctionCrashed : public std::runtime_error {
 public:
  FunctionCrashed(std::string function, const std::string& what)
      : std::runtime_error(what), function_(std::move(function)) {}
  [[nodiscard]] const std::string& function() const { return function_; }

 private:
  std::string function_;
};

/// One run over a set of functions: `make_plan`, and then, unless it is a dry run, `apply`. A function's failure stays
/// its own; only what depends on it waits.
class Reconciler {
 public:
  Reconciler(Ports ports, Settings settings, std::vector<manifest::Function> functions);

  /// Digests, observes, decides. Changes nothing on the service. An error means that nothing at all could be planned
  /// (the list of functions, or the state, cannot be read); what concerns one function stands in its plan. Throws
  /// FunctionCrashed, as `apply` does.
  boost::asio::awaitable<Result<plan::Plan>> make_plan();

  /// Executes a plan of `make_plan`, wave by wave, at most `parallel` functions at a time. A failure that may pass is
  /// followed by observing and planning that function again; steps that the given plan does not name are never taken.
  boost::asio::awaitable<Report> apply(plan::Plan plan, Progress& progress);

  /// What `Refresh::list` spared to read.
  struct Trusted {
    std::size_t functions = 0;
    std::chrono::system_clock::time_point oldest;  ///< when the first of them was read in full
  };
  /// Of the last `make_plan`; nothing when everything was read.
  [[nodiscard]] std::optional<Trusted> trusted() const;

  /// How many versions a function has, `latest` among them, where the last `make_plan` read that.
  [[nodiscard]] std::optional<int> versions_of(const std::string& function) const;

  /// Whether the manifest and the code ask for something else than was applied last, as the last `make_plan` found out.
  [[nodiscard]] bool asks_for_change(const std::string& function) const;

  /// Functions that the state knows as ours, as the last `make_plan` found them.
  [[nodiscard]] std::size_t inventory_size() const { return inventory_.size(); }

  /// Starts nothing more; what is in flight ends. Functions that did not come to an end are `interrupted`.
  void stop_admitting() { is_stopping_ = true; }

  /// The same for one function.
  void leave_alone(const std::string& function) { left_alone_.insert(function); }

 private:
  /// What planning learned of one function, kept for executing.
  struct Entry {
    plan::Desired desired;  ///< all but the function only once `is_digested`, its files once `is_recalled`
    bool is_digested = false;
    bool is_recalled = false;  ///< what earlier runs remembered is in here
    int wave = 0;
    Apart<std::optional<plan::LastApplied>> last;  ///< see `last_applied`
    Boxed<plan::ObservedFunction> observed;
    bool has_import_of_ours = false;      ///< sent in this run, or interrupted in an earlier one
    bool has_open_intents = false;        ///< of an earlier run, to be settled once the function is as desired
    std::vector<std::int64_t> rollbacks;  ///< intents among them that seeing the alias settles, whatever is desired
    bool reads_strategies = false;        ///< an alias may have a strategy, which lists leave out
    std::vector<plan::Hold> holds;
    const plan::Suspension* suspension = nullptr;               ///< in `decisions_`
    std::optional<std::string> row_mark;                        ///< of the list's row, see `row_mark_of`
    const state::InventoryEntry::Sighting* sighting = nullptr;  ///< of an earlier run, in `inventory_`
    bool is_trusted = false;  ///< not read, because the list shows no change since then

    [[nodiscard]] const manifest::Function& function() const { return desired.function; }
    /// Once it is recalled, and if there is any.
    [[nodiscard]] const std::optional<plan::LastApplied>& last_applied() const { return *last; }
    std::set<std::string> versions_in_use;
    bool has_triggers = false;  ///< only looked for where the function would be deleted and made anew
  };

  boost::asio::awaitable<Result<void>> load_state();
  boost::asio::awaitable<Result<std::vector<functiongraph::FunctionRow>>> list_functions();
  boost::asio::awaitable<Result<std::vector<functiongraph::FunctionRow>>> find_functions();
  boost::asio::awaitable<Result<std::vector<functiongraph::FunctionRow>>> list_and_digest();
  boost::asio::awaitable<plan::FunctionPlan> plan_one(Entry& entry, std::optional<functiongraph::FunctionRow> row);
  boost::asio::awaitable<Result<plan::FunctionPlan>> try_plan_one(Entry& entry,
                                                                  std::optional<functiongraph::FunctionRow> row);
  boost::asio::awaitable<Result<void>> digest_code(Entry& entry);
  void recall(Entry& entry) const;
  boost::asio::awaitable<Result<plan::ObservedFunction>> observe(const Entry& entry, functiongraph::FunctionUrn urn);
  boost::asio::awaitable<Result<void>> read_strategies(const Entry& entry, plan::ObservedFunction& observed,
                                                       Deadline deadline);
  boost::asio::awaitable<Result<plan::FunctionPlan>> keep_what_is_called(Entry& entry, plan::FunctionPlan function);
  boost::asio::awaitable<Result<plan::FunctionPlan>> keep_versions_in_use(Entry& entry, plan::FunctionPlan function);
  [[nodiscard]] plan::Inputs inputs_of(const Entry& entry) const;
  [[nodiscard]] bool is_unchanged_by_list(const Entry& entry) const;
  std::vector<functiongraph::FunctionRow> orphan_rows(const std::vector<functiongraph::FunctionRow>& rows) const;
  void guard(std::vector<plan::FunctionPlan>& plans, std::set<std::string> on_service);

  boost::asio::awaitable<FunctionReport> delete_orphan(const plan::FunctionPlan& function, Progress& progress);
  boost::asio::awaitable<void> learn_revision(const plan::Plan& plan);
  boost::asio::awaitable<void> forget_deleted();
  boost::asio::awaitable<void> write_deletion_facts(const plan::Plan& plan);
  boost::asio::awaitable<void> write_history(const plan::FunctionPlan& function, const FunctionReport& report);

  boost::asio::awaitable<FunctionReport> apply_one(const plan::FunctionPlan& function, Progress& progress);
  boost::asio::awaitable<FunctionReport> execute(Entry& entry, plan::FunctionPlan function, Progress& progress);
  boost::asio::awaitable<Result<plan::FunctionPlan>> recover(Entry& entry, Error error, Failures& failures,
                                                             Progress& progress);
  boost::asio::awaitable<Result<plan::FunctionPlan>> plan_again(Entry& entry);
  boost::asio::awaitable<Result<void>> remember_import(Entry& entry);
  boost::asio::awaitable<void> settle_unchanged(Entry& entry, const plan::FunctionPlan& function);
  boost::asio::awaitable<void> settle_intents(Entry& entry);
  boost::asio::awaitable<void> settle_rollbacks(Entry& entry);
  [[nodiscard]] bool is_in_inventory(const state::InventoryEntry& entry) const;
  boost::asio::awaitable<void> wait_until(std::chrono::steady_clock::time_point when);
  [[nodiscard]] bool must_stop(const std::string& function) const {
    return is_stopping_ || left_alone_.contains(function);
  }
  std::optional<std::string> reason_to_skip(const plan::FunctionPlan& function) const;

  Ports ports_;
  Settings settings_;
  CodeCatalog catalog_;
  Executor executor_;
  std::map<std::string, Entry> entries_;
  std::map<std::string, state::InventoryEntry> inventory_;
  std::map<std::string, std::string> begun_imports_;  ///< that have no answer: function and when
  std::set<std::string> begun_deletions_;  ///< that have no answer; once the functions are listed, those that are done
  Decisions decisions_;
  std::map<std::string, std::vector<RemoteDigest>> known_code_;  ///< by content digest
  std::map<std::string, functiongraph::FunctionRow> orphans_;
  std::map<std::string, Outcome> outcomes_;
  std::vector<state::InventoryEntry> unchanged_;  ///< found as desired; written at the end
  std::string plan_id_;
  std::mt19937_64 random_;
  std::optional<Error> credential_refusal_;
  std::chrono::steady_clock::time_point give_up_at_;
  bool is_count_waiting_ = false;  ///< this run says nothing about for how long manifests are missing
  bool is_stopping_ = false;
  std::set<std::string> left_alone_;
};

}  // namespace fgsync::reconcile
