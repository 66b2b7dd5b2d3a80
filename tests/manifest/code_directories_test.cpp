#include <catch2/catch.hpp>

#include "tests/manifest/support.hpp"

namespace fgsync::manifest::test {
namespace {

SourceText manifest_of(const std::string& path, const std::string& name, const std::string& directory) {
  const std::string text = with("directory: code", "directory: " + directory);
  return SourceText{.path = path,
                    .text = text.substr(0, text.find("thumbnail")) + name +
                            text.substr(text.find("thumbnail") + std::string("thumbnail").size())};
}

std::vector<std::string> names_of(const LoadResult& result) {
  std::vector<std::string> names;
  for (const Function& function : result.functions) names.push_back(function.name);
  return names;
}

}  // namespace

TEST_CASE("load_tree: broken YAML inside a code directory is not looked at") {
  const std::vector<SourceText> texts = {manifest_of("manifests/a.yaml", "a", "../functions/a"),
                                         {.path = "functions/a/chart.yaml", .text = "a: {{ if }}: [\n"},
                                         {.path = "functions/ab/chart.yaml", .text = "a: [\n"}};
  CHECK(load(texts).diagnostics.size() == 2);
  const LoadResult result = load_tree(texts);
  CHECK(listing(result.diagnostics).substr(0, 26) == "functions/ab/chart.yaml:2:");
  CHECK(result.diagnostics.size() == 1);
  CHECK(names_of(result) == std::vector<std::string>{"a"});
}

TEST_CASE("load_tree: a named file is read wherever it lies") {
  std::vector<SourceText> texts = {manifest_of("a.yaml", "a", "code"), manifest_of("code/b.yaml", "b", "../other")};
  texts[1].is_named = true;
  CHECK(names_of(load_tree(texts)) == std::vector<std::string>{"a", "b"});
}

TEST_CASE("load_tree: a function left out because it lies in code is pointed out") {
  const LoadResult result =
      load_tree({manifest_of("a.yaml", "a", "code"), manifest_of("code/tests/b.yaml", "b", "../../other")});
  CHECK(names_of(result) == std::vector<std::string>{"a"});
  CHECK(listing(result.diagnostics) ==
        "code/tests/b.yaml:4:9 warning inside_code_directory: metadata.name: function \"b\" is not read: the file lies "
        "in the code directory code that a.yaml names [move the manifest out of the code, or name it on the command "
        "line]");
}

TEST_CASE("load_tree: a manifest beside its code is read") {
  const LoadResult result =
      load_tree({manifest_of("functions/a/fn.yaml", "a", "."), manifest_of("functions/b/fn.yaml", "b", "src")});
  CHECK(names_of(result) == std::vector<std::string>{"a", "b"});
  CHECK(result.diagnostics.empty());
}

TEST_CASE("load_tree: the code directory of a function with errors counts too") {
  auto broken = manifest_of("a.yaml", "a", "code");
  broken.text += "  extra: 1\n";
  const LoadResult result = load_tree({broken, {.path = "code/x.yaml", .text = "a: [\n"}});
  CHECK(result.diagnostics.size() == 1);
  CHECK(code_directories(result) == std::vector<std::string>{"code"});
}

TEST_CASE("code_directories: each once, in order") {
  const LoadResult result =
      load({manifest_of("a.yaml", "a", "z"), manifest_of("b.yaml", "b", "x/"), manifest_of("c.yaml", "c", "./z")});
  CHECK(code_directories(result) == std::vector<std::string>{"x", "z"});
}

TEST_CASE("is_below: compares whole path elements") {
  CHECK(is_below("code/a.yaml", {"x", "code"}));
  CHECK(is_below("code", {"code"}));
  CHECK_FALSE(is_below("code2/a.yaml", {"code"}));
  CHECK_FALSE(is_below("a.yaml", {"code", ""}));
  CHECK(is_below("a.yaml", {"."}));
  CHECK_FALSE(is_below("../a.yaml", {"."}));
  CHECK(is_below("/a.yaml", {"/"}));
}

}  // namespace fgsync::manifest::test
