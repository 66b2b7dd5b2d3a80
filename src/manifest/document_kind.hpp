#pragma once

#include "manifest/yaml_reader.hpp"

namespace fgsync::manifest {

/// What a document is for us.
enum class DocumentKind { function, config, environment, foreign, refused };

/// Foreign documents belong in a scanned directory, so they are passed over there; one that only just misses being
/// ours is refused with a diagnostic, as is every foreign one of a file that was named.
enum class Origin { scanned, named };
DocumentKind classify(yaml::Report& report, const yaml::Value& root, Origin origin);

}  // namespace fgsync::manifest
