#include "cli/running_daemon.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <map>
#include <utility>

#include "base/enumerate.hpp"
#include "cli/log_level.hpp"
#include "cli/workspace.hpp"

namespace fgsync::cli {

using boost::asio::awaitable;
using daemon::FunctionChoice;
using daemon::Target;
using std::chrono::milliseconds;

namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

/// Counts while it lives.
class Asked {
 public:
  explicit Asked(int& count) : count_(count) { ++count_; }
  Asked(const Asked&) = delete;
  Asked& operator=(const Asked&) = delete;
  ~Asked() { --count_; }

 private:
  int& count_;
};

}  // namespace

RunningDaemon::RunningDaemon(Options options, DaemonPorts ports)
    : options_(std::move(options)), ports_(std::move(ports)), started_at_(ports_.clock.wall_now()) {}

RunningDaemon::~RunningDaemon() = default;

Result<config::Config> RunningDaemon::read_config(std::string& text) const {
  auto configured = load_configuration(options_);
  if (!configured) return fail(std::move(configured).error());
  std::string mistakes;
  for (const manifest::Diagnostic& diagnostic : configured->diagnostics) {
    if (diagnostic.severity == manifest::Severity::error) mistakes += manifest::to_text(diagnostic);
  }
  if (!mistakes.empty()) return fail(ErrorKind::invalid, "the configuration has mistakes:\n" + mistakes);
  text = std::move(configured->text);
  return std::move(configured->config);
}

Result<RunningDaemon::Targets> RunningDaemon::make_targets(const config::Config& config) const {
  Targets targets;
  if (config.targets.empty()) {
    targets.push_back(std::make_unique<TargetRuntime>("default", options_, config, ports_));
    if (auto prepared = targets.front()->prepare(); !prepared) return fail(std::move(prepared).error());
    return targets;
  }
  std::map<std::string, std::string> owners;     // of state directories
  std::map<std::string, std::string> claimants;  // of projects
  for (const config::Target& target : config.targets) {
    Options options = options_;
    const bool has_own_state = target.state_directory.has_value();
    if (has_own_state) options.state_directory = *target.state_directory;
    if (!has_own_state) options.state_subdirectory = target.name;
    auto runtime =
        std::make_unique<TargetRuntime>(target.name, std::move(options), config::with_target(config, target), ports_);
    auto prepared = runtime->prepare();
    if (!prepared) {
      // The others go on; it is tried again, since a file that it names may come.
      ports_.log.error("target cannot work", {kv("target", target.name), kv("error", prepared.error().describe())});
    } else {
      std::string why;
      const auto [owner, is_free] = owners.try_emplace(runtime->state_directory(), target.name);
      const auto [claimant, is_first] = claimants.try_emplace(runtime->claim(), target.name);
      if (!is_free) {
        why = "two targets with one state: " + runtime->state_directory() + " is that of target " + owner->second +
              ", too: give each target a state_directory of its own";
      } else if (!is_first) {
        why = "target " + claimant->second + " already has " + claimant->first +
              ", and each would take the other's functions for its own that no manifest wants: put the sources of both "
              "into one target";
      }
      if (!why.empty()) {
        ports_.log.error("target cannot work", {kv("target", target.name), kv("error", why)});
        runtime->refuse(std::move(why));
      }
    }
    targets.push_back(std::move(runtime));
  }
  return targets;
}

Result<void> RunningDaemon::configure() {
  auto config = read_config(config_text_);
  if (!config) return fail(std::move(config).error());
  auto targets = make_targets(*config);
  if (!targets) return fail(std::move(targets).error());
  config_ = std::move(*config);
  targets_ = std::move(*targets);
  return {};
}

void RunningDaemon::start(Targets targets) {
  targets_ = std::move(targets);
  for (const auto& target : targets_) {
    ++running_;
    auto on_end = [this](const std::exception_ptr& thrown) {
      --running_;
      changed_.raise();
      if (!thrown) return;
      try {
        std::rethrow_exception(thrown);
      } catch (const std::exception& error) {
        ports_.log.error("a target ended by an exception", {kv("error", error.what())});
      }
    };
    boost::asio::co_spawn(ports_.executor, target->run(), std::move(on_end));
  }
}

