#include "manifest/diagnostic.hpp"

#include <algorithm>

#include "manifest/shown_text.hpp"

namespace fgsync::manifest {
namespace {

/// What puts a caret under the column: tabs stay tabs, every other character becomes one space.
std::string padding(const std::string& line, int column) {
  std::string text;
  const auto end = std::min(line.size(), static_cast<std::size_t>(std::max(column, 1) - 1));
  for (std::size_t i = 0; i < end; ++i) {
    const bool is_continuation = (static_cast<unsigned char>(line[i]) & 0xC0) == 0x80;
    if (!is_continuation) text += line[i] == '\t' ? '\t' : ' ';
  }
  return text;
}

}  // namespace

bool has_error(const Diagnostics& diagnostics) {
  return std::any_of(diagnostics.begin(), diagnostics.end(),
                     [](const Diagnostic& diagnostic) { return diagnostic.severity == Severity::error; });
}

std::string summary(const Diagnostic& diagnostic) {
  return diagnostic.field.empty() ? diagnostic.message : diagnostic.field + ": " + diagnostic.message;
}

std::string to_text(const Diagnostic& diagnostic) {
  constexpr std::size_t kMaxPosition = 4200;
  // A file's name may hold anything, and this goes to terminals and logs.
  std::string text = yaml::shown_text(diagnostic.position.to_string(), kMaxPosition);
  text += diagnostic.severity == Severity::error ? ": error: " : ": warning: ";
  text += summary(diagnostic) + '\n';
  if (!diagnostic.source_line.empty()) {
    text += "    " + diagnostic.source_line + '\n';
    text += "    " + padding(diagnostic.source_line, diagnostic.position.column) + "^\n";
  }
  if (!diagnostic.hint.empty()) text += "  hint: " + diagnostic.hint + '\n';
  return text;
}

}  // namespace fgsync::manifest
