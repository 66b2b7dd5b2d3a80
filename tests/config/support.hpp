#pragma once

#include <string>
#include <string_view>

#include "config/config.hpp"

namespace fgsync::config::test {

/// A configuration in which everything is acted on.
inline constexpr std::string_view kBase =
    "apiVersion: fgsync/v1\n"
    "kind: Config\n"
    "metadata:\n"
    "  name: media-prod\n"
    "spec:\n"
    "  endpoint: https://functiongraph.cn-north-4.myhuaweicloud.com\n"
    "  region: cn-north-4\n"
    "  project_id: 46b6f338fc3445b8846c71dfb1fb0000\n"
    "  ca_file: certs/ca.pem\n"
    "  credentials:\n"
    "    token_file: /run/credentials/token\n"
    "  sources:\n"
    "    - directory: manifests\n"
    "    - directory: more\n"
    "  state_directory: ../state\n"
    "  parallel: 4\n"
    "  timeouts: {call: 30s, upload: 5m}\n"
    "  markers: off\n";

/// kBase with one place changed.
inline std::string with(std::string_view old_text, std::string_view new_text) {
  std::string text(kBase);
  return text.replace(text.find(old_text), old_text.size(), new_text);
}

/// `LINE:COLUMN CODE: SUMMARY [HINT]` for each diagnostic; warnings say so.
inline std::string listing(const LoadedConfig& loaded) {
  std::string text;
  for (const auto& diagnostic : loaded.diagnostics) {
    if (!text.empty()) text += '\n';
    text += std::to_string(diagnostic.position.line) + ":" + std::to_string(diagnostic.position.column) + " " +
            (diagnostic.severity == manifest::Severity::warning ? "warning " : "") + diagnostic.code + ": " +
            summary(diagnostic);
    if (!diagnostic.hint.empty()) text += " [" + diagnostic.hint + "]";
  }
  return text;
}

inline std::string listing_with(std::string_view old_text, std::string_view new_text) {
  return listing(load("conf/fgsync.yaml", with(old_text, new_text)));
}

}  // namespace fgsync::config::test