awaitable<void> RunningDaemon::run() {
  start(std::move(targets_));
  while (!is_stopping_ || running_ > 0 || is_reloading_) co_await changed_.wait(ports_.clock, std::nullopt);
}

void RunningDaemon::stop() {
  is_stopping_ = true;
  for (const auto& target : targets_) target->stop();
  changed_.raise();
}

void RunningDaemon::reload_soon() {
  boost::asio::co_spawn(ports_.executor, reload_in_turn(), [this](const std::exception_ptr& thrown) {
    if (!thrown) return;
    try {
      std::rethrow_exception(thrown);
    } catch (const std::exception& error) {
      ports_.log.error("a reload ended by an exception", {kv("error", error.what())});
    }
  });
}

/// What the one under way read may be older than this wish.
awaitable<void> RunningDaemon::reload_in_turn() {
  if (is_reloading_) {
    is_reload_due_ = true;
    co_return;
  }
  // Refused only at the end of the process; everything else was told.
  co_await reload();
}

/// The new targets are made before the old ones are stopped: a configuration that cannot be used changes nothing.
awaitable<Result<void>> RunningDaemon::reload() {
  if (is_reloading_ || is_stopping_) co_return fail(ErrorKind::conflict, "a reload or the end is under way");
  daemon::Event begun;
  begun.at = ports_.clock.wall_now();
  begun.type = "reloading";
  begun.message = "the configuration is read again";
  ports_.events.publish(std::move(begun));
  std::string text;
  auto config = read_config(text);
  Result<void> checked;
  Targets targets;
  if (!config) {
    checked = fail(config.error());
  } else if (text != config_text_) {
    auto made = make_targets(*config);
    if (made) targets = std::move(*made);
    if (!made) checked = fail(std::move(made).error());
  }
  daemon::Event event;
  event.at = ports_.clock.wall_now();
  if (!checked) {
    reload_problem_ = checked.error().describe();
    ports_.log.error("configuration refused, the one before stays", {kv("error", reload_problem_)});
    event.type = "reload_failed";
    event.message = reload_problem_;
    ports_.events.publish(std::move(event));
    co_return checked;
  }
  reload_problem_.clear();
  reloaded_at_ = event.at;
  if (targets.empty()) {
    for (const auto& target : targets_) target->look_now();
  } else {
    is_reloading_ = true;
    for (const auto& target : targets_) target->stop();
    // Who asked something of the old targets has them until the answer.
    while (running_ > 0 || asked_ > 0) {
      co_await changed_.wait(ports_.clock, ports_.clock.now() + milliseconds(100));
    }
    targets_.clear();  // and with them the locks of their states
    config_ = std::move(*config);
    config_text_ = std::move(text);
    is_reloading_ = false;
    if (!is_stopping_) start(std::move(targets));
    changed_.raise();
  }
  ports_.log.info("configuration read again", {});
  event.type = "reloaded";
  event.message = "the configuration was read again";
  ports_.events.publish(std::move(event));
  if (std::exchange(is_reload_due_, false)) reload_soon();
  co_return checked;
}

void RunningDaemon::set_log_level(LogLevel level) {
  ports_.log.set_level(level);
}

bool RunningDaemon::makes_progress() const {
  return std::all_of(targets_.begin(), targets_.end(), [this](const auto& runtime) {
    const Target* target = runtime->target();
    return target == nullptr || ports_.clock.now() - target->last_progress() < target->patience();
  });
}

bool RunningDaemon::has_looked_at_all() const {
  return std::all_of(targets_.begin(), targets_.end(), [](const auto& runtime) {
    const daemon::TargetView view = runtime->view();
    return view.problem.empty() && view.sweep.problem.empty() && view.sweep.succeeded_at;
  });
}

std::set<std::string> RunningDaemon::in_flight() const {
  std::set<std::string> names;
  for (const auto& runtime : targets_) {
    if (runtime->target() == nullptr) continue;
    for (const std::string& name : runtime->target()->in_flight()) {
      names.insert(targets_.size() == 1 ? name : runtime->name() + "/" + name);
    }
  }
  return names;
}

