// The commands by which a person steps in: rollback, hold, release, forget.
#include "reconcile/interventions.hpp"

#include <algorithm>
#include <iostream>
#include <map>
#include <utility>

#include "cli/advice.hpp"
#include "cli/commands.hpp"
#include "cli/confirmation.hpp"
#include "cli/daemon_orders.hpp"
#include "cli/decision_words.hpp"
#include "cli/exit_code.hpp"
#include "cli/function_names.hpp"
#include "cli/manifests_if_any.hpp"
#include "cli/other_environments.hpp"
#include "cli/run_loop.hpp"
#include "cli/screen_text.hpp"
#include "cli/session.hpp"

namespace fgsync::cli {
namespace {

using boost::asio::awaitable;

struct Intervention {
  const Options& options;
  Session* session = nullptr;
  std::optional<manifest::Function> function;  ///< its manifest, where one was read
  Workspace place = {};                        ///< without functions
  bool is_applying = false;
  /// Of `forget`: the manifests that take a function over again, by name. Empty: its manifest has an error.
  std::map<std::string, std::string> adopting = {};

  [[nodiscard]] reconcile::Interventions commands() const { return {session->ports(), session->settings}; }
};

int failed(const Error& error) {
  print_error(error);
  return kFailed;
}

/// The same for what may have been done all the same: a lost answer is no failure.
int failed_or_unknown(const std::string& function, const Error& error) {
  if (error.kind != ErrorKind::unknown_effect) return failed(error);
  tell("unknown     " + function + ": " + error.describe());
  return kFailed;
}

Error without_manifest(const Options& options, const Workspace& workspace) {
  return Error(ErrorKind::invalid,
               "no usable manifest for a function named " + options.function + " in " + workspace.shown_source);
}

std::string release_command(const Options& options) {
  return advised("fgsync release " + options.function, options);
}

awaitable<int> roll_back(Intervention& run) {
  auto commands = run.commands();
  reconcile::RollbackWish wish;
  wish.function = run.options.function;
  wish.alias = run.options.alias;
  wish.to = run.options.to_version;
  wish.reason = run.options.reason;
  if (run.function) {
    auto wanted = co_await commands.wanted_fingerprint(*run.function);
    if (wanted) wish.wanted_fingerprint = std::move(*wanted);
  }
  auto rollback = co_await commands.prepare(std::move(wish));
  if (!rollback) co_return failed(rollback.error());
  const std::string move =
      rollback->function + ": alias " + rollback->alias + " " + rollback->from + " → " + rollback->to;
  const bool may_go_on =
      co_await ask(run.options, run.session->pool, "This moves " + move + ", with all of its traffic");
  if (!may_go_on) {
    std::cerr << "Nothing was done.\n";
    co_return kBlocked;
  }
  run.is_applying = true;
  const std::string fingerprint = rollback->fingerprint;
  auto done = co_await commands.roll_back(std::move(*rollback));
  if (!done) co_return failed_or_unknown(run.options.function, done.error());
  say("rolled back " + move);
  say("held        fingerprint " + fingerprint +
      ", until the code or settings change, or: " + release_command(run.options));
  co_return kOk;
}

awaitable<int> hold(Intervention& run) {
  auto commands = run.commands();
  auto fingerprint = co_await commands.wanted_fingerprint(*run.function);
  if (!fingerprint) co_return failed(fingerprint.error());
  run.is_applying = true;
  auto held = co_await commands.hold(run.options.function, *fingerprint, run.options.reason);
  if (!held) co_return failed(held.error());
  say("held        " + run.options.function + ": fingerprint " + *fingerprint +
      ", until the code or settings change, or: " + release_command(run.options));
  co_return kOk;
}

/// The state knows it, or a manifest does. Which ones there are is read only now: a release must be possible whatever
/// the manifests look like.
bool is_known(const Options& options, const std::vector<state::InventoryEntry>& inventory) {
  const auto is_it = [&options](const auto& row) { return row.name == options.function; };
  if (std::any_of(inventory.begin(), inventory.end(), is_it)) return true;
  const auto workspace = load_workspace(options);
  if (!workspace) return false;
  const auto& rejected = workspace->rejected;
  return std::any_of(workspace->functions.begin(), workspace->functions.end(), is_it) ||
         std::find(rejected.begin(), rejected.end(), options.function) != rejected.end();
}

awaitable<int> tell_nothing_holds(Intervention& run) {
  const std::string& name = run.options.function;
  auto inventory = co_await run.session->store->inventory();
  if (!inventory) co_return failed(inventory.error());
  const InState is_so = [&name](const state::Snapshot& snapshot) {
    const auto& all = snapshot.holds;
    return std::any_of(all.begin(), all.end(), [&name](const auto& entry) { return entry.function == name; });
  };
  auto look = [&run, &name, is_so, known = std::move(*inventory)]() -> Result<std::string> {
    auto told = told_of_environment(run.session->connection, run.place, is_so, "fgsync release " + name, run.options);
    if (told.is_so_elsewhere || is_known(run.options, known)) return told.text;
    return fail(ErrorKind::invalid, "neither a manifest nor the state knows " + name + ": nothing was changed");
  };
  auto told = co_await offload(run.session->pool, std::move(look));
  if (!told) {
    print_error(told.error());
    co_return kNothingUsable;
  }
  say("Nothing holds " + name + *told);
  co_return kOk;
}

awaitable<int> release(Intervention& run) {
  auto commands = run.commands();
  run.is_applying = true;
  auto released = co_await commands.release(run.options.function);
  if (!released) co_return failed_or_unknown(run.options.function, released.error());
  if (!released->had_hold && released->aliases.empty()) co_return co_await tell_nothing_holds(run);
  std::string aliases;
  for (const std::string& alias : released->aliases) aliases += (aliases.empty() ? "" : ", ") + alias;
  say("released    " + run.options.function + (aliases.empty() ? "" : ": mark removed from alias " + aliases));
  co_return kOk;
}

/// What a manifest makes of having forgotten its function.
std::string words_of_return(const std::string& file, const reconcile::Kept& kept) {
  constexpr const char* kIndent = "            ";
  if (file.empty())
    return std::string(kIndent) + "Its manifest has an error: if it says adopt: true, sync takes it over again";
  return kIndent + file + " says adopt: true, so its manifest takes it over again at the next sync" +
         (kept.suspension ? " after that" : "") + ": remove the manifest";
}

std::map<std::string, std::string> adopting_manifests(const Workspace& workspace) {
  std::map<std::string, std::string> adopting;
  for (const std::string& name : workspace.rejected) adopting.emplace(name, "");
  for (const manifest::Function& function : workspace.functions) {
    if (function.handling.adopt) adopting.emplace(function.name, function.position.file);
  }
  return adopting;
}

awaitable<int> forget(Intervention& run) {
  auto commands = run.commands();
  run.is_applying = true;
  int exit_code = kOk;
  const auto names = function_names(run.options.forgotten);
  if (!names) co_return failed(names.error());
  for (const std::string& function : *names) {
    auto forgotten = co_await commands.forget(function);
    if (!forgotten) {
      exit_code = failed_or_unknown(function, forgotten.error());
      continue;
    }
    say("forgotten   " + function + ": " + (forgotten->had_mark ? "its ownership mark was removed; " : "") +
        "it stays on the service as it is");
    for (const std::string& words : decision_words(function, forgotten->kept)) say("            " + words);
    const auto adopting = run.adopting.find(function);
    if (adopting == run.adopting.end()) continue;
    if (exit_code == kOk) exit_code = kBlocked;
    say(words_of_return(adopting->second, forgotten->kept));
  }
  co_return exit_code;
}

enum class Manifests { none, looked_at, used_if_there, needed };

/// Whoever writes to the service or the state does so as `mode` allows.
Result<Workspace> load(const Options& options, Manifests manifests) {
  const bool is_place_enough = manifests == Manifests::none || manifests == Manifests::looked_at;
  auto workspace = is_place_enough ? load_place(options) : load_workspace(options);
  // A rollback must be possible whatever the manifests look like.
  if (!workspace && manifests == Manifests::used_if_there) workspace = load_place(options);
  if (workspace && workspace->config.mode == config::Mode::observe) {
    return fail(ErrorKind::invalid, workspace->config.file + " says mode: observe, so nothing is written");
  }
  if (workspace && manifests == Manifests::looked_at) return read_manifests(options, std::move(*workspace)).workspace;
  return workspace;
}

int run_intervention(const Options& options, Manifests manifests, awaitable<int> (*flow)(Intervention&)) {
  if (const auto ordered = order_of_daemon(options)) return *ordered;
  auto workspace = load(options, manifests);
  if (!workspace) {
    print_error(workspace.error());
    return kNothingUsable;
  }
  Intervention run{options, nullptr, std::nullopt, {}, false};
  if (manifests == Manifests::looked_at) run.adopting = adopting_manifests(*workspace);
  for (const manifest::Function& function : workspace->functions) {
    if (function.name == options.function) run.function = function;
  }
  if (manifests == Manifests::needed && !run.function) {
    for (const auto& diagnostic : workspace->diagnostics) std::cerr << manifest::to_text(diagnostic);
    print_error(without_manifest(options, *workspace));
    return kNothingUsable;
  }
  auto session = open_session(options, *workspace, Access::write);
  if (!session) {
    print_error(session.error());
    return session.error().kind == ErrorKind::invalid ? kNothingUsable : kFailed;
  }
  run.session = session->get();
  run.place = std::move(*workspace);
  if (flow == hold && run.session->connection.state_directory.empty()) {
    print_error(Error(ErrorKind::invalid, "a hold is kept in the state directory: run without --no-state"));
    return kNothingUsable;
  }
  Interruption interruption;
  interruption.on_first_signal = [&run] { return run.is_applying; };
  return run_loop(*run.session->loop, run.session->clock, flow(run), interruption);
}

}  // namespace

int run_rollback(const Options& options) {
  return run_intervention(options, Manifests::used_if_there, roll_back);
}

int run_hold(const Options& options) {
  return run_intervention(options, Manifests::needed, hold);
}

int run_release(const Options& options) {
  return run_intervention(options, Manifests::none, release);
}

int run_forget(const Options& options) {
  return run_intervention(options, Manifests::looked_at, forget);
}

}  // namespace fgsync::cli
