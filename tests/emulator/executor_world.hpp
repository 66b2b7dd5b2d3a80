#pragma once

#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <catch2/catch.hpp>
#include <csignal>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "emulator/process_executor.hpp"
#include "temporary_folder.hpp"
#include "tests/support/run.hpp"
#include "zip_bytes.hpp"

namespace fgsync::emulator::test {

inline std::vector<std::string> own_environment() {
  std::vector<std::string> environment;
  for (char** variable = environ; *variable != nullptr; ++variable) environment.emplace_back(*variable);
  return environment;
}

/// Asked once: some wrappers are slow.
inline const Interpreters& known_interpreters() {
  static const SystemClock clock;
  static const Interpreters known = find_interpreters(own_environment(), clock);
  return known;
}

/// A function and the executor that it runs in.
class ExecutorWorld {
 public:
  explicit ExecutorWorld(Interpreters interpreters = known_interpreters()) {
    std::signal(SIGPIPE, SIG_IGN);  // as the program does
    ProcessExecutorOptions options;
    options.interpreters = std::move(interpreters);
    options.temporary_folder = folder_.file("");
    auto made = make_process_executor(options, clock_);
    REQUIRE(made);
    executor = std::move(*made);
    execution.request_id = "9a14fae1-78cf-4185-ac7a-429eb6dc41fb";
    execution.function.project = "p1";
    execution.function.app = "default";
    execution.function.name = "hello";
    execution.version = "latest";
    execution.handler = "index.handler";
    // Interpreters start slowly on a machine that is busy.
    execution.timeout = std::chrono::seconds(60);
    execution.initializer_timeout = std::chrono::seconds(60);
  }

  /// Archives with these files.
  void use_files(const std::string& runtime, const std::vector<ZipEntry>& files) {
    execution.runtime = runtime;
    code_ = std::make_shared<const std::string>(zip_bytes(files));
    execution.code.type = "zip";
    execution.code.filename = "index.zip";
    execution.code.digest = "code-" + std::to_string(++codes_);
  }
  void use_python(const std::string& source) { use_files("Python3.9", {{"index.py", source}}); }
  void use_node(const std::string& source) { use_files("Node.js18.15", {{"index.js", source}}); }
  void use_inline(const std::string& runtime, const std::string& filename, const std::string& source) {
    use_files(runtime, {{filename, source}});
    code_ = std::make_shared<const std::string>(source);
    execution.code.type = "inline";
    execution.code.filename = filename;
  }

  /// The handler has one second, which does not run before the interpreter has started: the code needs an
  /// `initializer`.
  void limit_handler_to_a_second() {
    execution.initializer = "index.initializer";
    execution.timeout = std::chrono::seconds(1);
  }

  ExecutionOutcome run() { return fgsync::test::run(loop, executor->run(execution, code_)); }
  [[nodiscard]] std::shared_ptr<const std::string> code() const { return code_; }
  /// What is in the folder for temporary files.
  [[nodiscard]] std::filesystem::path folder() const { return folder_.file(""); }

  /// The next runs get no code.
  void forget_code() { code_ = nullptr; }

 private:
  SystemClock clock_;
  TemporaryFolder folder_;
  std::shared_ptr<const std::string> code_;
  int codes_ = 0;

 public:
  Execution execution;
  boost::asio::io_context loop;
  std::unique_ptr<Executor> executor;  // ends before what it uses
};

/// Of an outcome that is an error: `4002 ValueError: bad`.
inline std::string error_of(const ExecutionOutcome& outcome) {
  const auto body = nlohmann::json::parse(outcome.result, nullptr, false);
  if (!body.is_object() || !body.contains("errorMessage")) return std::to_string(outcome.code) + " " + outcome.result;
  return std::to_string(outcome.code) + " " + body["errorType"].get<std::string>() + ": " +
         body["errorMessage"].get<std::string>();
}

}  // namespace fgsync::emulator::test
