#pragma once

#include <string>
#include <vector>

#include "manifest/function.hpp"
#include "manifest/schema.hpp"
#include "manifest/yaml_reader.hpp"

namespace fgsync::manifest {

/// A `kind: Function` document as far as it could be read.
struct ReadFunction {
  Function function;                        ///< the name is empty when it could not be read
  std::vector<schema::UnusedField> unused;  ///< fields that are set and not acted on yet
  bool is_valid = false;                    ///< nothing was wrong with it
};

/// Reads and checks one document on its own. `root` is the whole document, a mapping.
ReadFunction read_function(yaml::Report& report, const yaml::Value& root);

}  // namespace fgsync::manifest
