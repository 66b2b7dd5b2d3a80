#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "emulator/executions.hpp"
#include "emulator/interpreters.hpp"
#include "emulator/invoker.hpp"
#include "emulator/service.hpp"

namespace fgsync::emulator {

/// All that --execute adds to the program.
class ExecutionHost {
 public:
  /// Looks for interpreters with `environment`, this process's own. Error `invalid`: there is no place for temporary
  /// files.
  static Result<std::unique_ptr<ExecutionHost>> open(unsigned max_at_once, const std::vector<std::string>& environment,
                                                     const std::filesystem::path& temporary_folder);
  ExecutionHost(const ExecutionHost&) = delete;
  ExecutionHost& operator=(const ExecutionHost&) = delete;
  ~ExecutionHost() = default;

  /// For people, at the start.
  [[nodiscard]] std::string describe() const;
  /// For the service's options; not longer than this lives.
  [[nodiscard]] WhyNotRun why_not_run() const;
  /// To be called once, before anything is to be run. The service must outlive the loop's last turn.
  Invoker& attach(boost::asio::any_io_executor loop, Service& service);
  /// Ends what runs, and calls `then` on the loop when nothing does any more.
  void stop(std::function<void()> then);

 private:
  explicit ExecutionHost(Interpreters interpreters) : interpreters_(std::move(interpreters)) {}
  boost::asio::awaitable<void> await_idle(std::function<void()> then);

  SystemClock clock_;
  Interpreters interpreters_;
  std::unique_ptr<Executor> executor_;
  boost::asio::any_io_executor loop_;
  std::unique_ptr<Executions> executions_;
  std::unique_ptr<Invoker> invoker_;
};

}  // namespace fgsync::emulator
