// Three acts: rounds of edits, each followed by a run (and by another one after each crash), with everything going
// wrong that the scenario has; then nothing goes wrong any more, and runs go on until a plan has no steps; then what is
// there is compared with what is wanted, without asking the engine.
#include "tests/simulation/simulation.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <memory>
#include <set>

#include "base/worker_pool.hpp"
#include "functiongraph/http_function_graph.hpp"
#include "reconcile/reconciler.hpp"
#include "state/sqlite_store.hpp"
#include "tests/simulation/final_check.hpp"
#include "tests/simulation/mortal_store.hpp"
#include "tests/simulation/transport.hpp"

namespace fgsync::simulation {
namespace {

using boost::asio::awaitable;

constexpr int kMostSettlingRuns = 8;
constexpr int kMostRunsOfARound = 6;
constexpr const char* kStranger = "stranger";

std::unique_ptr<emulator::Service> open_service() {
  auto service = emulator::open_service({}, ":memory:");
  if (!service) throw std::runtime_error(service.error().describe());
  return std::move(*service);
}

class TracedProgress final : public reconcile::Progress {
 public:
  explicit TracedProgress(Trace& trace) : trace_(trace) {}
  void on_start(const std::string& /*function*/) override {}
  void on_step(const std::string& function, const plan::Action& action) override {
    trace_.add([&] { return "  " + function + ": " + plan::describe(action); });
  }
  void on_wait(const std::string& function, const Error& error, std::chrono::milliseconds wait) override {
    trace_.add(
        [&] { return "  " + function + ": waits " + std::to_string(wait.count()) + " ms: " + error.describe(); });
  }
  void on_end(const reconcile::FunctionReport& report) override {
    trace_.add([&] {
      return "  " + report.name + ": " + std::string(name_of(report.outcome)) +
             (report.error ? ": " + report.error->describe() : "") +
             (report.reason.empty() ? "" : ": " + report.reason);
    });
  }

 private:
  Trace& trace_;
};

class Simulation {
 public:
  Simulation(const Scenario& scenario, const CodeLibrary& library, Mutant mutant, Tracing tracing)
      : scenario_(scenario),
        mutant_(mutant),
        trace_(tracing == Tracing::on),
        wishes_(scenario, library),
        service_(open_service()),
        remote_(*service_, clock_),
        watcher_(remote_, wishes_),
        other_writer_(remote_, watcher_),
        crashes_(scenario.crashes, clock_),
        transport_(*service_, clock_, scenario, watcher_, other_writer_, crashes_, trace_),
        client_(transport_, mutant),
        graph_(functiongraph::make_http_function_graph({client_, clock_, "p1", counter_, Logger()})),
        triggers_(functiongraph::make_http_triggers({client_, clock_, "p1", counter_, Logger()})) {
    settings_.plan.source_id = "shop";
    settings_.plan.writes_markers = scenario.writes_markers;
    settings_.plan.pruning = scenario.prunes ? plan::Pruning::on : plan::Pruning::off;
    settings_.root = library.root();
    settings_.parallel = static_cast<std::size_t>(scenario.parallel);
    settings_.random_seed = scenario.seed;
    settings_.max_delete = scenario.max_delete;
    settings_.refresh = scenario.refreshes_by_list ? reconcile::Refresh::list : reconcile::Refresh::full;
    if (mutant == Mutant::early_prune) settings_.plan.prune_after = 1;
    open_store();
  }

  Outcome run() {
    prepare();
    for (int round = 0; round < scenario_.rounds && !watcher_.violation(); ++round) {
      const Runs runs = edit(round);
      for (int i = 0; i < kMostRunsOfARound && !watcher_.violation(); ++i) {
        if (run_once(runs)) break;
      }
    }
    if (!watcher_.violation()) settle();
    Outcome outcome{watcher_.violation(), "", runs_, transport_.calls()};
    outcome.trace = trace_.text();
    return outcome;
  }

 private:
  enum class Runs { for_real, dry };

  void prepare() {
    other_writer_.create(kStranger);
    for (std::size_t i = 0; i < scenario_.functions.size(); ++i) {
      const Setup& setup = scenario_.functions[i];
      if (setup.is_used && setup.exists_already) other_writer_.create(function_name(static_cast<int>(i)));
    }
  }

