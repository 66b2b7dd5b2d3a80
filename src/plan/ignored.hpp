#pragma once

#include <map>
#include <string>
#include <string_view>

#include "functiongraph/types.hpp"
#include "manifest/function.hpp"

namespace fgsync::plan {

// `ignore_differences`: settings that a manifest leaves to others, as JSON pointers into its spec.

/// Whether the field of that name (`timeout`, `user_data.LOG_LEVEL`) is left to others: named itself, or what it is
/// part of.
bool is_ignored(const manifest::Function& function, std::string_view field);

/// Drops the ignored ones.
void drop_ignored(const manifest::Function& function, std::map<std::string, std::string>& fields);

/// Gives `config`, which is about to be sent, the ignored settings as they are in `current`.
void keep_ignored(const manifest::Function& function, const functiongraph::FunctionConfig& current,
                  functiongraph::FunctionConfig& config);

}  // namespace fgsync::plan
