#pragma once

#include <map>
#include <set>
#include <string>

#include "functiongraph/types.hpp"
#include "manifest/function.hpp"

namespace fgsync::plan {

// The settings that a manifest need not name (`xrole`, `func_vpc`, …). What it names is compared and set, by the name
// of its key; what it leaves out stays as it is on the service.

/// Which of a function's settings are meant.
enum class SettingScope {
  all,
  frozen,  ///< that a version freezes: not mounts, not what only concerns the function as a whole
  listed,  ///< of the frozen ones, those that a list of versions has (models: ListFunctionVersionResult)
};

/// The settings that `function` names, as they stand in `config`, as texts by name. One that is unset there has the
/// service's default.
std::map<std::string, std::string> named_settings(const manifest::Function& function,
                                                  const functiongraph::FunctionConfig& config, SettingScope scope);

/// Of `named_settings`, those that differ from the service's default: what counts for a fingerprint.
std::map<std::string, std::string> unusual_settings(const manifest::Function& function,
                                                    const functiongraph::FunctionConfig& config);

/// The names of what a version freezes and a list of versions does not show, of all that the function names and does
/// not leave to others.
std::set<std::string> unlisted_settings(const manifest::Function& function);

/// Sets in `config` what the function names, and leaves the rest alone.
void set_named_settings(const manifest::Function& function, functiongraph::FunctionConfig& config);

}  // namespace fgsync::plan
