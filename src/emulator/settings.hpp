#pragma once

#include <string>

#include "emulator/json.hpp"
#include "emulator/open_questions.hpp"

namespace fgsync::emulator {

// Traits of a setting.
inline constexpr unsigned kKept = 1U;            ///< a configuration update neither takes nor resets it
inline constexpr unsigned kInVersionItem = 2U;   ///< shown in the list of versions
inline constexpr unsigned kInFunctionItem = 4U;  ///< shown in the list of functions
inline constexpr unsigned kNotAnswered = 8U;     ///< stored only; model.cpp writes what is shown instead

/// One field of a function's configuration.
struct Setting {
  std::string_view name;
  JsonType type;
  std::string_view fallback;  ///< JSON of the value when left out; empty: then it is absent
  unsigned traits;
};

/// All fields, in the order of the stored JSON.
const std::vector<Setting>& all_settings();

/// The configuration in a create request, checked against the documented rules, as canonical JSON: equal
/// configurations are equal texts. Fields that are left out take their default.
Valid<std::string> read_settings(const JsonObject& body);

/// The configuration after a PUT: `body` replaces everything but what only creation and code updates set, or what it
/// names when the update merges. The runtime cannot change (FSS.1005).
Valid<std::string> updated_settings(const JsonObject& body, const std::string& current, ConfigUpdate update);

/// The configuration with another `depend_version_list` (JSON list), which belongs to the code.
std::string with_dependencies(const std::string& settings, const std::string& depend_version_list);

/// The configuration with another maximum of instances.
std::string with_concurrency(const std::string& settings, std::int64_t concurrency);

}  // namespace fgsync::emulator
