// Mistakes in numbers: too long, too many, at the edge, in several files. Those in single fields: bad_*_test.cpp.
#include <catch2/catch.hpp>
#include <vector>

#include "tests/manifest/support.hpp"

namespace fgsync::manifest::test {

TEST_CASE("manifest: what is too long or too many is reported with the number found") {
  const auto listing_of = [](std::string_view old_text, const std::string& new_text) {
    return listing(load_text(with(old_text, new_text)).diagnostics);
  };
  std::string variables;
  std::string aliases;
  for (int i = 0; i < 21; ++i) variables += "    K" + std::to_string(i) + ": v\n";
  for (int i = 0; i < 11; ++i) {
    const std::string number = std::to_string(i);
    aliases.append("    - {name: a").append(number).append(", version: v").append(number).append("}\n");
  }
  std::string long_description;
  for (int i = 0; i < 513; ++i) long_description += "é";

  CHECK(listing_of("    BUCKET: photos\n", variables) ==
        "13:3 error out_of_range: spec.user_data: must have at most 20 entries, found 21");
  CHECK(listing_of("photos", std::string(4091, 'a')) ==
        "13:3 error out_of_range: spec.user_data: must have at most 4096 characters in keys and values together, "
        "found 4097");
  CHECK(listing_of("    - name: prod\n      version: v1.4.0\n", aliases) ==
        "17:3 error out_of_range: spec.aliases: must have at most 10 entries, found 11");
  CHECK(listing_of("Makes thumbnails", long_description) ==
        "10:16 error out_of_range: spec.description: must have at most 512 characters, found 513");
  CHECK(listing_of("name: v1.4.0", "name: v1.4.0\n    description: " + std::string(513, 'a')) ==
        "17:18 error out_of_range: spec.version.description: must have at most 512 characters, found 513");
  const std::string long_handler = "a." + std::string(127, 'b');
  CHECK(listing_of("index.handler", long_handler) ==
        "7:12 error invalid_value: spec.handler: must be 3 to 128 characters with a dot, such as index.handler, "
        "found \"" +
            long_handler.substr(0, 60) + "…\"");
}

TEST_CASE("manifest: a document full of mistakes shows the first 1000 of them") {
  std::string keys;
  for (int i = 0; i < 20'000; ++i) keys += "  k" + std::to_string(i) + ": v\n";
  const LoadResult result = load_text(function_named("a", keys));
  REQUIRE(result.diagnostics.size() == 1001);
  CHECK(listing({result.diagnostics.back()}) ==
        "1009:3 error too_many_mistakes: the document has more than 1000 mistakes; the others are not shown");
  CHECK(result.functions.empty());
}

TEST_CASE("manifest: values at the edge of their range are taken") {
  const std::vector<std::pair<std::string, std::string>> changes = {
      {"name: thumbnail", "name: " + std::string(60, 'a')},
      {"index.handler", "a.b"},
      {"index.handler", "a." + std::string(126, 'b')},
      {"memory_size: 256", "memory_size: 128"},
      {"memory_size: 256", "memory_size: 4096"},
      {"timeout: 30", "timeout: 3"},
      {"timeout: 30", "timeout: 259200"},
      {"Makes thumbnails", std::string(512, 'a')},
      {"photos", std::string(4090, 'a')},
      {"photos", "''"},
      {"name: v1.4.0", "name: " + std::string(42, 'v')},
      {"name: v1.4.0", "name: 1"},
      {"name: prod", "name: " + std::string(63, 'p')},
      {"  user_data:\n    BUCKET: photos\n", "  user_data: {}\n"},
      {"  aliases:\n    - name: prod\n      version: v1.4.0\n", "  aliases: []\n"},
  };
  for (const auto& [old_text, new_text] : changes) {
    CAPTURE(old_text, new_text);
    const LoadResult result = load_text(with(old_text, new_text));
    CHECK(listing(result.diagnostics).empty());
    CHECK(result.functions.size() == 1);
  }
}

TEST_CASE("manifest: all mistakes of all files are reported in one run, in the order of the texts") {
  const LoadResult result = load({
      {.path = "a.yaml", .text = with("memory_size: 256\n  timeout: 30", "timeout: 1\n  memory_size: big")},
      {.path = "b.yaml", .text = function_named("ok")},
      {.path = "c.yaml", .text = "a: [\n"},
      {.path = "d.yaml", .text = function_named("4ever", "  depends_on: [nobody]\n")},
  });
  CHECK(listing(result.diagnostics) ==
        "a.yaml:8:12 error out_of_range: spec.timeout: must be between 3 and 259200, found 1\n"
        "a.yaml:9:16 error wrong_type: spec.memory_size: must be a whole number, found \"big\"\n"
        "c.yaml:2:1 error bad_syntax: not valid YAML: a `[` is never closed, or a comma is missing [close it with "
        "`]`]\n"
        "d.yaml:4:9 error invalid_value: metadata.name: must be 1 to 60 letters, digits, - or _, starting with a "
        "letter and ending with a letter or digit, found \"4ever\"\n"
        "d.yaml:9:16 error unknown_function: spec.depends_on: no manifest defines a function \"nobody\"");
  REQUIRE(result.functions.size() == 1);
  CHECK(result.functions[0].name == "ok");
  REQUIRE(result.rejected.size() == 2);
  CHECK(result.rejected[0].name == "thumbnail");
  CHECK(result.rejected[0].code_path == "code");
  CHECK(result.rejected[1].name.empty());
  CHECK(result.rejected[1].position == SourcePosition{.file = "d.yaml", .line = 4, .column = 9});
}

}  // namespace fgsync::manifest::test
