#include <catch2/catch.hpp>

#include "tests/manifest/support.hpp"

namespace fgsync::manifest::test {
namespace {

SourceText file(const std::string& path, const std::string& text) {
  return SourceText{.path = path, .text = text, .is_named = false};
}

std::string needs(const std::string& names) {
  return "  depends_on: [" + names + "]\n";
}

std::vector<std::string> names_of(const LoadResult& result) {
  std::vector<std::string> names;
  for (const Function& function : result.functions) names.push_back(function.name);
  return names;
}

}  // namespace

TEST_CASE("manifest: two functions of one name are an error at the second, naming the first, and neither is loaded") {
  const LoadResult result = load({file("a.yaml", function_named("thumbnail")), file("b.yaml", function_named("other")),
                                  file("c.yaml", "\n" + function_named("thumbnail"))});
  CHECK(listing(result.diagnostics) ==
        "c.yaml:5:9 error duplicate_name: metadata.name: \"thumbnail\" is a function already, at a.yaml:4:9 [names are "
        "unique in a project; neither of the two is used]");
  CHECK(names_of(result) == std::vector<std::string>{"other"});
  CHECK(result.rejected.size() == 2);
}

TEST_CASE("manifest: names that differ in letter case are two functions") {
  CHECK(load({file("a.yaml", function_named("thumb")), file("b.yaml", function_named("Thumb"))}).functions.size() == 2);
}

TEST_CASE("manifest: an unknown function in depends_on is an error with the likely name") {
  const LoadResult result = load({file("a.yaml", function_named("image-tools")),
                                  file("b.yaml", function_named("thumbnail", needs("imagetools")))});
  CHECK(listing(result.diagnostics) ==
        "b.yaml:9:16 error unknown_function: spec.depends_on: no manifest defines a function \"imagetools\" [did you "
        "mean image-tools?]");
  CHECK(names_of(result) == std::vector<std::string>{"image-tools"});
}

TEST_CASE("manifest: depending on a function that has errors of its own is no error") {
  const LoadResult result = load({file("a.yaml", function_named("tools", "  timeout: 1\n")),
                                  file("b.yaml", function_named("thumbnail", needs("tools")))});
  CHECK(listing(result.diagnostics) ==
        "a.yaml:9:12 error out_of_range: spec.timeout: must be between 3 and 259200, found 1");
  CHECK(names_of(result) == std::vector<std::string>{"thumbnail"});
  CHECK(result.rejected.at(0).name == "tools");
}

TEST_CASE("manifest: a function twice in depends_on is an error") {
  const LoadResult result = load(
      {file("a.yaml", function_named("tools")), file("b.yaml", function_named("thumbnail", needs("tools, tools")))});
  CHECK(listing(result.diagnostics) ==
        "b.yaml:9:23 error duplicate_name: spec.depends_on[1]: \"tools\" stands in this list already");
}

TEST_CASE("manifest: a circle of dependencies is reported once, with the whole path") {
  const LoadResult result =
      load({file("a.yaml", function_named("a", needs("b"))), file("b.yaml", function_named("b", needs("c"))),
            file("c.yaml", function_named("c", needs("d, a"))), file("d.yaml", function_named("d")),
            file("e.yaml", function_named("e", needs("a")))});
  CHECK(listing(result.diagnostics) ==
        "a.yaml:9:16 error dependency_cycle: spec.depends_on: functions depend on each other in a circle: a → b → c → "
        "a");
  CHECK(names_of(result) == std::vector<std::string>{"d", "e"});
}

TEST_CASE("manifest: dependencies that meet again are no circle") {
  const LoadResult result =
      load({file("a.yaml", function_named("a", needs("b, c"))), file("b.yaml", function_named("b", needs("d"))),
            file("c.yaml", function_named("c", needs("d"))), file("d.yaml", function_named("d"))});
  CHECK(result.diagnostics.empty());
  CHECK(result.functions.size() == 4);
}

TEST_CASE("manifest: a chain of 5000 dependencies is followed") {
  std::vector<SourceText> texts;
  for (int i = 0; i < 5000; ++i) {
    const std::string name = "f" + std::to_string(i);
    const std::string next = "f" + std::to_string((i + 1) % 5000);
    texts.push_back(file(name + ".yaml", function_named(name, needs(next))));
  }
  const LoadResult result = load(texts);
  CHECK(result.diagnostics.size() == 1);
  CHECK(result.functions.empty());
}

TEST_CASE("manifest: two aliases may follow two versions, and current equals the wanted version") {
  const std::string aliases = "  aliases: [{name: prod, version: current}, {name: next, version: v2}]\n";
  CHECK(load_text(function_named("a", "  version: {name: v1}\n" + aliases)).diagnostics.empty());
  CHECK(load_text(function_named("a", "  version: {name: auto}\n" + aliases)).diagnostics.empty());
  CHECK(listing(load_text(function_named("a", "  version: {name: v2}\n" + aliases)).diagnostics) ==
        "10:67 error version_shared: spec.aliases[1].version: version \"v2\" has the alias \"prod\" already, at "
        "f.yaml:10:35 [a version can have one alias: publish another version, or leave one of the aliases out]");
  CHECK(listing(load_text(function_named("a",
                                         "  version: {name: auto}\n"
                                         "  aliases: [{name: b, version: current}, {name: c, version: current}]\n"))
                    .diagnostics) ==
        "10:61 error version_shared: spec.aliases[1].version: version \"current\" has the alias \"b\" already, at "
        "f.yaml:10:32 [a version can have one alias: publish another version, or leave one of the aliases out]");
}

}  // namespace fgsync::manifest::test
