#pragma once

#include "manifest/function.hpp"
#include "manifest/schema.hpp"

namespace fgsync::manifest {

/// The settings that not every function has, of a checked `spec`.
ExtraSettings read_extra_settings(yaml::Report& report, const schema::View& spec);

}  // namespace fgsync::manifest
