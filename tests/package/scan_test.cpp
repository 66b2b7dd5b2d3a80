#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <string>
#include <vector>

#include "package/contents.hpp"
#include "tests/package/temp_directory.hpp"

using fgsync::package::scan;
using fgsync::test::TempDirectory;

namespace {

std::vector<std::string> paths_in(const TempDirectory& code, const std::vector<std::string>& ignore = {}) {
  const auto list = scan(code.path(), ignore);
  if (!list) return {list.error().message};
  std::vector<std::string> paths;
  for (const auto& file : list->files) paths.push_back(file.path);
  return paths;
}

using Paths = std::vector<std::string>;

}  // namespace

TEST_CASE("scan: files come in byte order of their paths, hidden ones too") {
  const TempDirectory code;
  code.write("b.py", "b");
  code.write("a/z.py", "z");
  code.write("a.py", "a");
  code.write(".env", "x");
  code.make_directory("empty");
  CHECK(paths_in(code) == Paths{".env", "a.py", "a/z.py", "b.py"});
}

TEST_CASE("scan: a stamp holds the size and the executable bit") {
  const TempDirectory code;
  code.write("run.sh", "12345");
  code.make_executable("run.sh");
  const auto list = scan(code.path(), {});
  REQUIRE(list);
  CHECK(list->files.at(0).executable);
  CHECK(list->files.at(0).size == 5);
  CHECK(list->files.at(0).mtime_ns > 0);
  CHECK(list->files.at(0).inode > 0);
}

TEST_CASE("scan: .git, .fgsyncignore and editors' backups are never packaged, not even by a negated rule") {
  const TempDirectory code;
  code.write("index.py", "");
  code.write(".fgsyncignore", "!*\n!.git\n");
  for (const char* name : {".git/config", "lib/.git", "index.py~", ".index.py.swp", "#index.py#"}) code.write(name, "");
  code.link(".#index.py", "nobody@nowhere");
  CHECK(paths_in(code) == Paths{"index.py"});
}

TEST_CASE("scan: the rules of the manifest come after those of .fgsyncignore") {
  const TempDirectory code;
  code.write(".fgsyncignore", "*.md\ntests/\n");
  for (const char* name : {"a.md", "b.md", "tests/x.py", "index.py", "old.py"}) code.write(name, "");
  CHECK(paths_in(code, {"!b.md", "old.py"}) == Paths{"b.md", "index.py"});
}

TEST_CASE("scan: a .fgsyncignore in a subdirectory is an ordinary file") {
  const TempDirectory code;
  code.write("lib/.fgsyncignore", "*");
  code.write("lib/x.py", "");
  CHECK(paths_in(code) == Paths{"lib/.fgsyncignore", "lib/x.py"});
}

TEST_CASE("scan: a link to a file inside is taken as that file") {
  const TempDirectory code;
  code.write("lib/real.py", "123");
  code.link("alias.py", "lib/real.py");
  const auto list = scan(code.path(), {});
  REQUIRE(list);
  REQUIRE(list->files.size() == 2);
  CHECK(list->files[0].path == "alias.py");
  CHECK(list->files[0].size == 3);
  CHECK(list->files[0].inode == list->files[1].inode);
}

TEST_CASE("scan: the code directory may itself be reached through a link") {
  const TempDirectory place;
  place.write("real/index.py", "");
  place.link("real/alias.py", "index.py");
  place.link("code", "real");
  const auto list = scan(place / "code", {});
  REQUIRE(list);
  CHECK(list->files.size() == 2);
}

TEST_CASE("scan_within: where a link leads counts, not where it stands") {
  const TempDirectory place;
  place.write("root/code/index.py", "");
  place.write("rootless/index.py", "");
  place.link("root/out", "../rootless");
  place.link("root/in", "code");
  place.link("also", "root");
  const auto fits = [&place](const std::string& root, const std::string& directory) {
    return fgsync::package::scan_within(place / root, place / directory, {}).has_value();
  };
  CHECK(fits("root", "root/code"));
  CHECK(fits("root", "root/in"));
  CHECK(fits("root", "also/code"));
  CHECK(fits("also", "root/code"));
  CHECK(fits("root/code", "root/code"));
  CHECK_FALSE(fits("root/code", "root/out"));
  CHECK_FALSE(fits("nowhere", "root/code"));
  const auto refused = fgsync::package::scan_within(place / "root", place / "root/out", {});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message.find("lies outside of the root") != std::string::npos);
}

TEST_CASE("scan: an ignored link or special file is no reason to refuse") {
  const TempDirectory code;
  code.write("index.py", "");
  code.write(".fgsyncignore", "out\npipe\ncaf?\n");
  code.link("out", "/etc/hostname");
  REQUIRE(::mkfifo((code / "pipe").c_str(), 0600) == 0);
  code.write("caf\xe9", "");
  CHECK(paths_in(code) == Paths{"index.py"});
}
