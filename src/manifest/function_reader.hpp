#pragma once

#include <string>

#include "manifest/function.hpp"
#include "manifest/yaml_reader.hpp"

namespace fgsync::manifest {

/// A `kind: Function` document as far as it could be read.
struct ReadFunction {
  Function function;      ///< the name is empty when it could not be read
  bool is_valid = false;  ///< nothing was wrong with it
};

/// Reads and checks one document on its own. `root` is the whole document, a mapping.
ReadFunction read_function(yaml::Report& report, const yaml::Value& root);

}  // namespace fgsync::manifest
