#include "package/names.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

using namespace fgsync::package;

namespace {

std::vector<FileStamp> files(const std::vector<std::string>& paths) {
  std::vector<FileStamp> stamps;
  for (const std::string& path : paths) stamps.push_back({path, false, 0, 0, 0, 0});
  return stamps;
}

}  // namespace

TEST_CASE("names: what an entry can be called") {
  for (const char* name :
       {"a", "a/b.py", ".env", "...", "a..", "caf\xc3\xa9", "a b", "back\\slash", "C:", "-", "a\tb", "a\nb", "\x7f"}) {
    CAPTURE(name);
    CHECK(is_entry_name(name));
  }
  CHECK(is_entry_name(std::string(65'535, 'x')));
}

TEST_CASE("names: what an entry cannot be called") {
  const std::vector<std::string> names{"",
                                       "/",
                                       "/a",
                                       "a/",
                                       "a//b",
                                       ".",
                                       "..",
                                       "./a",
                                       "a/./b",
                                       "../a",
                                       "a/..",
                                       "caf\xe9",
                                       "a\x01",
                                       "\x1f/a",
                                       std::string("a\0b", 3),
                                       std::string(65'536, 'x')};
  for (const std::string& name : names) {
    CAPTURE(name);
    CHECK_FALSE(is_entry_name(name));
  }
}

TEST_CASE("names: the folding key ignores letter case and form") {
  CHECK(folding_key("README.md") == "readme.md");
  CHECK(folding_key("CAF\xc3\x89") == "cafe\xcc\x81");
  CHECK(folding_key("\xe1\xba\x9e") == "ss");
  CHECK(folding_key("\xe2\x84\xaa") == "k");
  // Nothing is dropped: these are other names.
  CHECK(folding_key("a\xe2\x80\x8b") != folding_key("a"));
  CHECK(folding_key("\xef\xbc\xa1") != folding_key("a"));
}

TEST_CASE("names: a key's key is the key") {
  for (const char* name :
       {"\xcd\x85\xcc\x81", "\xe1\xbe\xb3\xcc\x81", "\xc4\xb0", "\xe1\xbc\x88\xcd\x85", "\xef\xac\x83"}) {
    CAPTURE(name);
    CHECK(folding_key(folding_key(name)) == folding_key(name));
  }
}

TEST_CASE("names: paths without a clash") {
  CHECK_FALSE(find_clash({}));
  CHECK_FALSE(find_clash(files({"a", "ab", "b/a", "b/ab", "b/c/a"})));
  CHECK_FALSE(find_clash(files({"A/x", "A/y", "B", "a.b"})));
  // The same name in other directories is no clash.
  CHECK_FALSE(find_clash(files({"a/README", "b/readme"})));
}

TEST_CASE("names: a directory between whose files another one's stand is still one directory") {
  CHECK_FALSE(find_clash(files({"Lib", "lib-a/x", "lib.py"})));
  CHECK_FALSE(find_clash(files({"a-b/x", "a.c", "a/x", "a0"})));
}

TEST_CASE("names: of two clashing paths the directories are named when these clash") {
  const auto clash = find_clash(files({"src/Lib/a/b.py", "src/lib/a/c.py"}));
  REQUIRE(clash);
  CHECK(clash->first == "src/Lib");
  CHECK(clash->second == "src/lib");
  CHECK(clash->difference == NameDifference::letter_case);
}
