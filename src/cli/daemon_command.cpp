// `fgsync daemon`: the wiring of the service, and its life: it starts, says that it is ready, feeds the watchdog while
// it comes forward, reads its configuration again when asked to, and leaves in two stages.
#include <unistd.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <thread>

#include "base/clock.hpp"
#include "base/worker_pool.hpp"
#include "cli/commands.hpp"
#include "cli/control_server.hpp"
#include "cli/exit_code.hpp"
#include "cli/idle_memory.hpp"
#include "cli/log_level.hpp"
#include "cli/pinger.hpp"
#include "cli/running_daemon.hpp"
#include "config/environment.hpp"
#include "daemon/events.hpp"
#include "daemon/metrics.hpp"
#include "daemon/service_manager.hpp"

namespace fgsync::cli {
namespace {

namespace asio = boost::asio;
using std::chrono::milliseconds;
using std::chrono::seconds;

/// What was begun has this long to end: most calls take less, and what does not end is settled by observing.
constexpr seconds kGrace{20};
/// Closer together than this, two signals are one wish.
constexpr milliseconds kSameWish{500};

Logger make_log(const Options& options) {
  LogSettings settings;
  settings.level = std::max(options.log_level, LogLevel::info);
  const std::string stream = config::process_environment()("JOURNAL_STREAM").value_or("");
  settings.is_journal = is_journal_stream(stream, STDERR_FILENO);
  return Logger::to_stderr(settings);
}

void apply_log_settings(const Options& options, const config::Config& config, const Logger& log) {
  const auto level = log_level_of(config.log_level.value_or("info")).value_or(LogLevel::info);
  // -v on the command line says more than the file.
  log.set_level(options.log_level > LogLevel::info ? options.log_level : level);
  log.set_format(config.log_format == "json" ? LogFormat::json : LogFormat::logfmt);
}

/// Everything of the process that is not about functions.
class Life {
 public:
  Life(asio::io_context& loop, SystemClock& clock, WorkerPool& pool, const Options& options, Logger log,
       RunningDaemon& daemon, daemon::ServiceManager& manager)
      : loop_(loop),
        clock_(clock),
        pool_(pool),
        options_(options),
        log_(std::move(log)),
        daemon_(daemon),
        manager_(manager),
        ending_(loop, SIGINT, SIGTERM),
        reloading_(loop, SIGHUP),
        grace_(loop),
        beat_(loop),
        status_(loop) {}

  /// Error `invalid`: the configuration names a URL that cannot be used.
  Result<void> open_pinger() {
    const auto& url = daemon_.config().ping_url;
    if (!url) {
      pinger_.reset();
      return {};
    }
    auto pinger = Pinger::open(*url, loop_.get_executor(), clock_, pool_, log_);
    if (!pinger) return fail(std::move(pinger).error());
    pinger_ = std::move(*pinger);
    return {};
  }

  void begin() {
    wait_for_end();
    wait_for_reload();
    if (const auto interval = manager_.watchdog_interval()) beat(*interval / 3);
    follow_status();
    log_.info("started", {kv("version", FGSYNC_VERSION), kv("config", daemon_.config().file)});
    manager_.ready(daemon_.status_line());
  }

  void end() {
    ending_.cancel();
    reloading_.cancel();
    grace_.cancel();
    beat_.cancel();
    status_.cancel();
  }

  void stop() {
    if (is_stopping_) return;
    is_stopping_ = true;
    const std::set<std::string> in_flight = daemon_.in_flight();
    log_.info("stopping", {kv("in_flight", in_flight.size())});
    manager_.stopping("stopping; " + std::to_string(in_flight.size()) + " functions in flight");
    manager_.extend_timeout(kGrace + seconds(5));
    grace_.expires_after(kGrace);
    grace_.async_wait([this](boost::system::error_code cancelled) {
      if (!cancelled) leave_now("the grace period is over");
    });
    daemon_.stop();
  }

 private:
  /// What is in flight is settled by observing, at the next start.
  [[noreturn]] void leave_now(const std::string& why) {
    for (const std::string& function : daemon_.in_flight()) {
      log_.warn("interrupted, whether its last step took effect is not known; the next start looks",
                {kv("fn", function)});
    }
    log_.warn("left at once", {kv("reason", why)});
    std::cerr.flush();
    std::_Exit(kOk);
  }

  void wait_for_end() {
    ending_.async_wait([this](boost::system::error_code failed, int) {
      if (failed) return;
      const auto now = clock_.now();
      if (is_stopping_ && now - asked_at_ >= kSameWish) leave_now("asked a second time");
      if (!is_stopping_) asked_at_ = now;
      stop();
      wait_for_end();
    });
  }