  void open_store() {
    store_ = std::move(*state::open_sqlite_store("", {"e", "p1", "shop", settings_.root}, state::Threading::in_place));
  }

  /// What is edited before a round, and how it runs.
  Runs edit(int round) {
    Runs runs = Runs::for_real;
    for (const EditAt& edit : scenario_.edits) {
      if (edit.round != round) continue;
      trace_.add([&] { return "edit " + std::string(name_of(edit.edit)) + " of " + function_name(edit.function); });
      wishes_.edit(edit);
      switch (edit.edit) {
        case Edit::pruning:
          settings_.plan.pruning = settings_.plan.pruning == plan::Pruning::on ? plan::Pruning::off : plan::Pruning::on;
          break;
        case Edit::markers: settings_.plan.writes_markers = !settings_.plan.writes_markers; break;
        case Edit::refresh:
          settings_.refresh =
              settings_.refresh == reconcile::Refresh::list ? reconcile::Refresh::full : reconcile::Refresh::list;
          break;
        case Edit::lose_state:
          open_store();
          watcher_.on_lost_state();
          break;
        case Edit::pass_time: clock_.advance(std::chrono::minutes(edit.value)); break;
        case Edit::dry_run: runs = Runs::dry; break;
        default: break;
      }
    }
    clock_.advance(std::chrono::seconds(60));
    return runs;
  }

  /// False: it crashed.
  bool run_once(Runs runs) {
    ++runs_;
    const int calls_before = transport_.calls();
    plan_.reset();
    report_.reset();
    begin_watching();
    trace_.add([&] { return "run " + std::to_string(runs_) + (runs == Runs::dry ? ", dry" : ""); });
    // In this order: what is suspended is destroyed with the loop, and uses the rest until then.
    MortalStore store(*store_, crashes_, mutant_);
    reconcile::Reconciler reconciler({*graph_, store, clock_, pool_, Logger(), triggers_.get()}, settings_,
                                     wishes_.manifests());
    TracedProgress progress(trace_);
    boost::asio::io_context loop;
    crashes_.begin(loop);
    std::exception_ptr failure;
    bool has_ended = false;
    boost::asio::co_spawn(loop, work(reconciler, progress, runs), [&](std::exception_ptr thrown) {
      has_ended = true;
      failure = std::move(thrown);
    });
    pump(loop);
    if (failure) std::rethrow_exception(failure);
    if (crashes_.has_crashed()) trace_.add([] { return std::string("crash"); });
    if (!has_ended && !crashes_.has_crashed() && !watcher_.violation()) watcher_.fail("never ends", "a run hangs");
    check_calls(transport_.calls() - calls_before);
    return has_ended;
  }

  void pump(boost::asio::io_context& loop) {
    do {
      loop.restart();
      loop.poll();
    } while (!crashes_.has_crashed() && !watcher_.violation() && clock_.advance_to_next_sleeper());
  }

  void begin_watching() {
    RunFacts facts;
    facts.prunes = settings_.plan.pruning == plan::Pruning::on;
    facts.writes_markers = settings_.plan.writes_markers;
    facts.max_delete = scenario_.max_delete ? static_cast<std::size_t>(*scenario_.max_delete) : 1;
    watcher_.begin_run(facts);
    if (mutant_ == Mutant::no_cap) settings_.max_delete = 100;
  }

  awaitable<void> work(reconcile::Reconciler& reconciler, reconcile::Progress& progress, Runs runs) {
    auto planned = co_await reconciler.make_plan();
    if (!planned) {
      trace_.add([&] { return "  no plan: " + planned.error().describe(); });
      co_return;
    }
    plan_ = *planned;
    trace_plan();
    if (runs == Runs::dry) co_return;
    watcher_.allow(*planned);
    if (mutant_ == Mutant::extra_step) add_step(*planned);
    report_ = co_await reconciler.apply(std::move(*planned), progress);
    watcher_.end_run();
  }

  void trace_plan() {
    trace_.add([&] {
      std::string text = "  plan:";
      for (const plan::FunctionPlan& function : plan_->functions) {
        text += " " + function.name + "(";
        for (const plan::Step& step : function.steps) text += plan::describe(step.action) + "; ";
        for (const plan::Blocked& blocked : function.blocked) text += "blocked: " + blocked.message + "; ";
        for (const plan::Note& note : function.notes) text += "note: " + note.code + "; ";
        if (function.failure) text += "failure: " + function.failure->describe();
        text += ")";
      }
      return text;
    });
  }

