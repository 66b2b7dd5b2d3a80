#pragma once

#include "manifest/schema.hpp"

namespace fgsync::config {

/// A whole `kind: Config` document. `Field::api` of its fields names the flags and variables that win over the key.
const manifest::schema::Shape& document_shape();

}  // namespace fgsync::config
