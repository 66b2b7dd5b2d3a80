#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>

#include "base/clock.hpp"
#include "emulator/access_log.hpp"
#include "emulator/fault_injector.hpp"
#include "emulator/group_commit.hpp"
#include "emulator/invoker.hpp"
#include "emulator/metrics.hpp"
#include "emulator/recent_requests.hpp"
#include "emulator/service.hpp"
#include "emulator/tally.hpp"
#include "http/server.hpp"

namespace fgsync::emulator {

/// What somebody may ask the control API for; without one it is not collected.
struct Observed {
  Metrics metrics;
  RecentRequests recent;
};

/// What stands between the server and the service: every request goes through here, meets its fault, and no answer
/// leaves before what it says is durable. All on the server's loop.
class Front {
 public:
  /// All of them must outlive it, and it the loop's last turn. `observed` may be null; without an invoker nothing is
  /// run.
  Front(boost::asio::any_io_executor executor, Clock& clock, Service& service, FaultInjector& injector, AccessLog& log,
        Observed* observed, Invoker* invoker = nullptr);
  Front(const Front&) = delete;
  Front& operator=(const Front&) = delete;
  ~Front() = default;

  boost::asio::awaitable<http::Reply> answer(http::Request request);
  /// Makes durable what has been written, so that the state as a whole can be touched.
  void settle_now() { commits_.settle_now(); }
  [[nodiscard]] const Tally& tally() const { return tally_; }

 private:
  /// An answer, and the operation that it is of.
  struct Asked {
    http::Response response;
    std::string_view operation;
  };

  boost::asio::awaitable<Asked> ask(const http::Request& request, const FaultDecision& decision);
  [[nodiscard]] Moment now() const { return {clock_.wall_now(), clock_.now()}; }
  void record(const Exchange& exchange, std::string_view operation);

  Clock& clock_;
  Service& service_;
  FaultInjector& injector_;
  AccessLog& log_;
  Observed* observed_;
  Invoker* invoker_;
  GroupCommit commits_;
  Tally tally_;
};

}  // namespace fgsync::emulator
