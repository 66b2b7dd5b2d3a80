#pragma once

#include "manifest/schema.hpp"

namespace fgsync::manifest {

/// A `kind: Function` document.
const schema::Shape& function_document();

/// The names of the settings that `ignore_differences` may point into: what is compared with the service.
bool is_compared_setting(std::string_view key);
std::vector<std::string_view> compared_settings();

}  // namespace fgsync::manifest
