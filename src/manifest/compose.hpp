#pragma once

#include <map>
#include <string>

#include "manifest/environment.hpp"
#include "manifest/yaml_reader.hpp"

namespace fgsync::manifest {

/// What a function's document becomes in an environment (none: null): its patch is merged in, then variables are put
/// into all its values. Marks of what comes from the environment carry kEnvironmentFile. Without an environment a
/// variable is an error: the text `${NAME}` itself is never what was meant.
yaml::NodePtr compose(yaml::Report& report, const yaml::NodePtr& root, const Environment* environment);

/// The variables that a text uses, in order.
std::vector<std::string> variables_in(std::string_view text);

}  // namespace fgsync::manifest
