// What show() prints, and that it means the same when it is read again.
#include "manifest/show.hpp"

#include <catch2/catch.hpp>
#include <vector>

#include "tests/manifest/environments.hpp"

namespace fgsync::manifest::test {
namespace {

/// The first document of f.yaml, shown.
std::string shown(const std::string& text, const Environment* environment = nullptr) {
  const LoadResult result =
      load({{.path = "f.yaml", .text = text}}, {.environment = environment, .keeps_documents = true});
  REQUIRE_FALSE(result.documents.empty());
  return show(result.documents.at(0), environment);
}

/// The lines of the spec of function_named("a", more) after its code, shown.
std::string shown_more(const std::string& more) {
  const std::string text = shown(function_named("a", more));
  const std::string before = "    directory: code";
  const auto line = text.find(before);
  REQUIRE(line != std::string::npos);
  return text.substr(text.find('\n', line) + 1);
}

std::string without_comments(const std::string& text) {
  std::string kept;
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t end = text.find('\n', start);
    const std::string line = text.substr(start, end - start);
    kept += line.substr(0, line.find("  # f.yaml:")) + '\n';
    start = end + 1;
  }
  return kept;
}

/// The tree with this text for `TEXT`: no YAML stands between.
yaml::NodePtr with_text(const yaml::NodePtr& node, const std::string& text) {
  auto copy = std::make_shared<yaml::Node>(*node);
  if (copy->text == "TEXT") copy->text = text;
  for (yaml::NodePtr& item : copy->items) item = with_text(item, text);
  for (yaml::Entry& entry : copy->entries) entry.value = with_text(entry.value, text);
  return copy;
}

std::string quoted_yaml(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("''") : std::string(1, c);
  return quoted + "'";
}

}  // namespace

TEST_CASE("show: a document is written out with the place of every value") {
  CHECK(shown(std::string(kBase)) ==
        "apiVersion: fgsync/v1              # f.yaml:1\n"
        "kind: Function                     # f.yaml:2\n"
        "metadata:\n"
        "  name: thumbnail                  # f.yaml:4\n"
        "spec:\n"
        "  runtime: Python3.9               # f.yaml:6\n"
        "  handler: index.handler           # f.yaml:7\n"
        "  memory_size: 256                 # f.yaml:8\n"
        "  timeout: 30                      # f.yaml:9\n"
        "  description: \"Makes thumbnails\"  # f.yaml:10\n"
        "  code:\n"
        "    directory: code                # f.yaml:12\n"
        "  user_data:\n"
        "    BUCKET: photos                 # f.yaml:14\n"
        "  version:\n"
        "    name: v1.4.0                   # f.yaml:16\n"
        "  aliases:\n"
        "    - name: prod                   # f.yaml:18\n"
        "      version: v1.4.0              # f.yaml:19\n");
}

TEST_CASE("show: values of the environment say so, and variables where their value stands") {
  const auto environment = environment_of(
      "  variables: {BUCKET: photos, MEM: 512, TIER: gold}\n"
      "  functions:\n"
      "    a:\n"
      "      metadata: {labels: {tier: '${TIER}'}}\n"
      "      spec:\n"
      "        description: null\n"
      "        user_data: {B: '${BUCKET}/${TIER}'}\n");
  CHECK(shown(function_named("a", "  description: gone\n  memory_size: ${MEM}\n  user_data: {A: '${BUCKET}'}\n"),
              environment.get()) ==
        "apiVersion: fgsync/v1     # f.yaml:1\n"
        "kind: Function            # f.yaml:2\n"
        "metadata:\n"
        "  name: a                 # f.yaml:4\n"
        "  labels:\n"
        "    tier: \"gold\"          # environments/prod.yaml:7, TIER from environments/prod.yaml:4\n"
        "spec:\n"
        "  runtime: Python3.9      # f.yaml:6\n"
        "  handler: index.handler  # f.yaml:7\n"
        "  code:\n"
        "    directory: code       # f.yaml:8\n"
        "  memory_size: 512        # f.yaml:10, MEM from environments/prod.yaml:4\n"
        "  user_data:\n"
        "    A: \"photos\"           # f.yaml:11, BUCKET from environments/prod.yaml:4\n"
        "    B: \"photos/gold\"      # environments/prod.yaml:10, BUCKET from environments/prod.yaml:4, TIER from "
        "environments/prod.yaml:4\n");
}