  void wait_for_reload() {
    reloading_.async_wait([this](boost::system::error_code failed, int) {
      if (failed) return;
      if (!is_stopping_) daemon_.reload_soon();
      wait_for_reload();
    });
  }

  /// However it was asked for: by a signal, or through the control socket.
  void follow_reload(const daemon::Event& event) {
    if (event.type == "reloading") manager_.reloading();
    if (event.type == "reloaded") {
      apply_log_settings(options_, daemon_.config(), log_);
      if (auto opened = open_pinger(); !opened)
        log_.error("no pings are sent", {kv("error", opened.error().describe())});
      manager_.ready(daemon_.status_line());
    }
    if (event.type == "reload_failed") {
      manager_.ready("the new configuration was refused; " + daemon_.status_line());
    }
  }

  /// Only while the work comes forward: a daemon that hangs is to be started anew.
  void beat(std::chrono::microseconds interval) {
    const bool is_stuck = !daemon_.makes_progress();
    if (!is_stuck) manager_.feed_watchdog();
    if (is_stuck && !was_stuck_) log_.error("nothing comes forward, the watchdog is not fed", {});
    was_stuck_ = is_stuck;
    beat_.expires_after(interval);
    beat_.async_wait([this, interval](boost::system::error_code cancelled) {
      if (!cancelled) beat(interval);
    });
  }

  /// After each sweep that leaves nothing unseen.
  void ping_after(const daemon::Event& event) {
    if (!pinger_ || event.type != "sweep_ended" || is_stopping_ || !daemon_.has_looked_at_all()) return;
    // A reload may make another one meanwhile.
    asio::co_spawn(loop_, pinger_->ping(), [kept = pinger_](const std::exception_ptr&) {});
  }

  /// After something happened, and at most once a second.
  void follow_status() {
    daemon_.events().listen([this](const daemon::Event& event) {
      follow_reload(event);
      ping_after(event);
      if (is_status_due_ || is_stopping_) return;
      is_status_due_ = true;
      status_.expires_after(seconds(1));
      status_.async_wait([this](boost::system::error_code cancelled) {
        is_status_due_ = false;
        if (cancelled || is_stopping_) return;
        manager_.status(daemon_.status_line());
        // What a sweep needed is not needed until the next one.
        give_memory_back();
      });
    });
  }

  asio::io_context& loop_;
  SystemClock& clock_;
  WorkerPool& pool_;
  const Options& options_;
  Logger log_;
  RunningDaemon& daemon_;
  daemon::ServiceManager& manager_;
  asio::signal_set ending_;
  asio::signal_set reloading_;
  asio::steady_timer grace_;
  asio::steady_timer beat_;
  asio::steady_timer status_;
  std::chrono::steady_clock::time_point asked_at_;
  std::shared_ptr<Pinger> pinger_;
  bool was_stuck_ = false;
  bool is_stopping_ = false;
  bool is_status_due_ = false;
};

}  // namespace

int run_daemon(const Options& options) {
  const auto inherited = daemon::inherited_sockets();
  if (!inherited) {
    print_error(inherited.error());
    return kNothingUsable;
  }
  asio::io_context loop(1);
  SystemClock clock;
  const Logger log = make_log(options);
  auto manager = daemon::make_systemd_service_manager(log);
  WorkerPool pool(std::max(2U, std::thread::hardware_concurrency()));
  daemon::EventLog events(loop.get_executor());
  daemon::Metrics metrics(events);
  RunningDaemon running(options, {loop.get_executor(), clock, pool, log, events, &metrics});
  if (auto configured = running.configure(); !configured) {
    print_error(configured.error());
    return kNothingUsable;
  }
  apply_log_settings(options, running.config(), log);
  auto control =
      start_control(options, running.config(), *inherited, {loop.get_executor(), clock, pool, log, running, metrics});
  if (!control) {
    print_error(control.error());
    return kNothingUsable;
  }
  Life life(loop, clock, pool, options, log, running, *manager);
  if (auto opened = life.open_pinger(); !opened) {
    print_error(opened.error());
    return kNothingUsable;
  }
  std::exception_ptr failure;
  asio::co_spawn(loop, running.run(), [&](const std::exception_ptr& thrown) {
    failure = thrown;
    events.close();
    (*control)->stop();
    life.end();
  });
  life.begin();
  loop.run();
  if (failure) std::rethrow_exception(failure);
  log.info("stopped", {});
  return kOk;
}

}  // namespace fgsync::cli
