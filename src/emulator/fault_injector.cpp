#include "emulator/fault_injector.hpp"

#include "emulator/fault_subject.hpp"
#include "emulator/known_answers.hpp"
#include "emulator/state_control.hpp"

namespace fgsync::emulator {
namespace {

using std::string_view_literals::operator""sv;

/// Begins like nothing that HTTP knows, and has every kind of byte that trips parsers.
constexpr auto kGarbage = "\x16\x03\x01\x00\xff HTTP/9.9 OK\n\r\n\x00{]\xc3\x28"sv;

bool is_read(const http::Request& request) {
  return request.method == http::Method::get;
}

}  // namespace

FaultDecision FaultInjector::decide(const http::Request& request, std::chrono::steady_clock::time_point now) {
  if (rules_.is_idle()) return {};
  const auto names = rules_.asks_for_functions() ? FunctionNames::from_body_too : FunctionNames::from_urn;
  return rules_.decide(subject_of(request, names), now);
}

bool FaultInjector::needs_settled_state(const FaultDecision& decision) {
  return decision.effect.expires_tokens || decision.effect.stale_for.count() > 0;
}

http::Response FaultInjector::apply(const FaultDecision& decision, const http::Request& request, Moment now) {
  const auto& effect = decision.effect;
  prepare(decision, request, now);
  http::Response response;
  if (effect.application != Application::never) response = ask(request, now);
  if (effect.application == Application::twice) response = ask(request, now);
  return response;
}

http::Response FaultInjector::disguise(const FaultDecision& decision, http::Response response) {
  const auto& effect = decision.effect;
  if (effect.answer) {
    const std::string given(http::find_header(response.headers, "X-Request-Id"));
    response = render(*effect.answer, given.empty() ? service_.new_request_id() : given);
  }
  if (effect.fate == AnswerFate::garbage) response.body = kGarbage;
  return response;
}

void FaultInjector::end_stale_reads() {
  stale_.close();
  service_.state().drop_copy();
}

/// Failures of the storage show in the request's own answer.
void FaultInjector::prepare(const FaultDecision& decision, const http::Request& request, Moment now) {
  const auto& effect = decision.effect;
  if (effect.expires_tokens) (void)service_.state().expire_tokens(now.wall);
  if (stale_.is_open(now.steady)) return;
  service_.state().drop_copy();
  if (effect.stale_for.count() == 0 || is_read(request)) return;
  if (service_.state().keep_copy()) stale_.open(now.steady + effect.stale_for);
}

http::Response FaultInjector::ask(const http::Request& request, Moment now) {
  const bool is_stale = is_read(request) && stale_.is_open(now.steady);
  return is_stale ? service_.handle_from_copy(request, now.wall) : service_.handle_in_batch(request, now.wall);
}

}  // namespace fgsync::emulator