TEST_CASE("show: lists, empty values and values inside of each other are written in block style") {
  CHECK(shown_more("  tags: {}\n"
                   "  depend_version_list: []\n"
                   "  depends_on: [[b, [c]], {d: {e: f}}, , {}]\n"
                   "  aliases: [{name: x, additional_version_weights: {v1: 10}}]\n") ==
        "  tags: {}                         # f.yaml:9\n"
        "  depend_version_list: []          # f.yaml:10\n"
        "  depends_on:\n"
        "    -\n"
        "      - b                          # f.yaml:11\n"
        "      -\n"
        "        - c                        # f.yaml:11\n"
        "    - d:\n"
        "        e: f                       # f.yaml:11\n"
        "    -                              # f.yaml:11\n"
        "    - {}                           # f.yaml:11\n"
        "  aliases:\n"
        "    - name: x                      # f.yaml:12\n"
        "      additional_version_weights:\n"
        "        v1: 10                     # f.yaml:12\n");
}

TEST_CASE("show: aliases are written out, once for each place") {
  CHECK(shown_more("  user_data: &x {A: b}\n  tags: *x\n") ==
        "  user_data:\n"
        "    A: b                  # f.yaml:9\n"
        "  tags:\n"
        "    A: b                  # f.yaml:9\n");
}

TEST_CASE("show: a text is in quotes when it would be read as something else") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"plain", "plain"},
      {"yes", "yes"},
      {"1e3", "1e3"},
      {"0x10", "0x10"},
      {"-5", "-5"},
      {"'-5'", "\"-5\""},
      {"'512'", "\"512\""},
      {"'true'", "\"true\""},
      {"true", "true"},
      {"''", "\"\""},
      {"'~'", "\"~\""},
      {"'null'", "\"null\""},
      {"'Null'", "\"Null\""},
      {"'- x'", "\"- x\""},
      {"-x", "-x"},
      {"--", "\"--\""},
      {"...", "\"...\""},
      {"' lead'", "\" lead\""},
      {"'trail '", "\"trail \""},
      {"'a: b'", "\"a: b\""},
      {"'a #b'", "\"a #b\""},
      {"a#b", "\"a#b\""},
      {"'#b'", "\"#b\""},
      {"'@at'", "\"@at\""},
      {"'say \"hi\"'", "\"say \\\"hi\\\"\""},
      {"'back\\slash'", "\"back\\\\slash\""},
      {"\"two\\nlines\\n\"", "\"two\\nlines\\n\""},
      {"\"tab\\there\"", "\"tab\\x09here\""},
      {"\"\\e[2J\\x7f\"", "\"\\x1b[2J\\x7f\""},
      {"\"\\x9b2J\"", "\"\\x9b2J\""},
      {"\"\\0\"", "\"\\x00\""},
      {"größe €", "\"größe €\""},
      {"'$${A}'", "\"$${A}\""},
      {"'$$${A}'", "\"$$${A}\""},
      {"'$A {B}'", "\"$A {B}\""},
      {"!!str 512", "\"512\""},
  };
  for (const auto& [written, expected] : cases) {
    CAPTURE(written);
    const std::string line = shown_more("  user_data:\n    A: " + written + "\n");
    CHECK(line.substr(0, line.rfind("  # f.yaml:")).find("    A: " + expected) != std::string::npos);
  }
}

TEST_CASE("show: block texts are written on one line") {
  CHECK(without_comments(shown_more("  description: |\n    two\n     lines\n\n")) ==
        "  description: \"two\\n lines\\n\"\n");
  CHECK(without_comments(shown_more("  description: >-\n    one\n    line\n")) == "  description: \"one line\"\n");
}

