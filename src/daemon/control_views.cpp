// What the control API shows of how things are.
#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "base/printable.hpp"
#include "daemon/control_events.hpp"
#include "daemon/control_json.hpp"
#include "daemon/control_routes.hpp"
#include "daemon/openapi_document.hpp"

namespace fgsync::daemon {

using boost::asio::awaitable;
using http::Reply;

namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

std::string value_of(const ControlTarget& target, const std::string& key) {
  const auto found = target.query.find(key);
  return found == target.query.end() ? std::string() : found->second;
}

/// Only that target and that function; an empty name: all.
Result<DaemonView> narrowed(DaemonView view, const std::string& target, const std::string& function) {
  std::vector<std::string> names;
  for (const TargetView& each : view.targets) names.push_back(each.name);
  if (!target.empty()) std::erase_if(view.targets, [&](const TargetView& each) { return each.name != target; });
  if (view.targets.empty() && !target.empty()) {
    return fail(ErrorKind::not_found, "there is no target " + printable(target, 80) + "; there are " + joined(names));
  }
  if (function.empty()) return view;
  bool is_known = false;
  for (TargetView& each : view.targets) {
    std::erase_if(each.functions, [&](const FunctionView& row) { return row.name != function; });
    is_known = is_known || !each.functions.empty();
  }
  if (!is_known) return fail(ErrorKind::not_found, "no function " + printable(function, 80) + " is known");
  return view;
}

Result<std::uint64_t> number_of(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed == std::errc() && end == text.data() + text.size()) return number;
  return fail(ErrorKind::invalid, "an event's id is a number, found \"" + printable(text, 80) + "\"");
}

/// From `after`, which wins since it was written by hand, or Last-Event-ID, which clients repeat by themselves.
Result<std::uint64_t> start_of(const ControlCall& call) {
  const auto after = call.target.query.find("after");
  if (after != call.target.query.end()) return number_of(after->second);
  const std::string_view header = http::find_header(call.request.headers, "Last-Event-ID");
  return header.empty() ? Result<std::uint64_t>(0) : number_of(header);
}

/// Why the daemon is not ready; empty: it is.
std::string reason_not_ready(const DaemonView& view) {
  if (view.is_stopping) return "it is stopping";
  std::string waiting;
  for (const TargetView& target : view.targets) {
    if (target.problem.empty() && !target.sweep.succeeded_at) {
      const std::string problem = target.sweep.problem.empty() ? "" : " (" + target.sweep.problem + ")";
      waiting += (waiting.empty() ? "" : ", ") + target.name + problem;
    }
  }
  if (!waiting.empty()) return "no sweep has ended yet: " + waiting;
  const bool works = std::any_of(view.targets.begin(), view.targets.end(),
                                 [](const TargetView& target) { return target.problem.empty(); });
  if (!works && !view.targets.empty()) return "no target works: " + view.targets.front().problem;
  return view.is_ready ? "" : "it is starting";
}

Reply text_reply(std::string body, const char* type) {
  Reply reply;
  reply.response = http::Response{200, {{"Content-Type", type}, {"Cache-Control", "no-store"}}, std::move(body)};
  return reply;
}

}  // namespace

awaitable<Reply> show_status(ControlCall call) {
  const std::vector<std::string_view> known{"target", "function"};
  if (auto checked = check_query(call.target, known); !checked) co_return failure_reply(checked.error());
  auto view = narrowed(call.ports->controls.view(), value_of(call.target, "target"), value_of(call.target, "function"));
  if (!view) co_return failure_reply(view.error());
  co_return json_reply(status_json(*view));
}

awaitable<Reply> show_function(ControlCall call) {
  const std::vector<std::string_view> known{"target"};
  if (auto checked = check_query(call.target, known); !checked) co_return failure_reply(checked.error());
  auto view = narrowed(call.ports->controls.view(), value_of(call.target, "target"), call.name);
  if (!view) co_return failure_reply(view.error());
  std::erase_if(view->targets, [](const TargetView& each) { return each.functions.empty(); });
  if (view->targets.size() > 1) {
    std::vector<std::string> names;
    for (const TargetView& each : view->targets) names.push_back(each.name);
    co_return failure_reply(Error(ErrorKind::conflict,
                                  call.name + " is in several targets, " + joined(names) + ": name one with ?target="));
  }
  const TargetView& target = view->targets.front();
  co_return json_reply(function_json(target.name, target.functions.front(), view->now));
}

awaitable<Reply> show_events(ControlCall call) {
  const std::vector<std::string_view> known{"after", "follow"};
  if (auto checked = check_query(call.target, known); !checked) co_return failure_reply(checked.error());
  const std::string follow = value_of(call.target, "follow");
  if (!follow.empty() && follow != "true" && follow != "false") {
    co_return failure_reply(Error(ErrorKind::invalid, "follow must be true or false"));
  }
  auto after = start_of(call);
  if (!after) co_return failure_reply(after.error());
  EventLog& events = call.ports->controls.events();
  const std::uint64_t start = resumed_after(events, *after);
  if (follow == "false") co_return json_reply(events_json(events.after(start), events.last_id()));
  Reply reply = text_reply("", "text/event-stream");
  reply.stream = make_event_stream(events, call.ports->clock, start);
  co_return reply;
}

awaitable<Reply> show_health(ControlCall /*call*/) {
  co_return json_reply(flag_json("alive", true));
}

awaitable<Reply> show_readiness(ControlCall call) {
  const std::string why = reason_not_ready(call.ports->controls.view());
  constexpr int kUnavailable = 503;
  co_return json_reply(ready_json(why.empty(), why), why.empty() ? 200 : kUnavailable);
}

awaitable<Reply> show_metrics(ControlCall call) {
  co_return text_reply(call.ports->render_metrics(), "text/plain; version=0.0.4; charset=utf-8");
}

awaitable<Reply> show_openapi(ControlCall /*call*/) {
  co_return text_reply(std::string(openapi_document()), "application/yaml");
}

}  // namespace fgsync::daemon
