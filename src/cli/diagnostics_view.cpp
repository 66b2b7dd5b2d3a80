#include "cli/diagnostics_view.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string_view>
#include <system_error>
#include <utility>

namespace fgsync::cli {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;
using manifest::Diagnostic;
using manifest::Severity;

constexpr const char* kSchema = "https://json.schemastore.org/sarif-2.1.0.json";
constexpr const char* kRootId = "%SRCROOT%";

/// What a code stands for, of those that do not say it well themselves.
constexpr auto kDescriptions = std::to_array<std::pair<std::string_view, const char*>>({
    {"bad_code", "Code cannot be packaged or sent as it is"},
    {"bad_syntax", "The file is not valid YAML"},
    {"bad_variable", "A variable of the environment is not declared or not written as it must be"},
    {"dependency_cycle", "Functions depend on each other in a circle"},
    {"does_not_fit", "A key does not go with another one"},
    {"duplicate_key", "A key stands twice"},
    {"duplicate_name", "Two manifests have one name"},
    {"empty", "There is nothing where something is needed"},
    {"insecure", "A setting would let credentials travel in the clear"},
    {"inside_code_directory", "A manifest lies in the code of a function and is not read"},
    {"invalid_value", "A value has not the form that it must have"},
    {"login_in_url", "A URL holds a user name or a password"},
    {"misplaced", "A document lies in the wrong folder"},
    {"missing", "A key that is required is missing"},
    {"no_such_file", "A file with code does not exist"},
    {"no_such_directory", "A code directory does not exist"},
    {"no_version", "An alias names a version that is not there"},
    {"not_acted_on", "Keys are checked, but nothing acts on them yet"},
    {"not_patchable", "An environment cannot change this key"},
    {"not_supported_yet", "Nothing acts on this key yet"},
    {"not_text", "The file is not text in UTF-8"},
    {"out_of_range", "A number or a length is outside of its range"},
    {"outside_of_root", "A path leads outside of the root"},
    {"reserved_name", "A name is reserved"},
    {"reserved_text", "A text is reserved for fgsync"},
    {"secret_not_allowed", "A manifest refers to a secret that the configuration does not allow"},
    {"source_not_whole", "A manifest lies in code, so nothing is pruned"},
    {"too_deep", "The file is nested too deep"},
    {"too_large", "The file is too large"},
    {"too_many", "More stands here than may"},
    {"too_many_aliases", "The file has too many YAML anchors and aliases"},
    {"too_many_mistakes", "The document has more mistakes than are shown"},
    {"too_many_nodes", "The file has too many values"},
    {"unknown_api_version", "The apiVersion is none that fgsync knows"},
    {"unknown_function", "There is no manifest of a function that another one depends on"},
    {"unknown_key", "A key is none that fgsync knows"},
    {"unknown_value", "A value is none of those that are possible"},
    {"unreadable", "A file cannot be read"},
    {"version_shared", "Two aliases name one version"},
    {"wrong_type", "A value is of another type than it must be"},
});

/// A code without a description is told in its own words.
std::string description_of(const std::string& code) {
  const auto* const known = std::find_if(kDescriptions.begin(), kDescriptions.end(),
                                         [&code](const auto& entry) { return entry.first == code; });
  if (known != kDescriptions.end()) return known->second;
  std::string text = code;
  std::replace(text.begin(), text.end(), '_', ' ');
  if (!text.empty()) text.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(text.front())));
  return text;
}

const char* level_of(const Diagnostic& diagnostic) {
  return diagnostic.severity == Severity::error ? "error" : "warning";
}

std::string message_of(const Diagnostic& diagnostic) {
  const std::string text = summary(diagnostic);
  return diagnostic.hint.empty() ? text : text + "\nhint: " + diagnostic.hint;
}

bool is_continuation(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

// ---- github

/// What has a meaning in workflow commands is written as %XX; properties end at more characters than messages.
std::string escaped(const std::string& text, std::string_view special) {
  static constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (special.find(c) == std::string_view::npos) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += {'%', kDigits[byte >> 4U], kDigits[byte & 15U]};
  }
  return out;
}

std::string property(const std::string& text) {
  return escaped(text, "%\r\n:,");
}

// ---- SARIF

