#include "emulator/execution_host.hpp"

#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <utility>

#include "emulator/process_executor.hpp"

namespace fgsync::emulator {

Result<std::unique_ptr<ExecutionHost>> ExecutionHost::open(unsigned max_at_once,
                                                           const std::vector<std::string>& environment,
                                                           const std::filesystem::path& temporary_folder) {
  const SystemClock clock;
  std::unique_ptr<ExecutionHost> host(new ExecutionHost(find_interpreters(environment, clock)));
  auto executor = make_process_executor({host->interpreters_, max_at_once, temporary_folder}, host->clock_);
  if (!executor) return fail(std::move(executor).error());
  host->executor_ = std::move(*executor);
  return host;
}

std::string ExecutionHost::describe() const {
  return "functions run on this machine as this user, without a sandbox: " + interpreters_.describe();
}

WhyNotRun ExecutionHost::why_not_run() const {
  return [this](const std::string& runtime) { return executor_->why_not(runtime); };
}

Invoker& ExecutionHost::attach(boost::asio::any_io_executor loop, Service& service) {
  loop_ = std::move(loop);
  auto find_code = [&service](const std::string& digest) { return service.find_code(digest); };
  auto record = [&service](const ExecutionRecord& what) { service.record(what); };
  executions_ = std::make_unique<Executions>(loop_, *executor_, clock_, std::move(find_code), std::move(record));
  invoker_ = std::make_unique<Invoker>(service, *executions_, clock_);
  return *invoker_;
}

boost::asio::awaitable<void> ExecutionHost::await_idle(std::function<void()> then) {
  while (!executions_->is_idle()) co_await clock_.sleep_until(clock_.now() + std::chrono::milliseconds(5));
  then();
}

void ExecutionHost::stop(std::function<void()> then) {
  executions_->stop();
  boost::asio::co_spawn(loop_, await_idle(std::move(then)), [](const std::exception_ptr&) {});
}

}  // namespace fgsync::emulator
