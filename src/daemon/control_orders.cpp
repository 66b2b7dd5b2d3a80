// What may be ordered through the control API.
#include <optional>
#include <utility>

#include "base/printable.hpp"
#include "daemon/control_json.hpp"
#include "daemon/control_routes.hpp"

namespace fgsync::daemon {

using boost::asio::awaitable;
using http::Reply;

namespace {

/// A function, and why.
struct Order {
  FunctionChoice choice;
  std::string reason;
};

Result<Order> order_of(const ControlCall& call) {
  auto body = ControlBody::parse(call.request.body);
  if (!body) return fail(std::move(body).error());
  Order order;
  order.choice.target = body->text("target");
  order.choice.function = body->required_text("function");
  order.reason = body->text("reason");
  if (auto finished = body->finish(); !finished) return fail(std::move(finished).error());
  return order;
}

std::optional<LogLevel> level_of(const std::string& name) {
  if (name == "error") return LogLevel::error;
  if (name == "warn") return LogLevel::warn;
  if (name == "info") return LogLevel::info;
  if (name == "debug") return LogLevel::debug;
  return std::nullopt;
}

}  // namespace

awaitable<Reply> order_reconcile(ControlCall call) {
  constexpr std::chrono::hours kLongestWait{1};
  auto body = ControlBody::parse(call.request.body);
  if (!body) co_return failure_reply(body.error());
  std::string target = body->text("target");
  std::vector<std::string> functions = body->texts("functions");
  const auto wait = body->seconds("wait", kLongestWait);
  if (auto finished = body->finish(); !finished) co_return failure_reply(finished.error());
  auto doing = call.ports->controls.reconcile(std::move(target), std::move(functions), wait);
  auto reconciled = co_await std::move(doing);
  if (!reconciled) co_return failure_reply(reconciled.error());
  co_return json_reply(functions_json(*reconciled, call.ports->clock.wall_now()));
}

awaitable<Reply> order_suspend(ControlCall call) {
  auto order = order_of(call);
  if (!order) co_return failure_reply(order.error());
  const std::string function = order->choice.function;
  auto doing =
      call.ports->controls.suspend(std::move(order->choice), std::move(order->reason), std::move(call.caller.actor));
  auto done = co_await std::move(doing);
  if (!done) co_return failure_reply(done.error());
  co_return json_reply(suspended_json(function, *done));
}

awaitable<Reply> order_resume(ControlCall call) {
  auto order = order_of(call);
  if (!order) co_return failure_reply(order.error());
  const std::string function = order->choice.function;
  auto doing = call.ports->controls.resume(std::move(order->choice), std::move(call.caller.actor));
  auto done = co_await std::move(doing);
  if (!done) co_return failure_reply(done.error());
  co_return json_reply(decision_json(function, "was_suspended", *done));
}

awaitable<Reply> order_hold(ControlCall call) {
  auto order = order_of(call);
  if (!order) co_return failure_reply(order.error());
  const std::string function = order->choice.function;
  auto doing =
      call.ports->controls.hold(std::move(order->choice), std::move(order->reason), std::move(call.caller.actor));
  auto done = co_await std::move(doing);
  if (!done) co_return failure_reply(done.error());
  co_return json_reply(decision_json(function, "held", true));
}

awaitable<Reply> order_release(ControlCall call) {
  auto order = order_of(call);
  if (!order) co_return failure_reply(order.error());
  const std::string function = order->choice.function;
  auto doing = call.ports->controls.release(std::move(order->choice), std::move(call.caller.actor));
  auto done = co_await std::move(doing);
  if (!done) co_return failure_reply(done.error());
  co_return json_reply(released_json(function, *done));
}

awaitable<Reply> order_rollback(ControlCall call) {
  auto body = ControlBody::parse(call.request.body);
  if (!body) co_return failure_reply(body.error());
  FunctionChoice choice;
  choice.target = body->text("target");
  choice.function = body->required_text("function");
  reconcile::RollbackWish wish;
  wish.function = choice.function;
  wish.to = body->required_text("to");
  if (std::string alias = body->text("alias"); !alias.empty()) wish.alias = std::move(alias);
  wish.reason = body->text("reason");
  if (auto finished = body->finish(); !finished) co_return failure_reply(finished.error());
  auto doing = call.ports->controls.roll_back(std::move(choice), std::move(wish), std::move(call.caller.actor));
  auto done = co_await std::move(doing);
  if (!done) co_return failure_reply(done.error());
  co_return json_reply(rollback_json(*done));
}

awaitable<Reply> order_forget(ControlCall call) {
  auto order = order_of(call);
  if (!order) co_return failure_reply(order.error());
  const std::string function = order->choice.function;
  auto doing = call.ports->controls.forget(std::move(order->choice), std::move(call.caller.actor));
  auto done = co_await std::move(doing);
  if (!done) co_return failure_reply(done.error());
  co_return json_reply(forgotten_json(function, *done));
}

awaitable<Reply> order_approve(ControlCall call) {
  auto body = ControlBody::parse(call.request.body);
  if (!body) co_return failure_reply(body.error());
  std::string target = body->text("target");
  std::string plan_id = body->text("plan_id");
  if (auto finished = body->finish(); !finished) co_return failure_reply(finished.error());
  auto doing = call.ports->controls.approve(std::move(target), std::move(plan_id), std::move(call.caller.actor));
  auto done = co_await std::move(doing);
  if (!done) co_return failure_reply(done.error());
  co_return json_reply(held_plan_json(*done));
}

awaitable<Reply> order_pause(ControlCall call) {
  auto body = ControlBody::parse(call.request.body);
  if (!body) co_return failure_reply(body.error());
  std::string target = body->text("target");
  std::string reason = body->text("reason");
  if (auto finished = body->finish(); !finished) co_return failure_reply(finished.error());
  auto doing = call.ports->controls.pause(std::move(target), std::move(reason), std::move(call.caller.actor));
  auto done = co_await std::move(doing);
  if (!done) co_return failure_reply(done.error());
  co_return json_reply(paused_json(*done));
}

awaitable<Reply> order_unpause(ControlCall call) {
  auto body = ControlBody::parse(call.request.body);
  if (!body) co_return failure_reply(body.error());
  std::string target = body->text("target");
  if (auto finished = body->finish(); !finished) co_return failure_reply(finished.error());
  auto doing = call.ports->controls.unpause(std::move(target), std::move(call.caller.actor));
  auto done = co_await std::move(doing);
  if (!done) co_return failure_reply(done.error());
  co_return json_reply(flag_json("was_paused", *done));
}

awaitable<Reply> order_reload(ControlCall call) {
  auto body = ControlBody::parse(call.request.body);
  if (!body) co_return failure_reply(body.error());
  if (auto finished = body->finish(); !finished) co_return failure_reply(finished.error());
  auto doing = call.ports->controls.reload();
  auto done = co_await std::move(doing);
  if (!done) co_return failure_reply(done.error());
  co_return json_reply(flag_json("reloaded", true));
}

awaitable<Reply> order_log_level(ControlCall call) {
  auto body = ControlBody::parse(call.request.body);
  if (!body) co_return failure_reply(body.error());
  const std::string name = body->required_text("level");
  if (auto finished = body->finish(); !finished) co_return failure_reply(finished.error());
  const auto level = level_of(name);
  if (!level) {
    co_return failure_reply(Error(ErrorKind::invalid, "there is no log level \"" + printable(name, 80) +
                                                          "\"; there are error, warn, info and debug"));
  }
  call.ports->controls.set_log_level(*level);
  co_return json_reply(text_json("level", name));
}

}  // namespace fgsync::daemon
