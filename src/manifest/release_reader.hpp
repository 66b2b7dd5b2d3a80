#pragma once

#include <optional>
#include <vector>

#include "manifest/function.hpp"
#include "manifest/schema.hpp"

namespace fgsync::manifest {

/// A checked `spec.version`. Never reads as absent: what could not be read keeps its default.
WantedVersion read_version(yaml::Report& report, const schema::View& value);

/// A checked `spec.aliases`, each compared with the others and with the wanted version.
std::vector<WantedAlias> read_aliases(yaml::Report& report, const schema::View& list,
                                      const std::optional<WantedVersion>& version);

}  // namespace fgsync::manifest
