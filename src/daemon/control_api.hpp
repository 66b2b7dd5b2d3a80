#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "daemon/control_access.hpp"
#include "daemon/controls.hpp"
#include "http/server.hpp"

namespace fgsync::daemon {

/// What may be asked over HTTP of the running daemon, without any socket: docs/control-api.md and docs/openapi.yaml.
/// One thread (the loop's).
class ControlApi {
 public:
  /// All of it outlives the API.
  struct Ports {
    Controls& controls;
    Clock& clock;
    std::function<std::string()> render_metrics;  ///< Prometheus' text format
  };

  explicit ControlApi(Ports ports) : ports_(std::move(ports)) {}

  /// Everything. Whoever may not write gets 403 for what writes.
  boost::asio::awaitable<http::Reply> answer(http::Request request, Caller caller);
  /// Only /metrics, /healthz and /readyz: for a listener that asks nobody who they are.
  boost::asio::awaitable<http::Reply> answer_monitoring(http::Request request);

 private:
  Ports ports_;
};

/// A route, for comparing with its documentation: `GET`, `/v1/functions/{name}`.
struct ControlRoute {
  std::string_view method;
  std::string_view path;
  bool writes = false;
};
std::vector<ControlRoute> control_routes();

/// An answer in the API's error shape, with the fitting status.
http::Response control_failure(const Error& error);
/// The same with a status of one's own.
http::Response control_failure(int status, std::string_view kind, const std::string& message,
                               const std::string& next = "");

}  // namespace fgsync::daemon
