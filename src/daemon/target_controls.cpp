// What people ask of one target.
#include <algorithm>
#include <utility>

#include "daemon/target.hpp"

namespace fgsync::daemon {

using boost::asio::awaitable;
using std::chrono::milliseconds;

namespace {

/// What people cannot ask for while the function is being changed, since both would write to it.
Error is_in_flight(const std::string& function) {
  return Error(ErrorKind::conflict, function + " is being reconciled right now; try again in a moment");
}

Error is_observing() {
  return Error(ErrorKind::conflict, "the configuration says mode: observe, so nothing is written");
}

}  // namespace

reconcile::Interventions Target::interventions(const std::string& actor) const {
  reconcile::Settings settings = reconciling_;
  settings.actor = actor;
  return reconcile::Interventions(ports_.urgent, std::move(settings));
}

awaitable<Result<std::vector<FunctionView>>> Target::reconcile(std::vector<std::string> functions,
                                                               milliseconds timeout) {
  const TimePoint deadline = now() + timeout;
  const std::uint64_t sweeps = sweep_.count;
  const bool is_all = functions.empty();
  if (is_all || !wanted_) next_sweep_ = now();
  if (is_all) {
    for (const auto& [name, row] : table_.rows()) {
      memories_[name].stalled_until.reset();
      memories_[name].failures = {};
      memories_[name].failed_as.reset();
      functions.push_back(name);
    }
    changed_.raise();
  }
  std::map<std::string, std::uint64_t> before;
  for (const std::string& function : functions) {
    before[function] = memories_[function].reconciled;
    if (wanted_function(function) != nullptr && !is_all) enqueue(function, Urgency::human);
  }
  const auto is_over = [&, this] {
    if (is_stopping_) return true;
    if (is_all) return sweep_.count > sweeps && queue_.view(now()).ready == 0 && busy_.empty() && !is_sweeping_;
    return std::all_of(before.begin(), before.end(), [this](const auto& each) {
      return wanted_function(each.first) == nullptr || memories_[each.first].reconciled > each.second;
    });
  };
  while (timeout.count() > 0 && !is_over() && now() < deadline) {
    // The dispatcher is woken through its own signal, so that both hear of everything.
    co_await settled_.wait(ports_.urgent.clock, std::min(deadline, now() + milliseconds(200)));
  }
  std::vector<FunctionView> views;
  for (const std::string& function : functions) {
    if (const FunctionView* row = table_.find(function)) views.push_back(*row);
  }
  co_return views;
}

awaitable<Result<HeldPlanView>> Target::approve(std::string plan_id, std::string actor) {
  if (!held_) co_return fail(ErrorKind::not_found, "no plan is held for " + settings_.name + ": nothing to approve");
  if (!plan_id.empty() && plan_id != held_->view.plan_id) {
    co_return fail(ErrorKind::conflict, "another plan is held by now, " + held_->view.plan_id +
                                            ": look at it with fgsync status, and approve that one");
  }
  const Held approved = std::move(*std::exchange(held_, std::nullopt));
  unattended_.clear();
  ports_.urgent.log.info("plan approved", {kv("plan_id", approved.view.plan_id), kv("actor", actor)});
  table_.tell("plan_approved", "", "plan " + approved.view.plan_id + " was approved by " + actor,
              {{"plan_id", approved.view.plan_id}, {"actor", actor}});
  for (const plan::ApprovedFunction& function : approved.plan.functions) {
    enqueue(function.name, Urgency::human);
    memories_[function.name].approved = function;
  }
  co_return approved.view;
}

awaitable<Result<bool>> Target::suspend(std::string function, std::string reason, std::string actor) {
  auto suspended = co_await interventions(actor).suspend(function, reason);
  if (!suspended) co_return fail(std::move(suspended).error());
  co_await load_suspensions();
  leave_alone(function);
  if (auto judgement = suspension_of(function)) table_.judge(function, std::move(*judgement));
  co_return in_flight().contains(function);
}

awaitable<Result<bool>> Target::resume(std::string function, std::string actor) {
  auto resumed = co_await interventions(actor).resume(function);
  co_await load_suspensions();
  if (resumed && *resumed) enqueue(function, Urgency::human);
  co_return resumed;
}

awaitable<Result<void>> Target::hold(std::string function, std::string reason, std::string actor) {
  if (busy_.contains(function) && !waiting_.contains(function)) co_return fail(is_in_flight(function));
  const manifest::Function* wanted = wanted_function(function);
  if (wanted == nullptr) {
    co_return fail(ErrorKind::not_found, "no manifest that can be used describes " + function +
                                             ": what it asks for is held, so there is nothing to hold");
  }
  leave_alone(function);
  reconcile::Interventions intervening = interventions(actor);
  auto fingerprint = co_await intervening.wanted_fingerprint(*wanted);
  if (!fingerprint) co_return fail(std::move(fingerprint).error());
  auto held = co_await intervening.hold(function, *fingerprint, reason);
  // A run that began meanwhile does not know of it.
  leave_alone(function);
  if (held) {
    table_.judge(function, {Condition::held, "held", "by " + actor + (reason.empty() ? "" : ": " + reason)});
  }
  co_return held;
}

awaitable<Result<reconcile::Released>> Target::release(std::string function, std::string actor) {
  if (settings_.is_observing) co_return fail(is_observing());
  if (!busy_.insert(function).second) co_return fail(is_in_flight(function));
  auto released = co_await interventions(actor).release(function);
  end(function);
  if (released) enqueue(function, Urgency::human);
  co_return released;
}

awaitable<Result<reconcile::Rollback>> Target::roll_back(reconcile::RollbackWish wish, std::string actor) {
  if (settings_.is_observing) co_return fail(is_observing());
  const std::string function = wish.function;
  if (!busy_.insert(function).second) co_return fail(is_in_flight(function));
  reconcile::Interventions intervening = interventions(actor);
  if (const manifest::Function* wanted = wanted_function(function)) {
    auto fingerprint = co_await intervening.wanted_fingerprint(*wanted);
    if (fingerprint) wish.wanted_fingerprint = std::move(*fingerprint);
  }
  auto rollback = co_await intervening.prepare(std::move(wish));
  Result<void> moved;
  if (rollback) moved = co_await intervening.roll_back(*rollback);
  ++memories_[function].run;  // what a sweep saw before does not count
  end(function);
  if (!rollback) co_return rollback;
  enqueue(function, Urgency::human);
  if (!moved) co_return fail(std::move(moved).error());
  co_return rollback;
}

awaitable<Result<reconcile::Forgotten>> Target::forget(std::string function, std::string actor) {
  if (settings_.is_observing) co_return fail(is_observing());
  if (!busy_.insert(function).second) co_return fail(is_in_flight(function));
  auto forgotten = co_await interventions(actor).forget(function);
  ++memories_[function].run;
  end(function);
  if (forgotten) {
    next_sweep_ = now();
    changed_.raise();
  }
  co_return forgotten;
}

awaitable<Result<std::size_t>> Target::pause(std::string reason, std::string actor) {
  auto paused = co_await interventions(actor).suspend(state::kAllFunctions, reason);
  if (!paused) co_return fail(std::move(paused).error());
  co_await load_suspensions();
  // As at the end of the process: what has begun ends.
  for (reconcile::Reconciler* reconciler : running_) reconciler->stop_admitting();
  const std::size_t in_flight = this->in_flight().size();
  // What waits for its turn is told so by a sweep.
  next_sweep_ = now();
  table_.tell("paused", "", "everything is paused by " + actor + (reason.empty() ? "" : ": " + reason),
              {{"actor", actor}});
  ports_.urgent.log.warn("paused", {kv("actor", actor), kv("reason", reason), kv("in_flight", in_flight)});
  changed_.raise();
  co_return in_flight;
}

awaitable<Result<bool>> Target::unpause(std::string actor) {
  auto resumed = co_await interventions(actor).resume(state::kAllFunctions);
  if (!resumed) co_return resumed;
  co_await load_suspensions();
  next_sweep_ = now();
  if (*resumed) {
    table_.tell("unpaused", "", "goes on, by " + actor, {{"actor", actor}});
    ports_.urgent.log.info("pause ended", {kv("actor", actor)});
  }
  changed_.raise();
  co_return resumed;
}

}  // namespace fgsync::daemon
