// Environment files: what they hold, and what they make of manifests.
#include <catch2/catch.hpp>
#include <vector>

#include "tests/manifest/environments.hpp"

namespace fgsync::manifest::test {
namespace {

/// What is wrong with the environment file by itself.
std::string mistakes_of(std::string text, const std::string& path = kEnvironmentPath) {
  const LoadedEnvironment loaded = load_environment({.path = path, .text = std::move(text)});
  CHECK(has_error(loaded.diagnostics) == (loaded.environment == nullptr));
  return short_listing(loaded.diagnostics);
}

}  // namespace

TEST_CASE("environment: variables and patches are read, with their places") {
  const auto environment = environment_of(
      "  variables: {BUCKET: photos, PORT: 8080, EMPTY: ''}\n"
      "  functions:\n"
      "    thumbnail: {spec: {memory_size: 512}}\n");
  CHECK(environment->name == "prod");
  CHECK(environment->path == kEnvironmentPath);
  REQUIRE(environment->variables.size() == 3);
  CHECK(environment->variables.at("BUCKET").value == "photos");
  CHECK(environment->variables.at("BUCKET").mark == yaml::Mark{.line = 4, .column = 23, .file = kEnvironmentFile});
  CHECK(environment->variables.at("PORT").value == "8080");
  CHECK(environment->variables.at("EMPTY").value.empty());
  REQUIRE(environment->patches.size() == 1);
  CHECK(environment->patches.at("thumbnail").key == yaml::Mark{.line = 6, .column = 5, .file = kEnvironmentFile});
}

TEST_CASE("environment: metadata may be left out, and an empty spec changes nothing") {
  CHECK(mistakes_of("apiVersion: fgsync/v1\nkind: Environment\nspec: {}\n").empty());
  CHECK(mistakes_of("apiVersion: fgsync/v1\nkind: Environment\nmetadata: {}\nspec: {variables: {}, functions: {}}\n")
            .empty());
  CHECK(mistakes_of("apiVersion: fgsync/v1\nkind: Environment\nmetadata: {name: prod}\nspec: {}\n", "e/prod.yml")
            .empty());
}

TEST_CASE("environment: a Function document in the directory, or an Environment among manifests, is out of place") {
  CHECK(short_listing(load_text(environment_text("  variables: {}\n")).diagnostics) ==
        "1:1 error misplaced: kind: an Environment is read from the directory environments/ only [move the file there; "
        "--env chooses it by its name]");
}

TEST_CASE(
    "environment: a patch for a function that no manifest defines is a mistake in a whole source, else pointed out") {
  const auto environment = environment_of("  functions: {thumbnial: {spec: {memory_size: 512}}}\n");
  const std::string text = function_named("thumbnail") + "---\n" + function_named("other");
  const LoadResult whole = load_in(*environment, text);
  CHECK(short_listing(whole.diagnostics) ==
        "e:4:15 error unknown_function: spec.functions: no manifest defines a function \"thumbnial\" [did you mean "
        "thumbnail? it is left out until this is settled]");
  REQUIRE(whole.functions.size() == 1);
  CHECK(whole.functions[0].name == "other");
  REQUIRE(whole.rejected.size() == 1);
  CHECK(whole.rejected[0].name == "thumbnail");

  const LoadResult part = load({{.path = "f.yaml", .text = text}}, {.environment = environment.get()});
  CHECK(short_listing(part.diagnostics) ==
        "e:4:15 warning unknown_function: spec.functions: no manifest that was read defines a function \"thumbnial\" "
        "[did you mean thumbnail?]");
  CHECK(part.functions.size() == 2);
}

TEST_CASE("environment: a patch is never said to be meant for a function whose name cannot be read") {
  const auto environment = environment_of("  functions: {a: {}}\n");
  CHECK(short_listing(load_in(*environment, function_named("9")).diagnostics).find("did you mean ?") ==
        std::string::npos);
}

TEST_CASE("environment: its mistakes come after those of manifests, in the order of its text") {
  const auto environment = environment_of(
      "  functions:\n"
      "    b: {spec: {timeout: 1}}\n"
      "    a: {spec: {timeout: 2}}\n");
  const LoadResult result = load({{.path = "a.yaml", .text = function_named("a", "  memory_size: x\n")},
                                  {.path = "b.yaml", .text = function_named("b", "  memory_size: y\n")}},
                                 {.environment = environment.get()});
  CHECK(short_listing(result.diagnostics) ==
        "a.yaml:9:16 error wrong_type: spec.memory_size: must be a whole number, found \"x\"\n"
        "b.yaml:9:16 error wrong_type: spec.memory_size: must be a whole number, found \"y\"\n"
        "e:5:25 error out_of_range: spec.timeout: must be between 3 and 259200, found 1\n"
        "e:6:25 error out_of_range: spec.timeout: must be between 3 and 259200, found 2");
  CHECK(result.diagnostics.at(2).source_line == "    b: {spec: {timeout: 1}}");
}

TEST_CASE("environment: paths of a patch are relative to the environment's file") {
  const auto environment = environment_of(
      "  functions:\n"
      "    a: {spec: {code: {directory: ../built/a},\n"
      "               encrypted_user_data: {K: {from_file: key}}}}\n");
  const LoadResult result = load({{.path = "manifests/f.yaml", .text = function_named("a")},
                                  {.path = "manifests/g.yaml", .text = function_named("b")}},
                                 {.environment = environment.get()});
  REQUIRE(result.functions.size() == 2);
  CHECK(result.functions[0].code.path == "built/a");
  CHECK(result.functions[0].extra->encrypted_user_data.at("K").source == "environments/key");
  CHECK(result.functions[1].code.path == "manifests/code");
}

TEST_CASE("environment: aliases in a patch count as much as what they stand for") {
  std::string bomb = "  functions:\n    a:\n      x0: &x0 {a: b, c: d}\n";
  for (int i = 1; i < 20; ++i) {
    const std::string before = ": *x" + std::to_string(i - 1);
    bomb += "      x" + std::to_string(i) + ": &x" + std::to_string(i) + " {a" + before + ", b" + before + "}\n";
  }
  CHECK(mistakes_of(environment_text(bomb)) ==
        "e:19:30 error too_many_nodes: the file holds more than 100000 values [an alias counts as many values as it "
        "stands for]");
}

TEST_CASE("environment: a patch of more than 10000 keys is refused") {
  std::string patch = "  functions:\n    a:\n      spec:\n        user_data:\n";
  for (int i = 0; i < 10'000; ++i) patch += "          K" + std::to_string(i) + ": v\n";
  CHECK(mistakes_of(environment_text(patch)) ==
        "e:8:11 error too_large: spec.functions.a.spec.user_data: the patch has more than 10000 keys");
}

}  // namespace fgsync::manifest::test
