// What the loader says about every mistake it knows in environment files and in what they make of a manifest.
#include <catch2/catch.hpp>
#include <vector>

#include "tests/manifest/environments.hpp"

namespace fgsync::manifest::test {
namespace {

/// A valid environment. Tests change what matters.
constexpr std::string_view kEnvironment =
    "apiVersion: fgsync/v1\n"
    "kind: Environment\n"
    "metadata:\n"
    "  name: prod\n"
    "spec:\n"
    "  variables:\n"
    "    BUCKET: photos\n"
    "  functions:\n"
    "    thumbnail:\n"
    "      spec:\n"
    "        memory_size: 512\n";

struct EnvironmentCase {
  std::string old_text;
  std::string new_text;
  std::string expected;
};

/// What is wrong with the environment file by itself.
std::string mistakes_of(std::string text, const std::string& path = kEnvironmentPath) {
  const LoadedEnvironment loaded = load_environment({.path = path, .text = std::move(text)});
  CHECK(has_error(loaded.diagnostics) == (loaded.environment == nullptr));
  return short_listing(loaded.diagnostics);
}

struct PatchedCase {
  std::string more;         ///< in spec of the manifest, from line 9 on
  std::string environment;  ///< below its spec, from line 4 on
  std::string expected;
};

}  // namespace

TEST_CASE("environment: a variable in the value of a variable is pointed out") {
  const LoadedEnvironment loaded = load_environment(
      {"environments/prod.yaml",
       "apiVersion: fgsync/v1\nkind: Environment\nspec:\n  variables:\n    A: x\n    B: y ${A}\n", true});
  CHECK(loaded.environment);
  CHECK(listing(loaded.diagnostics) ==
        "environments/prod.yaml:6:8 warning bad_variable: spec.variables.B: is put in as it stands: variables are not "
        "replaced inside of variables");
}

TEST_CASE("environment: mistakes are reported at their place, in plain words") {
  const std::vector<EnvironmentCase> cases = {
      {"apiVersion: fgsync/v1\n", "", "e:1:1 error missing: apiVersion: is missing [write `apiVersion: fgsync/v1`]"},
      {"fgsync/v1", "fgsync/v2",
       "e:1:13 error unknown_api_version: apiVersion: must be fgsync/v1, found \"fgsync/v2\" [this version of fgsync "
       "knows only fgsync/v1]"},
      {"kind: Environment\n", "",
       "e:1:1 error missing: kind: is missing [write `kind: Function`, Config or Environment]"},
      {"kind: Environment", "kind: Enviroment",
       "e:2:7 error unknown_value: kind: must be Function, Config or Environment, found \"Enviroment\" [did you mean "
       "Environment?]"},
      {"kind: Environment", "kind: Function", "e:2:7 error unknown_value: kind: must be Environment in this file"},
      {"kind: Environment", "kind: Config", "e:2:7 error unknown_value: kind: must be Environment in this file"},
      {std::string(kEnvironment), "",
       "e:0:0 error empty: the file must hold exactly one kind: Environment, found 0 documents"},
      {std::string(kEnvironment), "---\n", "e:2:1 error unknown_value: kind: must be Environment in this file"},
      {std::string(kEnvironment), "just text\n",
       "e:1:1 error wrong_type: a manifest must be a mapping, found \"just text\""},
      {std::string(kEnvironment), "a: [\n",
       "e:2:1 error bad_syntax: not valid YAML: a `[` is never closed, or a comma is missing [close it with `]`]"},
      {std::string(kEnvironment), std::string(kEnvironment) + "---\n" + std::string(kEnvironment),
       "e:0:0 error empty: the file must hold exactly one kind: Environment, found 2 documents"},
      {"spec:\n"
       "  variables:\n"
       "    BUCKET: photos\n"
       "  functions:\n"
       "    thumbnail:\n"
       "      spec:\n"
       "        memory_size: 512\n",
       "", "e:1:1 error missing: spec: is missing"},
      {"  variables:\n"
       "    BUCKET: photos\n",
       "  variable: {A: b}\n", "e:6:3 error unknown_key: spec.variable: unknown key [did you mean variables?]"},
      {"metadata:\n",
       "metadata:\n"
       "  labels: {}\n",
       "e:4:3 error unknown_key: metadata.labels: unknown key [the known key is name]"},
      {"name: prod", "name: staging",
       "e:4:9 error invalid_value: metadata.name: must be the file's name, \"prod\", found \"staging\""},
      {"name: prod", "name: .prod",
       "e:4:9 error invalid_value: metadata.name: must be 1 to 63 letters, digits, -, _ or ., starting with a letter "
       "or digit, found \".prod\""},
      {"name: prod", "name: [prod]", "e:4:9 error wrong_type: metadata.name: must be text, found a list"},
      {"BUCKET: photos", "BUCKET: [photos]",
       "e:7:13 error wrong_type: spec.variables.BUCKET: must be text, found a list"},
      {"BUCKET: photos", "BUCKET:", "e:7:5 error wrong_type: spec.variables.BUCKET: must be text, found nothing"},
      {"BUCKET: photos", "9BUCKET: photos",
       "e:7:5 error invalid_value: spec.variables: a variable must be 1 to 64 letters, digits or _, not starting with "
       "a digit, found \"9BUCKET\""},
      {"BUCKET: photos", "my-bucket: photos",
       "e:7:5 error invalid_value: spec.variables: a variable must be 1 to 64 letters, digits or _, not starting with "
       "a digit, found \"my-bucket\""},
      {"BUCKET: photos", "BUCKET: !x photos",
       "e:7:13 error wrong_type: spec.variables.BUCKET: has the YAML tag \"!x\", which is not supported [leave the tag "
       "out; put text that starts with `!` in quotes]"},
      {"BUCKET: photos",
       "BUCKET: a\n"
       "    BUCKET: b",
       "e:8:5 error duplicate_key: spec.variables.BUCKET: the key stands here again; it is already at e:7:5 [keep one "
       "of them]"},
      {"    BUCKET: photos\n", "    - BUCKET\n",
       "e:7:5 error wrong_type: spec.variables: must be a mapping, found a list"},
      {"thumbnail:", "9lives:",
       "e:9:5 error invalid_value: spec.functions: a function must be 1 to 60 letters, digits, - or _, starting with a "
       "letter and ending with a letter or digit, found \"9lives\""},
      {"    thumbnail:\n"
       "      spec:\n"
       "        memory_size: 512\n",
       "    - thumbnail\n", "e:9:5 error wrong_type: spec.functions: must be a mapping, found a list"},
      {"    thumbnail:\n"
       "      spec:\n"
       "        memory_size: 512\n",
       "    thumbnail:\n",
       "e:9:5 error wrong_type: spec.functions.thumbnail: must be a mapping, found nothing [write what is different, "
       "such as `{spec: {memory_size: 512}}`]"},
      {"    thumbnail:\n"
       "      spec:\n"
       "        memory_size: 512\n",
       "    thumbnail: 512\n",
       "e:9:16 error wrong_type: spec.functions.thumbnail: must be a mapping, found \"512\" [write what is different, "
       "such as `{spec: {memory_size: 512}}`]"},
      {"    thumbnail:\n"
       "      spec:\n"
       "        memory_size: 512\n",
       "    thumbnail: [{op: replace}]\n",
       "e:9:16 error wrong_type: spec.functions.thumbnail: must be a mapping, found a list [write what is different, "
       "such as `{spec: {memory_size: 512}}`]"},
      {"      spec:\n"
       "        memory_size: 512\n",
       "      apiVersion: fgsync/v1\n",
       "e:10:7 error not_patchable: spec.functions.thumbnail.apiVersion: cannot be changed by an environment"},
      {"      spec:\n"
       "        memory_size: 512\n",
       "      kind:\n",
       "e:10:7 error not_patchable: spec.functions.thumbnail.kind: cannot be changed by an environment"},
      {"      spec:\n"
       "        memory_size: 512\n",
       "      metadata: {name: thumbnail}\n",
       "e:10:18 error not_patchable: spec.functions.thumbnail.metadata.name: cannot be changed by an environment"},
      {"      spec:\n"
       "        memory_size: 512\n",
       "      metadata:\n",
       "e:10:7 error not_patchable: spec.functions.thumbnail.metadata: cannot be changed by an environment"},
      {"      spec:\n"
       "        memory_size: 512\n",
       "      metadata: [name]\n",
       "e:10:7 error not_patchable: spec.functions.thumbnail.metadata: cannot be changed by an environment"},
      {"memory_size: 512\n",
       "memory_size: 512\n"
       "        memory_size: 256\n",
       "e:12:9 error duplicate_key: spec.functions.thumbnail.spec.memory_size: the key stands here again; it is "
       "already at e:11:9 [keep one of them]"},
      {"memory_size: 512\n", "{a: b}: c\n",
       "e:11:9 error wrong_type: spec.functions.thumbnail.spec: a key must be text, found a mapping"},
      {"memory_size: 512\n", "user_data: !x {A: b}\n",
       "e:11:20 error wrong_type: spec.functions.thumbnail.spec.user_data: has the YAML tag \"!x\", which is not "
       "supported [leave the tag out; put text that starts with `!` in quotes]"},
      {"memory_size: 512\n",
       "memory_size: 512\n"
       "    thumbnail: {}\n",
       "e:12:5 error duplicate_key: spec.functions.thumbnail: the key stands here again; it is already at e:9:5 [keep "
       "one of them]"},
  };
  for (const EnvironmentCase& c : cases) {
    CAPTURE(c.old_text, c.new_text);
    std::string text(kEnvironment);
    const auto place = text.find(c.old_text);
    REQUIRE(place != std::string::npos);
    CHECK(mistakes_of(text.replace(place, c.old_text.size(), c.new_text)) == c.expected);
  }
}

TEST_CASE("environment: too many variables, too large a text and a wrong name of the file are refused") {
  std::string variables = "  variables:\n";
  for (int i = 0; i < 1001; ++i) variables += "    V" + std::to_string(i) + ": v\n";
  CHECK(mistakes_of(environment_text(variables)) ==
        "e:4:3 error out_of_range: spec.variables: must have at most 1000 entries, found 1001");
  CHECK(mistakes_of("# " + std::string(1U << 20U, 'x')) == "e:0:0 error too_large: the file is larger than 1 MiB");
}

TEST_CASE("environment: mistakes that a patch makes are reported in the environment's file") {
  const std::vector<PatchedCase> cases = {
      {"  memory_size: 256\n"
       "  description: ${D}\n",
       "  variables: {DD: x}\n",
       "10:16 error bad_variable: spec.description: ${D} is not set in environments/prod.yaml [declare it in "
       "spec.variables "
       "there; for the text itself write $${D}]"},
      {"  memory_size: 256\n"
       "  description: ${D}\n",
       "  variables: {X: x}\n",
       "10:16 error bad_variable: spec.description: ${D} is not set in environments/prod.yaml [declare it in "
       "spec.variables "
       "there; for the text itself write $${D}]"},
      {"  memory_size: 256\n"
       "  description: ${D}\n",
       "  variables: {D: x}\n"
       "  functions: {thumbnail: {memory_size: 512}}\n",
       "e:5:27 error unknown_key: memory_size: unknown key [known keys are apiVersion, kind, metadata, spec]"},
      {"  memory_size: 256\n"
       "  description: ${D}\n",
       "  variables: {D: x}\n"
       "  functions:\n"
       "    thumbnail:\n"
       "      spec:\n"
       "        memory_size: lots\n",
       "e:8:22 error wrong_type: spec.memory_size: must be a whole number, found \"lots\""},
      {"  memory_size: 256\n"
       "  description: ${D}\n",
       "  variables: {D: x}\n"
       "  functions:\n"
       "    thumbnail:\n"
       "      spec:\n"
       "        memroy_size: 512\n",
       "e:8:9 error unknown_key: spec.memroy_size: unknown key [did you mean memory_size?]"},
      {"  memory_size: 256\n"
       "  description: ${D}\n",
       "  variables: {D: x}\n"
       "  functions:\n"
       "    thumbnail:\n"
       "      spec:\n"
       "        handler: null\n",
       "5:1 error missing: spec.handler: is missing"},
      {"  memory_size: 256\n"
       "  description: ${D}\n",
       "  variables: {D: x}\n"
       "  functions:\n"
       "    thumbnail:\n"
       "      spec: null\n",
       "1:1 error missing: spec: is missing"},
      {"  memory_size: 256\n"
       "  description: ${D}\n",
       "  variables: {D: x}\n"
       "  functions:\n"
       "    thumbnail:\n"
       "      spec:\n"
       "        code: {directory: null}\n",
       "8:3 error missing: spec.code: must have exactly one of directory, file, archive, jar, obs or image, found "
       "none"},
      {"  memory_size: 256\n"
       "  description: ${D}\n",
       "  variables: {D: x}\n"
       "  functions:\n"
       "    thumbnail:\n"
       "      spec:\n"
       "        code: {archive: a.zip}\n",
       "8:3 error too_many: spec.code: must have exactly one of directory, file, archive, jar, obs or image, found "
       "directory and archive"},
      {"  memory_size: 256\n"
       "  description: ${D}\n",
       "  variables: {D: x}\n"
       "  functions:\n"
       "    thumbnail:\n"
       "      spec:\n"
       "        func_vpc: {vpc_id: a}\n",
       "e:8:9 error missing: spec.func_vpc.subnet_id: is missing"},
      {"  memory_size: 256\n"
       "  description: ${D}\n",
       "  variables: {D: x}\n"
       "  functions:\n"
       "    thumbnail:\n"
       "      spec:\n"
       "        aliases: [{name: prod, version: current}]\n",
       "e:8:41 error no_version: spec.aliases[0].version: current means the version of spec.version, which is missing "
       "[add spec.version, or name a published version]"},
      {"  memory_size: 256\n"
       "  description: ${D}\n",
       "  variables: {D: x}\n"
       "  functions:\n"
       "    thumbnail:\n"
       "      spec:\n"
       "        user_data: {A: '${NONE}'}\n",
       "e:8:24 error bad_variable: spec.user_data.A: ${NONE} is not set in environments/prod.yaml [declare it in "
       "spec.variables there; for the text itself write $${NONE}]"},
      {"  memory_size: 256\n"
       "  description: ${D}\n",
       "  variables: {D: x}\n"
       "  functions:\n"
       "    thumbnail:\n"
       "      spec:\n"
       "        depends_on: [nobody]\n",
       "e:8:22 error unknown_function: spec.depends_on: no manifest defines a function \"nobody\""},
      {"  memory_size: ${MEM}\n"
       "  description: ${D}\n",
       "  variables: {D: x, MEM: lots}\n",
       "9:16 error wrong_type: spec.memory_size: must be a whole number, found \"lots\""},
      {"  memory_size: '${MEM}'\n"
       "  description: ${D}\n",
       "  variables: {D: x, MEM: '512'}\n",
       "9:16 error wrong_type: spec.memory_size: must be a whole number, found \"512\" in quotes [write it without "
       "quotes]"},
      {"  memory_size: 256\n"
       "  description: ${D}\n",
       "  variables: {D: x}\n"
       "  functions:\n"
       "    thumbnial: {spec: {memory_size: 512}}\n",
       "e:6:5 error unknown_function: spec.functions: no manifest defines a function \"thumbnial\" [did you mean "
       "thumbnail? it is left out until this is settled]"},
      {"  memory_size: 256\n"
       "  description: ${D}\n",
       "  variables: {D: x}\n"
       "  functions:\n"
       "    other: {spec: {memory_size: 512}}\n",
       "e:6:5 error unknown_function: spec.functions: no manifest defines a function \"other\""},
  };
  for (const PatchedCase& c : cases) {
    CAPTURE(c.more, c.environment);
    const auto environment = environment_of(c.environment);
    const LoadResult result = load_in(*environment, function_named("thumbnail", c.more));
    CHECK(short_listing(result.diagnostics) == c.expected);
  }
}

}  // namespace fgsync::manifest::test
