#pragma once

#include <optional>
#include <vector>

#include "manifest/function.hpp"
#include "manifest/yaml_reader.hpp"

namespace fgsync::manifest {

/// `spec.version`. Never reads as absent: what could not be read keeps its default.
WantedVersion read_version(yaml::Report& report, const yaml::Value& value);

/// `spec.aliases`, checked against each other and against the wanted version.
std::vector<WantedAlias> read_aliases(yaml::Report& report, const yaml::Value& value,
                                      const std::optional<WantedVersion>& version);

}  // namespace fgsync::manifest
