#include "emulator/invoker.hpp"

#include <utility>

namespace fgsync::emulator {
namespace {

ExecutionRecord record_of(const PendingExecution& pending, int code) {
  ExecutionRecord record;
  record.request_id = pending.execution.request_id;
  record.code = code;
  return record;
}

}  // namespace

http::Response Invoker::refuse_one_more(const PendingExecution& pending, const http::Response& draft) {
  auto response = too_many_at_once(draft);
  service_.record(record_of(pending, response.status));
  return response;
}

boost::asio::awaitable<http::Response> Invoker::complete(PendingExecution pending, http::Response draft) {
  if (pending.kind == CallKind::asynchronous) {
    if (!executions_.has_room()) co_return refuse_one_more(pending, draft);
    executions_.start(std::move(pending));
    co_return draft;
  }
  const auto started = clock_.wall_now();
  const auto outcome = co_await executions_.run(pending);
  if (!outcome) co_return refuse_one_more(pending, draft);
  service_.record(record_of(pending, outcome->code));
  co_return answer_of(pending, *outcome, draft, started, clock_.wall_now());
}

}  // namespace fgsync::emulator
