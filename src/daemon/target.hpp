#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "daemon/desired_state.hpp"
#include "daemon/events.hpp"
#include "daemon/function_table.hpp"
#include "daemon/signal.hpp"
#include "daemon/view.hpp"
#include "daemon/work_queue.hpp"
#include "functiongraph/call_counter.hpp"
#include "plan/binding.hpp"
#include "reconcile/interventions.hpp"
#include "reconcile/reconciler.hpp"

namespace fgsync::daemon {

struct TargetSettings {
  std::string name;
  std::string endpoint;
  std::string region;  ///< may be empty
  std::string project_id;
  bool is_observing = false;  ///< mode: observe
  std::chrono::milliseconds sweep_interval{std::chrono::minutes(5)};
  int max_change_percent = 30;  ///< of the inventory, that one run may change unattended; ten functions always may
  std::size_t most_runs = 4;    ///< side by side
};

/// What a target works through; all of it outlives the target.
struct TargetPorts {
  reconcile::Ports urgent;  ///< for what somebody or something waits for
  reconcile::Ports sweep;   ///< the same service, which lets the urgent calls go first
  DesiredState& desired;
  EventLog& events;
  boost::asio::any_io_executor executor;
  const functiongraph::Budget* budget = nullptr;      ///< null: there is none
  const functiongraph::CallCounter* calls = nullptr;  ///< null: nobody counts
  functiongraph::BudgetLimits limits = {};
};

/// One project in one region, kept as its sources say. Two things happen side by side (ADR 26): *sweeps* look at all
/// functions and judge how they are, and change nothing but delete what is to be pruned; what differs goes into a
/// queue, as does what a source, a person or a retry names. *Runs* take functions out of the queue, look again and act.
/// A function is in one run at a time. One thread (the loop's).
class Target {
 public:
  Target(TargetSettings settings, TargetPorts ports, reconcile::Settings reconciling);
  Target(const Target&) = delete;
  Target& operator=(const Target&) = delete;
  ~Target();

  /// Works until `stop`, and then until what is in flight has ended.
  boost::asio::awaitable<void> run();
  /// Begins nothing more.
  void stop();

  /// Sweeps as soon as it can, whatever the interval.
  void look_now();

  [[nodiscard]] TargetView view() const;
  [[nodiscard]] const std::string& name() const { return settings_.name; }
  /// How many sweeps have ended.
  [[nodiscard]] std::uint64_t sweeps() const { return sweep_.count; }
  [[nodiscard]] bool knows(const std::string& function) const;
  /// When something last came forward: an answer, a step, the end of a sweep.
  [[nodiscard]] std::chrono::steady_clock::time_point last_progress() const { return last_progress_; }
  /// How long nothing may come forward, at most, while all is well.
  [[nodiscard]] std::chrono::milliseconds patience() const;
  /// Functions that are being changed now.
  [[nodiscard]] std::set<std::string> in_flight() const;

  // See Controls. The function is one that the target knows.
  boost::asio::awaitable<Result<std::vector<FunctionView>>> reconcile(std::vector<std::string> functions,
                                                                      std::chrono::milliseconds timeout);
  boost::asio::awaitable<Result<HeldPlanView>> approve(std::string plan_id, std::string actor);
  /// Answers whether the function is being changed at that moment, which ends.
  boost::asio::awaitable<Result<bool>> suspend(std::string function, std::string reason, std::string actor);
  boost::asio::awaitable<Result<bool>> resume(std::string function, std::string actor);
  boost::asio::awaitable<Result<void>> hold(std::string function, std::string reason, std::string actor);
  boost::asio::awaitable<Result<reconcile::Released>> release(std::string function, std::string actor);
  boost::asio::awaitable<Result<reconcile::Rollback>> roll_back(reconcile::RollbackWish wish, std::string actor);
  boost::asio::awaitable<Result<reconcile::Forgotten>> forget(std::string function, std::string actor);
  /// Answers how many functions are being changed at that moment, which ends.
  boost::asio::awaitable<Result<std::size_t>> pause(std::string reason, std::string actor);
  boost::asio::awaitable<Result<bool>> unpause(std::string actor);

 private:
  using TimePoint = std::chrono::steady_clock::time_point;
  class RunProgress;

  /// What is kept of a function between runs, beside its row.
  struct Memory {
    reconcile::Failures failures;
    std::uint64_t run = 0;  ///< counts the runs that took it
    /// Trying again changes nothing before that, unless its manifest, its code or a person says otherwise.
    std::optional<TimePoint> stalled_until;
    std::optional<plan::ApprovedFunction> approved;
    /// When it was read last, it was to be changed and nobody had agreed; or it could not be read, and its manifest or
    /// its code ask for a change.
    bool has_open_change = false;
    bool is_in_order = false;            ///< nothing was to be done when it was planned last
    std::optional<Judgement> failed_as;  ///< while it waits for being tried again
    std::uint64_t reconciled = 0;        ///< counts its ends, for who waits for one
  };

  boost::asio::awaitable<void> recall();
  boost::asio::awaitable<void> follow_sources();
  boost::asio::awaitable<void> dispatch();
  bool start_due_work();
  [[nodiscard]] std::optional<TimePoint> next_moment() const;
  void spawn(boost::asio::awaitable<void> work);

  boost::asio::awaitable<bool> load();
  void take_over(const Wanted& before, const Wanted& now);
  void forget_waits(const std::string& function);
  void enqueue_changed(const SourceChange& change, const Wanted& before, const Wanted& now);
  void enqueue(const std::string& function, Urgency urgency);
  void note_rejected();
  void judge_waiting(const std::string& function);
  void quarantine(const std::string& function, const std::string& what);

