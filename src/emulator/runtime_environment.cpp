#include "emulator/runtime_environment.hpp"

#include <map>

#include "emulator/json.hpp"

namespace fgsync::emulator {

std::int64_t cpu_of(std::int64_t memory_mb) {
  return memory_mb * 100 / 128 + 200;
}

std::vector<std::string> runtime_environment(const Execution& execution, const RunFolders& folders) {
  std::map<std::string, std::string> variables{
      {"PATH", "/usr/local/bin:/usr/bin:/bin"}, {"LANG", "C.UTF-8"}, {"HOME", folders.scratch}};
  const auto own = stored_object(execution.user_data);
  for (const auto& name : own.names()) {
    const auto value = text_of(own, name);
    const bool fits = !name.empty() && name.find('=') == std::string::npos && name.find('\0') == std::string::npos &&
                      value.find('\0') == std::string::npos;
    if (fits) variables[name] = value;
  }
  const std::map<std::string, std::string> fixed{
      {"TMPDIR", folders.scratch},
      {"RUNTIME_PROJECT_ID", execution.function.project},
      {"RUNTIME_FUNC_NAME", execution.function.name},
      {"RUNTIME_FUNC_VERSION", execution.version},
      {"RUNTIME_PACKAGE", execution.function.app},
      {"RUNTIME_HANDLER", execution.handler},
      {"RUNTIME_TIMEOUT", std::to_string(execution.timeout.count())},
      {"RUNTIME_USERDATA", execution.user_data},
      {"RUNTIME_CPU", std::to_string(cpu_of(execution.memory_mb))},
      {"RUNTIME_MEMORY", std::to_string(execution.memory_mb)},
      {"RUNTIME_MAX_RESP_BODY_SIZE", std::to_string(kMaxResultBytes)},
      {"RUNTIME_INITIALIZER_HANDLER", execution.initializer},
      {"RUNTIME_INITIALIZER_TIMEOUT", std::to_string(execution.initializer_timeout.count())},
      {"RUNTIME_ROOT", folders.scratch},
      {"RUNTIME_CODE_ROOT", folders.code},
      {"RUNTIME_LOG_DIR", folders.scratch}};
  for (const auto& [name, value] : fixed) variables[name] = value;
  std::vector<std::string> environment;
  environment.reserve(variables.size());
  for (const auto& [name, value] : variables) environment.push_back(name + "=" + value);
  return environment;
}

std::string runtime_job(const Execution& execution, const RunFolders& folders) {
  return JsonMembers()
      .raw("event", execution.event)
      .text("handler", execution.handler)
      .text("initializer", execution.initializer)
      .text("root", folders.code)
      .text("request_id", execution.request_id)
      .text("project", execution.function.project)
      .text("package", execution.function.app)
      .text("function", execution.function.name)
      .text("version", execution.version)
      .text("alias", execution.alias)
      .number("memory", execution.memory_mb)
      .number("cpu", cpu_of(execution.memory_mb))
      .number("timeout", execution.timeout.count())
      .raw("user_data", execution.user_data)
      .object();
}

}  // namespace fgsync::emulator
