// The loader: any text as a manifest, any text as an environment. Input: the manifest; then, if there is one, a zero
// byte and the environment.
//
// What must hold: nothing crashes or hangs; every mistake has a place in one of the two files; a function is valid only
// if no error stands in its document; a cache changes nothing; and what show() prints of valid functions is read as the
// same functions again.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "manifest/environment.hpp"
#include "manifest/show.hpp"
#include "tests/fuzz/fuzz.hpp"

using fgsync::fuzz::require;
using fgsync::fuzz::split;
using namespace fgsync::manifest;

namespace {

const std::string kManifestPath = "manifests/f.yaml";
const std::string kEnvironmentPath = "environments/e.yaml";

using Texts = std::map<std::string, std::string_view>;

bool is_control(char c) {
  return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F;
}

void check_diagnostics(const Diagnostics& diagnostics, const Texts& texts) {
  for (const Diagnostic& diagnostic : diagnostics) {
    const auto text = texts.find(diagnostic.position.file);
    require(text != texts.end(), "a mistake stands in one of the files");
    const auto lines = split(text->second, '\n');
    const int line = diagnostic.position.line;
    require(line >= 0 && static_cast<std::size_t>(line) <= lines.size() + 1, "and on a line of it");
    require(line == 0 || diagnostic.position.column >= 1, "and in a column of that");
    require(!diagnostic.message.empty() && !diagnostic.code.empty(), "and says something");
    const std::string shown = summary(diagnostic) + diagnostic.hint + diagnostic.source_line;
    require(std::none_of(shown.begin(), shown.end(), is_control), "without control characters");
  }
}

/// The line that the document which holds `line` starts at.
int document_of(int line, const yaml::Documents& parsed) {
  int start = 0;
  for (const yaml::NodePtr& root : parsed.documents) {
    if (root->mark.line <= line) start = root->mark.line;
  }
  return start;
}

void check_functions(const LoadResult& result, std::string_view manifest) {
  const yaml::Documents parsed = yaml::parse(manifest);
  for (const Function& function : result.functions) {
    require(!function.name.empty(), "a valid function has a name");
    for (const Diagnostic& diagnostic : result.diagnostics) {
      const bool is_elsewhere = diagnostic.severity != Severity::error || diagnostic.position.file != kManifestPath ||
                                (parsed.problem && diagnostic.code == parsed.problem->code);
      if (is_elsewhere) continue;
      require(document_of(diagnostic.position.line, parsed) != document_of(function.position.line, parsed),
              "no error stands in the document of a valid function");
    }
  }
}

std::string all_of(const LoadResult& result) {
  std::string text;
  for (const Diagnostic& diagnostic : result.diagnostics) text += to_text(diagnostic);
  for (const Function& function : result.functions) text += "valid " + function.name + '\n';
  for (const Rejected& rejected : result.rejected) text += "rejected " + rejected.name + '\n';
  return text;
}

void check_same(const Function& function, const Function& again) {
  require(function.labels == again.labels && function.app == again.app && function.runtime == again.runtime &&
              function.handler == again.handler && function.memory_size == again.memory_size &&
              function.timeout == again.timeout && function.description == again.description &&
              function.code.kind == again.code.kind && function.code.ignore == again.code.ignore &&
              function.user_data == again.user_data && function.aliases.size() == again.aliases.size() &&
              function.version.has_value() == again.version.has_value() && function.extra->tags == again.extra->tags &&
              function.handling.ignore_differences == again.handling.ignore_differences,
          "a function that is shown and read again is the same");
}

void check_shown(const LoadResult& result, const Environment* environment) {
  std::string shown;
  for (const Document& document : result.documents) shown += "---\n" + show(document, environment);
  const LoadResult again = load({{.path = kManifestPath, .text = shown}});
  // Without aliases, and with comments, it may be beyond a limit.
  const bool is_too_much = std::any_of(again.diagnostics.begin(), again.diagnostics.end(), [](const auto& diagnostic) {
    return diagnostic.code == "too_large" || diagnostic.code == "too_many_nodes";
  });
  if (is_too_much) return;
  for (const Function& function : result.functions) {
    const auto same = std::find_if(again.functions.begin(), again.functions.end(),
                                   [&function](const Function& other) { return other.name == function.name; });
    require(same != again.functions.end(), "a valid function that is shown can be read again");
    check_same(function, *same);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t end = input.find('\0');
  const std::string_view manifest = input.substr(0, end);
  const std::string_view rest = end == std::string_view::npos ? std::string_view() : input.substr(end + 1);
  const Texts texts{{kManifestPath, manifest}, {kEnvironmentPath, rest}};

  LoadOptions options{.is_whole_source = true, .keeps_documents = true};
  LoadedEnvironment environment;
  if (end != std::string_view::npos) {
    environment = load_environment({.path = kEnvironmentPath, .text = std::string(rest)});
    check_diagnostics(environment.diagnostics, texts);
    require(has_error(environment.diagnostics) == (environment.environment == nullptr),
            "an environment is there when it has no error");
    options.environment = environment.environment.get();
  }
  const std::vector<SourceText> sources{{.path = kManifestPath, .text = std::string(manifest)}};
  const LoadResult result = load(sources, options);
  check_diagnostics(result.diagnostics, texts);
  check_functions(result, manifest);
  check_shown(result, options.environment);

  ParseCache cache;
  options.cache = &cache;
  const std::string expected = all_of(result);
  require(all_of(load(sources, options)) == expected, "a new cache changes nothing");
  require(all_of(load(sources, options)) == expected, "nor does one that knows the text");
  return 0;
}
