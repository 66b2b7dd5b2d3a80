#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "emulator/executor.hpp"
#include "emulator/pending_execution.hpp"

namespace fgsync::emulator {

/// Runs accepted calls: never more at once of a function than it wants, asynchronous ones in the background and again
/// when they fail. All on one loop, which must outlive it.
class Executions {
 public:
  /// The code of a digest, when it is still there.
  using FindCode = std::function<std::optional<std::string>(const std::string& digest)>;
  /// Takes what became of a call that ran in the background.
  using Record = std::function<void(const ExecutionRecord& record)>;

  Executions(boost::asio::any_io_executor executor, Executor& runner, Clock& clock, FindCode find_code, Record record);
  Executions(const Executions&) = delete;
  Executions& operator=(const Executions&) = delete;
  ~Executions() = default;

  /// Nothing when the function runs as often at once as it may.
  boost::asio::awaitable<std::optional<ExecutionOutcome>> run(PendingExecution pending);
  /// Whether one more can run in the background; if not, try again later.
  [[nodiscard]] bool has_room() const;
  void start(PendingExecution pending);
  /// Ends what runs and drops what waits, soon.
  void stop();
  [[nodiscard]] bool is_idle() const { return running_->empty() && background_ == 0; }

 private:
  class Turn;
  /// How many runs a function has, by its number in the store.
  using Running = std::map<std::int64_t, std::int64_t>;

  boost::asio::awaitable<ExecutionOutcome> execute(Execution execution);
  boost::asio::awaitable<void> run_in_background(PendingExecution pending);
  boost::asio::awaitable<ExecutionOutcome> attempt(const PendingExecution& pending);
  boost::asio::awaitable<void> pause(std::chrono::milliseconds length);
  [[nodiscard]] bool is_full(const PendingExecution& pending) const;

  boost::asio::any_io_executor executor_;
  Executor& runner_;
  Clock& clock_;
  FindCode find_code_;
  Record record_;
  std::shared_ptr<Running> running_;
  std::size_t background_ = 0;
  bool is_stopped_ = false;
};

}  // namespace fgsync::emulator
