#pragma once

#include <optional>
#include <string>
#include <vector>

#include "plan/desired.hpp"
#include "plan/model.hpp"

namespace fgsync::plan {

enum class Adoption { only_ours, any };

struct PlanOptions {
  std::string source_id;
  bool writes_markers = true;  ///< ownership marker in descriptions
  Adoption adoption = Adoption::only_ours;
};

/// What is known about one function before planning. `observed` absent means that the service has no such function,
/// never that it could not be asked.
struct Inputs {
  const Desired& desired;
  const std::optional<ObservedFunction>& observed;
  const std::optional<LastApplied>& last_applied;
  /// We sent an import under this name: if the function exists, it is ours.
  bool has_import_of_ours = false;
};

/// Whether the code must be zipped to compare it with the service: the function exists, and neither the inventory nor
/// a version's fingerprint says that its code is our content.
bool needs_archive_digest(const Inputs& inputs);

/// The decision table (docs/reconcile.md): what it takes to make one function as desired. Pure.
FunctionPlan plan_function(const Inputs& inputs, const PlanOptions& options);

/// A function that asks for something which this version must not ignore (other kinds of code, secrets, traffic that is
/// divided, settings that are left to others): blocked as a whole, before anything is read. Nothing: there is none.
std::optional<FunctionPlan> plan_unsupported(const manifest::Function& function);

/// A function of the inventory that no manifest wants any more: nothing is deleted.
FunctionPlan plan_orphan(const std::string& name);

}  // namespace fgsync::plan
