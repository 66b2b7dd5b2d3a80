#pragma once

#include "manifest/schema.hpp"

namespace fgsync::manifest {

/// A `kind: Function` document.
const schema::Shape& function_document();

}  // namespace fgsync::manifest
