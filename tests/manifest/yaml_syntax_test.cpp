// Texts that are not YAML, or too much of it.
#include <catch2/catch.hpp>
#include <vector>

#include "manifest/yaml_tree.hpp"
#include "tests/manifest/support.hpp"

namespace fgsync::manifest::test {
namespace {

struct Case {
  std::string_view text;
  std::string_view expected;
};

constexpr std::string_view kContinue =
    "this line does not continue the mapping that it stands in [every line must be `key: value`, with the same "
    "indentation as its neighbours]";
constexpr std::string_view kMapValue =
    "a `: ` stands where no value can start [put text that contains `: ` in quotes, and check the indentation]";
constexpr std::string_view kCutOff = "a quoted text is never closed [close it with the quote it starts with]";

std::string repeated(std::string_view text, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

}  // namespace

TEST_CASE("manifest: broken YAML is explained in plain words at its place") {
  const std::string no_value(kMapValue);
  const std::string cut_off(kCutOff);
  const std::string no_line(kContinue);
  const std::vector<std::pair<std::string_view, std::string>> cases = {
      {"a:\n\tb: c\n", "2:1 a tab is used for indentation [YAML is indented with spaces only]"},
      {"a:\n  b: c\n   d: e\n", "3:5 " + no_value},
      {"a:\n    b: c\n  d: e\n", "3:3 " + no_line},
      {"text: Makes: thumbnails\n", "1:12 " + no_value},
      {"a: {b: c\n", "2:1 a `{` is never closed, or a comma is missing [close it with `}`]"},
      {"a: [b, c\nd: e\n", "2:2 a `[` is never closed, or a comma is missing [close it with `]`]"},
      {"a: b\n]\n", "2:1 a `]` or `}` has no matching `[` or `{` [put text that contains it in quotes]"},
      {"a: \"b\nc: d\n", "1:4 " + cut_off},
      {"a: 'it''s\n", "1:4 " + cut_off},
      {"a: !!str &x \"b\n", "1:4 " + cut_off},
      {"a: \"b", "1:6 " + cut_off},
      {"a: \"b\n---\nc: d\n",
       "2:1 a quoted text is not closed before the next document [close it with the quote it starts with]"},
      {"a: b\n- c\n", "2:1 " + no_line},
      {"- a\nb\n", "2:1 " + no_line},
      {"[a] b\n", "1:5 " + no_line},
      {"a: \"b\" c\n", "1:8 " + no_line},
      {"a: %b\n", "1:4 a character that no value can start with [put the text in quotes]"},
      {"a: `b`\n", "1:4 a character that no value can start with [put the text in quotes]"},
      {"ignore: [*.pyc]\n",
       "1:10 the alias names an anchor that does not stand before it [define it with `&name`, or put text that starts "
       "with `*` in quotes]"},
      {"a: *\n", "1:5 a `*` without the name of an anchor [put text that starts with `*` in quotes]"},
      {"a: & b\n", "1:5 a `&` without a name [put text that starts with `&` in quotes]"},
      {"a: &x [*x]\n", "1:8 an alias stands inside the value that it names [write the value out]"},
      {"a: \"\\q\"\n",
       "1:7 an unknown escape sequence in a double-quoted text [double the backslash, or use single quotes]"},
      {"a: \"\\xzz\"\n",
       "1:9 an escape sequence in a double-quoted text lacks hex digits [double the backslash, or use single quotes]"},
      {"a: | text\n b\n", "1:6 text cannot start on the line of the `|` or `>` [start it on the next line]"},
      {"a: !x !y b\n", "1:7 two tags, anchors or aliases on one value [keep one of them]"},
      {"<<<<<<< HEAD\na: b\n=======\na: c\n>>>>>>> x\n",
       "1:1 the file contains a merge conflict [resolve it, and remove the lines of <, = and >]"},
  };
  for (const auto& [text, expected] : cases) {
    CAPTURE(text);
    const auto space = expected.find(' ');
    CHECK(listing(load_text(std::string(text)).diagnostics) ==
          expected.substr(0, space) + " error bad_syntax: not valid YAML: " + expected.substr(space + 1));
  }
}

TEST_CASE("manifest: a function that a missing quote swallows half of is not loaded") {
  CHECK(load_text(function_named("a", "  description: \"Makes\n  timeout: 30\n")).functions.empty());
}

TEST_CASE("manifest: documents before a broken one are loaded") {
  const LoadResult result = load_text(function_named("first") + "---\n" + function_named("second") + "---\na: [\n");
  CHECK(result.functions.size() == 2);
  CHECK(has_error(result.diagnostics));
}

TEST_CASE("manifest: texts beyond a limit are refused before they are built") {
  const std::string hint = " [if this is no manifest, keep it out of the directories that are scanned]";
  const auto listing_of = [](std::string text) { return listing(load_text(std::move(text)).diagnostics); };

  CHECK(listing_of("# " + std::string(std::size_t{1} << 20U, 'x')) ==
        "0:0 error too_large: the file is larger than 1 MiB" + hint);
  CHECK(listing_of(repeated("[", 65) + repeated("]", 65)) ==
        "1:65 error too_deep: lists and mappings are nested more than 64 deep" + hint);
  CHECK(listing_of(repeated("{a: ", 65) + repeated("}", 65)) ==
        "1:257 error too_deep: lists and mappings are nested more than 64 deep" + hint);
  CHECK(listing_of("a: &x 1\nb: [" + repeated("*x, ", 64) + "]\n") ==
        "2:257 error too_many_aliases: the file holds more than 64 YAML anchors and aliases" + hint);
  CHECK(listing_of(repeated("- &x 1\n", 65)) ==
        "65:3 error too_many_aliases: the file holds more than 64 YAML anchors and aliases" + hint);
  CHECK(listing_of("[" + repeated("1,", 100'000) + "]") ==
        "1:200000 error too_many_nodes: the file holds more than 100000 values" + hint);
}

TEST_CASE("manifest: texts at a limit are taken") {
  CHECK(load_text("#" + std::string((std::size_t{1} << 20U) - 1, 'x')).diagnostics.empty());
  CHECK(load_text(repeated("[", 64) + repeated("]", 64)).diagnostics.empty());
  CHECK(load_text("a: &x 1\nb: [" + repeated("*x, ", 63) + "]\n").diagnostics.empty());
  CHECK(load_text("[" + repeated("1,", 99'999) + "]").diagnostics.empty());
}

TEST_CASE("manifest: the limits count all documents of a file together") {
  CHECK(has_error(load_text(repeated("---\n- &x 1\n", 65)).diagnostics));
  CHECK(has_error(load_text(repeated("---\n[" + repeated("1,", 20'000) + "]\n", 5)).diagnostics));
}

TEST_CASE("manifest: an alias bomb is refused at once") {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 30; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + repeated(before + ", ", 9) + "]\n";
  }
  CHECK(
      listing(load_text(bomb).diagnostics) ==
      "6:10 error too_many_nodes: the file holds more than 100000 values [an alias counts as many values as it stands "
      "for]");
}

TEST_CASE("manifest: aliases count towards depth with all that they stand for") {
  const std::string tower = "a: &a " + repeated("[", 40) + repeated("]", 40) + "\nb: ";
  CHECK(load_text(tower + repeated("[", 23) + "*a" + repeated("]", 23) + "\n").diagnostics.empty());
  CHECK(listing(load_text(tower + repeated("[", 24) + "*a" + repeated("]", 24) + "\n").diagnostics) ==
        "2:28 error too_deep: lists and mappings are nested more than 64 deep [if this is no manifest, keep it out of "
        "the directories that are scanned]");
}

TEST_CASE("manifest: a valid shape that aliases blow up is refused at once") {
  std::string text = function_named("a",
                                    "  aliases:\n    - &alias\n      name: prod\n      version: v1\n"
                                    "      additional_version_strategy:\n        v2: &all {combine_type: or, rules: [");
  text += repeated("{rule_type: Header, param: p, op: in, value: v}, ", 5000) + "]}\n";
  text += repeated("        v3: *all\n", 20) + repeated("    - *alias\n", 40);
  CHECK(listing(load_text(text).diagnostics) ==
        "16:13 error too_many_nodes: the file holds more than 100000 values [an alias counts as many values as it "
        "stands for]");
}

TEST_CASE("manifest: text that is not UTF-8 is refused at the first wrong byte") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {std::string("a: \0b\n", 6), "1:4 error not_text: the file contains a NUL byte [save it as UTF-8 text]"},
      {"a: b\nc: \xE9t\xE9\n", "2:4 error not_text: the file is not UTF-8 text here [save it as UTF-8]"},
      {"\xC0\x80", "1:1 error not_text: the file is not UTF-8 text here [save it as UTF-8]"},
      {"a\xED\xA0\x80", "1:2 error not_text: the file is not UTF-8 text here [save it as UTF-8]"},
      {"ab\xF4\x90\x80\x80", "1:3 error not_text: the file is not UTF-8 text here [save it as UTF-8]"},
      {"abc\xE2\x82", "1:4 error not_text: the file is not UTF-8 text here [save it as UTF-8]"},
      {"\xE0\x80\x80", "1:1 error not_text: the file is not UTF-8 text here [save it as UTF-8]"},
      {"\xFF\xFE"
       "a",
       "1:1 error not_text: the file is not UTF-8 text here [save it as UTF-8]"},
  };
  for (const auto& [text, expected] : cases) {
    CAPTURE(text);
    CHECK(listing(load_text(text).diagnostics) == expected);
  }
  CHECK(load_text("a: \xC3\xA9 \xE2\x82\xAC \xF0\x9F\x90\x8D\n").diagnostics.empty());
}

TEST_CASE("manifest: any mutation of a manifest loads or is refused, and never worse") {
  const std::string text(kBase);
  const std::string inserts = "\"'[]{}:,&*!|>%@`#?-\t\n\\ \xC3~<";
  for (std::size_t i = 0; i < text.size(); ++i) {
    for (const char c : inserts) load_text(text.substr(0, i) + c + text.substr(i));
    load_text(text.substr(0, i));
    load_text(text.substr(0, i) + text.substr(i + 1));
  }
  SUCCEED();
}

}  // namespace fgsync::manifest::test
