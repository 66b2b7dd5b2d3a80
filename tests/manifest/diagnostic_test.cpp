#include <catch2/catch.hpp>
#include <vector>

#include "tests/manifest/support.hpp"

namespace fgsync::manifest::test {

TEST_CASE("diagnostic: the text shows the place, the line, a caret and the hint") {
  const LoadResult result = load({{.path = "manifests/a.yaml", .text = with("memory_size:", "memroy_size:")}});
  CHECK(to_text(result.diagnostics.at(0)) ==
        "manifests/a.yaml:8:3: error: spec.memroy_size: unknown key\n"
        "      memroy_size: 256\n"
        "      ^\n"
        "  hint: did you mean memory_size?\n");
}

TEST_CASE("diagnostic: a warning says so") {
  const LoadResult result = load_text(with("Python3.9", "Python4.0"));
  CHECK(to_text(result.diagnostics.at(0)) ==
        "f.yaml:6:12: warning: spec.runtime: \"Python4.0\" is not a documented runtime\n"
        "      runtime: Python4.0\n"
        "               ^\n"
        "  hint: it is sent as it stands; the service may know it\n");
}

TEST_CASE("diagnostic: what concerns a whole file has no line") {
  const LoadResult result = load({{.path = "a.yaml", .text = "", .is_named = true}});
  CHECK(to_text(result.diagnostics.at(0)) == "a.yaml: error: the file holds no manifest\n");
}

TEST_CASE("diagnostic: the caret counts characters, and tabs stay tabs") {
  Diagnostic diagnostic;
  diagnostic.position = {.file = "f", .line = 1, .column = 10};
  diagnostic.message = "m";
  diagnostic.source_line = "\té€: {a: b}";
  CHECK(to_text(diagnostic) ==
        "f:1:10: error: m\n"
        "    \té€: {a: b}\n"
        "    \t     ^\n");
}

TEST_CASE("diagnostic: control characters of a manifest do not reach the terminal") {
  const LoadResult result = load_text(with("memory_size: 256",
                                           "memory_size: a\x1B[2Jb\xC2\x9B"
                                           "c"));
  CHECK(to_text(result.diagnostics.at(0)) ==
        "f.yaml:8:16: error: spec.memory_size: must be a whole number, found \"a?[2Jb?c\"\n"
        "      memory_size: a?[2Jb?c\n"
        "                   ^\n");
}

TEST_CASE("diagnostic: a secret that was written down by mistake is not shown") {
  const std::vector<std::string> mistakes = {"{A: hunter2}", "{A: [hunter2]}", "{A: {from_env: 'hunter=2'}}",
                                             "{A: {value: hunter2}}", "{A: {from_file: \"hunter2\\n\"}}"};
  for (const std::string& mistake : mistakes) {
    CAPTURE(mistake);
    const LoadResult result = load_text(function_named("a", "  encrypted_user_data: " + mistake + "\n"));
    REQUIRE_FALSE(result.diagnostics.empty());
    for (const Diagnostic& diagnostic : result.diagnostics) {
      CHECK(to_text(diagnostic).find("hunter") == std::string::npos);
    }
  }
}

TEST_CASE("diagnostic: a very long line is cut") {
  const LoadResult result = load_text(with("timeout: 30", "timeout: " + std::string(5000, 'x')));
  CHECK(result.diagnostics.at(0).source_line == "  timeout: " + std::string(189, 'x') + "…");
  CHECK(result.diagnostics.at(0).message == "must be a whole number, found \"" + std::string(60, 'x') + "…\"");
}

TEST_CASE("diagnostic: only errors count as errors") {
  Diagnostic warning;
  warning.severity = Severity::warning;
  CHECK_FALSE(has_error({}));
  CHECK_FALSE(has_error({warning}));
  CHECK(has_error({warning, Diagnostic()}));
}

}  // namespace fgsync::manifest::test
