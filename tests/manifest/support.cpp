#include "tests/manifest/support.hpp"

#include <stdexcept>

namespace fgsync::manifest::test {

std::string with(std::string_view old_text, std::string_view new_text) {
  std::string text(kBase);
  const auto place = text.find(old_text);
  if (place == std::string::npos) throw std::logic_error("not in the base manifest: " + std::string(old_text));
  return text.replace(place, old_text.size(), new_text);
}

std::string function_named(std::string_view name, std::string_view more) {
  return "apiVersion: fgsync/v1\nkind: Function\nmetadata:\n  name: " + std::string(name) +
         "\nspec:\n  runtime: Python3.9\n  handler: index.handler\n  code: {directory: code}\n" + std::string(more);
}

LoadResult load_text(std::string text) {
  return load({SourceText{.path = "f.yaml", .text = std::move(text), .is_named = false}});
}

std::string listing(const Diagnostics& diagnostics) {
  std::string text;
  for (const Diagnostic& diagnostic : diagnostics) {
    if (!text.empty()) text += '\n';
    const SourcePosition& position = diagnostic.position;
    if (position.file != "f.yaml") text += position.file + ":";
    text += std::to_string(position.line) + ":" + std::to_string(position.column);
    text += diagnostic.severity == Severity::error ? " error " : " warning ";
    text += diagnostic.code + ": " + summary(diagnostic);
    if (!diagnostic.hint.empty()) text += " [" + diagnostic.hint + "]";
  }
  return text;
}

}  // namespace fgsync::manifest::test