std::string RunningDaemon::status_line() const {
  std::map<std::string, int> counts;
  std::size_t functions = 0;
  std::string trouble;
  for (const auto& runtime : targets_) {
    const daemon::TargetView view = runtime->view();
    for (const daemon::FunctionView& function : view.functions) {
      ++functions;
      ++counts[std::string(reconcile::name_of(function.condition))];
    }
    if (!view.problem.empty()) trouble = view.name + ": " + view.problem;
    if (trouble.empty() && !view.sweep.problem.empty()) trouble = view.name + ": " + view.sweep.problem;
    if (trouble.empty() && view.held_plan) trouble = "plan " + view.held_plan->plan_id + " waits for approval";
    if (trouble.empty() && view.pause) trouble = "paused by " + view.pause->who;
  }
  std::string line = std::to_string(functions) + (functions == 1 ? " function" : " functions");
  for (const auto& [condition, count] : counts) line += ", " + std::to_string(count) + " " + condition;
  return trouble.empty() ? line : line + "; " + trouble;
}

bool RunningDaemon::is_ready() const {
  return std::all_of(targets_.begin(), targets_.end(), [](const auto& runtime) {
    const daemon::TargetView view = runtime->view();
    return !view.problem.empty() || view.sweep.succeeded_at.has_value();
  });
}

daemon::DaemonView RunningDaemon::view() const {
  daemon::DaemonView view;
  view.version = FGSYNC_VERSION;
  view.started_at = started_at_;
  view.now = ports_.clock.wall_now();
  view.config_file = config_.file;
  view.log_level = name_of(ports_.log.settings().level);
  view.reloaded_at = reloaded_at_;
  view.reload_problem = reload_problem_;
  view.is_ready = is_ready();
  view.is_stopping = is_stopping_;
  for (const auto& target : targets_) view.targets.push_back(target->view());
  return view;
}

Result<std::vector<Target*>> RunningDaemon::targets_of(const std::string& name) {
  std::vector<Target*> found;
  std::vector<std::string> names;
  for (const auto& runtime : targets_) {
    names.push_back(runtime->name());
    if (!name.empty() && runtime->name() != name) continue;
    if (runtime->target() == nullptr && !name.empty()) {
      return fail(ErrorKind::conflict, "target " + name + " does not work now: " + runtime->view().problem);
    }
    if (runtime->target() != nullptr) found.push_back(runtime->target());
  }
  if (!found.empty()) return found;
  return fail(ErrorKind::not_found,
              name.empty() ? "no target works now" : "there is no target " + name + "; there are " + joined(names));
}

Result<Target*> RunningDaemon::target_of(const FunctionChoice& choice) {
  auto candidates = targets_of(choice.target);
  if (!candidates) return fail(std::move(candidates).error());
  std::erase_if(*candidates, [&choice](const Target* target) { return !target->knows(choice.function); });
  if (candidates->size() == 1) return candidates->front();
  if (candidates->empty()) {
    return fail(ErrorKind::not_found, "no function " + choice.function +
                                          (choice.target.empty() ? "" : " in target " + choice.target) +
                                          "; fgsync status names those that the daemon knows");
  }
  std::vector<std::string> names;
  for (const Target* target : *candidates) names.push_back(target->name());
  return fail(ErrorKind::conflict,
              choice.function + " is in several targets, " + joined(names) + ": name one with --target");
}

awaitable<Result<std::vector<daemon::FunctionView>>> RunningDaemon::reconcile(std::string target,
                                                                              std::vector<std::string> functions,
                                                                              milliseconds timeout) {
  const Asked asked(asked_);
  std::map<Target*, std::vector<std::string>> wishes;
  if (functions.empty()) {
    auto all = targets_of(target);
    if (!all) co_return fail(std::move(all).error());
    for (Target* each : *all) wishes[each];
    for (const auto& runtime : targets_) runtime->look_now();
  }
  for (std::string& function : functions) {
    const FunctionChoice choice{target, function};
    auto found = target_of(choice);
    if (!found) co_return fail(std::move(found).error());
    wishes[*found].push_back(std::move(function));
  }
  const auto deadline = ports_.clock.now() + timeout;
  std::vector<daemon::FunctionView> views;
  for (auto& [each, names] : wishes) {
    const auto left =
        std::max(std::chrono::duration_cast<milliseconds>(deadline - ports_.clock.now()), milliseconds(0));
    auto reconciled = co_await each->reconcile(std::move(names), timeout.count() == 0 ? timeout : left);
    if (!reconciled) co_return fail(std::move(reconciled).error());
    std::move(reconciled->begin(), reconciled->end(), std::back_inserter(views));
  }
  co_return views;
}

