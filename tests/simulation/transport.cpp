#include "tests/simulation/transport.hpp"

#include "emulator/state_control.hpp"
#include "tests/support/all_bytes.hpp"
#include "tests/support/exchange_failures.hpp"

namespace fgsync::simulation {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;

constexpr milliseconds kStaleFor{4'000};

http::Response answer(int status, std::string body, http::Headers headers = {}) {
  http::Response response;
  response.status = status;
  response.headers = std::move(headers);
  response.body = std::move(body);
  return response;
}

http::Response server_error(int call) {
  if (call % 3 == 0) return answer(502, "<html>Bad Gateway</html>");
  return answer(call % 3 == 1 ? 500 : 503, R"({"error_code":"FSS.0500","error_msg":"Internal server error."})");
}

http::Response throttled(bool names_a_time) {
  http::Headers headers;
  if (names_a_time) headers.emplace_back("Retry-After", "20");
  return answer(429, R"({"error_code":"FSS.0429","error_msg":"Too many requests."})", std::move(headers));
}

/// A row less than it counts; where rows are not counted, half of the text.
http::Response cut(http::Response response) {
  auto body = json::parse(response.body, nullptr, false);
  for (const char* rows : {"functions", "versions"}) {
    if (!body.is_object() || !body.contains(rows) || !body.contains("count") || body[rows].empty()) continue;
    body[rows].erase(body[rows].size() - 1);
    response.body = body.dump();
    return response;
  }
  response.body.resize(response.body.size() / 2);
  return response;
}

std::string short_target(const std::string& target) {
  constexpr std::string_view kLong = "urn:fss:cn-north-4:p1:function:default:";
  const auto at = target.find(kLong);
  return at == std::string::npos ? target : target.substr(0, at) + "…" + target.substr(at + kLong.size());
}

}  // namespace

SimulatedTransport::SimulatedTransport(emulator::Service& service, test::SimulatedClock& clock,
                                       const Scenario& scenario, Watcher& watcher, OtherWriter& other_writer,
                                       Crashes& crashes, Trace& trace)
    : service_(service),
      clock_(clock),
      seed_(scenario.seed),
      watcher_(watcher),
      other_writer_(other_writer),
      crashes_(crashes),
      trace_(trace) {
  for (const FaultAt& fault : scenario.faults) faults_[fault.call] = fault.fault;
  for (const ActAt& act : scenario.acts) acts_.emplace(act.call, act);
}

void SimulatedTransport::calm_down() {
  faults_.clear();
  acts_.clear();
  stale_until_.reset();
  service_.state().drop_copy();
}

std::optional<Fault> SimulatedTransport::fault_of(int call) const {
  const auto found = faults_.find(call);
  return found == faults_.end() ? std::nullopt : std::optional(found->second);
}

void SimulatedTransport::let_others_write(int call) {
  // Whatever was due at a call that never came happens now.
  while (!acts_.empty() && acts_.begin()->first <= call) {
    const ActAt act = acts_.begin()->second;
    acts_.erase(acts_.begin());
    trace_.add([&] { return "      somebody: " + std::string(name_of(act.act)) + " " + function_name(act.function); });
    other_writer_.act(act);
  }
}

/// Of the network: what is sent together arrives in any order.
boost::asio::awaitable<void> SimulatedTransport::pass(int call, int leg) {
  std::uint64_t mixed = (seed_ * 1000003 + static_cast<std::uint64_t>(call) * 2 + static_cast<std::uint64_t>(leg)) *
                        0x9e3779b97f4a7c15ULL;
  mixed ^= mixed >> 29U;
  co_await clock_.sleep_until(clock_.now() + milliseconds(1 + mixed % 30));
}

void SimulatedTransport::begin_stale_reads() {
  if (service_.state().keep_copy()) stale_until_ = clock_.now() + kStaleFor;
}

http::Response SimulatedTransport::handle_read(const http::Request& request) {
  if (stale_until_ && clock_.now() >= *stale_until_) {
    stale_until_.reset();
    service_.state().drop_copy();
  }
  if (stale_until_) return service_.handle_from_copy(request, clock_.wall_now());
  watcher_.on_read(request);
  return service_.handle(request, clock_.wall_now());
}

http::Response SimulatedTransport::handle(const http::Request& request) {
  const auto operation = operation_of(request);
  if (!operation) return handle_read(request);
  watcher_.before(*operation);
  auto response = service_.handle(request, clock_.wall_now());
  watcher_.after(*operation, response.status < 300);
  if (stale_until_) watcher_.disturb(operation->function);
  return response;
}

boost::asio::awaitable<Result<http::Response>> SimulatedTransport::send(http::Request request, Deadline deadline) {
  using Answer = Result<http::Response>;
  const int call = calls_++;
  request = test::as_received(std::move(request));
  const auto fault = fault_of(call);
  co_await pass(call, 0);
  co_await crashes_.point();
  let_others_write(call);
  trace_.add([&] {
    return "  " + std::to_string(call) + " " + std::string(http::name_of(request.method)) + " " +
           short_target(request.target) + (fault ? "  ! " + std::string(name_of(*fault)) : "");
  });

  Answer result = fgsync::fail(test::lost_answer());
  const auto is_late = [&] { return clock_.sleep_until(deadline.at); };
  if (!fault) {
    result = handle(request);
  } else {
    switch (*fault) {
      case Fault::no_connection: result = fgsync::fail(test::no_connection()); break;
      case Fault::lost_before: break;
      case Fault::lost_after: handle(request); break;
      case Fault::error_before: result = server_error(call); break;
      case Fault::error_after:
        handle(request);
        result = server_error(call);
        break;
      case Fault::throttled: result = throttled(false); break;
      case Fault::throttled_for_long: result = throttled(true); break;
      case Fault::slow_before:
        co_await is_late();
        result = fgsync::fail(test::late_answer());
        break;
      case Fault::slow_after:
        handle(request);
        co_await is_late();
        result = fgsync::fail(test::late_answer());
        break;
      case Fault::stale:
        begin_stale_reads();
        result = handle(request);
        break;
      case Fault::cut: result = cut(handle(request)); break;
      case Fault::garbage:
        handle(request);
        result = answer(200, "<html>Please log in</html>");
        break;
    }
  }
  trace_.add([&] {
    return "    " + std::to_string(call) + " = " + (result ? std::to_string(result->status) : result.error().message) +
           (result && result->status >= 300 ? " " + result->body.substr(0, 120) : "");
  });
  co_await crashes_.point();
  co_await pass(call, 1);
  co_return result;
}

}  // namespace fgsync::simulation
