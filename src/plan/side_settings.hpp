#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "plan/desired.hpp"
#include "plan/model.hpp"

namespace fgsync::plan {

// What belongs to a function and has calls of its own: max_instance_num, tags, function_async_config and
// reserved_instances. As with other settings, what a manifest leaves out is left alone, and so are tags that it never
// named.

/// What `function` wants and does not leave to others, by name: `max_instance_num`, `tags.KEY`,
/// `function_async_config.…`, `reserved_instances.QUALIFIER.count` and `….idle_mode`; also `depend_version_list`, which
/// travels with the code and is no part of the configuration either.
std::map<std::string, std::string> wanted_side_fields(const manifest::Function& function);

/// The steps to it. `observed` absent: the function is about to be made. `last` is what was applied last, by name; what
/// it has and the manifest does not any more is taken away.
std::vector<Step> plan_side_settings(const manifest::Function& function, const Boxed<ObservedFunction>& observed,
                                     const std::optional<LastApplied>& last);

/// Which side made the difference, as far as what was applied last tells. A setting that it does not have was not the
/// manifest's then: naming it is a change of the manifest, whatever the service had.
Reason reason_of(const std::vector<FieldChange>& changes, const std::optional<LastApplied>& last);

/// What an update of the asynchronous configuration sends: `current` with what `function` names and does not leave to
/// others.
functiongraph::AsyncConfig with_wanted(const manifest::Function& function,
                                       std::optional<functiongraph::AsyncConfig> current);

/// The dependency versions, in order. Absent: `function` names none, or leaves them to others.
std::optional<std::vector<std::string>> wanted_dependencies(const manifest::Function& function);
/// As a field's text: in order, since later ones are laid over earlier ones.
std::string dependencies_text(const std::vector<std::string>& ids);

}  // namespace fgsync::plan
