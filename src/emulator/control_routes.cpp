// The paths of the control API, and what is said to a request that has none of them.
#include <algorithm>
#include <array>

#include "emulator/control_answers.hpp"
#include "emulator/control_api.hpp"
#include "emulator/text.hpp"

namespace fgsync::emulator {

struct ControlApi::Operation {
  http::Method method;
  std::string_view path;  ///< `{name}` stands for one segment
  http::Response (ControlApi::*run)(const Call& call);
};

namespace {

/// Whether the segments fit; the one that `{name}` stands for goes to `name`.
bool fits(std::string_view pattern, const std::vector<std::string_view>& segments, std::string& name) {
  const auto wanted = split(pattern, '/');
  if (wanted.size() != segments.size()) return false;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i] == "{name}") {
      const auto decoded = percent_decode(segments[i]);
      if (!decoded || decoded->empty()) return false;
      name = *decoded;
    } else if (wanted[i] != segments[i]) {
      return false;
    }
  }
  return true;
}

/// A page in somebody's browser can send requests to this machine; its browser then says where it is from.
bool is_from_a_page(const http::Request& request) {
  return !http::find_header(request.headers, "Origin").empty();
}

http::Response wrong_method(const std::string& path, const std::string& allowed) {
  auto response = control_refusal(405, path + ": expected " + allowed);
  response.headers.emplace_back("Allow", allowed);
  return response;
}

}  // namespace

const std::vector<ControlApi::Operation>& ControlApi::operations() {
  using enum http::Method;
  static const std::vector<Operation> all{
      {get, "/health", &ControlApi::show_health},
      {get, "/metrics", &ControlApi::show_metrics},
      {get, "/faults", &ControlApi::show_faults},
      {put, "/faults", &ControlApi::replace_faults},
      {del, "/faults", &ControlApi::clear_faults},
      {post, "/faults/restart", &ControlApi::restart_faults},
      {post, "/faults/rules", &ControlApi::add_rule},
      {get, "/faults/rules/{name}", &ControlApi::show_rule},
      {del, "/faults/rules/{name}", &ControlApi::remove_rule},
      {put, "/faults/latency", &ControlApi::set_latency},
      {put, "/faults/rate", &ControlApi::set_rate},
      {post, "/tokens/expire", &ControlApi::expire_tokens},
      {get, "/state", &ControlApi::show_state},
      {post, "/state/reset", &ControlApi::reset_state},
      {get, "/state/snapshots", &ControlApi::list_snapshots},
      {put, "/state/snapshots/{name}", &ControlApi::take_snapshot},
      {del, "/state/snapshots/{name}", &ControlApi::remove_snapshot},
      {post, "/state/snapshots/{name}/restore", &ControlApi::restore_snapshot},
      {get, "/requests", &ControlApi::list_requests},
      {del, "/requests", &ControlApi::forget_requests},
  };
  return all;
}

http::Response ControlApi::handle(const http::Request& request, Moment now) {
  if (is_from_a_page(request)) return control_refusal(403, "the control API does not answer to pages in a browser");
  const std::string path = request.target.substr(0, request.target.find('?'));
  const auto segments = split(path, '/');
  std::string allowed;
  for (const auto& operation : operations()) {
    std::string name;
    if (!fits(operation.path, segments, name)) continue;
    if (operation.method == request.method) return (this->*operation.run)(Call{request, std::move(name), now});
    allowed += (allowed.empty() ? "" : ", ") + std::string(http::name_of(operation.method));
  }
  if (!allowed.empty()) return wrong_method(path, allowed);
  return control_refusal(404,
                         "no such path; there are /health, /metrics, /faults, /tokens/expire, /state and /requests");
}

}  // namespace fgsync::emulator
