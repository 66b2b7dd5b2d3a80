#pragma once

#include <string>
#include <vector>

#include "base/error.hpp"

namespace fgsync::manifest {

enum class Severity { error, warning };

/// One mistake of a user, in words that name the place, the field, what was expected and what stands there.
struct Diagnostic {
  Severity severity = Severity::error;
  std::string code;  ///< stable and short, for machines: `unknown_key`, `out_of_range`, …
  SourcePosition position;
  std::string field;        ///< path of the field, `spec.memory_size`; empty for the file as a whole
  std::string message;      ///< without position and field: `must be a whole number, found "lots"`
  std::string hint;         ///< what to do, `did you mean memory_size?`; may be empty
  std::string source_line;  ///< the line of the file that `position` names, for showing it with a caret; may be empty
};

using Diagnostics = std::vector<Diagnostic>;

bool has_error(const Diagnostics& diagnostics);

/// `spec.memory_size: must be a whole number, found "lots"`: what it is about and what is wrong, on one line.
std::string summary(const Diagnostic& diagnostic);

/// `file:line:column: error: spec.memory_size: message` and, below it, the source line with a caret, and the hint.
/// Ends with a line break.
std::string to_text(const Diagnostic& diagnostic);

}  // namespace fgsync::manifest