awaitable<Result<daemon::HeldPlanView>> RunningDaemon::approve(std::string target, std::string plan_id,
                                                               std::string actor) {
  const Asked asked(asked_);
  auto candidates = targets_of(target);
  if (!candidates) co_return fail(std::move(candidates).error());
  std::vector<Target*> held;
  for (Target* each : *candidates) {
    const auto view = each->view().held_plan;
    if (view && (plan_id.empty() || view->plan_id == plan_id)) held.push_back(each);
  }
  if (held.size() > 1) co_return fail(ErrorKind::conflict, "several targets hold a plan: name one with --target");
  co_return co_await (held.empty() ? candidates->front() : held.front())->approve(std::move(plan_id), std::move(actor));
}

awaitable<Result<bool>> RunningDaemon::suspend(FunctionChoice choice, std::string reason, std::string actor) {
  const Asked asked(asked_);
  auto target = target_of(choice);
  if (!target) co_return fail(std::move(target).error());
  co_return co_await (*target)->suspend(std::move(choice.function), std::move(reason), std::move(actor));
}

awaitable<Result<bool>> RunningDaemon::resume(FunctionChoice choice, std::string actor) {
  const Asked asked(asked_);
  auto target = target_of(choice);
  if (!target) co_return fail(std::move(target).error());
  co_return co_await (*target)->resume(std::move(choice.function), std::move(actor));
}

awaitable<Result<void>> RunningDaemon::hold(FunctionChoice choice, std::string reason, std::string actor) {
  const Asked asked(asked_);
  auto target = target_of(choice);
  if (!target) co_return fail(std::move(target).error());
  co_return co_await (*target)->hold(std::move(choice.function), std::move(reason), std::move(actor));
}

awaitable<Result<reconcile::Released>> RunningDaemon::release(FunctionChoice choice, std::string actor) {
  const Asked asked(asked_);
  auto target = target_of(choice);
  if (!target) co_return fail(std::move(target).error());
  co_return co_await (*target)->release(std::move(choice.function), std::move(actor));
}

awaitable<Result<reconcile::Rollback>> RunningDaemon::roll_back(FunctionChoice choice, reconcile::RollbackWish wish,
                                                                std::string actor) {
  const Asked asked(asked_);
  auto target = target_of(choice);
  if (!target) co_return fail(std::move(target).error());
  wish.function = std::move(choice.function);
  co_return co_await (*target)->roll_back(std::move(wish), std::move(actor));
}

awaitable<Result<reconcile::Forgotten>> RunningDaemon::forget(FunctionChoice choice, std::string actor) {
  const Asked asked(asked_);
  auto target = target_of(choice);
  if (!target) co_return fail(std::move(target).error());
  co_return co_await (*target)->forget(std::move(choice.function), std::move(actor));
}

awaitable<Result<std::size_t>> RunningDaemon::pause(std::string target, std::string reason, std::string actor) {
  const Asked asked(asked_);
  auto targets = targets_of(target);
  if (!targets) co_return fail(std::move(targets).error());
  std::size_t in_flight = 0;
  for (Target* each : *targets) {
    auto paused = co_await each->pause(reason, actor);
    if (!paused) co_return paused;
    in_flight += *paused;
  }
  co_return in_flight;
}

awaitable<Result<bool>> RunningDaemon::unpause(std::string target, std::string actor) {
  const Asked asked(asked_);
  auto targets = targets_of(target);
  if (!targets) co_return fail(std::move(targets).error());
  bool was_paused = false;
  for (Target* each : *targets) {
    auto ended = co_await each->unpause(actor);
    if (!ended) co_return ended;
    was_paused = was_paused || *ended;
  }
  co_return was_paused;
}

}  // namespace fgsync::cli
