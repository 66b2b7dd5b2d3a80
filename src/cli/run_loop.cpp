#include "cli/run_loop.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <iostream>

#include "cli/exit_code.hpp"

namespace fgsync::cli {
namespace {

namespace asio = boost::asio;

constexpr std::chrono::seconds kGrace{10};
/// Closer together than this, two signals are one wish: `timeout` and terminals send to the process and to its group.
constexpr std::chrono::milliseconds kSameWish{500};
constexpr int kSignalExit = 128;

[[noreturn]] void leave_now(int signal, const std::set<std::string>& in_flight) {
  for (const std::string& function : in_flight) {
    std::cerr << "interrupted " << function << ": whether its last step took effect is not known; the next run looks\n";
  }
  std::cerr.flush();
  std::cout.flush();
  std::_Exit(kSignalExit + signal);
}

struct SignalWatch {
  SignalWatch(asio::io_context& loop, const Clock& given_clock, Interruption& given)
      : signals(loop, SIGINT, SIGTERM), grace(loop), clock(given_clock), interruption(given) {}

  void wait() {
    signals.async_wait([this](boost::system::error_code failed, int signal) {
      if (failed) return;
      const auto now = clock.now();
      if (received != 0 && now - received_at < kSameWish) return wait();
      if (received != 0) leave_now(signal, interruption.in_flight);
      received = signal;
      received_at = now;
      if (!interruption.on_first_signal()) leave_now(signal, {});
      std::cerr << "\nfgsync: stopping; what is in flight has " << kGrace.count() << " s to end\n";
      grace.expires_after(kGrace);
      grace.async_wait([this](boost::system::error_code cancelled) {
        if (!cancelled) leave_now(received, interruption.in_flight);
      });
      wait();
    });
  }

  void end() {
    signals.cancel();
    grace.cancel();
  }

  asio::signal_set signals;
  asio::steady_timer grace;
  const Clock& clock;
  Interruption& interruption;
  int received = 0;
  std::chrono::steady_clock::time_point received_at;
};

}  // namespace

int run_loop(asio::io_context& loop, const Clock& clock, asio::awaitable<int> work, Interruption& interruption) {
  SignalWatch watch(loop, clock, interruption);
  watch.wait();
  int exit_code = kFailed;
  std::exception_ptr failure;
  auto on_end = [&](std::exception_ptr thrown, int code) {
    failure = thrown;
    exit_code = code;
    watch.end();
  };
  asio::co_spawn(loop, std::move(work), on_end);
  loop.run();
  if (failure) std::rethrow_exception(failure);
  return watch.received != 0 ? kSignalExit + watch.received : exit_code;
}

void TrackingProgress::on_start(const std::string& function) {
  in_flight_.insert(function);
  next_.on_start(function);
}

void TrackingProgress::on_step(const std::string& function, const plan::Action& action) {
  next_.on_step(function, action);
}

void TrackingProgress::on_wait(const std::string& function, const Error& error, std::chrono::milliseconds wait) {
  next_.on_wait(function, error, wait);
}

void TrackingProgress::on_end(const reconcile::FunctionReport& report) {
  in_flight_.erase(report.name);
  next_.on_end(report);
}

}  // namespace fgsync::cli
