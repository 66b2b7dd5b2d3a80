// Merging patches and putting in variables.
#include "manifest/compose.hpp"

#include <catch2/catch.hpp>
#include <vector>

#include "tests/manifest/environments.hpp"

namespace fgsync::manifest::test {
namespace {

/// The node as JSON; `(none)` for one that is not there.
std::string json_of(const yaml::Node* node) {
  if (node == nullptr) return "(none)";
  std::string text;
  switch (node->kind) {
    case yaml::Node::Kind::null: return "null";
    case yaml::Node::Kind::scalar: return node->is_plain ? node->text : '"' + node->text + '"';
    case yaml::Node::Kind::sequence:
      for (const yaml::NodePtr& item : node->items) text += (text.empty() ? "" : ",") + json_of(item.get());
      return "[" + text + "]";
    case yaml::Node::Kind::mapping:
      for (const yaml::Entry& entry : node->entries) {
        text += (text.empty() ? "" : ",") + json_of(entry.key.get()) + ":" + json_of(entry.value.get());
      }
      return "{" + text + "}";
  }
  return {};
}

const yaml::Node* value_of(const yaml::Node& mapping, std::string_view key) {
  for (const yaml::Entry& entry : mapping.entries) {
    if (entry.key->text == key) return entry.value.get();
  }
  return nullptr;
}

/// What `value`, JSON below a key, becomes by the patch `change` for the same key.
std::string merged(const std::string& value, const std::string& change) {
  const std::string text = "metadata: {name: f}\nx: " + value + "\n";
  const yaml::Documents document = yaml::parse(text);
  const yaml::Documents patch = yaml::parse("x: " + change + "\n", kEnvironmentFile);
  REQUIRE_FALSE(document.problem);
  REQUIRE_FALSE(patch.problem);
  Environment environment;
  environment.patches.emplace("f", Environment::Patch{.content = patch.documents.at(0), .key = {}});
  const yaml::Lines lines("f.yaml", text);
  yaml::Report report(lines);
  const yaml::NodePtr composed = compose(report, document.documents.at(0), &environment);
  CHECK(json_of(value_of(*document.documents.at(0), "x")) == value);  // the original is as it was
  return json_of(value_of(*composed, "x"));
}

/// The description that a text in the manifest becomes where A is `x`, PORT is `8080` and EMPTY is empty.
std::string description_of(const std::string& text) {
  const auto environment = environment_of("  variables: {A: x, PORT: 8080, EMPTY: '', RAW: 'r${A}'}\n");
  const LoadResult result = load_in(*environment, function_named("a", "  description: '" + text + "'\n"));
  INFO(listing(result.diagnostics));
  REQUIRE(result.functions.size() == 1);
  return result.functions[0].description;
}

/// The one mistake of a description in an environment with A and BUCKET.
std::string mistake_of(const std::string& text) {
  const auto environment = environment_of("  variables: {A: x, BUCKET: b}\n");
  const LoadResult result = load_in(*environment, function_named("a", "  description: '" + text + "'\n"));
  CHECK(result.functions.empty());
  return listing(result.diagnostics);
}

std::string many(const std::string& text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

}  // namespace

TEST_CASE("compose: patches are merged as RFC 7396 says, with its own examples") {
  struct Example {
    std::string original;
    std::string patch;
    std::string result;
  };
  const std::vector<Example> examples = {
      {R"({"a":"b"})", R"({"a":"c"})", R"({"a":"c"})"},
      {R"({"a":"b"})", R"({"b":"c"})", R"({"a":"b","b":"c"})"},
      {R"({"a":"b"})", R"({"a":null})", R"({})"},
      {R"({"a":"b","b":"c"})", R"({"a":null})", R"({"b":"c"})"},
      {R"({"a":["b"]})", R"({"a":"c"})", R"({"a":"c"})"},
      {R"({"a":"c"})", R"({"a":["b"]})", R"({"a":["b"]})"},
      {R"({"a":{"b":"c"}})", R"({"a":{"b":"d","c":null}})", R"({"a":{"b":"d"}})"},
      {R"({"a":[{"b":"c"}]})", R"({"a":[1]})", R"({"a":[1]})"},
      {R"(["a","b"])", R"(["c","d"])", R"(["c","d"])"},
      {R"({"a":"b"})", R"(["c"])", R"(["c"])"},
      {R"({"a":"foo"})", R"(null)", R"((none))"},
      {R"({"a":"foo"})", R"("bar")", R"("bar")"},
      {R"({"e":null})", R"({"a":1})", R"({"e":null,"a":1})"},
      {R"([1,2])", R"({"a":"b","c":null})", R"({"a":"b"})"},
      {R"({})", R"({"a":{"bb":{"ccc":null}}})", R"({"a":{"bb":{}}})"},
  };
  for (const Example& example : examples) {
    CAPTURE(example.original, example.patch);
    CHECK(merged(example.original, example.patch) == example.result);
  }
}

TEST_CASE("compose: a null in a list of a patch is kept, and a removed key may stay away") {
  CHECK(merged("[1]", "[null,{\"a\":null}]") == "[null,{\"a\":null}]");
  CHECK(merged("{\"a\":1}", "{\"b\":null}") == "{\"a\":1}");
}

TEST_CASE("compose: values keep their order, and new ones come last") {
  CHECK(merged(R"({"a":1,"b":2,"c":3})", R"({"d":5,"b":4})") == R"({"a":1,"b":4,"c":3,"d":5})");
}

TEST_CASE("compose: a key that stands there twice by mistake is gone when a patch removes it") {
  CHECK(merged("{\"a\":1,\"b\":2,\"a\":3}", "{\"a\":null}") == "{\"b\":2}");
}

TEST_CASE("compose: every value says which file it comes from") {
  const auto environment = environment_of("  functions:\n    a:\n      spec:\n        memory_size: 512\n");
  const LoadResult result = load_in(*environment, function_named("a", "  timeout: 30\n"));
  REQUIRE(result.documents.size() == 1);
  const yaml::Node& spec = *value_of(*result.documents[0].root, "spec");
  CHECK(value_of(spec, "timeout")->mark == yaml::Mark{.line = 9, .column = 12, .file = 0});
  CHECK(value_of(spec, "memory_size")->mark == yaml::Mark{.line = 7, .column = 22, .file = kEnvironmentFile});
  CHECK(result.functions.at(0).memory_size == 512);
}

TEST_CASE("compose: an alias of the manifest is patched where it stands, not where it comes from") {
  const auto environment = environment_of("  functions: {a: {spec: {user_data: {A: new}}}}\n");
  const LoadResult result =
      load_in(*environment, function_named("a", "  user_data: &shared {A: old}\n  tags: *shared\n"));
  REQUIRE(result.functions.size() == 1);
  CHECK(result.functions[0].user_data.at("A") == "new");
  CHECK(result.functions[0].extra->tags->at("A") == "old");
}

TEST_CASE("compose: one alias in a patch that is used twice is merged twice") {
  const auto environment = environment_of("  functions: {a: {spec: {user_data: &x {A: b}, tags: *x}}}\n");
  const LoadResult result = load_in(*environment, function_named("a", "  user_data: {C: d}\n"));
  REQUIRE(result.functions.size() == 1);
  CHECK(result.functions[0].user_data == std::map<std::string, std::string>{{"A", "b"}, {"C", "d"}});
  CHECK(result.functions[0].extra->tags == std::map<std::string, std::string>{{"A", "b"}});
}

TEST_CASE("compose: variables are put into texts") {
  CHECK(description_of("no variables, $A, $ {A} and {A}") == "no variables, $A, $ {A} and {A}");
  CHECK(description_of("${A}") == "x");
  CHECK(description_of("${A}${A}-${PORT}") == "xx-8080");
  CHECK(description_of("[${EMPTY}]") == "[]");
  CHECK(description_of("$${A}") == "${A}");
  CHECK(description_of("$$${A}") == "$${A}");
  CHECK(description_of("$${ and ${A}") == "${ and x");
  CHECK(description_of("${A}}") == "x}");
  CHECK(description_of("$") == "$");
  CHECK(description_of("costs $${A}$") == "costs ${A}$");
}

TEST_CASE("compose: the value of a variable is not looked at again") {
  CHECK(description_of("${RAW}") == "r${A}");
}

TEST_CASE("compose: a variable may be any plain value, and quotes make it a text") {
  const auto environment = environment_of("  variables: {MEM: 512, ON: true}\n");
  const LoadResult result = load_in(*environment, function_named("a", "  memory_size: ${MEM}\n  protect: ${ON}\n"));
  REQUIRE(result.functions.size() == 1);
  CHECK(result.functions[0].memory_size == 512);
  CHECK(result.functions[0].handling.is_protected);
  CHECK(listing(load_in(*environment, function_named("a", "  memory_size: '${MEM}'\n")).diagnostics) ==
        "9:16 error wrong_type: spec.memory_size: must be a whole number, found \"512\" in quotes [write it without "
        "quotes]");
}

TEST_CASE("compose: an empty variable is a text, not nothing") {
  const auto environment = environment_of("  variables: {NOTHING: ''}\n");
  const LoadResult result = load_in(*environment, function_named("a", "  description: ${NOTHING}\n"));
  CHECK(result.diagnostics.empty());
  CHECK(result.functions.at(0).description.empty());
}

TEST_CASE("compose: keys keep their text, and values in lists get theirs") {
  const auto environment = environment_of("  variables: {A: x}\n");
  const LoadResult result = load_in(*environment, function_named("a", "  tags: {'${A}': k}\n"));
  CHECK(result.functions.at(0).extra->tags->begin()->first == "${A}");
  const LoadResult list = load_in(*environment, function_named("b", "  depend_version_list: ['${A}1', '2${A}']\n"));
  CHECK(list.functions.at(0).extra->depend_version_list == std::vector<std::string>{"x1", "2x"});
}

TEST_CASE("compose: variables in a patch are put in as well") {
  const auto environment = environment_of("  variables: {A: x}\n  functions: {a: {spec: {description: 'p-${A}'}}}\n");
  CHECK(load_in(*environment, function_named("a")).functions.at(0).description == "p-x");
}

TEST_CASE("compose: a name may hold a variable, and its patch goes by the whole name") {
  const auto environment =
      environment_of("  variables: {STAGE: prod}\n  functions: {thumb-prod: {spec: {description: patched}}}\n");
  const LoadResult result = load_in(*environment, function_named("thumb-${STAGE}"));
  REQUIRE(listing(result.diagnostics).empty());
  CHECK(result.functions.at(0).name == "thumb-prod");
  CHECK(result.functions.at(0).description == "patched");
}

TEST_CASE("compose: a variable that an escape sequence spells is one too") {
  CHECK(listing(load_text(function_named("a", "  description: \"\\x24{A}\"\n")).diagnostics) ==
        "9:16 error bad_variable: spec.description: ${A} is not set: no environment is chosen [choose one with --env; "
        "for the text itself write $${A}]");
}

TEST_CASE("compose: without an environment a variable is a mistake, and its escape is not") {
  CHECK(listing(load_text(function_named("a", "  description: ${A}\n")).diagnostics) ==
        "9:16 error bad_variable: spec.description: ${A} is not set: no environment is chosen [choose one with --env; "
        "for the text itself write $${A}]");
  CHECK(load_text(function_named("a", "  description: $${A}\n")).functions.at(0).description == "${A}");
}

TEST_CASE("compose: variables that are not declared, and broken ones, are reported") {
  const std::string malformed =
      "9:16 error bad_variable: spec.description: `${` must be followed by the name of a variable and `}` [for the "
      "text "
      "itself write $${]";
  CHECK(mistake_of("${BUKET}") ==
        "9:16 error bad_variable: spec.description: ${BUKET} is not set in environments/prod.yaml [did you mean "
        "BUCKET?]");
  CHECK(mistake_of("${SOMETHING}") ==
        "9:16 error bad_variable: spec.description: ${SOMETHING} is not set in environments/prod.yaml [declare it in "
        "spec.variables there; for the text itself write $${SOMETHING}]");
  for (const std::string text : {"${", "${}", "${A", "${A-B}", "${A B}", "${ A}", "a ${ b", "${É}", "$${A} ${"}) {
    CAPTURE(text);
    CHECK(mistake_of(text) == malformed);
  }
  CHECK(mistake_of("${X1} ${}") ==
        "9:16 error bad_variable: spec.description: ${X1} is not set in environments/prod.yaml [declare it in "
        "spec.variables there; for the text itself write $${X1}]\n" +
            malformed);
}

TEST_CASE("compose: a document that variables make larger than 1 MiB is refused") {
  const auto environment = environment_of("  variables: {BIG: " + std::string(1024, 'x') + "}\n");
  const auto text = [](int uses) {
    return with("directory: code", "directory: code\n    ignore: [" + many("'${BIG}', ", uses) + "]");
  };
  CHECK(load_in(*environment, text(1000)).functions.size() == 1);
  CHECK(listing(load_in(*environment, text(1025)).diagnostics) ==
        "1:1 error too_large: the values of variables make this document larger than 1 MiB\n"
        "13:5 error out_of_range: spec.code.ignore: must have at most 1000 entries, found 1025");
}

TEST_CASE("compose: an alias with a variable is put together once, and counts once") {
  const auto environment = environment_of("  variables: {A: " + std::string(500'000, 'x') + "}\n");
  const LoadResult result = load_in(
      *environment, with("directory: code", "directory: code\n    ignore: [&x '${A}', " + many("*x, ", 50) + "]"));
  CHECK(listing(result.diagnostics).empty());
  REQUIRE(result.functions.size() == 1);
  CHECK(result.functions[0].code.ignore.size() == 51);
}

}  // namespace fgsync::manifest::test
