#pragma once

#include <string>

#include "manifest/schema.hpp"

namespace fgsync::config {

/// Reports what is wrong between the keys of `spec`, each of which may be right for itself. `file` is the path of the
/// document.
void check_rules(manifest::yaml::Report& report, const manifest::schema::View& spec, const std::string& file);

}  // namespace fgsync::config