  boost::asio::awaitable<void> sweep();
  boost::asio::awaitable<Result<void>> sweep_once();
  std::chrono::milliseconds jittered_interval();
  void end_sweep(const Result<void>& ended, TimePoint started);
  boost::asio::awaitable<void> settle_sweep(reconcile::Reconciler& reconciler, plan::Plan plan,
                                            const std::map<std::string, std::uint64_t>& runs_before);
  boost::asio::awaitable<reconcile::Report> settle(reconcile::Reconciler& reconciler, plan::Plan quiet,
                                                   std::set<std::string> settling, reconcile::Progress& progress);
  void judge_by_sweep(const plan::FunctionPlan& function);
  void forget_gone(const plan::Plan& plan);

  void hold_back_dependents(std::vector<std::string>& functions);
  [[nodiscard]] std::optional<std::string> why_unready(const std::string& function) const;
  [[nodiscard]] std::optional<Judgement> waiting_for_unready(const plan::FunctionPlan& function) const;
  boost::asio::awaitable<void> run_batch(std::vector<std::string> functions);
  boost::asio::awaitable<void> run_and_catch(std::vector<std::string> functions);
  boost::asio::awaitable<void> run_functions(std::vector<std::string> functions);
  plan::Plan what_may_be_applied(plan::Plan plan);
  void leave_alone(const std::string& function);
  void end_crashed(const std::vector<std::string>& functions, const std::string& what);
  void end_unread(const std::vector<std::string>& functions, const Error& error);
  void end_function(const reconcile::FunctionReport& report);
  void end_orphan(const reconcile::FunctionReport& report);
  void end_failed(const std::string& function, const Error& error, Judgement judgement);
  [[nodiscard]] static Judgement judgement_of_failed(const Error& error);
  [[nodiscard]] Judgement judgement_of_unread(const std::string& function, const Error& error) const;
  [[nodiscard]] bool is_of_code(const std::string& function, const Error& error) const;
  [[nodiscard]] bool is_stalled(const std::string& function) const;
  [[nodiscard]] TimePoint next_prune() const;
  void end_interrupted(const reconcile::FunctionReport& report);
  void end(const std::string& function);
  void let_dependents_go(const std::set<std::string>& functions);

  /// `of_steps`: how it is if there is something to do.
  void judge_plan(const plan::FunctionPlan& function, Judgement of_steps);
  void note_open_changes(const plan::Plan& plan, const reconcile::Reconciler& reconciler);
  std::set<std::string> unattended_changes(const plan::Plan& plan);
  void hold_if_too_many(const plan::Plan& plan);
  [[nodiscard]] std::optional<Judgement> suspension_of(const std::string& function) const;
  [[nodiscard]] std::size_t most_changes() const;
  [[nodiscard]] bool needs_approval(const plan::FunctionPlan& function) const;
  void keep_to_approvals(plan::Plan& plan);
  [[nodiscard]] std::optional<Judgement> reason_not_to_write(const std::string& function) const;

  void name_origin(reconcile::Settings& settings) const;
  reconcile::Settings settings_for(const std::vector<std::string>& functions);
  reconcile::Settings settings_for_sweep();
  [[nodiscard]] reconcile::Interventions interventions(const std::string& actor) const;
  [[nodiscard]] const manifest::Function* wanted_function(const std::string& name) const;
  boost::asio::awaitable<void> load_suspensions();
  void note_progress() { last_progress_ = ports_.urgent.clock.now(); }
  [[nodiscard]] TimePoint now() const { return ports_.urgent.clock.now(); }

  TargetSettings settings_;
  TargetPorts ports_;
  reconcile::Settings reconciling_;
  FunctionTable table_;
  WorkQueue queue_;
  Signal changed_;  ///< something for `dispatch` to look at
  Signal settled_;  ///< a function came to an end, for who waits
  std::map<std::string, Memory> memories_;
  std::set<std::string> busy_;
  std::set<std::string> waiting_;  ///< of those: in a run that has not begun to change them
  std::set<reconcile::Reconciler*> running_;
  std::size_t runs_ = 0;
  int unread_runs_ = 0;  ///< in a row: the service could not be asked at all
  std::size_t tasks_ = 0;

  std::shared_ptr<const Wanted> wanted_;
  std::map<std::string, std::size_t> index_;  ///< of `wanted_->functions`, by name
  std::optional<PauseView> pause_;
  std::map<std::string, state::SuspensionEntry> suspensions_;  ///< by function
  bool is_pause_known_ = false;                                ///< until it was read nothing is written
  std::size_t inventory_size_ = 0;

  struct Held {
    HeldPlanView view;
    plan::ApprovedPlan plan;
  };
  std::optional<Held> held_;
  struct Begun {
    TimePoint at;
    std::string fingerprint;  ///< of what was wanted
  };
  std::map<std::string, Begun> unattended_;  ///< changed without anybody's agreement; see `unattended_changes`

  SweepView sweep_;
  bool is_sweeping_ = false;
  reconcile::Reconciler* settling_ = nullptr;  ///< of a sweep; deletes what is not wanted any more
  bool is_regular_sweep_ = false;              ///< only these count for how long a manifest has been missing
  int failed_sweeps_ = 0;                      ///< in a row
  TimePoint next_sweep_;
  TimePoint next_regular_sweep_;
  TimePoint last_progress_;
  std::mt19937_64 random_;
  bool is_stopping_ = false;
};

}  // namespace fgsync::daemon
