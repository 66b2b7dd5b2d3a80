#pragma once

#include <functional>
#include <string>
#include <vector>

#include "functiongraph/types.hpp"

/// The configuration's fields as a table, for cases that are about all of them.
namespace fgsync::functiongraph::contract {

/// Which requests have the field (models).
enum class Taken { by_create_too, by_update_only };
/// Which answers besides that about the one function or version have it.
enum class Listed { with_versions, nowhere };

/// One field, and a value of it that is no default.
struct Field {
  const char* name;
  Taken taken;
  Listed listed;
  std::function<void(FunctionConfig& config)> set;
  std::function<bool(const FunctionConfig& a, const FunctionConfig& b)> is_equal;
};

/// Every field that an update takes and a read answers, but runtime and encrypted variables, which have their own
/// cases. What the documents' answers leave out is not here: `restore_hook`, `domain_names`, `extend_config`, and the
/// names of log groups and streams.
const std::vector<Field>& all_fields();

FunctionConfig with_all_fields(FunctionConfig config);
/// Names of the fields in which the two differ.
std::vector<std::string> differences(const FunctionConfig& a, const FunctionConfig& b);

}  // namespace fgsync::functiongraph::contract
