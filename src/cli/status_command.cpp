// What the running daemon says; without one, what the state says, held against the manifests. Writes nothing, takes no
// lock, asks no service: it answers while a sync is at work, and on a machine that may only read.
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "base/clock.hpp"
#include "base/nearest.hpp"
#include "cli/commands.hpp"
#include "cli/daemon_client.hpp"
#include "cli/daemon_status.hpp"
#include "cli/exit_code.hpp"
#include "cli/function_names.hpp"
#include "cli/manifests_if_any.hpp"
#include "cli/screen.hpp"
#include "cli/screen_text.hpp"
#include "cli/session.hpp"
#include "cli/status_view.hpp"
#include "package/contents.hpp"
#include "plan/desired.hpp"
#include "reconcile/code.hpp"
#include "reconcile/inventory.hpp"
#include "state/file_lock.hpp"
#include "state/sqlite_snapshot.hpp"

namespace fgsync::cli {
namespace {

constexpr std::string_view kSecrets = "encrypted_user_data.";

/// Without secrets: whether they changed only their values tell, which are not read here.
std::map<std::string, std::string> without_secrets(std::map<std::string, std::string> fields) {
  std::erase_if(fields, [](const auto& field) { return field.first.starts_with(kSecrets); });
  return fields;
}

Result<ContentDigest> content_of(const manifest::Code& code, const std::string& root) {
  if (!reconcile::is_files(code)) return reconcile::digest_elsewhere(code);
  auto list = reconcile::scan_code(code, root);
  if (!list) return fail(std::move(list).error());
  auto contents = package::hash_contents(*list);
  if (!contents) return fail(std::move(contents).error());
  return contents->digest;
}

Difference difference_of(const manifest::Function& function, const state::InventoryEntry& applied,
                         const Workspace& workspace) {
  auto content = content_of(function.code, workspace.root);
  if (!content) return {{}, content.error().describe()};
  plan::Desired desired;
  desired.function = function;
  desired.contents.digest = std::move(*content);
  reconcile::Settings settings;
  settings.plan.source_id = workspace.source_id;
  settings.plan.writes_markers = workspace.config.markers.value_or(true);
  const state::InventoryEntry wanted =
      reconcile::inventory_entry_of(desired, applied.urn, applied.remote_digest, std::nullopt, settings);
  Difference difference;
  if (wanted.content_digest != applied.content_digest) difference.fields.emplace_back("code");
  for (const auto& change : plan::field_changes(without_secrets(applied.config), without_secrets(wanted.config))) {
    difference.fields.push_back(change.path);
  }
  for (const manifest::WantedAlias& alias : function.aliases) {
    if (!applied.aliases.contains(alias.name)) difference.fields.push_back("alias " + alias.name);
  }
  return difference;
}

/// Where the first error of a function's manifest stands.
std::map<std::string, std::string> rejected_of(const Workspace& workspace) {
  std::map<std::string, std::string> rejected;
  for (const std::string& name : workspace.rejected) rejected[name] = "see fgsync validate -n " + name;
  return rejected;
}

/// Which file keeps it from being known whether a manifest wants a function.
void name_left_out(std::vector<FunctionStatus>& statuses, const Workspace& workspace) {
  if (workspace.left_out.empty()) return;
  for (FunctionStatus& status : statuses) {
    if (status.code == "manifests_unknown") {
      status.reason += ": " + workspace.left_out.front() + "; move it out of the code";
    }
  }
}

/// Only those that were asked for; an error when one of them is nowhere.
Result<void> narrow(std::vector<FunctionStatus>& statuses, const std::vector<std::string>& names) {
  if (names.empty()) return {};
  const std::set<std::string> wanted(names.begin(), names.end());
  std::vector<std::string_view> known;
  for (const FunctionStatus& status : statuses) known.push_back(status.name);
  for (const std::string& name : wanted) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    const auto meant = nearest(name, known);
    return fail(ErrorKind::invalid, "neither a manifest nor the state has a function " + name +
                                        (meant ? "; did you mean " + *meant + "?" : ""));
  }
  std::erase_if(statuses, [&wanted](const FunctionStatus& status) { return !wanted.contains(status.name); });
  return {};
}

/// The last words about what is too old.
int print_stale(const std::vector<FunctionStatus>& statuses, const StatusContext& context) {
  std::string names;
  std::size_t count = 0;
  for (const FunctionStatus& status : statuses) {
    if (!is_stale(status, *context.max_age_s, context.now)) continue;
    constexpr std::size_t kShown = 10;
    if (++count > kShown) continue;
    names += (names.empty() ? "" : ", ") + status.name + " (" +
             (status.observed_at ? shown_age(context.now - *status.observed_at) + " ago" : "never") + ")";
  }
  if (count == 0) return kOk;
  tell("fgsync: not observed within " + shown_age(*context.max_age_s) + ": " + names +
       (names.empty() || count <= 10 ? "" : ", and others"));
  return kFailed;
}

void print(const Options& given, const std::vector<FunctionStatus>& statuses, const StatusContext& context) {
  if (given.format == Format::json) {
    std::cout << render_status_json(statuses, context);
  } else {
    const Paint paint(uses_color(given, STDOUT_FILENO));
    const auto few = context.daemon ? Columns::daemon : Columns::few;
    std::cout << render_status_text(statuses, context, given.is_wide ? Columns::wide : few, paint,
                                    screen_of(STDOUT_FILENO));
  }
  std::cout << std::flush;
}

/// What the state knows besides the daemon, where it may be read and there is no doubt which it is.
void look_into_state(const Options& given, StatusContext& context, DaemonStatus& status) {
  const auto place = load_place(given);
  if (!place || status.target_count != 1 || !given.target.empty()) return;
  const auto target = resolve_target(given, place->config, config::process_environment());
  if (!target || target->state_directory.empty()) return;
  auto snapshot = state::read_snapshot(target->state_directory, scope_of(*target, *place));
  if (!snapshot || !*snapshot) return;
  StatusInputs inputs;
  inputs.state = std::move(*snapshot);
  inputs.has_all_manifests = false;
  context.state_directory = target->state_directory;
  context.running = state::lock_holder(context.state_directory);
  context.has_state = true;
  add_remembered(status.functions, statuses_of(inputs));
}

/// A target where nobody looks, whatever is known of its functions.
int print_unwatched(const DaemonStatus& status, const StatusContext& context) {
  int exit_code = kOk;
  for (const DaemonStatus::Unwatched& target : status.targets) {
    const bool is_watched = target.swept_at && context.now - *target.swept_at <= *context.max_age_s;
    if (is_watched && target.problem.empty()) continue;
    tell("fgsync: target " + target.target + ": no sweep has ended within " + shown_age(*context.max_age_s) +
         (target.problem.empty() ? "" : ": " + target.problem));
    exit_code = kFailed;
  }
  return exit_code;
}

/// How things are, as the running daemon says.
int show_daemon(const Options& given, const DaemonClient& daemon, const std::vector<std::string>& names) {
  auto status = read_daemon_status(daemon.status(), daemon.socket(), daemon.target());
  if (!status) {
    print_error(status.error());
    return status.error().kind == ErrorKind::not_found ? kNothingUsable : kFailed;
  }
  StatusContext context;
  context.now = status->now;
  if (given.max_age) context.max_age_s = std::chrono::duration_cast<std::chrono::seconds>(*given.max_age).count();
  look_into_state(given, context, *status);
  context.daemon = status->daemon;
  if (const auto narrowed = narrow(status->functions, names); !narrowed) {
    print_error(narrowed.error());
    return kNothingUsable;
  }
  print(given, status->functions, context);
  if (!context.max_age_s) return kOk;
  return std::max(print_stale(status->functions, context), print_unwatched(*status, context));
}

}  // namespace

