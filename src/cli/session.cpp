#include "cli/session.hpp"

#include <unistd.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <iostream>
#include <random>
#include <thread>

#include "cli/actor.hpp"
#include "cli/secret_access.hpp"
#include "cli/selection.hpp"
#include "cli/source_trees.hpp"
#include "cli/stderr_log.hpp"
#include "state/sqlite_store.hpp"

namespace fgsync::cli {
namespace {

std::string_view name_of(Command command) {
  switch (command) {
    case Command::hold: return "hold";
    case Command::release: return "release";
    case Command::rollback: return "rollback";
    case Command::suspend: return "suspend";
    case Command::resume: return "resume";
    case Command::adopt: return "adopt";
    case Command::forget: return "forget";
    case Command::delete_functions: return "delete";
    case Command::daemon: return "daemon";
    default: return "sync";
  }
}

/// Nothing is lost: the file stays, and what it says about the service is read from the service again.
Result<std::unique_ptr<state::Store>> begin_anew(const std::string& directory, const state::Scope& scope,
                                                 const Error& damage) {
  auto moved_to = state::set_aside(directory);
  if (!moved_to) return fail(std::move(moved_to).error());
  std::cerr
      << "fgsync: warning: " << damage.describe() << "\nfgsync: warning: it was moved to " << *moved_to
      << ", and a new state is begun: everything but its history is read from the service again, and what cannot "
         "be (holds, suspensions, for how many runs manifests have been missing, whether secrets changed) is not known "
         "now: hold and suspend again what is to stay as it is\n";
  return state::open_sqlite_store(directory, scope);
}

/// For whoever finds the state in use.
std::string holder_text(Command command) {
  return "fgsync " + std::string(name_of(command)) + ", process " + std::to_string(::getpid());
}

/// The daemon does not end by itself.
Error with_way_around(Error error) {
  const bool is_daemon = error.message.find("in use by fgsync daemon") != std::string::npos;
  if (!is_daemon) return error;
  const auto wait = error.message.find("; wait until it ends");
  error.message = error.message.substr(0, wait) +
                  ", which does this by itself: fgsync reconcile makes it look now, fgsync pause keeps it from "
                  "writing; for a run of your own stop it first";
  return error;
}

Result<void> open_state(const Options& options, const Workspace& workspace, Access access, Session& session) {
  const std::string& directory = session.connection.state_directory;
  session.has_state = !directory.empty();
  if (!directory.empty() && access == Access::write) {
    auto made = state::make_state_directory(directory);
    if (!made) return made;
    auto lock = state::FileLock::acquire(directory, holder_text(options.command));
    if (!lock) return fail(with_way_around(std::move(lock).error()));
    session.lock = std::move(*lock);
  }
  const state::Scope scope = scope_of(session.connection, workspace);
  auto store =
      access == Access::write ? open_store_or_begin_anew(directory, scope) : state::open_sqlite_store(directory, scope);
  const bool is_unusable = !store && store.error().kind == ErrorKind::corrupt && !directory.empty();
  if (!store && access == Access::read && (is_unusable || store.error().kind == ErrorKind::internal)) {
    std::cerr << "fgsync: warning: planning without state: " << store.error().describe() << "\n";
    store = state::open_sqlite_store("", scope);
    session.has_state = false;
  }
  if (!store) return fail(std::move(store).error());
  session.store = std::move(*store);
  return {};
}

plan::PlanOptions plan_options_of(const Options& options, const Workspace& workspace, Access access) {
  const config::Guards& guards = workspace.config.guards;
  plan::PlanOptions plan;
  plan.source_id = workspace.source_id;
  plan.writes_markers = workspace.config.markers.value_or(true);
  plan.adoption = options.adopt ? plan::Adoption::any : plan::Adoption::only_ours;
  plan.pruning = options.prune.value_or(guards.prune.value_or(false)) ? plan::Pruning::on : plan::Pruning::off;
  plan.recreation = options.allow_recreate ? plan::Recreation::allowed : plan::Recreation::forbidden;
  plan.self_heals = guards.self_heal.value_or(plan.self_heals);
  plan.needs_secrets = access == Access::write;
  plan.prune_after = guards.prune_after.value_or(plan.prune_after);
  plan.confirmed_deletions.insert(guards.confirm_delete.begin(), guards.confirm_delete.end());
  return plan;
}

/// Whoever asks to prune by hand wants to be sure; so is who has nothing to trust.
reconcile::Refresh refresh_of(const Options& options, const Connection& connection) {
  const bool is_full = options.refreshes_fully.value_or(connection.state_directory.empty() || options.prune == true);
  return is_full ? reconcile::Refresh::full : reconcile::Refresh::list;
}

/// What is not all of the source does not tell what is gone from it.
std::optional<std::string> reason_against_deletes(const Workspace& workspace) {
  if (workspace.selection) return "only some functions are selected";
  if (manifest::has_error(workspace.diagnostics)) return "some manifests have errors";
  if (!workspace.left_out.empty()) return "not all of the source is read: " + workspace.left_out.front();
  if (!workspace.is_whole_source) return "only a part of the source was read";
  return std::nullopt;
}

reconcile::ImportVia import_via_of(const config::Config& config) {
  switch (config.import_via.value_or(config::ImportVia::automatic)) {
    case config::ImportVia::automatic: break;
    case config::ImportVia::import: return reconcile::ImportVia::import;
    case config::ImportVia::create: return reconcile::ImportVia::create;
  }
  return reconcile::ImportVia::automatic;
}

bool names_secrets(const Workspace& workspace) {
  return std::any_of(workspace.functions.begin(), workspace.functions.end(),
                     [](const manifest::Function& function) { return !function.extra->encrypted_user_data.empty(); });
}

}  // namespace

reconcile::Settings settings_of(const Options& options, const Workspace& workspace, const Connection& connection,
                                Access access) {
  using std::chrono::duration_cast;
  reconcile::Settings settings;
  settings.plan = plan_options_of(options, workspace, access);
  settings.refresh = refresh_of(options, connection);
  settings.full_refresh = duration_cast<std::chrono::seconds>(
      workspace.config.intervals.full_refresh.value_or(config::Duration(settings.full_refresh)));
  settings.max_delete = workspace.config.guards.max_delete;
  settings.no_deletes = reason_against_deletes(workspace);
  settings.import_via = import_via_of(workspace.config);
  settings.actor = actor_of(config::process_environment());
  settings.find_revision = [root = workspace.root] { return source_revision(root); };
  settings.root = workspace.root;
  settings.parallel = static_cast<std::size_t>(std::max(resolve_parallel(options, workspace.config), 1));
  settings.call_timeout = workspace.config.call_timeout.value_or(settings.call_timeout);
  settings.upload_timeout = workspace.config.upload_timeout.value_or(settings.upload_timeout);
  settings.run_timeout = options.timeout.value_or(settings.run_timeout);
  settings.random_seed = std::random_device{}();
  settings.is_whole_source = workspace.is_whole_source;
  settings.rejected = workspace.rejected;
  return settings;
}

Result<std::unique_ptr<state::Store>> open_store_or_begin_anew(const std::string& directory,
                                                               const state::Scope& scope) {
  auto store = state::open_sqlite_store(directory, scope);
  const bool is_unusable = !store && store.error().kind == ErrorKind::corrupt && !directory.empty();
  return is_unusable ? begin_anew(directory, scope, store.error()) : std::move(store);
}

state::Scope scope_of(const Connection& connection, const Workspace& workspace) {
  const auto& sources = workspace.config.sources;
  if (std::any_of(sources.begin(), sources.end(), [](const auto& source) { return source.git.has_value(); })) {
    // Only the daemon follows repositories; this is the state that it keeps.
    const SourcesName name = name_of_sources({}, workspace.config);
    return {connection.endpoint.to_string(), connection.project_id, workspace.source_id, name.root, name.environment};
  }
  return {connection.endpoint.to_string(), connection.project_id, workspace.source_id, workspace.root,
          workspace.environment ? workspace.environment->name : ""};
}

Session::Session(unsigned threads) : loop(std::make_unique<boost::asio::io_context>(1)), pool(threads) {}

Session::~Session() = default;

reconcile::Ports Session::ports() {
  return {*access->service, *store, clock, pool, log, access->triggers.get(), read_secret};
}

Result<std::unique_ptr<Session>> open_session(const Options& options, Workspace& workspace, Access access) {
  auto connection = resolve_connection(options, workspace.config);
  if (!connection) return fail(std::move(connection).error());
  auto session = std::make_unique<Session>(std::max(1U, std::thread::hardware_concurrency()));
  session->connection = std::move(*connection);

  session->log = stderr_log(options.log_level);
  AccessPorts access_ports{session->loop->get_executor(), session->pool, session->clock, session->log};
  auto service = open_access(session->connection, std::move(access_ports));
  if (!service) return fail(std::move(service).error());
  session->access = std::move(*service);

  auto state = open_state(options, workspace, access, *session);
  if (!state) return fail(std::move(state).error());

  session->read_secret = secret_reader(workspace.config);
  session->settings = settings_of(options, workspace, session->connection, access);
  session->settings.plan.has_state = session->has_state;
  if (names_secrets(workspace)) {
    auto key = read_fingerprint_key(workspace.config);
    if (!key) return fail(std::move(key).error());
    session->settings.fingerprint_key = std::move(*key);
  }
  session->reconciler =
      std::make_unique<reconcile::Reconciler>(session->ports(), session->settings, std::move(workspace.functions));
  return session;
}

}  // namespace fgsync::cli
