#include "emulator/process_executor.hpp"

#include <atomic>
#include <csignal>
#include <fstream>
#include <optional>
#include <utility>

#include "base/worker_pool.hpp"
#include "emulator/bootstraps.hpp"
#include "emulator/child_run.hpp"
#include "emulator/code_folders.hpp"
#include "emulator/json.hpp"
#include "emulator/runtime_environment.hpp"
#include "emulator/text.hpp"
#include "emulator/unpacked_code.hpp"

namespace fgsync::emulator {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kLogBytes = 4096;
constexpr std::uint64_t kMebi = std::uint64_t{1} << 20U;
// What an interpreter reserves beside what it uses; node has a stack for each of its threads.
constexpr std::uint64_t kPythonAllowance = 64 * kMebi;
constexpr std::uint64_t kNodeAllowance = 256 * kMebi;

enum class Language { python, node, other };

Language language_of(const std::string& runtime) {
  if (runtime.starts_with("Python")) return Language::python;
  return runtime.starts_with("Node.js") ? Language::node : Language::other;
}

/// What each run needs besides its execution.
struct Workshop {
  Interpreters interpreters;
  std::string python_script;
  std::string node_script;
  const Clock* clock = nullptr;
  std::atomic<bool> is_stopped{false};
};

ChildCommand command_for(const Workshop& workshop, const Execution& execution, const RunFolders& folders) {
  ChildCommand command;
  if (language_of(execution.runtime) == Language::python) {
    command.program = workshop.interpreters.python->program;
    // Nothing from the user's own packages, no caches in the code, each line in the log at once.
    command.arguments = {"-s", "-B", "-u", workshop.python_script};
  } else {
    command.program = workshop.interpreters.node->program;
    command.arguments = {"--max-old-space-size=" + std::to_string(execution.memory_mb), workshop.node_script};
  }
  command.environment = runtime_environment(execution, folders);
  command.directory = folders.code;
  return command;
}

ChildPlan plan_for(const Workshop& workshop, const Execution& execution, const RunFolders& folders) {
  ChildPlan plan;
  plan.command = command_for(workshop, execution, folders);
  plan.job = runtime_job(execution, folders);
  plan.start_timeout = execution.initializer.empty() ? execution.timeout : execution.initializer_timeout;
  plan.timeout = execution.timeout;
  plan.memory_bytes = static_cast<std::uint64_t>(execution.memory_mb) * kMebi;
  const bool is_python = language_of(execution.runtime) == Language::python;
  const auto seconds = static_cast<std::uint64_t>((execution.timeout + execution.initializer_timeout).count());
  const auto cores = static_cast<std::uint64_t>(cpu_of(execution.memory_mb) + 999) / 1000;
  plan.limits.data_bytes = plan.memory_bytes + (is_python ? kPythonAllowance : kNodeAllowance);
  plan.limits.cpu_seconds = seconds * cores + 1;
  plan.limits.file_bytes = static_cast<std::uint64_t>(execution.storage_mb) * kMebi;
  plan.max_result_bytes = kMaxResultBytes;
  plan.log_bytes = kLogBytes;
  return plan;
}

ExecutionOutcome out_of_memory() {
  return failed_execution(kOutOfMemory, "runtime memory limit exceeded", "MemoryLimitExceeded");
}

ExecutionOutcome stopped() {
  return failed_execution(kFunctionFailed, "the emulator was stopped", "FunctionExited");
}

ExecutionOutcome timed_out(int code, const std::string& what, std::chrono::milliseconds limit) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(limit).count();
  return failed_execution(code, what + " timed out after " + std::to_string(seconds) + " seconds", "Timeout");
}

ExecutionOutcome ended_without_result(const ChildReport& report) {
  // V8 aborts when its heap is full, and says so.
  if (report.signal && report.log.find("heap out of memory") != std::string::npos) return out_of_memory();
  if (report.signal == SIGXCPU) return failed_execution(kTimedOut, "the function used up its CPU time", "Timeout");
  const std::string how = report.signal ? "was ended by signal " + std::to_string(*report.signal)
                                        : "ended with exit code " + std::to_string(report.exit_code);
  return failed_execution(kFunctionFailed, "the function's process " + how + " before it had a result",
                          "FunctionExited");
}

