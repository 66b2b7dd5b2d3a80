#pragma once

#include <string>

#include "config/config.hpp"
#include "manifest/schema.hpp"

namespace fgsync::config {

/// The typed form of a document that was checked against document_shape(). `file` is its path.
Config read_config(const manifest::schema::View& document, const std::string& file);

}  // namespace fgsync::config
