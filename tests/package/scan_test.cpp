#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <string>
#include <vector>

#include "package/contents.hpp"
#include "tests/package/temp_directory.hpp"

using fgsync::ErrorKind;
using fgsync::package::FileList;
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

/// The message of the refusal, with the temporary directory's name as DIR.
std::string refusal_of(const TempDirectory& code, const std::string& directory) {
  const auto list = scan(directory, {});
  REQUIRE_FALSE(list);
  CHECK(list.error().kind == ErrorKind::invalid);
  std::string message = list.error().message;
  for (auto at = message.find(code.path()); at != std::string::npos; at = message.find(code.path())) {
    message.replace(at, code.path().size(), "DIR");
  }
  return message;
}

std::string refusal_of(const TempDirectory& code) {
  return refusal_of(code, code.path());
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

TEST_CASE("scan: an ignored link or special file is no reason to refuse") {
  const TempDirectory code;
  code.write("index.py", "");
  code.write(".fgsyncignore", "out\npipe\ncaf?\n");
  code.link("out", "/etc/hostname");
  REQUIRE(::mkfifo((code / "pipe").c_str(), 0600) == 0);
  code.write("caf\xe9", "");
  CHECK(paths_in(code) == Paths{"index.py"});
}

TEST_CASE("scan: a directory that is not there is refused") {
  const TempDirectory code;
  CHECK(refusal_of(code, code / "missing") == "code directory \"DIR/missing\" does not exist");
}

TEST_CASE("scan: a file in place of the directory is refused") {
  const TempDirectory code;
  code.write("file", "");
  CHECK(refusal_of(code, code / "file") == "code directory \"DIR/file\" is not a directory");
}

TEST_CASE("scan: a link that leaves the directory is refused, naming its target") {
  const TempDirectory place;
  place.write("secret", "x");
  place.write("code/index.py", "");
  place.link("code/key", "../secret");
  CHECK(refusal_of(place, place / "code") ==
        "\"DIR/code/key\" is a link to \"../secret\", which is outside the code directory: put a copy in its place or "
        "ignore it");
}

TEST_CASE("scan: a link to a sibling whose name starts like the directory's is outside") {
  const TempDirectory place;
  place.write("code-2/x", "x");
  place.write("code/index.py", "");
  place.link("code/key", "../code-2/x");
  CHECK(
      refusal_of(place, place / "code") ==
      "\"DIR/code/key\" is a link to \"../code-2/x\", which is outside the code directory: put a copy in its place or "
      "ignore it");
}

TEST_CASE("scan: a link that leads outside through another link is refused") {
  const TempDirectory place;
  place.write("secret/x", "x");
  place.write("code/index.py", "");
  place.write("code/.fgsyncignore", "way\n");
  place.link("code/way", "../secret");
  place.link("code/key", "way/x");
  CHECK(refusal_of(place, place / "code") ==
        "\"DIR/code/key\" is a link to \"way/x\", which is outside the code directory: put a copy in its place or "
        "ignore it");
}

TEST_CASE("scan: a link to nothing is refused") {
  const TempDirectory code;
  code.link("gone", "nowhere");
  CHECK(refusal_of(code) == "\"DIR/gone\" is a link to \"nowhere\", which does not exist");
}

TEST_CASE("scan: a link to itself is refused") {
  const TempDirectory code;
  code.link("self", "self");
  CHECK(refusal_of(code) ==
        "\"DIR/self\" is a link to \"self\", which cannot be followed: Too many levels of symbolic links");
}

TEST_CASE("scan: a link to a directory inside is refused, with the way out") {
  const TempDirectory code;
  code.write("lib/x.py", "");
  code.link("also", "lib");
  CHECK(refusal_of(code) == "\"DIR/also\" is a link to \"lib\", a directory: link its files one by one, or ignore it");
}

TEST_CASE("scan: a named pipe is refused") {
  const TempDirectory code;
  REQUIRE(::mkfifo((code / "pipe").c_str(), 0600) == 0);
  CHECK(refusal_of(code) == "\"DIR/pipe\" is a named pipe: only files can be packaged; remove or ignore it");
}

TEST_CASE("scan: a socket is refused") {
  const TempDirectory code;
  const int socket = ::socket(AF_UNIX, SOCK_STREAM, 0);
  REQUIRE(socket >= 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = code / "socket";
  REQUIRE(path.size() < sizeof address.sun_path);
  path.copy(address.sun_path, path.size());
  REQUIRE(::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  CHECK(refusal_of(code) == "\"DIR/socket\" is a socket: only files can be packaged; remove or ignore it");
  ::close(socket);
}

TEST_CASE("scan: a name that is not UTF-8 is refused, its bytes shown") {
  const TempDirectory code;
  code.write("caf\xe9", "");
  CHECK(refusal_of(code) == "the name of \"DIR/caf\\xe9\" is not UTF-8: rename it or ignore it");
}

TEST_CASE("scan: names that differ only by letter case are refused") {
  const TempDirectory code;
  code.write("lib/README", "");
  code.write("lib/Readme", "");
  CHECK(refusal_of(code) ==
        "\"DIR/lib/README\" and \"DIR/lib/Readme\" differ only by letter case: rename or ignore one");
}

TEST_CASE("scan: a directory without files is refused") {
  const TempDirectory code;
  code.make_directory("sub");
  CHECK(refusal_of(code) == "code directory \"DIR\" has no files, or all of them are ignored");
}

TEST_CASE("scan: a directory whose files are all ignored is refused") {
  const TempDirectory code;
  code.write("x.py", "");
  code.write(".fgsyncignore", "*\n");
  CHECK(refusal_of(code) == "code directory \"DIR\" has no files, or all of them are ignored");
}

TEST_CASE("scan: more than ten thousand files are refused") {
  const TempDirectory code;
  code.write("0", "");
  for (int i = 1; i <= 10'000; ++i) std::filesystem::create_hard_link(code / "0", code / std::to_string(i));
  CHECK(refusal_of(code) == "code directory \"DIR\" has more than 10000 files: ignore what the function does not need");
  std::filesystem::remove(code / "10000");
  CHECK(paths_in(code).size() == 10'000);
}

TEST_CASE("scan: more than 300 MiB are refused") {
  const TempDirectory code;
  code.write("a", "");
  code.write("b", "x");
  std::filesystem::resize_file(code / "a", 300ULL * 1024 * 1024);
  CHECK(refusal_of(code) == "code directory \"DIR\" has more than 300 MiB: ignore what the function does not need");
  std::filesystem::resize_file(code / "b", 0);
  CHECK(paths_in(code) == Paths{"a", "b"});
}

TEST_CASE("scan: a tree deeper than a hundred directories is refused") {
  const TempDirectory code;
  std::string path;
  for (int i = 0; i < 101; ++i) path += "d/";
  code.write(path + "x", "");
  CHECK(refusal_of(code) == "\"DIR\" is nested deeper than 100 directories");
}

TEST_CASE("scan: a .fgsyncignore that is a link is refused") {
  const TempDirectory code;
  code.write("rules", "*");
  code.link(".fgsyncignore", "rules");
  CHECK(refusal_of(code) == "\"DIR/.fgsyncignore\" is a link: it must be a file of its own");
}

TEST_CASE("scan: a .fgsyncignore that is a directory is refused") {
  const TempDirectory code;
  code.make_directory(".fgsyncignore");
  CHECK(refusal_of(code) == "\"DIR/.fgsyncignore\" is not a file");
}

TEST_CASE("scan: a huge .fgsyncignore is refused") {
  const TempDirectory code;
  code.write(".fgsyncignore", std::string(64 * 1024 + 1, '\n'));
  CHECK(refusal_of(code) == "\"DIR/.fgsyncignore\" is larger than 64 KiB");
}

TEST_CASE("scan: what cannot be read is refused") {
  // The superuser can read everything.
  if (::geteuid() == 0) return;
  const TempDirectory code;
  code.write("x.py", "");
  REQUIRE(::chmod((code / "x.py").c_str(), 0) == 0);
  CHECK(refusal_of(code) == "cannot read \"DIR/x.py\": Permission denied");
}
