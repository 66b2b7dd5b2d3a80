#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/result.hpp"
#include "base/worker_pool.hpp"
#include "cli/options.hpp"
#include "config/config.hpp"
#include "daemon/controls.hpp"
#include "daemon/metrics.hpp"
#include "daemon/service_manager.hpp"

namespace fgsync::cli {

/// What the control sockets work with; all of it outlives them.
struct ControlPorts {
  boost::asio::any_io_executor executor;
  Clock& clock;
  WorkerPool& pool;
  Logger log;
  daemon::Controls& controls;
  daemon::Metrics& metrics;
};

/// The sockets through which people, scripts and Prometheus talk to the daemon. It outlives the loop's run.
class ControlServer {
 public:
  virtual ~ControlServer() = default;
  /// Closes them all, soon: when those who follow the events have heard that they ended. What is being answered comes
  /// to its end.
  virtual void stop() = 0;
};

/// Opens what the configuration says, or takes what the service manager opened (sockets named `control` and `metrics`).
/// `config` stays a reference: after a reload the token is read anew. Error `invalid` or `conflict`: one of them cannot
/// be opened, then none is.
Result<std::unique_ptr<ControlServer>> start_control(const Options& options, const config::Config& config,
                                                     const std::vector<daemon::InheritedSocket>& inherited,
                                                     ControlPorts ports);

}  // namespace fgsync::cli
