#pragma once

#include <string>

#include "base/result.hpp"
#include "package/archive.hpp"

namespace fgsync::package {

/// The YAML of an import package. Every text is double-quoted, so that a reader of any YAML version takes `on` and
/// `1.0` for the strings they are. Error `invalid` for what cannot stand in it: names that are no plain file names,
/// text that is not UTF-8.
Result<std::string> render_import_description(const ImportProperties& properties);

}  // namespace fgsync::package
