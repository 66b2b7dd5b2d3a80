// suspend and resume. Nobody is asked: which functions there are is known from the manifests and the state.
#include <algorithm>
#include <iostream>
#include <map>
#include <set>
#include <utility>

#include "base/nearest.hpp"
#include "cli/advice.hpp"
#include "cli/commands.hpp"
#include "cli/daemon_orders.hpp"
#include "cli/exit_code.hpp"
#include "cli/other_environments.hpp"
#include "cli/run_loop.hpp"
#include "cli/screen_text.hpp"
#include "cli/session.hpp"
#include "reconcile/interventions.hpp"

namespace fgsync::cli {
namespace {

using boost::asio::awaitable;

/// What is known here of one function.
struct Known {
  bool is_suspended_by_manifest = false;
  std::string manifest;  ///< its place, if one was read
};

struct SuspensionRun {
  const Options& options;
  Session& session;
  std::map<std::string, Known> known;
  Workspace place;  ///< without functions
  bool is_applying = false;
};

/// Without repetitions, in the order given.
std::vector<std::string> names_of(const Options& options) {
  std::vector<std::string> names;
  for (const std::string& name : options.functions) {
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  return names;
}

/// Those that the state knows join those of the manifests.
awaitable<Result<void>> add_remembered(SuspensionRun& run) {
  auto inventory = co_await run.session.store->inventory();
  if (!inventory) co_return fail(std::move(inventory).error());
  for (const state::InventoryEntry& entry : *inventory) run.known.try_emplace(entry.name);
  auto suspensions = co_await run.session.store->suspensions();
  if (!suspensions) co_return fail(std::move(suspensions).error());
  for (const state::SuspensionEntry& entry : *suspensions) run.known.try_emplace(entry.function);
  co_return Result<void>();
}

/// A word about a function that there is not would do nothing, and be taken for done.
Result<void> check_known(const SuspensionRun& run) {
  std::vector<std::string_view> words;
  for (const auto& [name, known] : run.known) words.emplace_back(name);
  std::string unknown;
  for (const std::string& name : names_of(run.options)) {
    if (run.known.contains(name)) continue;
    const auto meant = nearest(name, words);
    unknown += (unknown.empty() ? "" : ", ") + name + (meant ? " (did you mean " + *meant + "?)" : "");
  }
  if (unknown.empty()) return {};
  return fail(ErrorKind::invalid, "neither a manifest nor the state knows " + unknown + ": nothing was changed");
}

awaitable<int> suspend(SuspensionRun& run) {
  reconcile::Interventions commands(run.session.ports(), run.session.settings);
  run.is_applying = true;
  for (const std::string& name : names_of(run.options)) {
    auto suspended = co_await commands.suspend(name, run.options.reason);
    if (!suspended) {
      print_error(suspended.error());
      co_return kFailed;
    }
    say("suspended   " + name + ": plan shows what it would need, and sync leaves it alone, until: " +
        advised("fgsync resume " + name, run.options));
  }
  co_return kOk;
}

awaitable<std::string> told_elsewhere(SuspensionRun& run, std::string name) {
  const InState is_so = [name](const state::Snapshot& snapshot) {
    const auto& all = snapshot.suspensions;
    return std::any_of(all.begin(), all.end(), [&name](const auto& entry) { return entry.function == name; });
  };
  auto look = [&run, is_so, command = "fgsync resume " + name] {
    return told_of_environment(run.session.connection, run.place, is_so, command, run.options).text;
  };
  co_return co_await offload(run.session.pool, std::move(look));
}

awaitable<int> resume(SuspensionRun& run) {
  reconcile::Interventions commands(run.session.ports(), run.session.settings);
  run.is_applying = true;
  int exit_code = kOk;
  for (const std::string& name : names_of(run.options)) {
    auto resumed = co_await commands.resume(name);
    if (!resumed) {
      print_error(resumed.error());
      co_return kFailed;
    }
    const Known& known = run.known.at(name);
    if (known.is_suspended_by_manifest) {
      exit_code = kBlocked;
      say("suspended   " + name + ": " +
          (*resumed ? "resumed here, but its manifest still says" : "not by fgsync suspend, but its manifest says") +
          " suspend: true, so sync leaves it alone until that is taken out of " + known.manifest);
    } else if (*resumed) {
      say("resumed     " + name);
    } else {
      const std::string environment = co_await told_elsewhere(run, name);
      say("Nothing suspends " + name + environment);
    }
  }
  co_return exit_code;
}

awaitable<int> check_and_do(SuspensionRun& run, awaitable<int> (*flow)(SuspensionRun&)) {
  auto remembered = co_await add_remembered(run);
  if (!remembered) {
    print_error(remembered.error());
    co_return kFailed;
  }
  auto checked = check_known(run);
  if (!checked) {
    print_error(checked.error());
    co_return kNothingUsable;
  }
  co_return co_await flow(run);
}

std::map<std::string, Known> known_by_manifests(const Workspace& workspace) {
  std::map<std::string, Known> known;
  for (const manifest::Function& function : workspace.functions) {
    known[function.name] = {function.handling.is_suspended, function.position.file};
  }
  for (const std::string& name : workspace.rejected) known.try_emplace(name);
  return known;
}

int run_suspension(const Options& options, awaitable<int> (*flow)(SuspensionRun&)) {
  if (const auto ordered = order_of_daemon(options)) return *ordered;
  auto workspace = load_workspace(options);
  // Suspending must be possible whatever the manifests look like: then the state says what there is.
  if (!workspace) workspace = load_place(options);
  if (workspace && workspace->config.mode == config::Mode::observe) {
    print_error(Error(ErrorKind::invalid, workspace->config.file + " says mode: observe, so nothing is written"));
    return kNothingUsable;
  }
  if (!workspace) {
    print_error(workspace.error());
    return kNothingUsable;
  }
  for (const auto& diagnostic : workspace->diagnostics) std::cerr << manifest::to_text(diagnostic);
  auto known = known_by_manifests(*workspace);
  auto session = open_session(options, *workspace, Access::write);
  if (!session) {
    print_error(session.error());
    return session.error().kind == ErrorKind::invalid ? kNothingUsable : kFailed;
  }
  if ((*session)->connection.state_directory.empty()) {
    print_error(Error(ErrorKind::invalid, "what is suspended is kept in the state directory: run without --no-state"));
    return kNothingUsable;
  }
  SuspensionRun run{options, **session, std::move(known), *workspace, false};
  Interruption interruption;
  interruption.on_first_signal = [&run] { return run.is_applying; };
  return run_loop(*run.session.loop, run.session.clock, check_and_do(run, flow), interruption);
}

}  // namespace

int run_suspend(const Options& options) {
  return run_suspension(options, suspend);
}

int run_resume(const Options& options) {
  return run_suspension(options, resume);
}

}  // namespace fgsync::cli
