#include "emulator/front.hpp"

#include <algorithm>
#include <utility>

#include "emulator/fault_subject.hpp"

namespace fgsync::emulator {
namespace {

namespace asio = boost::asio;

/// A body that is all there would not look cut, whatever the rule says.
std::size_t cut_within(const std::string& body, std::size_t bytes) {
  return body.empty() ? 0 : std::min(bytes, body.size() - 1);
}

http::Reply to_reply(const FaultEffect& effect, http::Response response) {
  http::Reply reply;
  switch (effect.fate) {
    case AnswerFate::lost: return reply;
    case AnswerFate::cut: reply.delivery.cut_after_bytes = cut_within(response.body, effect.bytes); break;
    case AnswerFate::dripped:
      reply.delivery.drip_bytes = effect.bytes;
      reply.delivery.drip_pause = effect.drip_pause;
      break;
    case AnswerFate::garbage: reply.delivery.is_raw = true; break;
    case AnswerFate::sent: break;
  }
  reply.response = std::move(response);
  return reply;
}

}  // namespace

Front::Front(asio::any_io_executor executor, Clock& clock, Service& service, FaultInjector& injector, AccessLog& log,
             Observed* observed, Invoker* invoker)
    : clock_(clock),
      service_(service),
      injector_(injector),
      log_(log),
      observed_(observed),
      invoker_(invoker),
      commits_(std::move(executor), service) {}

asio::awaitable<http::Reply> Front::answer(http::Request request) {
  const auto began = now();
  const auto decision = injector_.decide(request, began.steady);
  const auto& effect = decision.effect;
  if (effect.delay.count() > 0) co_await clock_.sleep_until(began.steady + effect.delay);
  auto asked = co_await ask(request, decision);
  if (effect.answer_delay.count() > 0) co_await clock_.sleep_until(clock_.now() + effect.answer_delay);
  asked.response = injector_.disguise(decision, std::move(asked.response));
  const auto took = clock_.now() - began.steady;
  record(Exchange{request, asked.response, began.wall, took, decision.kind, decision.rule}, asked.operation);
  co_return to_reply(effect, std::move(asked.response));
}

asio::awaitable<Front::Asked> Front::ask(const http::Request& request, const FaultDecision& decision) {
  if (FaultInjector::needs_settled_state(decision)) commits_.settle_now();
  Asked asked;
  asked.response = injector_.apply(decision, request, now());
  if (decision.effect.application == Application::never) {
    asked.operation = operation_of(request);
    co_return asked;
  }
  asked.operation = service_.last_operation();
  auto execution = service_.take_execution();
  const bool is_kept = co_await commits_.settled();
  if (!is_kept) {
    asked.response = not_kept(asked.response);
  } else if (execution && invoker_ != nullptr) {
    asked.response = co_await invoker_->complete(std::move(*execution), std::move(asked.response));
  }
  co_return asked;
}

void Front::record(const Exchange& exchange, std::string_view operation) {
  tally_.count(operation, exchange.response.status, exchange.fault);
  if (!log_.is_kept() && observed_ == nullptr) return;
  auto line = to_json(exchange);
  if (observed_ != nullptr) {
    observed_->metrics.count(operation, exchange.response.status, exchange.fault, exchange.took);
    observed_->recent.add(line);
  }
  log_.write(std::move(line));
}

}  // namespace fgsync::emulator