TEST_CASE("show: any text is the same when it is read again") {
  const std::vector<std::string> texts = {
      "",
      "~",
      "null",
      "Null",
      "NULL",
      "yes",
      "no",
      "true",
      "1e3",
      "0x10",
      "0",
      "-0",
      "-",
      "--",
      "---",
      "...",
      "-1",
      "+1",
      ".5",
      "=",
      "<<",
      "?",
      ":",
      ",",
      "[",
      "]",
      "{",
      "}",
      "#",
      "&a",
      "*a",
      "!a",
      "|",
      ">",
      "'",
      "\"",
      "%",
      "@",
      "`",
      "\\",
      "\\n",
      " ",
      "  a",
      "a  ",
      "a\nb",
      "\n",
      "a\n\n",
      "\n a",
      "\t",
      "\r\n",
      "a\rb",
      "\x01",
      "\x7F",
      "\xC2\x80",
      "é",
      "日本",
      "\xC2\x85",
      "\xC2\x9B",
      "\xC2\xA0",
      "a: b",
      "\xE2\x80\xA8",
      "\xEF\xBB\xBF",
      "a #b",
      "${",
      "${A}",
      "$${A}",
      "$$${A}",
      "a:",
      "- a",
      "? a",
      "key: |",
      std::string(3000, 'x'),
  };
  for (const std::string& text : texts) {
    CAPTURE(text);
    LoadResult first = load({{.path = "f.yaml", .text = function_named("a", "  user_data: {A: 'TEXT'}\n")}},
                            {.keeps_documents = true});
    Document& document = first.documents.at(0);
    document.root = with_text(document.root, text);
    const std::string once = show(document, nullptr);
    INFO(once);
    const LoadResult again = load_text(once);
    REQUIRE(again.functions.size() == 1);
    CHECK(again.functions[0].user_data.at("A") == text);
  }
}

TEST_CASE("show: keys are in quotes when they need to be, and very long ones are taken apart from their value") {
  const std::string long_key(2000, 'k');
  const std::string text =
      function_named("a", "  user_data:\n    \"NULL\": a\n    '~': b\n    'a#b': c\n    ? " + long_key + "\n    : d\n");
  const std::string once = shown(text);
  const LoadResult again = load_text(once);
  REQUIRE(again.functions.size() == 1);
  CHECK(again.functions[0].user_data ==
        std::map<std::string, std::string>{{"NULL", "a"}, {"a#b", "c"}, {long_key, "d"}, {"~", "b"}});
  CHECK(once.find("    ? " + long_key + "\n    : d  ") != std::string::npos);
}

TEST_CASE("show: a value of a variable that reads as nothing is in quotes") {
  for (const std::string value : {"NULL", "Null", "null", "~", "", "- x", "a: b"}) {
    CAPTURE(value);
    const auto environment = environment_of("  variables: {D: " + quoted_yaml(value) + "}\n");
    const std::string text = shown(function_named("a", "  description: ${D}\n"), environment.get());
    const LoadResult again = load_text(text);
    REQUIRE(again.functions.size() == 1);
    CHECK(again.functions[0].description == value);
  }
}

TEST_CASE("show: control characters in the name of a file do not break its comments") {
  const LoadResult result =
      load({{.path = "a\nspec: x\x1B.yaml", .text = function_named("a")}}, {.keeps_documents = true});
  const std::string text = show(result.documents.at(0), nullptr);
  CHECK(text.find("# a?spec: x?.yaml:1\n") != std::string::npos);
  CHECK(load_text(text).functions.size() == 1);
}

TEST_CASE("show: a whole manifest is the same function when it is read again, and looks the same") {
  const std::vector<std::string> specs = {
      "  encrypted_user_data: {A: {from_env: B, revision: 2}}\n  tags: {größe: 'a b', t: 1}\n",
      "  mount_config: {mount_user: {user_id: -1, user_group_id: 1}, func_mounts: [{mount_type: ecs, mount_resource: "
      "r, "
      "local_mount_path: /mnt}, {mount_type: sfs, mount_resource: q, local_mount_path: /mnt2}]}\n",
      "  aliases: [{name: x, version: v1, additional_version_strategy: {v2: {combine_type: or, rules: [{rule_type: "
      "Header, param: p, op: '=', value: \"'\"}]}}}]\n",
      "  ignore_differences: [/user_data/A~1B, '/tags/a b']\n  reserved_instances: []\n  func_vpc: {vpc_id: 0123, "
      "subnet_id: 1e5}\n",
      "  function_async_config: {destination_config: {on_failure: {destination: SMN, param: '{\"a\": [1, \"$\"]}'}}}\n",
  };
  for (const std::string& spec : specs) {
    CAPTURE(spec);
    const std::string once = shown(function_named("a", spec));
    REQUIRE(load_text(once).functions.size() == 1);
    CHECK(without_comments(shown(once)) == without_comments(once));
  }
}

}  // namespace fgsync::manifest::test
