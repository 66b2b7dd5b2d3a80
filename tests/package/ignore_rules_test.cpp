#include "package/ignore_rules.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

using fgsync::package::EntryKind;
using fgsync::package::IgnoreRules;

namespace {

struct Row {
  std::string rules;
  std::string path;  ///< a directory when it ends in `/`
  bool is_excluded;
};

bool is_excluded(const std::string& text, std::string path) {
  IgnoreRules rules;
  rules.add_text(text);
  const bool is_directory = path.ends_with('/');
  if (is_directory) path.pop_back();
  return rules.excludes(path, is_directory ? EntryKind::directory : EntryKind::file);
}

}  // namespace

TEST_CASE("ignore rules: gitignore's syntax decides what is left out") {
  const std::vector<Row> table{
      // A name without a slash matches at every level.
      {"a.txt", "a.txt", true},
      {"a.txt", "x/y/a.txt", true},
      {"a.txt", "a.txt.bak", false},
      {"a.txt", "A.TXT", false},
      // A slash at the start or in the middle anchors.
      {"/a.txt", "a.txt", true},
      {"/a.txt", "x/a.txt", false},
      {"x/a.txt", "x/a.txt", true},
      {"x/a.txt", "y/x/a.txt", false},
      // A slash at the end means directories only, and all that is in them.
      {"build/", "build/", true},
      {"build/", "build", false},
      {"build/", "build/x/y.o", true},
      {"build/", "x/build/y.o", true},
      {"/build/", "x/build/y.o", false},
      {"x/build/", "x/build/y.o", true},
      // Wildcards.
      {"*.pyc", "x/y.pyc", true},
      {"*.pyc", "x/y.py", false},
      {"*", "anything", true},
      {"x/*", "x/y", true},
      {"x/*.o", "x/y/z.o", false},
      {"a?c", "abc", true},
      {"a?c", "ac", false},
      {"x?y", "x/y", false},
      {"[abc].txt", "b.txt", true},
      {"[a-c].txt", "d.txt", false},
      {"[!a-c].txt", "d.txt", true},
      {"[^a-c].txt", "b.txt", false},
      {"[]x].txt", "].txt", true},
      {"[a-].txt", "-.txt", true},
      {"[[:digit:]]", "7", true},
      {"[[:digit:]]", "x", false},
      {"[[:nonsense:]]", "n", false},
      {"[ab", "[ab", false},
      {"a[b\\]c]d", "a]d", true},
      // Two stars.
      {"**/x", "x", true},
      {"**/x", "a/b/x", true},
      {"a/**", "a/b/c", true},
      {"a/**", "a", false},
      {"a/**/b", "a/b", true},
      {"a/**/b", "a/x/y/b", true},
      {"a/**/b", "a/xb", false},
      {"a/x**", "a/xyz", true},
      {"a/x**y", "a/x/y", false},
      {"foo**/bar", "foox/bar", true},
      {"foo**/bar", "foox/y/bar", false},
      {"**", "a/b", true},
      // Comments, blanks, escapes.
      {"# note", "# note", false},
      {"\\# note", "# note", true},
      {"\\!x", "!x", true},
      {"x  ", "x", true},
      {"x\\ ", "x ", true},
      {"", "x", false},
      {"/", "x", false},
      {"!", "!", false},
      {"a\\*b", "a*b", true},
      {"a\\*b", "axb", false},
      {"a\\", "a\\", false},
      {"x\r\ny\r\n", "y", true},
      {"\xef\xbb\xbfx", "x", true},
      // The last rule that matches wins; an excluded directory stays closed.
      {"*.log\n!keep.log", "keep.log", false},
      {"!keep.log\n*.log", "keep.log", true},
      {"logs/\n!logs/keep.log", "logs/keep.log", true},
      {"logs/*\n!logs/keep.log", "logs/keep.log", false},
      {"/*\n!/src", "src/x.py", false},
      {"/*\n!/src", "doc/x.md", true},
      {"!x", "x", false},
  };
  for (const Row& row : table) {
    CAPTURE(row.rules, row.path);
    CHECK(is_excluded(row.rules, row.path) == row.is_excluded);
  }
}

TEST_CASE("ignore rules: a pattern of many stars is answered at once") {
  std::string pattern;
  for (int i = 0; i < 200; ++i) pattern += "*a";
  CHECK_FALSE(is_excluded(pattern + "b", std::string(250, 'a')));
}
