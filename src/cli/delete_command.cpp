// delete: what goes is read and shown first, of all functions; then somebody says yes; then each is read once more and
// deleted. One that cannot go keeps the others: a person who is wrong about one may be wrong about all.
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <set>
#include <utility>

#include "cli/advice.hpp"
#include "cli/commands.hpp"
#include "cli/confirmation.hpp"
#include "cli/decision_words.hpp"
#include "cli/exit_code.hpp"
#include "cli/function_names.hpp"
#include "cli/manifests_if_any.hpp"
#include "cli/run_loop.hpp"
#include "cli/screen_text.hpp"
#include "cli/session.hpp"
#include "cli/step_words.hpp"
#include "reconcile/removal.hpp"

namespace fgsync::cli {
namespace {

using boost::asio::awaitable;
using reconcile::ManifestWord;
using reconcile::RemovalOutlook;

struct Deletion {
  const Options& options;
  Session& session;
  std::vector<reconcile::RemovalWish> wishes;
  std::vector<std::string> left_out;  ///< manifests in code, which keep the source from being whole
  Interruption interruption = {};
  bool is_deleting = false;
  bool is_stopping = false;
};

ManifestWord word_about(const std::string& name, const ManifestsIfAny& manifests) {
  const Workspace& workspace = manifests.workspace;
  const auto& rejected = workspace.rejected;
  if (std::find(rejected.begin(), rejected.end(), name) != rejected.end()) return ManifestWord::is_broken;
  for (const manifest::Function& function : workspace.functions) {
    if (function.name != name) continue;
    return function.handling.is_protected ? ManifestWord::protects : ManifestWord::wants;
  }
  return manifests.has_all || manifests.is_empty ? ManifestWord::none : ManifestWord::unknown;
}

reconcile::RemovalWish wish_for(const std::string& name, const ManifestsIfAny& manifests, const Options& options) {
  const Workspace& workspace = manifests.workspace;
  reconcile::RemovalWish wish{name, word_about(name, manifests), options.includes_unmanaged};
  wish.is_suspended = std::any_of(
      workspace.functions.begin(), workspace.functions.end(),
      [&name](const manifest::Function& function) { return function.name == name && function.handling.is_suspended; });
  wish.environment = workspace.environment ? workspace.environment->name : "";
  wish.has_environments = workspace.has_environments;
  return wish;
}

/// What the state says of other environments: one that protects a function does so wherever it is to be deleted.
Result<void> add_elsewhere(std::vector<reconcile::RemovalWish>& wishes, const std::string& state_directory,
                           const state::Scope& scope) {
  for (reconcile::RemovalWish& wish : wishes) {
    auto elsewhere = state::read_elsewhere(state_directory, scope, wish.function);
    if (!elsewhere) return fail(std::move(elsewhere).error());
    wish.elsewhere = std::move(*elsewhere);
  }
  return {};
}

/// One line, for the screen behind a descriptor.
std::string line(const std::string& text, int descriptor = STDERR_FILENO) {
  const Screen screen = screen_of(descriptor);
  const std::size_t indent = std::min(text.find_first_not_of(' '), text.size());
  const std::string shown = shown_line(text.substr(indent), screen.charset);
  return broken(std::string(indent, ' '), indent, shown, indent + 2, screen.columns);
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text.empty() ? "none" : text;
}

/// Whether it comes back.
std::string return_of(const RemovalOutlook& outlook) {
  if (!outlook.is_wanted) return "";
  const std::string wants = "A manifest still wants it";
  const std::string without = ", without its versions and triggers.";
  if (outlook.kept.suspension) return wants + ": sync makes it again only when that has ended" + without;
  if (outlook.is_suspended_by_manifest) {
    return wants + ", but says suspend: true: the next sync does not make it again.";
  }
  if (outlook.kept.hold) return wants + ": the next sync makes it again, unless that is what is held" + without;
  return wants + ": the next sync makes it again" + without;
}

std::string shown_belongings(const RemovalOutlook& outlook, int descriptor) {
  const auto line_of = [descriptor](const std::string& text) { return line(text, descriptor); };
  std::string decisions;
  for (const std::string& words : decision_words(outlook.function, outlook.kept)) decisions += line_of("    " + words);
  if (!outlook.belongings) {
    return line_of("  " + outlook.function + "  is gone already; the state forgets it") + decisions;
  }
  const reconcile::Belongings& belongings = *outlook.belongings;
  std::vector<std::string> aliases;
  for (const auto& [alias, version] : belongings.aliases) aliases.push_back(alias + " → " + version);
  std::vector<std::string> triggers;
  for (const reconcile::AttachedTrigger& trigger : belongings.triggers) {
    triggers.push_back(trigger.type_code + " at " + trigger.place + " (" + trigger.status + ")");
  }
  const std::string comes_back = return_of(outlook);
  return line_of("  " + outlook.function + "  " + belongings.urn.text()) +
         line_of("    versions  " + joined(belongings.versions)) + line_of("    aliases   " + joined(aliases)) +
         line_of("    triggers  " + joined(triggers)) + decisions +
         (comes_back.empty() ? "" : line_of("    " + comes_back));
}

std::string shown(const std::vector<RemovalOutlook>& outlooks, const std::string& verb, int descriptor) {
  std::string text = line("This " + verb + " " + plural(outlooks.size(), "function") + ", with all that belongs to " +
                              (outlooks.size() == 1 ? "it" : "them") + ":",
                          descriptor);
  for (const RemovalOutlook& outlook : outlooks) text += shown_belongings(outlook, descriptor);
  return text + line("There is no way back.", descriptor);
}

/// What a person can do about it. Where a manifest in code is all that keeps the source from being known, that is
/// named.
std::string next_of(const Deletion& run, const RemovalOutlook& outlook) {
  const auto is_unknown = [&outlook](const reconcile::RemovalWish& wish) {
    return wish.function == outlook.function && wish.manifest == ManifestWord::unknown;
  };
  const bool is_left_out = !run.left_out.empty() && std::any_of(run.wishes.begin(), run.wishes.end(), is_unknown);
  return is_left_out ? run.left_out.front() + ": move it out of the code" : advised(outlook.next, run.options);
}

/// What keeps the functions, if anything does. Says so.
int print_obstacles(const Deletion& run, const std::vector<RemovalOutlook>& outlooks, bool has_failed) {
  bool is_blocked = false;
  for (const RemovalOutlook& outlook : outlooks) {
    if (!outlook.blocked) continue;
    is_blocked = true;
    std::cerr << line("blocked     " + outlook.function + ": " + *outlook.blocked)
              << line("next: " + next_of(run, outlook));
  }
  if (!has_failed && !is_blocked) return kOk;
  std::cerr << (run.wishes.size() == 1 ? "Nothing was deleted.\n" : "Nothing was deleted, the others neither.\n");
  return has_failed ? kFailed : kBlocked;
}

awaitable<bool> is_agreed(Deletion& run, std::string what) {
  std::cerr << what;
  if (run.options.is_confirmed) co_return true;
  if (!has_person()) {
    std::cerr << "fgsync: nothing was deleted: there is no terminal to ask at, so this needs --yes\n";
    co_return false;
  }
  const bool is_yes = co_await ask_person(run.session.pool);
  if (!is_yes) std::cerr << "Nothing was deleted.\n";
  co_return is_yes;
}

awaitable<int> remove_all(Deletion& run, reconcile::Removals& removals, std::vector<RemovalOutlook> outlooks) {
  run.is_deleting = true;
  int exit_code = kOk;
  for (RemovalOutlook& outlook : outlooks) {
    const std::string name = outlook.function;
    if (run.is_stopping) {
      std::cerr << line("interrupted " + name + ": it was not deleted");
      continue;
    }
    const bool was_there = outlook.belongings.has_value();
    const reconcile::Kept kept = outlook.kept;
    run.interruption.in_flight = {name};
    auto removed = co_await removals.remove(std::move(outlook), run.options.reason);
    run.interruption.in_flight.clear();
    if (removed) {
      say("deleted     " + name + (was_there ? "" : ": it was gone already, the state forgot it"));
      for (const std::string& words : decision_words(name, kept)) say("            " + words);
    } else {
      const bool is_unknown = removed.error().kind == ErrorKind::unknown_effect;
      std::cerr << line((is_unknown ? "unknown     " : "failed      ") + name + ": " + removed.error().describe());
      exit_code = kFailed;
    }
  }
  co_return exit_code;
}

awaitable<int> delete_functions(Deletion& run) {
  reconcile::Removals removals(run.session.ports(), run.session.settings);
  std::vector<RemovalOutlook> outlooks;
  bool has_failed = false;
  for (const reconcile::RemovalWish& wish : run.wishes) {
    auto outlook = co_await removals.look(wish);
    if (outlook) {
      outlooks.push_back(std::move(*outlook));
    } else {
      has_failed = true;
      print_error(outlook.error());
    }
  }
  const int obstacles = print_obstacles(run, outlooks, has_failed);
  if (obstacles != kOk) co_return obstacles;
  if (run.options.is_dry_run) {
    std::cout << shown(outlooks, "would delete", STDOUT_FILENO);
    co_return kOk;
  }
  std::string what = shown(outlooks, "deletes", STDERR_FILENO);
  const bool may_go_on = co_await is_agreed(run, std::move(what));
  if (!may_go_on) co_return kBlocked;
  co_return co_await remove_all(run, removals, std::move(outlooks));
}

int fail_with(const Error& error, int exit_code) {
  print_error(error);
  return exit_code;
}

}  // namespace

int run_delete(const Options& options) {
  const auto names = function_names(options.functions);
  if (!names) return fail_with(names.error(), kUsage);
  auto place = load_place(options);
  if (!place) return fail_with(place.error(), kNothingUsable);
  if (place->config.mode == config::Mode::observe && !options.is_dry_run) {
    return fail_with(Error(ErrorKind::invalid, place->config.file + " says mode: observe, so nothing is written"),
                     kNothingUsable);
  }
  ManifestsIfAny manifests = read_manifests(options, std::move(*place));
  std::vector<reconcile::RemovalWish> wishes;
  for (const std::string& name : *names) wishes.push_back(wish_for(name, manifests, options));
  const Workspace& workspace = manifests.workspace;
  auto session = open_session(options, manifests.workspace, options.is_dry_run ? Access::read : Access::write);
  if (!session) {
    return fail_with(session.error(), session.error().kind == ErrorKind::invalid ? kNothingUsable : kFailed);
  }
  if ((*session)->has_state) {
    auto read =
        add_elsewhere(wishes, (*session)->connection.state_directory, scope_of((*session)->connection, workspace));
    if (!read) return fail_with(read.error(), kFailed);
  }
  Deletion run{options, **session, std::move(wishes), manifests.workspace.left_out};
  run.interruption.on_first_signal = [&run] {
    run.is_stopping = true;
    if (!run.is_deleting && !run.options.is_dry_run) std::cerr << "\nNothing was deleted.\n";
    return run.is_deleting;
  };
  return run_loop(*(*session)->loop, (*session)->clock, delete_functions(run), run.interruption);
}

}  // namespace fgsync::cli
