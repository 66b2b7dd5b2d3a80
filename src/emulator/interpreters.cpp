#include "emulator/interpreters.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "emulator/child_run.hpp"
#include "emulator/text.hpp"

namespace fgsync::emulator {
namespace {

// Both answer like a bootstrap: 0, the length, then the program and the version.
constexpr const char* kAskPython =
    "import os, sys\n"
    "text = sys.executable + '\\n' + '.'.join(map(str, sys.version_info[:3]))\n"
    "os.write(3, ('0 %d\\n%s' % (len(text), text)).encode())\n";
constexpr const char* kAskNode =
    "const text = process.execPath + '\\n' + process.versions.node;"
    "require('fs').writeSync(3, `0 ${text.length}\\n${text}`);";

bool is_program(const std::string& path) {
  struct stat status{};
  return ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) && ::access(path.c_str(), X_OK) == 0;
}

/// Empty: there is none.
std::string find_program(const std::string& name, const std::vector<std::string>& environment) {
  constexpr std::string_view kPath = "PATH=";
  const auto variable =
      std::find_if(environment.begin(), environment.end(), [&](const auto& text) { return text.starts_with(kPath); });
  if (variable == environment.end()) return "";
  for (const auto folder : split(std::string_view(*variable).substr(kPath.size()), ':')) {
    const std::string path = std::string(folder) + "/" + name;
    if (path.starts_with('/') && is_program(path)) return path;
  }
  return "";
}

std::optional<Interpreter> ask(const std::string& name, std::vector<std::string> arguments,
                               const std::vector<std::string>& environment, const Clock& clock) {
  ChildPlan plan;
  plan.command = ChildCommand{find_program(name, environment), std::move(arguments), environment, "/"};
  if (plan.command.program.empty()) return std::nullopt;
  constexpr std::uint64_t kPlenty = std::uint64_t{4} << 30U;
  plan.start_timeout = std::chrono::seconds(20);
  plan.memory_bytes = kPlenty;
  plan.limits = ChildLimits{kPlenty, 20, kPlenty};
  plan.max_result_bytes = 8192;
  const std::atomic<bool> never{false};
  const auto report = run_child(plan, clock, never);
  if (!report || report->code != 0) return std::nullopt;
  const auto lines = split(report->result, '\n');
  if (lines.size() != 2 || !is_program(std::string(lines[0]))) return std::nullopt;
  return Interpreter{std::string(lines[0]), std::string(lines[1])};
}

std::string describe_one(const std::string& language, const std::string& name,
                         const std::optional<Interpreter>& interpreter) {
  if (!interpreter) return language + " by nothing: no working " + name + " is on PATH";
  return language + " by " + interpreter->program + " (" + interpreter->version + ")";
}

}  // namespace

std::string Interpreters::describe() const {
  return describe_one("Python", "python3", python) + ", " + describe_one("Node.js", "node", node);
}

Interpreters find_interpreters(const std::vector<std::string>& environment, const Clock& clock) {
  return Interpreters{ask("python3", {"-c", kAskPython}, environment, clock),
                      ask("node", {"-e", kAskNode}, environment, clock)};
}

}  // namespace fgsync::emulator