  static void add_step(plan::Plan& plan) {
    for (plan::FunctionPlan& function : plan.functions) {
      if (function.is_unchanged()) function.steps.push_back({plan::UpdateConfig{}, plan::Reason::drifted, {}});
    }
  }

  /// A call for each thing to look at and each step, and some more for each that fails.
  void check_calls(int calls) {
    const int functions = static_cast<int>(scenario_.functions.size()) + 1;
    const int trouble = static_cast<int>(scenario_.faults.size() + scenario_.acts.size());
    const int most = 40 + functions * 60 + trouble * 40;
    if (calls > most) watcher_.fail("too many calls", std::to_string(calls) + " of at most " + std::to_string(most));
  }

  // ---- the end

  void settle() {
    transport_.calm_down();
    crashes_.disarm();
    settings_.refresh = reconcile::Refresh::full;
    if (scenario_.ends_with_release) wishes_.release_all();
    trace_.add([] { return std::string("from here on nothing goes wrong"); });
    for (int i = 0; i < kMostSettlingRuns; ++i) {
      clock_.advance(std::chrono::seconds(60));
      const bool has_ended = run_once(Runs::for_real);
      if (watcher_.violation()) return;
      if (!has_ended || !plan_) return watcher_.fail("does not settle", "a run without faults has no plan");
      check_outcomes();
      if (watcher_.violation()) return;
      if (is_settled()) return check_end();
    }
    watcher_.fail("does not settle", std::to_string(kMostSettlingRuns) + " runs, and still something to do");
  }

  void check_outcomes() {
    for (const reconcile::FunctionReport& report : report_->functions) {
      if (report.outcome != reconcile::Outcome::failed) continue;
      watcher_.fail("fails without a fault",
                    report.name + ": " + (report.error ? report.error->describe() : std::string("no error")));
    }
  }

  /// Nothing to do, or nothing that can be done, because the service refuses it or something else is blocked.
  [[nodiscard]] bool is_settled() const {
    std::set<std::string> stuck;
    for (const reconcile::FunctionReport& report : report_->functions) {
      const bool is_stuck =
          report.outcome == reconcile::Outcome::skipped || report.outcome == reconcile::Outcome::blocked;
      if (is_stuck) stuck.insert(report.name);
    }
    return std::all_of(plan_->functions.begin(), plan_->functions.end(), [&](const plan::FunctionPlan& function) {
      const bool waits = std::any_of(function.notes.begin(), function.notes.end(),
                                     [](const plan::Note& note) { return note.code == "prune_pending"; });
      return (function.steps.empty() || stuck.contains(function.name)) && !waits;
    });
  }

  void check_end() {
    // What the service refused during the run is a reason as well.
    for (std::size_t i = 0; i < plan_->functions.size(); ++i)
      plan_->functions[i].blocked = report_->functions[i].blocked;
    FinalCheck check(remote_, wishes_, watcher_);
    check.run(*plan_, settings_.plan,
              scenario_.ends_with_release ? FinalCheck::Asks::the_possible : FinalCheck::Asks::anything);
    if (!remote_.find(kStranger)) watcher_.fail("not ours", "a function that nobody asked for is gone");
  }

  const Scenario& scenario_;
  Mutant mutant_;
  Trace trace_;
  Wishes wishes_;
  test::SimulatedClock clock_;
  std::unique_ptr<emulator::Service> service_;
  Remote remote_;
  Watcher watcher_;
  OtherWriter other_writer_;
  Crashes crashes_;
  SimulatedTransport transport_;
  MutantClient client_;
  functiongraph::CallCounter counter_;
  std::unique_ptr<functiongraph::FunctionGraph> graph_;
  std::unique_ptr<functiongraph::Triggers> triggers_;
  WorkerPool pool_{WorkerPool::InPlace()};
  std::unique_ptr<state::Store> store_;
  reconcile::Settings settings_;
  std::optional<plan::Plan> plan_;
  std::optional<reconcile::Report> report_;
  int runs_ = 0;
};

}  // namespace

Outcome simulate(const Scenario& scenario, const CodeLibrary& library, Mutant mutant, Tracing tracing) {
  return Simulation(scenario, library, mutant, tracing).run();
}

}  // namespace fgsync::simulation
