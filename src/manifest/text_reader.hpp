#pragma once

#include <vector>

#include "manifest/function_reader.hpp"
#include "manifest/loader.hpp"

namespace fgsync::manifest {

/// What one text was read as.
struct ReadText {
  std::vector<ReadFunction> functions;
  std::vector<Document> documents;  ///< one for each function
  Diagnostics diagnostics;
};

/// Reads one text, whatever stands in others. The lines are those of the text and of the environment's file (null:
/// none).
ReadText read_text(const SourceText& text, const yaml::Lines& lines, const Environment* environment,
                   const yaml::Lines* environment_lines);

}  // namespace fgsync::manifest