/// A path as part of a URI.
std::string uri_path(const std::string& path) {
  static constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string uri;
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80 && (std::isalnum(byte) != 0 || std::string_view("-._~/").find(c) != std::string_view::npos)) {
      uri += c;
    } else {
      uri += {'%', kDigits[byte >> 4U], kDigits[byte & 15U]};
    }
  }
  return uri;
}

std::string file_uri(const fs::path& path) {
  return "file://" + uri_path(path.string());
}

Json artifact_location(const std::string& file, const fs::path& root) {
  std::error_code ignored;
  const fs::path path = fs::absolute(file, ignored).lexically_normal();
  const fs::path relative = path.lexically_relative(root);
  const bool is_inside = !relative.empty() && *relative.begin() != "..";
  if (!is_inside) return {{"uri", file_uri(path)}};
  return {{"uri", uri_path(relative.string())}, {"uriBaseId", kRootId}};
}

Json location_of(const Diagnostic& diagnostic, const fs::path& root) {
  Json physical{{"artifactLocation", artifact_location(diagnostic.position.file, root)}};
  if (diagnostic.position.line > 0) {
    physical["region"] = {{"startLine", diagnostic.position.line}, {"startColumn", utf16_column(diagnostic)}};
  }
  return {{"physicalLocation", std::move(physical)}};
}

/// Each code once, in order of name, and its place in that order.
std::map<std::string, std::size_t> number_codes(const manifest::Diagnostics& diagnostics) {
  std::map<std::string, std::size_t> places;
  for (const Diagnostic& diagnostic : diagnostics) places[diagnostic.code] = 0;
  std::size_t next = 0;
  for (auto& [code, place] : places) place = next++;
  return places;
}

Json rules_of(const std::map<std::string, std::size_t>& codes) {
  Json rules = Json::array();
  for (const auto& [code, place] : codes) {
    rules.push_back({{"id", code}, {"shortDescription", {{"text", description_of(code) + "."}}}});
  }
  return rules;
}

Json result_of(const Diagnostic& diagnostic, std::size_t rule, const fs::path& root) {
  return {{"ruleId", diagnostic.code},
          {"ruleIndex", rule},
          {"level", level_of(diagnostic)},
          {"message", {{"text", message_of(diagnostic)}}},
          {"locations", Json::array({location_of(diagnostic, root)})}};
}

}  // namespace

int utf16_column(const Diagnostic& diagnostic) {
  const std::string& line = diagnostic.source_line;
  const auto bytes = static_cast<std::size_t>(std::max(diagnostic.position.column, 1) - 1);
  const std::size_t known = std::min(bytes, line.size());
  // Characters of four bytes are two units there, all others are one.
  std::size_t units = bytes - known;
  for (const char c : std::string_view(line).substr(0, known)) {
    if (!is_continuation(c)) units += static_cast<unsigned char>(c) >= 0xF0U ? 2 : 1;
  }
  return static_cast<int>(units) + 1;
}

std::string render_github(const manifest::Diagnostics& diagnostics) {
  std::string text;
  for (const Diagnostic& diagnostic : diagnostics) {
    text += std::string("::") + level_of(diagnostic) + " file=" + property(diagnostic.position.file);
    if (diagnostic.position.line > 0) {
      text += ",line=" + std::to_string(diagnostic.position.line) + ",col=" + std::to_string(utf16_column(diagnostic));
    }
    text += ",title=" + property("fgsync " + diagnostic.code) + "::" + escaped(message_of(diagnostic), "%\r\n") + "\n";
  }
  return text;
}

std::string render_sarif(const manifest::Diagnostics& diagnostics, const std::string& root) {
  const fs::path base = fs::path(root) / "";
  const auto codes = number_codes(diagnostics);
  Json results = Json::array();
  for (const Diagnostic& diagnostic : diagnostics) {
    results.push_back(result_of(diagnostic, codes.at(diagnostic.code), base));
  }
  const Json driver{{"name", "fgsync"}, {"semanticVersion", FGSYNC_VERSION}, {"rules", rules_of(codes)}};
  const Json run{{"tool", {{"driver", driver}}},
                 {"columnKind", "utf16CodeUnits"},
                 {"originalUriBaseIds", {{kRootId, {{"uri", file_uri(base)}}}}},
                 {"results", std::move(results)}};
  const Json document{{"$schema", kSchema}, {"version", "2.1.0"}, {"runs", Json::array({run})}};
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace fgsync::cli
