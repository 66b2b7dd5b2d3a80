// Loading with a cache and without must be the same, whatever changes between two times.
#include <catch2/catch.hpp>
#include <vector>

#include "tests/manifest/environments.hpp"

namespace fgsync::manifest::test {
namespace {

/// All that a result says, as text.
std::string all_of(const LoadResult& result) {
  std::string text = listing(result.diagnostics) + "\n";
  for (const Function& function : result.functions) {
    text += "function " + function.name + " " + function.description + " " + function.position.to_string() + "\n";
  }
  for (const Rejected& rejected : result.rejected)
    text += "rejected " + rejected.name + " " + rejected.code_path + "\n";
  for (const Document& document : result.documents) text += "document " + document.name + " " + document.path + "\n";
  return text;
}

/// Loads with the cache, after checking that this is what is loaded without it.
std::string load_both(const std::vector<SourceText>& texts, ParseCache& cache, LoadOptions options = {}) {
  options.keeps_documents = true;
  const std::string plain = all_of(load(texts, options));
  options.cache = &cache;
  CHECK(all_of(load(texts, options)) == plain);
  CHECK(all_of(load(texts, options)) == plain);
  return plain;
}

SourceText file(const std::string& path, const std::string& text) {
  return {.path = path, .text = text};
}

const std::string kWrong = function_named("wrong", "  timeout: 1\n");

}  // namespace

TEST_CASE("cache: results are the same with and without, mistakes included") {
  ParseCache cache;
  load_both({file("a.yaml", function_named("a", "  depends_on: [b, c]\n")), file("b.yaml", kWrong),
             file("c.yaml", "a: [\n"), file("d.yaml", function_named("a")), file("e.yaml", "not: ours\n")},
            cache);
  load_both({}, cache);
}

TEST_CASE("cache: a changed text is read anew, and one that is as before again") {
  ParseCache cache;
  const auto described = [&cache](const std::string& description) {
    return load_both({file("a.yaml", function_named("a", "  description: " + description + "\n"))}, cache);
  };
  const std::string first = described("first");
  CHECK(first.find("function a first") != std::string::npos);
  CHECK(described("second").find("function a second") != std::string::npos);
  CHECK(described("first") == first);
}

TEST_CASE("cache: texts of one length are told apart") {
  ParseCache cache;
  load_both({file("a.yaml", kWrong)}, cache);
  CHECK(load_both({file("a.yaml", function_named("wrong", "  timeout: 9\n"))}, cache).find("function wrong") !=
        std::string::npos);
}

TEST_CASE("cache: what goes by mistakes across files is found anew") {
  ParseCache cache;
  const SourceText a = file("a.yaml", function_named("a", "  depends_on: [b]\n"));
  const SourceText b = file("b.yaml", function_named("b"));
  CHECK(load_both({a, b}, cache).find("unknown_function") == std::string::npos);
  CHECK(load_both({a}, cache).find("unknown_function") != std::string::npos);
  CHECK(load_both({a, b, file("c.yaml", b.text)}, cache).find("duplicate_name") != std::string::npos);
  CHECK(load_both({a, b}, cache).find("error") == std::string::npos);
}

TEST_CASE("cache: a file that is named is read by other rules") {
  ParseCache cache;
  const SourceText scanned = file("a.yaml", "apiVersion: v1\nkind: Pod\n");
  SourceText named = scanned;
  named.is_named = true;
  CHECK(load_both({scanned}, cache).find("error") == std::string::npos);
  CHECK(load_both({named}, cache).find("unknown_api_version") != std::string::npos);
  CHECK(load_both({scanned}, cache).find("error") == std::string::npos);
}

TEST_CASE("cache: a file that moves has other positions and paths") {
  ParseCache cache;
  const std::string here = load_both({file("a/f.yaml", kWrong)}, cache);
  const std::string there = load_both({file("b/f.yaml", kWrong)}, cache);
  CHECK(here.find("rejected wrong a/code") != std::string::npos);
  CHECK(there.find("rejected wrong b/code") != std::string::npos);
}

TEST_CASE("cache: another environment, and none, are other results") {
  ParseCache cache;
  const std::vector<SourceText> texts = {file("a.yaml", function_named("a", "  description: ${D}\n"))};
  const auto prod = environment_of("  variables: {D: prod}\n");
  const auto changed = environment_of("  variables: {D: changed}\n");
  const LoadedEnvironment test =
      load_environment({.path = "environments/test.yaml", .text = environment_text("  variables: {D: prod}\n")});
  REQUIRE(test.environment);
  CHECK(load_both(texts, cache, {.environment = prod.get()}).find("function a prod") != std::string::npos);
  CHECK(load_both(texts, cache).find("bad_variable") != std::string::npos);
  CHECK(load_both(texts, cache, {.environment = changed.get()}).find("function a changed") != std::string::npos);
  CHECK(load_both(texts, cache, {.environment = test.environment.get()}).find("function a prod") != std::string::npos);
}

TEST_CASE("cache: mistakes in the environment's file are told again when the manifest is known") {
  ParseCache cache;
  const auto environment = environment_of("  functions: {a: {spec: {timeout: 1}}, none: {}}\n");
  const std::string result = load_both({file("a.yaml", function_named("a"))}, cache,
                                       {.environment = environment.get(), .is_whole_source = true});
  CHECK(result.find("environments/prod.yaml:4:35 error out_of_range") != std::string::npos);
  CHECK(result.find("unknown_function") != std::string::npos);
}

TEST_CASE("cache: an environment read anew with the same text keeps what is known") {
  ParseCache cache;
  const std::vector<SourceText> texts = {file("a.yaml", function_named("a", "  description: ${D}\n"))};
  const std::string first = load_both(texts, cache, {.environment = environment_of("  variables: {D: x}\n").get()});
  CHECK(load_both(texts, cache, {.environment = environment_of("  variables: {D: x}\n").get()}) == first);
}

TEST_CASE("cache: two texts of one path are both read") {
  ParseCache cache;
  load_both({file("a.yaml", function_named("a")), file("a.yaml", kWrong)}, cache);
}

TEST_CASE("cache: a file that went away and comes back is read again") {
  ParseCache cache;
  const std::vector<SourceText> both = {file("a.yaml", function_named("a")), file("b.yaml", function_named("b"))};
  const std::string first = load_both(both, cache);
  load_both({both[0]}, cache);
  CHECK(load_both(both, cache) == first);
}

TEST_CASE("cache: a tree with manifests in code directories is the same with and without") {
  ParseCache cache;
  const std::vector<SourceText> texts = {file("m/a.yaml", function_named("a")),
                                         file("m/code/b.yaml", function_named("b")), file("c.yaml", kWrong)};
  const std::string plain = all_of(load_tree(texts));
  CHECK(all_of(load_tree(texts, {.cache = &cache})) == plain);
  CHECK(all_of(load_tree(texts, {.cache = &cache})) == plain);
  CHECK(plain.find("inside_code_directory") != std::string::npos);
}

}  // namespace fgsync::manifest::test
