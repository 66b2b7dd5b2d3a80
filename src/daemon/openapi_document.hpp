#pragma once

#include <string_view>

namespace fgsync::daemon {

/// docs/openapi.yaml, as it was when this was built.
std::string_view openapi_document();

}  // namespace fgsync::daemon