ExecutionOutcome outcome_of(ChildReport& report, const ChildPlan& plan) {
  switch (report.stop) {
    case ChildStop::start_timeout:
      return timed_out(kInitializationTimedOut, "the initialization of the function", plan.start_timeout);
    case ChildStop::timeout: return timed_out(kTimedOut, "the function", plan.timeout);
    case ChildStop::memory: return out_of_memory();
    case ChildStop::result_size:
      return failed_execution(kResultTooLarge,
                              "response body size exceeds the limit of " + std::to_string(kMaxResultBytes),
                              "ResponseExceedLimit");
    case ChildStop::cancelled: return stopped();
    case ChildStop::none: break;
  }
  if (!report.code) return ended_without_result(report);
  ExecutionOutcome outcome;
  outcome.code = *report.code;
  outcome.result = valid_utf8(report.result);
  return outcome;
}

ExecutionOutcome execute(const Workshop& workshop, const Execution& execution, const TemporaryDirectory& code,
                         const TemporaryDirectory& scratch) {
  if (workshop.is_stopped) return stopped();
  std::error_code failed;
  std::filesystem::create_directory(scratch.path(), failed);
  if (failed) return failed_execution(kInitializationFailed, "no temporary folder: " + failed.message(), "NoSpace");
  const auto plan = plan_for(workshop, execution, RunFolders{code.path().string(), scratch.path().string()});
  const auto since = process_ticks_now();
  auto report = run_child(plan, *workshop.clock, workshop.is_stopped);
  if (!report) return failed_execution(kInitializationFailed, report.error().describe(), "CannotStart");
  end_strays("TMPDIR=" + scratch.path().string() + std::string(1, '\0'), since);
  auto outcome = outcome_of(*report, plan);
  outcome.log = valid_utf8(report->log);
  outcome.duration = report->duration;
  outcome.memory_bytes = report->memory_bytes;
  return outcome;
}

class ProcessExecutor final : public Executor {
 public:
  ProcessExecutor(const ProcessExecutorOptions& options, const Clock& clock, std::unique_ptr<CodeFolders> folders)
      : folders_(std::move(folders)), pool_(options.max_at_once) {
    workshop_.interpreters = options.interpreters;
    workshop_.clock = &clock;
    workshop_.python_script = (folders_->root() / "run.py").string();
    workshop_.node_script = (folders_->root() / "run.js").string();
  }

  /// Whether the scripts could be written.
  [[nodiscard]] bool prepare() const {
    std::ofstream python(workshop_.python_script);
    python << python_bootstrap() << std::flush;
    std::ofstream node(workshop_.node_script);
    node << node_bootstrap() << std::flush;
    return python.good() && node.good();
  }

  [[nodiscard]] std::optional<std::string> why_not(const std::string& runtime) const override {
    const auto language = language_of(runtime);
    if (language == Language::other) return "the emulator runs functions in Python and Node.js, not in " + runtime;
    const bool is_python = language == Language::python;
    if (is_python ? workshop_.interpreters.python : workshop_.interpreters.node) return std::nullopt;
    return std::string("the emulator found no working ") + (is_python ? "python3" : "node") +
           " on PATH when it started";
  }

  [[nodiscard]] bool needs_code(const CodeFacts& code) const override { return folders_->find(code) == nullptr; }

  asio::awaitable<ExecutionOutcome> run(Execution execution, std::shared_ptr<const std::string> code) override {
    auto folder = folders_->find(execution.code);
    if (!folder) {
      folder = folders_->next("code");
      auto unpack = [facts = execution.code, code, folder]() -> Result<void> {
        if (!code) return fail(ErrorKind::internal, "the code is not there");
        return unpack_code(facts, *code, folder->path());
      };
      auto unpacked = co_await offload(pool_, std::move(unpack));
      if (!unpacked) {
        co_return failed_execution(kInitializationFailed, unpacked.error().describe(), "InvalidCode");
      }
      folders_->keep(execution.code, folder);
    }
    auto work = [this, execution = std::move(execution), folder, scratch = folders_->next("run")] {
      return execute(workshop_, execution, *folder, *scratch);
    };
    co_return co_await offload(pool_, std::move(work));
  }

  void stop() override { workshop_.is_stopped = true; }

 private:
  std::unique_ptr<CodeFolders> folders_;  // outlives the runs
  Workshop workshop_;
  WorkerPool pool_;
};

}  // namespace

Result<std::unique_ptr<Executor>> make_process_executor(const ProcessExecutorOptions& options, const Clock& clock) {
  auto folders = CodeFolders::create(options.temporary_folder);
  if (!folders) return fail(std::move(folders).error());
  auto executor = std::make_unique<ProcessExecutor>(options, clock, std::move(*folders));
  if (!executor->prepare()) {
    return fail(ErrorKind::invalid, options.temporary_folder.string() + ": the scripts cannot be written there");
  }
  return executor;
}

}  // namespace fgsync::emulator
