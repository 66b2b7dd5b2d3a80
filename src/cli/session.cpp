#include "cli/session.hpp"

#include <unistd.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <iostream>
#include <random>
#include <thread>

#include "state/sqlite_store.hpp"

namespace fgsync::cli {
namespace {

std::string holder_text() {
  return "fgsync sync, process " + std::to_string(::getpid());
}

Result<void> open_state(const Workspace& workspace, Access access, Session& session) {
  const std::string& directory = session.connection.state_directory;
  if (!directory.empty() && access == Access::write) {
    auto made = state::make_state_directory(directory);
    if (!made) return made;
    auto lock = state::FileLock::acquire(directory, holder_text());
    if (!lock) return fail(std::move(lock).error());
    session.lock = std::move(*lock);
  }
  const state::Scope scope = scope_of(session.connection, workspace);
  auto store = state::open_sqlite_store(directory, scope);
  if (!store && access == Access::read && store.error().kind == ErrorKind::internal) {
    std::cerr << "fgsync: warning: planning without state: " << store.error().describe() << "\n";
    store = state::open_sqlite_store("", scope);
  }
  if (!store) return fail(std::move(store).error());
  session.store = std::move(*store);
  return {};
}

reconcile::Settings settings_of(const Options& options, const Workspace& workspace) {
  reconcile::Settings settings;
  settings.plan.source_id = workspace.source_id;
  settings.plan.writes_markers = workspace.config.markers.value_or(true);
  settings.plan.adoption = options.adopt ? plan::Adoption::any : plan::Adoption::only_ours;
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

}  // namespace

state::Scope scope_of(const Connection& connection, const Workspace& workspace) {
  return {connection.endpoint.to_string(), connection.project_id, workspace.source_id, workspace.root,
          workspace.environment ? workspace.environment->name : ""};
}

Session::Session(unsigned threads) : loop(std::make_unique<boost::asio::io_context>(1)), pool(threads) {}

Session::~Session() = default;

Result<std::unique_ptr<Session>> open_session(const Options& options, Workspace& workspace, Access access) {
  auto connection = resolve_connection(options, workspace.config);
  if (!connection) return fail(std::move(connection).error());
  auto session = std::make_unique<Session>(std::max(1U, std::thread::hardware_concurrency()));
  session->connection = std::move(*connection);

  const Logger log = Logger::to_stderr(options.log_level);
  AccessPorts access_ports{session->loop->get_executor(), session->pool, session->clock, log};
  auto service = open_access(session->connection, std::move(access_ports));
  if (!service) return fail(std::move(service).error());
  session->access = std::move(*service);

  auto state = open_state(workspace, access, *session);
  if (!state) return fail(std::move(state).error());

  reconcile::Ports ports{*session->access->service, *session->store, session->clock, session->pool, log};
  session->reconciler = std::make_unique<reconcile::Reconciler>(std::move(ports), settings_of(options, workspace),
                                                                std::move(workspace.functions));
  return session;
}

}  // namespace fgsync::cli
