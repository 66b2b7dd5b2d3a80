#include "emulator/setting_rules.hpp"

#include <algorithm>
#include <array>

#include "emulator/names.hpp"
#include "emulator/setting_objects.hpp"

namespace fgsync::emulator {
namespace {

constexpr std::array<std::string_view, 29> kRuntimes{"Java8",
                                                     "Java11",
                                                     "Java17",
                                                     "Node.js6.10",
                                                     "Node.js8.10",
                                                     "Node.js10.16",
                                                     "Node.js12.13",
                                                     "Node.js14.18",
                                                     "Node.js16.17",
                                                     "Node.js18.15",
                                                     "Node.js20.15",
                                                     "Python2.7",
                                                     "Python3.6",
                                                     "Python3.9",
                                                     "Python3.10",
                                                     "Python3.12",
                                                     "Go1.8",
                                                     "Go1.x",
                                                     "C#(.NET Core 2.0)",
                                                     "C#(.NET Core 2.1)",
                                                     "C#(.NET Core 3.1)",
                                                     "C#(.NET Core 6.0)",
                                                     "C#(.NET Core 8.0)",
                                                     "Custom",
                                                     "Custom Image",
                                                     "PHP7.3",
                                                     "PHP8.3",
                                                     "http",
                                                     "Cangjie1.0"};
constexpr std::array<std::int64_t, 13> kMemorySizes{128,  256,  512,  768,  1024, 1280, 1536,
                                                    1792, 2048, 2560, 3072, 3584, 4096};
constexpr std::size_t kMaxVariables = 20;
constexpr std::size_t kMaxUserDataBytes = 4096;

template <class List, class Value>
bool contains(const List& list, const Value& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

std::optional<std::int64_t> integer_of(const JsonObject& body, std::string_view name) {
  const auto value = body.integer(name);
  return value ? *value : std::nullopt;
}

bool is_between(std::int64_t value, std::int64_t low, std::int64_t high) {
  return low <= value && value <= high;
}

/// Three to 128 characters with a dot. Functions from an image have `-`, and those that start a program of their own
/// name just that.
bool is_handler(std::string_view handler, std::string_view runtime) {
  if (runtime == "Custom Image" && handler == "-") return true;
  const bool starts_program = runtime == "Custom" || runtime == "http" || runtime == "Custom Image";
  const bool has_dot = handler.find('.') != std::string_view::npos;
  return handler.size() >= 3 && handler.size() <= 128 && (has_dot || starts_program);
}

/// A hook is a handler with a time limit of its own.
struct Hook {
  std::string name;
  std::int64_t max_seconds;
  FaultKind invalid_handler = kInvalidHandler;
  FaultKind invalid_timeout = kInvalidTimeout;
};

std::optional<Fault> check_hook(const JsonObject& body, const Hook& hook) {
  const auto handler = text_of(body, hook.name + "_handler");
  if (!handler.empty() && !is_handler(handler, "")) {
    return Fault(hook.invalid_handler, hook.name + "_handler: expected the form file.function");
  }
  const auto timeout = integer_of(body, hook.name + "_timeout");
  const bool is_unset = !timeout || (handler.empty() && *timeout == 0);
  if (is_unset || is_between(*timeout, 1, hook.max_seconds)) return std::nullopt;
  return Fault(hook.invalid_timeout,
               hook.name + "_timeout: expected 1 to " + std::to_string(hook.max_seconds) + " seconds");
}

/// Environment variables: a string that holds a JSON object of strings.
std::optional<Fault> check_variables(const JsonObject& body, std::string_view field) {
  const auto text = text_of(body, field);
  if (text.empty()) return std::nullopt;
  const auto variables = JsonObject::parse(text);
  const std::string name(field);
  if (!variables) return Fault(kInvalidUserData, name + ": expected a string that holds a JSON object");
  const auto names = variables->names();
  std::size_t bytes = 0;
  for (const auto& variable : names) {
    const auto value = variables->text(variable);
    if (!value || !*value || variable.empty()) {
      return Fault(kInvalidUserData, name + ": expected names with strings as values");
    }
    bytes += variable.size() + (*value)->size();
  }
  if (names.size() > kMaxVariables) return Fault(kTooManyVariables);
  if (bytes > kMaxUserDataBytes) return Fault(kUserDataTooLarge);
  return std::nullopt;
}

std::optional<Fault> check_strategy(const JsonObject& body) {
  const auto strategy = body.object("strategy_config");
  if (!strategy || !*strategy) return std::nullopt;
  for (const auto& [name, low] : {std::pair{"concurrency", -1}, std::pair{"concurrent_num", 1}}) {
    const auto value = (*strategy)->integer(name);
    if (!value) return value.error();
    if (*value && !is_between(**value, low, 1000)) return Fault(kInvalidConcurrency);
  }
  return std::nullopt;
}

std::optional<Fault> check_limits(const JsonObject& body) {
  const auto storage = integer_of(body, "ephemeral_storage");
  if (storage && *storage != 512 && *storage != 10240) {
    return Fault(kInvalidParameter, "ephemeral_storage: expected 512 or 10240");
  }
  const auto type = text_of(body, "type");
  if (!type.empty() && type != "v1" && type != "v2") return Fault(kInvalidParameter, "type: expected v1 or v2");
  if (!is_description(text_of(body, "description"))) return Fault(kDescriptionTooLong);
  return std::nullopt;
}

}  // namespace

bool is_runtime(std::string_view text) {
  return contains(kRuntimes, text);
}

std::optional<Fault> check_settings(const JsonObject& body) {
  const auto runtime = text_of(body, "runtime");
  if (!is_runtime(runtime)) return Fault(kInvalidRuntime);
  if (!is_between(integer_of(body, "timeout").value_or(0), 3, 259200)) return Fault(kInvalidTimeout);
  if (!is_handler(text_of(body, "handler"), runtime)) return Fault(kInvalidHandler);
  if (!contains(kMemorySizes, integer_of(body, "memory_size").value_or(0))) return Fault(kInvalidMemory);
  if (auto broken = check_variables(body, "user_data")) return broken;
  if (auto broken = check_variables(body, "encrypted_user_data")) return broken;
  const Hook initializer{"initializer", 300, kInvalidInitializer, kInvalidInitializationTimeout};
  if (auto broken = check_hook(body, initializer)) return broken;
  if (auto broken = check_hook(body, {"pre_stop", 90})) return broken;
  if (auto broken = check_hook(body, {"restore_hook", 300})) return broken;
  const auto heartbeat = text_of(body, "heartbeat_handler");
  if (!heartbeat.empty() && !is_handler(heartbeat, "")) {
    return Fault(kInvalidHandler, "heartbeat_handler: expected the form file.function");
  }
  if (auto broken = check_strategy(body)) return broken;
  if (auto broken = check_limits(body)) return broken;
  return check_setting_objects(body);
}

}  // namespace fgsync::emulator
