#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <set>
#include <string>

#include "base/clock.hpp"
#include "reconcile/report.hpp"

namespace boost::asio {
class io_context;
}

namespace fgsync::cli {

/// What a signal does while a command runs.
struct Interruption {
  /// Called at the first SIGINT or SIGTERM. True: work is in flight, which gets a grace period to end; false: the
  /// process may leave at once.
  std::function<bool()> on_first_signal;
  /// Functions that are being worked on, for the last words when the grace period is over.
  std::set<std::string> in_flight;
};

/// Runs the loop until `work` has ended, and answers its exit code, or 130/143 after SIGINT/SIGTERM. A second signal,
/// or the end of the grace period, ends the process on the spot: the state survives that, and what was in flight is
/// settled by observing in the next run.
int run_loop(boost::asio::io_context& loop, const Clock& clock, boost::asio::awaitable<int> work,
             Interruption& interruption);

/// Hands everything on to another progress and keeps `in_flight` up to date.
class TrackingProgress final : public reconcile::Progress {
 public:
  TrackingProgress(reconcile::Progress& next, std::set<std::string>& in_flight) : next_(next), in_flight_(in_flight) {}

  void on_start(const std::string& function) override;
  void on_step(const std::string& function, const plan::Action& action) override;
  void on_wait(const std::string& function, const Error& error, std::chrono::milliseconds wait) override;
  void on_end(const reconcile::FunctionReport& report) override;

 private:
  reconcile::Progress& next_;
  std::set<std::string>& in_flight_;
};

}  // namespace fgsync::cli
