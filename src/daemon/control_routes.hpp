#pragma once

#include <array>
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <string>
#include <string_view>

#include "daemon/control_access.hpp"
#include "daemon/control_api.hpp"
#include "daemon/control_request.hpp"

namespace fgsync::daemon {

/// One request on its way to an answer.
struct ControlCall {
  const ControlApi::Ports* ports = nullptr;
  http::Request request;
  ControlTarget target;
  Caller caller;
  std::string name = {};  ///< what `{name}` of the path is
};

using ControlHandler = boost::asio::awaitable<http::Reply> (*)(ControlCall call);

struct HandledRoute {
  http::Method method;
  std::string_view path;
  bool writes;
  bool is_monitoring;  ///< also on the listener that asks nobody who they are
  ControlHandler handler;
};

// The handlers, by what they are about.

// How things are.
boost::asio::awaitable<http::Reply> show_status(ControlCall call);
boost::asio::awaitable<http::Reply> show_function(ControlCall call);
boost::asio::awaitable<http::Reply> show_events(ControlCall call);
boost::asio::awaitable<http::Reply> show_health(ControlCall call);
boost::asio::awaitable<http::Reply> show_readiness(ControlCall call);
boost::asio::awaitable<http::Reply> show_metrics(ControlCall call);
boost::asio::awaitable<http::Reply> show_openapi(ControlCall call);

// Orders about functions.
boost::asio::awaitable<http::Reply> order_reconcile(ControlCall call);
boost::asio::awaitable<http::Reply> order_suspend(ControlCall call);
boost::asio::awaitable<http::Reply> order_resume(ControlCall call);
boost::asio::awaitable<http::Reply> order_hold(ControlCall call);
boost::asio::awaitable<http::Reply> order_release(ControlCall call);
boost::asio::awaitable<http::Reply> order_rollback(ControlCall call);
boost::asio::awaitable<http::Reply> order_forget(ControlCall call);

// Orders about targets and the daemon.
boost::asio::awaitable<http::Reply> order_approve(ControlCall call);
boost::asio::awaitable<http::Reply> order_pause(ControlCall call);
boost::asio::awaitable<http::Reply> order_unpause(ControlCall call);
boost::asio::awaitable<http::Reply> order_reload(ControlCall call);
boost::asio::awaitable<http::Reply> order_log_level(ControlCall call);

http::Reply json_reply(std::string body, int status = 200);
http::Reply failure_reply(const Error& error);

}  // namespace fgsync::daemon
