#include "manifest/redaction.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace fgsync::manifest {
namespace {

bool is_about_secret(const Diagnostic& diagnostic) {
  return diagnostic.field.starts_with("spec.encrypted_user_data");
}

}  // namespace

void redact(Diagnostics& diagnostics) {
  std::set<std::pair<std::string, int>> lines;
  for (const Diagnostic& diagnostic : diagnostics) {
    if (is_about_secret(diagnostic)) lines.emplace(diagnostic.position.file, diagnostic.position.line);
  }
  if (lines.empty()) return;
  for (Diagnostic& diagnostic : diagnostics) {
    if (lines.contains({diagnostic.position.file, diagnostic.position.line})) diagnostic.source_line.clear();
    if (!is_about_secret(diagnostic)) continue;
    // Values stand in quotes; numbers, lists and nothing are no secrets.
    diagnostic.message.resize(std::min(diagnostic.message.find(", found \""), diagnostic.message.size()));
  }
}

}  // namespace fgsync::manifest
