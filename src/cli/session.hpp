#pragma once

#include <memory>
#include <optional>

#include "base/clock.hpp"
#include "base/worker_pool.hpp"
#include "cli/connection.hpp"
#include "cli/service_access.hpp"
#include "cli/workspace.hpp"
#include "reconcile/reconciler.hpp"
#include "state/file_lock.hpp"
#include "state/store.hpp"

namespace boost::asio {
class io_context;
}

namespace fgsync::cli {

/// The concrete adapters of one run, wired. Whoever holds it runs `loop`.
struct Session {
  std::unique_ptr<boost::asio::io_context> loop;
  SystemClock clock;
  WorkerPool pool;
  Connection connection;
  Logger log = Logger();
  std::unique_ptr<ServiceAccess> access;
  std::optional<state::FileLock> lock;
  std::unique_ptr<state::Store> store;
  bool has_state = true;  ///< the store outlives this run
  reconcile::Settings settings;
  std::function<Result<Secret>(const manifest::SecretReference&)> read_secret;
  std::unique_ptr<reconcile::Reconciler> reconciler;

  [[nodiscard]] reconcile::Ports ports();

  explicit Session(unsigned threads);
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session();
};

/// What the state is about: a run finds only what one with the same target, source and environment left.
state::Scope scope_of(const Connection& connection, const Workspace& workspace);

enum class Access {
  read,   ///< a dry run: needs no lock, and works without a state that cannot be opened
  write,  ///< holds the state directory's lock
};

/// How a run over the workspace's functions reconciles.
reconcile::Settings settings_of(const Options& options, const Workspace& workspace, const Connection& connection,
                                Access access);

/// Opens the state for writing, whose lock is held; one that is damaged is set aside, and a new one begun.
Result<std::unique_ptr<state::Store>> open_store_or_begin_anew(const std::string& directory, const state::Scope& scope);

/// Opens everything that a run over the workspace's functions needs. The workspace's functions move into it.
Result<std::unique_ptr<Session>> open_session(const Options& options, Workspace& workspace, Access access);

}  // namespace fgsync::cli
