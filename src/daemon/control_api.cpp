#include "daemon/control_api.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "daemon/control_json.hpp"
#include "daemon/control_routes.hpp"

namespace fgsync::daemon {
namespace {

using boost::asio::awaitable;
using http::Method;
using http::Reply;

constexpr int kBadRequest = 400;
constexpr int kForbidden = 403;
constexpr int kNotFound = 404;
constexpr int kNotAllowed = 405;
constexpr int kConflict = 409;
constexpr int kInternal = 500;
constexpr int kUnavailable = 503;

constexpr std::array<HandledRoute, 19> kRoutes{{
    {Method::get, "/v1/status", false, false, show_status},
    {Method::get, "/v1/functions/{name}", false, false, show_function},
    {Method::get, "/v1/events", false, false, show_events},
    {Method::post, "/v1/reconcile", true, false, order_reconcile},
    {Method::post, "/v1/approve", true, false, order_approve},
    {Method::post, "/v1/suspend", true, false, order_suspend},
    {Method::post, "/v1/resume", true, false, order_resume},
    {Method::post, "/v1/hold", true, false, order_hold},
    {Method::post, "/v1/release", true, false, order_release},
    {Method::post, "/v1/rollback", true, false, order_rollback},
    {Method::post, "/v1/forget", true, false, order_forget},
    {Method::post, "/v1/pause", true, false, order_pause},
    {Method::post, "/v1/unpause", true, false, order_unpause},
    {Method::post, "/v1/reload", true, false, order_reload},
    {Method::put, "/v1/log-level", true, false, order_log_level},
    {Method::get, "/healthz", false, true, show_health},
    {Method::get, "/readyz", false, true, show_readiness},
    {Method::get, "/metrics", false, true, show_metrics},
    {Method::get, "/openapi.yaml", false, false, show_openapi},
}};

int status_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::invalid: return kBadRequest;
    case ErrorKind::not_found: return kNotFound;
    case ErrorKind::conflict: return kConflict;
    // The service, not the daemon, refused or did not answer.
    case ErrorKind::unauthorized:
    case ErrorKind::throttled:
    case ErrorKind::transient:
    case ErrorKind::timed_out:
    case ErrorKind::cancelled: return kUnavailable;
    case ErrorKind::unknown_effect:
    case ErrorKind::corrupt:
    case ErrorKind::internal: break;
  }
  return kInternal;
}

http::Response json_response(int status, std::string body) {
  return {status, {{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}}, std::move(body)};
}

/// Whether the path is one of the route's; what stands for `{name}` then.
bool matches(const HandledRoute& route, const std::vector<std::string>& segments, std::string& name) {
  std::string_view rest = route.path;
  for (const std::string& segment : segments) {
    if (!rest.starts_with('/')) return false;
    rest.remove_prefix(1);
    const std::string_view wanted = rest.substr(0, rest.find('/'));
    rest.remove_prefix(wanted.size());
    if (wanted == "{name}") {
      name = segment;
    } else if (wanted != segment) {
      return false;
    }
  }
  return rest.empty() && !segments.empty();
}

struct Found {
  const HandledRoute* route = nullptr;
  std::string name;
  std::string methods;  ///< that the path has, where the wanted one is not among them
};

Found find_route(Method method, const std::vector<std::string>& segments, bool only_monitoring) {
  Found found;
  for (const HandledRoute& route : kRoutes) {
    if (only_monitoring && !route.is_monitoring) continue;
    if (!matches(route, segments, found.name)) continue;
    if (route.method == method) found.route = &route;
    found.methods += (found.methods.empty() ? "" : ", ") + std::string(http::name_of(route.method));
  }
  return found;
}

Reply reply_of(http::Response response) {
  Reply reply;
  reply.response = std::move(response);
  return reply;
}

/// Without a route there is no answer but a refusal.
Reply refuse_route(const Found& found) {
  if (found.methods.empty()) {
    return reply_of(control_failure(kNotFound, "not_found", "there is no such path", "GET /openapi.yaml names all"));
  }
  http::Response response = control_failure(kNotAllowed, "method_not_allowed", "this path only has " + found.methods);
  response.headers.emplace_back("Allow", found.methods);
  return reply_of(std::move(response));
}

awaitable<Reply> dispatch(const ControlApi::Ports& ports, http::Request request, Caller caller, bool only_monitoring) {
  auto target = parse_control_target(request.target);
  if (!target) co_return failure_reply(target.error());
  Found found = find_route(request.method, target->segments, only_monitoring);
  if (found.route == nullptr) co_return refuse_route(found);
  if (found.route->writes && !caller.may_write) {
    co_return reply_of(control_failure(kForbidden, "forbidden", caller.actor + " may look, but not give orders",
                                       "only root, the daemon's own user and members of the socket's group may"));
  }
  ControlCall call{&ports, std::move(request), std::move(*target), std::move(caller), std::move(found.name)};
  auto answering = found.route->handler(std::move(call));
  co_return co_await std::move(answering);
}

}  // namespace

http::Response control_failure(int status, std::string_view kind, const std::string& message, const std::string& next) {
  return json_response(status, error_json(kind, message, next));
}

http::Response control_failure(const Error& error) {
  return json_response(status_of(error.kind), error_json(error.kind, error.describe(), ""));
}

Reply json_reply(std::string body, int status) {
  return reply_of(json_response(status, std::move(body)));
}

Reply failure_reply(const Error& error) {
  return reply_of(control_failure(error));
}

std::vector<ControlRoute> control_routes() {
  std::vector<ControlRoute> routes;
  for (const HandledRoute& route : kRoutes) routes.push_back({http::name_of(route.method), route.path, route.writes});
  return routes;
}

awaitable<Reply> ControlApi::answer(http::Request request, Caller caller) {
  auto answering = dispatch(ports_, std::move(request), std::move(caller), false);
  co_return co_await std::move(answering);
}

awaitable<Reply> ControlApi::answer_monitoring(http::Request request) {
  Caller nobody;
  auto answering = dispatch(ports_, std::move(request), std::move(nobody), true);
  co_return co_await std::move(answering);
}

}  // namespace fgsync::daemon
