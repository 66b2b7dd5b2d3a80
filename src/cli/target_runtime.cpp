#include "cli/target_runtime.hpp"

#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <filesystem>
#include <utility>

#include "cli/secret_access.hpp"
#include "cli/session.hpp"
#include "cli/workspace.hpp"
#include "daemon/metrics.hpp"
#include "source/root.hpp"
#include "state/sqlite_store.hpp"

namespace fgsync::cli {

namespace fs = std::filesystem;
using boost::asio::awaitable;
using std::chrono::milliseconds;

namespace {

/// How soon what kept a target from working is looked at again.
constexpr milliseconds kLookAgain{5'000};

std::string source_id_of(const config::Config& config) {
  if (!config.name.empty()) return config.name;
  const std::string root = source::find_root(config.file.empty() ? "." : fs::path(config.file).parent_path().string());
  return config::source_id_of(fs::path(root).filename().string());
}

}  // namespace

TargetRuntime::TargetRuntime(std::string name, Options options, config::Config config, DaemonPorts ports)
    : name_(std::move(name)), options_(std::move(options)), config_(std::move(config)), ports_(std::move(ports)) {}

TargetRuntime::~TargetRuntime() = default;

Result<void> TargetRuntime::prepare() {
  source_id_ = source_id_of(config_);
  if (source_id_.empty()) {
    return fail(ErrorKind::invalid, "functions are marked with the source id: write metadata.name into " +
                                        (config_.file.empty() ? "fgsync.yaml" : config_.file));
  }
  auto connection = resolve_connection(options_, config_);
  if (!connection) return fail(std::move(connection).error());
  if (connection->state_directory.empty()) {
    return fail(ErrorKind::invalid, "the daemon needs a state: give --state DIR or spec.state_directory");
  }
  AccessPorts access_ports{ports_.executor, ports_.pool, ports_.clock, ports_.log};
  if (ports_.metrics != nullptr) {
    access_ports.count = [metrics = ports_.metrics, name = name_](std::string_view operation, int status,
                                                                  std::chrono::nanoseconds took) {
      metrics->count_call(name, operation, status, took);
    };
  }
  auto access = open_access(*connection, std::move(access_ports));
  if (!access) return fail(std::move(access).error());
  auto sources = LiveSources::open(options_, config_, connection->state_directory,
                                   {ports_.executor, ports_.clock, ports_.pool, ports_.log});
  if (!sources) return fail(std::move(sources).error());
  state_directory_ = connection->state_directory;
  connection_ = std::move(*connection);
  access_ = std::move(*access);
  sources_ = std::move(*sources);
  return {};
}

std::string TargetRuntime::claim() const {
  if (!connection_) return {};
  return "project " + connection_->project_id + " at " + connection_->endpoint.to_string();
}

void TargetRuntime::refuse(std::string why) {
  is_refused_ = true;
  problem_ = std::move(why);
}

Result<void> TargetRuntime::take_state() {
  if (auto made = state::make_state_directory(state_directory_); !made) return made;
  if (!lock_) {
    auto lock = state::FileLock::acquire(state_directory_, "fgsync daemon, process " + std::to_string(::getpid()));
    if (!lock) return fail(std::move(lock).error());
    lock_ = std::move(*lock);
  }
  state::Scope scope{connection_->endpoint.to_string(), connection_->project_id, source_id_, sources_->name().root,
                     sources_->name().environment};
  auto store = open_store_or_begin_anew(state_directory_, scope);
  if (!store) return fail(std::move(store).error());

  Workspace workspace;
  workspace.root = sources_->name().root;
  workspace.config = config_;
  workspace.source_id = source_id_;
  reconcile::Settings reconciling = settings_of(options_, workspace, *connection_, Access::write);
  reconciling.no_deletes.reset();
  reconciling.plan.has_state = true;
  auto key = read_fingerprint_key(config_);
  if (!key) return fail(std::move(key).error());
  reconciling.fingerprint_key = std::move(*key);

  daemon::TargetSettings settings;
  settings.name = name_;
  settings.endpoint = connection_->endpoint.to_string();
  settings.region = connection_->region;
  settings.project_id = connection_->project_id;
  settings.is_observing = config_.mode == config::Mode::observe;
  settings.sweep_interval = config_.intervals.sweep.value_or(config::Duration(settings.sweep_interval));
  settings.max_change_percent = config_.guards.max_change.value_or(settings.max_change_percent);
  store_ = std::move(*store);
  const auto read_secret = secret_reader(config_);
  const Logger log = ports_.log.with({kv("target", name_)});
  daemon::TargetPorts ports{reconcile::Ports{*access_->service, *store_, ports_.clock, ports_.pool, log,
                                             access_->triggers.get(), read_secret},
                            reconcile::Ports{*access_->patient_service, *store_, ports_.clock, ports_.pool, log,
                                             access_->patient_triggers.get(), read_secret},
                            *sources_,
                            ports_.events,
                            ports_.executor,
                            access_->budget.get(),
                            &access_->counter,
                            connection_->budget};
  target_ = std::make_unique<daemon::Target>(std::move(settings), std::move(ports), std::move(reconciling));
  return {};
}

awaitable<void> TargetRuntime::run() {
  while (!is_stopping_ && !target_) {
    Result<void> ready;
    if (!is_refused_ && !sources_) ready = prepare();
    if (ready && !is_refused_) {
      auto take = [this] { return take_state(); };
      ready = co_await offload(ports_.pool, std::move(take));
    }
    if (ready && !is_refused_) break;
    if (!ready) {
      const std::string problem = ready.error().describe();
      if (problem != problem_) ports_.log.error("target cannot work", {kv("target", name_), kv("error", problem)});
      problem_ = problem;
    }
    co_await stopped_.wait(ports_.clock, ports_.clock.now() + kLookAgain);
  }
  if (!target_) co_return;
  problem_.clear();
  if (!is_stopping_) co_await work();
  sources_->stop();
  co_await sources_->join();
  auto flushed = co_await store_->flush();
  if (!flushed) ports_.log.warn("state cannot be flushed", {kv("error", flushed.error().describe())});
}

awaitable<void> TargetRuntime::work() {
  sources_->start();
  is_watched_ = true;
  auto on_end = [this](const std::exception_ptr&) {
    is_watched_ = false;
    stopped_.raise();
  };
  boost::asio::co_spawn(ports_.executor, watch_state(), std::move(on_end));
  co_await target_->run();
  is_over_ = true;
  over_.raise();
  while (is_watched_) co_await stopped_.wait(ports_.clock, std::nullopt);
}

/// Without its state a target knows neither what is its own nor what people decided: it must not go on.
awaitable<void> TargetRuntime::watch_state() {
  while (!is_over_ && lock_->is_in_place()) co_await over_.wait(ports_.clock, ports_.clock.now() + kLookAgain);
  if (is_over_) co_return;
  problem_ =
      "the state in " + state_directory_ +
      " was removed or replaced while the daemon ran, so nothing is written any more: put it back and restart the "
      "daemon; without it, holds, suspensions and pauses are forgotten";
  ports_.log.error("target cannot work", {kv("target", name_), kv("error", problem_)});
  target_->stop();
}

void TargetRuntime::stop() {
  is_stopping_ = true;
  if (target_) target_->stop();
  if (sources_) sources_->stop();
  stopped_.raise();
}

void TargetRuntime::look_now() {
  if (sources_) sources_->hurry();
  if (target_) target_->look_now();
}

daemon::TargetView TargetRuntime::view() const {
  daemon::TargetView view;
  if (target_) {
    view = target_->view();
  } else {
    view.name = name_;
    view.source_id = source_id_;
    view.is_observing = config_.mode == config::Mode::observe;
    if (connection_) {
      view.endpoint = connection_->endpoint.to_string();
      view.region = connection_->region;
      view.project_id = connection_->project_id;
    }
    if (sources_) view.sources = sources_->sources();
  }
  view.problem = problem_;
  return view;
}

}  // namespace fgsync::cli