int run_status(const Options& given) {
  const auto names = function_names(given.functions);
  if (!names) {
    print_error(names.error());
    return kUsage;
  }
  const auto daemon = find_daemon(given);
  if (daemon && *daemon) return show_daemon(given, **daemon, *names);
  if (!daemon) tell("fgsync: warning: " + daemon.error().describe() + "; what follows is what the state says");
  auto place = load_place(given);
  if (!place) {
    print_error(place.error());
    return kNothingUsable;
  }
  const auto target = resolve_target(given, place->config, config::process_environment());
  if (!target) {
    print_error(target.error());
    return kNothingUsable;
  }
  StatusContext context;
  context.state_directory = target->state_directory;
  context.now = reconcile::epoch_seconds(SystemClock().wall_now());
  if (given.max_age) context.max_age_s = std::chrono::duration_cast<std::chrono::seconds>(*given.max_age).count();

  StatusInputs inputs;
  if (!context.state_directory.empty()) {
    context.running = state::lock_holder(context.state_directory);
    auto snapshot = state::read_snapshot(context.state_directory, scope_of(*target, *place));
    if (!snapshot) {
      print_error(snapshot.error());
      return kFailed;
    }
    inputs.state = std::move(*snapshot);
  }
  context.has_state = inputs.state.has_value();
  inputs.is_running = context.running.has_value();

  ManifestsIfAny manifests = read_manifests(given, std::move(*place));
  inputs.has_all_manifests = manifests.has_all;
  Workspace& workspace = manifests.workspace;
  inputs.prunes = workspace.config.guards.prune.value_or(false);
  inputs.rejected = rejected_of(workspace);
  if (inputs.state) {
    std::map<std::string_view, const state::InventoryEntry*> applied;
    for (const state::InventoryEntry& entry : inputs.state->inventory) applied.emplace(entry.name, &entry);
    for (const manifest::Function& function : workspace.functions) {
      const auto entry = applied.find(function.name);
      if (entry == applied.end()) continue;
      inputs.differences.emplace(function.name, difference_of(function, *entry->second, workspace));
    }
  }
  inputs.functions = std::move(workspace.functions);

  std::vector<FunctionStatus> statuses = statuses_of(inputs);
  name_left_out(statuses, workspace);
  const auto narrowed = narrow(statuses, *names);
  if (!narrowed) {
    print_error(narrowed.error());
    return kNothingUsable;
  }
  print(given, statuses, context);
  const int exit_code = context.max_age_s ? print_stale(statuses, context) : kOk;
  const bool is_unknown = !context.has_state && !context.state_directory.empty();
  if (!is_unknown) return exit_code;
  print_error(Error(ErrorKind::not_found,
                    "there is no state of this source and project in " + context.state_directory +
                        " yet: a sync makes it (or another --state, --root, --env, endpoint or project is meant)"));
  return kNothingUsable;
}

}  // namespace fgsync::cli
