#include "emulator/executions.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <memory>
#include <utility>

namespace fgsync::emulator {
namespace {

namespace asio = boost::asio;
using std::chrono::milliseconds;

constexpr std::size_t kMaxBackground = 1000;
constexpr milliseconds kStep{50};          // between looks for a free place, and for the end
constexpr milliseconds kFirstPause{1000};  // before the second attempt; each further one is twice as long

}  // namespace

/// One of the places that a function has.
class Executions::Turn {
 public:
  Turn(std::shared_ptr<Running> running, std::int64_t function) : running_(std::move(running)), function_(function) {
    ++(*running_)[function_];
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  Turn(Turn&&) = delete;
  Turn& operator=(Turn&&) = delete;
  ~Turn() {
    if (--(*running_)[function_] == 0) running_->erase(function_);
  }

 private:
  std::shared_ptr<Running> running_;
  std::int64_t function_;
};

Executions::Executions(asio::any_io_executor executor, Executor& runner, Clock& clock, FindCode find_code,
                       Record record)
    : executor_(std::move(executor)),
      runner_(runner),
      clock_(clock),
      find_code_(std::move(find_code)),
      record_(std::move(record)),
      running_(std::make_shared<Running>()) {}

bool Executions::is_full(const PendingExecution& pending) const {
  const auto found = running_->find(pending.execution.function.id);
  return pending.max_at_once >= 0 && found != running_->end() && found->second >= pending.max_at_once;
}

asio::awaitable<ExecutionOutcome> Executions::execute(Execution execution) {
  std::shared_ptr<const std::string> code;
  if (runner_.needs_code(execution.code)) {
    auto bytes = find_code_(execution.code.digest);
    if (!bytes) co_return failed_execution(kInitializationFailed, "the version was deleted meanwhile", "CodeNotFound");
    code = std::make_shared<const std::string>(std::move(*bytes));
  }
  co_return co_await runner_.run(std::move(execution), std::move(code));
}

asio::awaitable<std::optional<ExecutionOutcome>> Executions::run(PendingExecution pending) {
  if (is_full(pending)) co_return std::nullopt;
  const Turn turn(running_, pending.execution.function.id);
  co_return co_await execute(std::move(pending.execution));
}

bool Executions::has_room() const {
  return background_ < kMaxBackground;
}

void Executions::start(PendingExecution pending) {
  if (is_stopped_) return;
  ++background_;
  auto forget = [this](const std::exception_ptr&) { --background_; };
  asio::co_spawn(executor_, run_in_background(std::move(pending)), std::move(forget));
}

/// In short steps: whoever stops us does not wait for the end of a long pause.
asio::awaitable<void> Executions::pause(milliseconds length) {
  const auto until = clock_.now() + length;
  while (!is_stopped_ && clock_.now() < until) {
    co_await clock_.sleep_until(std::min(until, clock_.now() + kStep));
  }
}

asio::awaitable<ExecutionOutcome> Executions::attempt(const PendingExecution& pending) {
  while (is_full(pending) && !is_stopped_) co_await pause(kStep);
  if (is_stopped_) co_return ExecutionOutcome();
  const Turn turn(running_, pending.execution.function.id);
  co_return co_await execute(pending.execution);
}

asio::awaitable<void> Executions::run_in_background(PendingExecution pending) {
  const auto expires = clock_.now() + pending.max_age;
  ExecutionRecord record;
  record.request_id = pending.execution.request_id;
  auto outcome = co_await attempt(pending);
  auto next_pause = kFirstPause;
  while (outcome.code != kExecuted && record.attempts <= pending.retries && clock_.now() + next_pause < expires) {
    co_await pause(next_pause);
    next_pause *= 2;
    ++record.attempts;
    outcome = co_await attempt(pending);
  }
  if (is_stopped_) co_return;  // it stays recorded as running
  record.code = outcome.code;
  record.destination = outcome.code == kExecuted ? pending.on_success : pending.on_failure;
  record_(record);
}

void Executions::stop() {
  is_stopped_ = true;
  runner_.stop();
}

}  // namespace fgsync::emulator
