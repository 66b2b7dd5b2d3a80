// Directories, files and archives that are refused, each with the message a user reads. DIR stands for a temporary
// directory; the code directory is DIR/code, the root of the source DIR/root.
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "package/contents.hpp"
#include "tests/emulator/zip_bytes.hpp"
#include "tests/package/temp_directory.hpp"
#include "tests/support/stored_zip.hpp"

using fgsync::ErrorKind;
using fgsync::Result;
using fgsync::test::stored_zip;
using fgsync::test::TempDirectory;
using namespace fgsync::package;

namespace {

namespace fs = std::filesystem;

enum class Kind { directory, file, archive };
enum class User { any, nobody, root };

struct BadInput {
  std::string what;
  Kind kind;
  std::string path;  ///< in DIR
  std::function<void(const TempDirectory&)> make;
  std::string message;
  User user = User::any;  ///< nobody: as somebody who may not read everything; root: only the superuser can make it
};

constexpr uid_t kNobody = 65'534;

void make_pipe(const TempDirectory& place, const char* name) {
  REQUIRE(::mkfifo((place / name).c_str(), 0644) == 0);
}

void make_socket(const TempDirectory& place, const char* name) {
  const int socket = ::socket(AF_UNIX, SOCK_STREAM, 0);
  REQUIRE(socket >= 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = place / name;
  REQUIRE(path.size() < sizeof address.sun_path);
  path.copy(address.sun_path, path.size());
  REQUIRE(::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  ::close(socket);
}

void make_sparse(const TempDirectory& place, const char* name, std::uint64_t size) {
  place.write(name, "");
  fs::resize_file(place / name, size);
}

void set_mode(const TempDirectory& place, const char* name, mode_t mode) {
  REQUIRE(::chmod((place / name).c_str(), mode) == 0);
}

/// A code directory with these files, all of one byte.
std::function<void(const TempDirectory&)> files(std::vector<std::string> names) {
  return [names = std::move(names)](const TempDirectory& place) {
    for (const std::string& name : names) place.write("code/" + name, "x");
  };
}

std::function<void(const TempDirectory&)> link(std::string name, std::string target) {
  return [name = std::move(name), target = std::move(target)](const TempDirectory& place) {
    place.write("code/index.py", "");
    place.link("code/" + name, target);
  };
}

/// DIR/root/a.zip with these bytes.
std::function<void(const TempDirectory&)> archive(std::string bytes) {
  return [bytes = std::move(bytes)](const TempDirectory& place) { place.write("root/a.zip", bytes); };
}

std::string with_flag_of_encryption(std::string zip) {
  zip.at(6) = 1;
  zip.at(zip.find("PK\x01\x02") + 8) = 1;
  return zip;
}

std::string many_entries(int count) {
  std::vector<std::pair<std::string, std::string>> entries;
  for (int i = 0; i < count; ++i) entries.emplace_back(std::to_string(i), "");
  return stored_zip(entries);
}

std::string claiming(std::uint32_t size) {
  return fgsync::emulator::test::zip_bytes({{"a", "x", size}, {"b", "x", size}});
}

const std::string kTwoFiles = stored_zip({{"index.py", "print(1)\n"}, {"lib/a.py", ""}});

std::vector<BadInput> bad_directories() {
  return {
      {"not there", Kind::directory, "missing", [](const TempDirectory&) {},
       "code directory \"DIR/missing\" does not exist: correct spec.code in the manifest"},
      {"a file", Kind::directory, "code", [](const TempDirectory& place) { place.write("code", ""); },
       "code directory \"DIR/code\" is not a directory: name one, or use code.file for a single file"},
      {"a link to nothing", Kind::directory, "code", [](const TempDirectory& place) { place.link("code", "gone"); },
       "code directory \"DIR/code\" does not exist: correct spec.code in the manifest"},
      {"a link to itself", Kind::directory, "code", [](const TempDirectory& place) { place.link("code", "code"); },
       "code directory \"DIR/code\" cannot be read: Too many levels of symbolic links; give fgsync the right to"},
      {"may not be read", Kind::directory, "code",
       [](const TempDirectory& place) {
         place.write("code/index.py", "");
         set_mode(place, "code", 0);
       },
       "code directory \"DIR/code\" cannot be read: Permission denied; give fgsync the right to", User::nobody},
      {"empty", Kind::directory, "code", [](const TempDirectory& place) { place.make_directory("code"); },
       "code directory \"DIR/code\" has no files, or all of them are ignored: add code, or change the ignore rules"},
      {"only empty directories", Kind::directory, "code",
       [](const TempDirectory& place) { place.make_directory("code/a/b"); },
       "code directory \"DIR/code\" has no files, or all of them are ignored: add code, or change the ignore rules"},
      {"only what is never packaged", Kind::directory, "code", files({".git/config", "x~", ".fgsyncignore"}),
       "code directory \"DIR/code\" has no files, or all of them are ignored: add code, or change the ignore rules"},
      {"all ignored", Kind::directory, "code",
       [](const TempDirectory& place) {
         place.write("code/x.py", "");
         place.write("code/.fgsyncignore", "*\n");
       },
       "code directory \"DIR/code\" has no files, or all of them are ignored: add code, or change the ignore rules"},
      {"too many files", Kind::directory, "code",
       [](const TempDirectory& place) {
         place.write("code/0", "");
         for (int i = 1; i <= 10'000; ++i)
           fs::create_hard_link(place / "code/0", place / ("code/" + std::to_string(i)));
       },
       "code directory \"DIR/code\" has more than 10000 files, fgsync's own limit: ignore what the function does not "
       "need"},
      {"too large", Kind::directory, "code",
       [](const TempDirectory& place) {
         make_sparse(place, "code/a", 1536ULL * 1024 * 1024);
         place.write("code/b", "x");
       },
       "code directory \"DIR/code\" has more than 1.5 GB (1610612736 bytes), FunctionGraph's limit for unpacked code: "
       "ignore what the function does not need"},
      {"too deep", Kind::directory, "code",
       [](const TempDirectory& place) {
         std::string path = "code/deep/";
         for (int i = 0; i < 100; ++i) path += "d/";
         place.write(path + "x", "");
       },
       "\"DIR/code/deep\" is nested deeper than 100 directories: ignore it"},
      {"a file that may not be read", Kind::directory, "code",
       [](const TempDirectory& place) {
         place.write("code/x.py", "");
         set_mode(place, "code/x.py", 0600);
       },
       "cannot read \"DIR/code/x.py\": Permission denied; make it readable or ignore it", User::nobody},
      {"a directory that may not be read", Kind::directory, "code",
       [](const TempDirectory& place) {
         place.write("code/lib/x.py", "");
         set_mode(place, "code/lib", 0700);
       },
       "cannot read \"DIR/code/lib\": Permission denied; make it readable or ignore it", User::nobody},
      {"a directory that may be listed only", Kind::directory, "code",
       [](const TempDirectory& place) {
         place.write("code/lib/x.py", "");
         set_mode(place, "code/lib", 0744);
       },
       "cannot read \"DIR/code/lib/x.py\": Permission denied; make it readable or ignore it", User::nobody},
  };
}

std::vector<BadInput> bad_links_and_specials() {
  return {
      {"a link out", Kind::directory, "code", link("key", "../secret"),
       "\"DIR/code/key\" is a link to \"../secret\", which does not exist: mend, remove or ignore it"},
      {"a link out to something", Kind::directory, "code",
       [](const TempDirectory& place) {
         place.write("secret", "x");
         link("key", "../secret")(place);
       },
       "\"DIR/code/key\" is a link to \"../secret\", which is outside the code directory: put a copy in its place or "
       "ignore it"},
      {"an absolute link out", Kind::directory, "code", link("passwd", "/etc/passwd"),
       "\"DIR/code/passwd\" is a link to \"/etc/passwd\", which is outside the code directory: put a copy in its place "
       "or ignore it"},
      {"a link to a sibling whose name starts like the directory's", Kind::directory, "code",
       [](const TempDirectory& place) {
         place.write("code-2/x", "x");
         link("key", "../code-2/x")(place);
       },
       "\"DIR/code/key\" is a link to \"../code-2/x\", which is outside the code directory: put a copy in its place or "
       "ignore it"},
      {"a link out through another link", Kind::directory, "code",
       [](const TempDirectory& place) {
         place.write("secret/x", "x");
         place.write("code/.fgsyncignore", "way\n");
         place.link("code/way", "../secret");
         place.link("code/key", "way/x");
       },
       "\"DIR/code/key\" is a link to \"way/x\", which is outside the code directory: put a copy in its place or "
       "ignore it"},
      {"a link to a directory outside", Kind::directory, "code", link("all", "/"),
       "\"DIR/code/all\" is a link to \"/\", which is outside the code directory: put a copy in its place or ignore "
       "it"},
      {"a link to nothing", Kind::directory, "code", link("gone", "nowhere"),
       "\"DIR/code/gone\" is a link to \"nowhere\", which does not exist: mend, remove or ignore it"},
      {"a link below a file", Kind::directory, "code", link("gone", "index.py/x"),
       "\"DIR/code/gone\" is a link to \"index.py/x\", which does not exist: mend, remove or ignore it"},
      {"a link to itself", Kind::directory, "code", link("self", "self"),
       "\"DIR/code/self\" is a link to \"self\", which cannot be followed: Too many levels of symbolic links; mend, "
       "remove or ignore it"},
      {"two links to each other", Kind::directory, "code",
       [](const TempDirectory& place) {
         place.make_directory("code");
         place.link("code/a", "b");
         place.link("code/b", "a");
       },
       "\"DIR/code/a\" is a link to \"b\", which cannot be followed: Too many levels of symbolic links; mend, remove "
       "or "
       "ignore it"},
      {"a link to a directory inside", Kind::directory, "code",
       [](const TempDirectory& place) {
         place.write("code/lib/x.py", "");
         place.link("code/also", "lib");
       },
       "\"DIR/code/also\" is a link to \"lib\", a directory: link its files one by one, or ignore it"},
      {"a link to the directory itself", Kind::directory, "code", link("here", "."),
       "\"DIR/code/here\" is a link to \".\", a directory: link its files one by one, or ignore it"},
      {"a link to a named pipe inside", Kind::directory, "code",
       [](const TempDirectory& place) {
         place.write("code/z.d/.git/x", "");
         make_pipe(place, "code/z.d/.git/pipe");
         place.link("code/a", "z.d/.git/pipe");
       },
       "\"DIR/code/a\" is a named pipe: only files can be packaged; remove or ignore it"},
      {"a named pipe", Kind::directory, "code",
       [](const TempDirectory& place) {
         place.make_directory("code");
         make_pipe(place, "code/pipe");
       },
       "\"DIR/code/pipe\" is a named pipe: only files can be packaged; remove or ignore it"},
      {"a socket", Kind::directory, "code",
       [](const TempDirectory& place) {
         place.make_directory("code");
         make_socket(place, "code/socket");
       },
       "\"DIR/code/socket\" is a socket: only files can be packaged; remove or ignore it"},
      {"a device", Kind::directory, "code",
       [](const TempDirectory& place) {
         place.make_directory("code/dev");
         REQUIRE(::mknod((place / "code/dev/null").c_str(), S_IFCHR | 0644, makedev(1, 3)) == 0);
       },
       "\"DIR/code/dev/null\" is a device: only files can be packaged; remove or ignore it", User::root},
      {"a .fgsyncignore that is a link", Kind::directory, "code",
       [](const TempDirectory& place) {
         place.write("code/rules", "*");
         place.link("code/.fgsyncignore", "rules");
       },
       "\"DIR/code/.fgsyncignore\" is a link: it must be a file of its own"},
      {"a .fgsyncignore that is a directory", Kind::directory, "code",
       [](const TempDirectory& place) { place.make_directory("code/.fgsyncignore"); },
       "\"DIR/code/.fgsyncignore\" is a directory: it must be a file with patterns"},
      {"a .fgsyncignore that is a named pipe", Kind::directory, "code",
       [](const TempDirectory& place) {
         place.make_directory("code");
         make_pipe(place, "code/.fgsyncignore");
       },
       "\"DIR/code/.fgsyncignore\" is a named pipe: it must be a file with patterns"},
      {"a .fgsyncignore that is a socket", Kind::directory, "code",
       [](const TempDirectory& place) {
         place.make_directory("code");
         make_socket(place, "code/.fgsyncignore");
       },
       "\"DIR/code/.fgsyncignore\" is a socket: it must be a file with patterns"},
      {"a huge .fgsyncignore", Kind::directory, "code",
       [](const TempDirectory& place) { place.write("code/.fgsyncignore", std::string(64 * 1024 + 1, '\n')); },
       "\"DIR/code/.fgsyncignore\" is larger than 64 KiB: use fewer or wider patterns"},
      {"a .fgsyncignore that may not be read", Kind::directory, "code",
       [](const TempDirectory& place) {
         place.write("code/.fgsyncignore", "");
         set_mode(place, "code/.fgsyncignore", 0600);
       },
       "cannot read \"DIR/code/.fgsyncignore\": Permission denied; make it readable or ignore it", User::nobody},
  };
}

std::vector<BadInput> bad_names() {
  return {
      {"a name in Latin-1", Kind::directory, "code", files({"caf\xe9"}),
       "the name of \"DIR/code/caf\\xe9\" is not UTF-8: rename it or ignore it"},
      {"a directory's name in Latin-1", Kind::directory, "code", files({"caf\xe9/x"}),
       "the name of \"DIR/code/caf\\xe9\" is not UTF-8: rename it or ignore it"},
      {"a name with an overlong slash", Kind::directory, "code",
       files({"a\xc0\xaf"
              "b"}),
       "the name of \"DIR/code/a\\xc0\\xafb\" is not UTF-8: rename it or ignore it"},
      {"a name with half a pair", Kind::directory, "code", files({"\xed\xa0\x80"}),
       "the name of \"DIR/code/\\xed\\xa0\\x80\" is not UTF-8: rename it or ignore it"},
      {"a name that is cut short", Kind::directory, "code", files({"\xe4\xbd"}),
       "the name of \"DIR/code/\\xe4\\xbd\" is not UTF-8: rename it or ignore it"},
      {"a name beyond Unicode", Kind::directory, "code", files({"\xf4\x90\x80\x80"}),
       "the name of \"DIR/code/\\xf4\\x90\\x80\\x80\" is not UTF-8: rename it or ignore it"},
      {"a name with an escape sequence", Kind::directory, "code", files({"\x1b[31mred"}),
       "the name of \"DIR/code/\\x1b[31mred\" has a control character: rename it or ignore it"},
      {"letter case", Kind::directory, "code", files({"lib/README", "lib/Readme"}),
       "\"DIR/code/lib/README\" and \"DIR/code/lib/Readme\" differ only by letter case: rename or ignore one"},
      {"directories' letter case", Kind::directory, "code", files({"Lib/a.py", "lib/b.py"}),
       "\"DIR/code/Lib\" and \"DIR/code/lib\" differ only by letter case: rename or ignore one"},
      {"letter case of a file and a directory", Kind::directory, "code", files({"Lib", "lib/b.py"}),
       "\"DIR/code/Lib\" and \"DIR/code/lib\" differ only by letter case: rename or ignore one"},
      {"letter case outside of ASCII", Kind::directory, "code", files({"\xc3\x89t\xc3\xa9", "\xc3\xa9t\xc3\xa9"}),
       "\"DIR/code/\xc3\x89t\xc3\xa9\" and \"DIR/code/\xc3\xa9t\xc3\xa9\" differ only by letter case: rename or ignore "
       "one"},
      {"letter case of a final sigma", Kind::directory, "code", files({"\xce\xbf\xcf\x82", "\xce\xbf\xcf\x83"}),
       "\"DIR/code/\xce\xbf\xcf\x82\" and \"DIR/code/\xce\xbf\xcf\x83\" differ only by letter case: rename or ignore "
       "one"},
      {"a sharp s and its capitals", Kind::directory, "code",
       files({"STRASSE",
              "stra\xc3\x9f"
              "e"}),
       "\"DIR/code/STRASSE\" and \"DIR/code/stra\xc3\x9f"
       "e\" differ only by letter case: rename or ignore one"},
      {"composed and decomposed", Kind::directory, "code", files({"cafe\xcc\x81", "caf\xc3\xa9"}),
       "\"DIR/code/cafe\\xcc\\x81\" and \"DIR/code/caf\\xc3\\xa9\" differ only by Unicode form (composed or "
       "decomposed): rename or ignore one"},
      {"directories composed and decomposed", Kind::directory, "code", files({"cafe\xcc\x81/a", "caf\xc3\xa9/b"}),
       "\"DIR/code/cafe\\xcc\\x81\" and \"DIR/code/caf\\xc3\\xa9\" differ only by Unicode form (composed or "
       "decomposed): rename or ignore one"},
      {"a Hangul syllable and its letters", Kind::directory, "code",
       files({"\xe1\x84\x80\xe1\x85\xa1", "\xea\xb0\x80"}),
       "\"DIR/code/\\xe1\\x84\\x80\\xe1\\x85\\xa1\" and \"DIR/code/\\xea\\xb0\\x80\" differ only by Unicode form "
       "(composed or decomposed): rename or ignore one"},
      {"marks in another order", Kind::directory, "code", files({"a\xcc\x87\xcc\xa3", "a\xcc\xa3\xcc\x87"}),
       "\"DIR/code/a\\xcc\\x87\\xcc\\xa3\" and \"DIR/code/a\\xcc\\xa3\\xcc\\x87\" differ only by Unicode form "
       "(composed "
       "or decomposed): rename or ignore one"},
      {"a sign that is a letter", Kind::directory, "code", files({"\xc3\x85", "\xe2\x84\xab"}),
       "\"DIR/code/\\xc3\\x85\" and \"DIR/code/\\xe2\\x84\\xab\" differ only by Unicode form (composed or decomposed): "
       "rename or ignore one"},
      {"letter case and form at once", Kind::directory, "code", files({"CAFE\xcc\x81", "caf\xc3\xa9"}),
       "\"DIR/code/CAFE\\xcc\\x81\" and \"DIR/code/caf\\xc3\\xa9\" differ only by letter case and Unicode form "
       "(composed or decomposed): rename or ignore one"},
  };
}

std::vector<BadInput> bad_files() {
  return {
      {"not there", Kind::file, "root/index.py", [](const TempDirectory& place) { place.make_directory("root"); },
       "code file \"DIR/root/index.py\" does not exist: correct spec.code in the manifest"},
      {"below a file", Kind::file, "root/x/index.py", [](const TempDirectory& place) { place.write("root/x", ""); },
       "code file \"DIR/root/x/index.py\" does not exist: correct spec.code in the manifest"},
      {"a directory", Kind::file, "root/lib", [](const TempDirectory& place) { place.make_directory("root/lib"); },
       "code file \"DIR/root/lib\" is a directory: name a file, or use code.directory"},
      {"a named pipe", Kind::file, "root/pipe",
       [](const TempDirectory& place) {
         place.make_directory("root");
         make_pipe(place, "root/pipe");
       },
       "code file \"DIR/root/pipe\" is a named pipe: name a file"},
      {"a link to nothing", Kind::file, "root/index.py",
       [](const TempDirectory& place) {
         place.make_directory("root");
         place.link("root/index.py", "gone.py");
       },
       "code file \"DIR/root/index.py\" is a link to \"gone.py\", which does not exist: mend it"},
      {"a link to itself", Kind::file, "root/index.py",
       [](const TempDirectory& place) {
         place.make_directory("root");
         place.link("root/index.py", "index.py");
       },
       "code file \"DIR/root/index.py\" cannot be read: Too many levels of symbolic links; correct or replace it"},
      {"a link out of the root", Kind::file, "root/index.py",
       [](const TempDirectory& place) {
         place.write("secret", "x");
         place.make_directory("root");
         place.link("root/index.py", "../secret");
       },
       "code file \"DIR/root/index.py\" is at \"DIR/secret\", outside of the root \"DIR/root\": move it inside, or "
       "name "
       "a wider root with --root"},
      {"outside of the root", Kind::file, "root-2/index.py",
       [](const TempDirectory& place) {
         place.make_directory("root");
         place.write("root-2/index.py", "x");
       },
       "code file \"DIR/root-2/index.py\" is at \"DIR/root-2/index.py\", outside of the root \"DIR/root\": move it "
       "inside, or name a wider root with --root"},
      {"a name in Latin-1", Kind::file, "root/caf\xe9.py",
       [](const TempDirectory& place) { place.write("root/caf\xe9.py", ""); },
       "code file \"DIR/root/caf\\xe9.py\" has a name that is not UTF-8: rename it"},
      {"a name with a bell", Kind::file, "root/a\a.py",
       [](const TempDirectory& place) { place.write("root/a\a.py", ""); },
       "code file \"DIR/root/a\\x07.py\" has a name that has a control character: rename it"},
      {"too large", Kind::file, "root/index.py",
       [](const TempDirectory& place) { make_sparse(place, "root/index.py", 1536ULL * 1024 * 1024 + 1); },
       "code file \"DIR/root/index.py\" is larger than 1.5 GB (1610612736 bytes), FunctionGraph's limit for unpacked "
       "code: make it smaller"},
      {"may not be read", Kind::file, "root/index.py",
       [](const TempDirectory& place) {
         place.write("root/index.py", "");
         set_mode(place, "root/index.py", 0600);
       },
       "code file \"DIR/root/index.py\" cannot be read: Permission denied; make it readable", User::nobody},
  };
}

std::vector<BadInput> bad_archives() {
  return {
      {"not there", Kind::archive, "root/a.zip", [](const TempDirectory& place) { place.make_directory("root"); },
       "archive \"DIR/root/a.zip\" does not exist: correct spec.code in the manifest"},
      {"a directory", Kind::archive, "root/a.zip",
       [](const TempDirectory& place) { place.make_directory("root/a.zip"); },
       "archive \"DIR/root/a.zip\" is a directory: name a file, or use code.directory"},
      {"a link out of the root", Kind::archive, "root/a.zip",
       [](const TempDirectory& place) {
         place.write("b.zip", kTwoFiles);
         place.make_directory("root");
         place.link("root/a.zip", "../b.zip");
       },
       "archive \"DIR/root/a.zip\" is at \"DIR/b.zip\", outside of the root \"DIR/root\": move it inside, or name a "
       "wider root with --root"},
      {"too large", Kind::archive, "root/a.zip",
       [](const TempDirectory& place) { make_sparse(place, "root/a.zip", 50ULL * 1024 * 1024 + 1); },
       "archive \"DIR/root/a.zip\" is larger than 50 MB (52428800 bytes), FunctionGraph's limit for code sent in a "
       "call "
       "(FSS.1071): upload it to OBS and use code.obs"},
      {"no bytes", Kind::archive, "root/a.zip", archive(""),
       "archive \"DIR/root/a.zip\" cannot be opened as a zip: Not a zip archive; build it again"},
      {"text", Kind::archive, "root/a.zip", archive("print(1)\n"),
       "archive \"DIR/root/a.zip\" cannot be opened as a zip: Not a zip archive; build it again"},
      {"a tar that is compressed", Kind::archive, "root/a.zip", archive(std::string("\x1f\x8b\x08\0\0", 5) + "xxxxxx"),
       "archive \"DIR/root/a.zip\" cannot be opened as a zip: Not a zip archive; build it again"},
      {"cut short", Kind::archive, "root/a.zip", archive(kTwoFiles.substr(0, kTwoFiles.size() - 30)),
       "archive \"DIR/root/a.zip\" cannot be opened as a zip: Not a zip archive; build it again"},
      {"without its beginning", Kind::archive, "root/a.zip", archive(kTwoFiles.substr(120)),
       "archive \"DIR/root/a.zip\" cannot be opened as a zip: Zip archive inconsistent; build it again"},
      {"without entries", Kind::archive, "root/a.zip", archive(stored_zip({})),
       "archive \"DIR/root/a.zip\" has no files: build it again"},
      {"with directories only", Kind::archive, "root/a.zip", archive(stored_zip({{"lib/", ""}, {"lib/a/", ""}})),
       "archive \"DIR/root/a.zip\" has no files: build it again"},
      {"with an absolute name", Kind::archive, "root/a.zip", archive(stored_zip({{"/etc/passwd", "x"}})),
       "archive \"DIR/root/a.zip\" has an entry \"/etc/passwd\", which leads out of where it is unpacked: build it "
       "again without"},
      {"with a name that goes up", Kind::archive, "root/a.zip", archive(stored_zip({{"a", ""}, {"../x", "x"}})),
       "archive \"DIR/root/a.zip\" has an entry \"../x\", which leads out of where it is unpacked: build it again "
       "without"},
      {"with a name that goes up later", Kind::archive, "root/a.zip", archive(stored_zip({{"a/../../x", "x"}})),
       "archive \"DIR/root/a.zip\" has an entry \"a/../../x\", which leads out of where it is unpacked: build it again "
       "without"},
      {"encrypted", Kind::archive, "root/a.zip", archive(with_flag_of_encryption(kTwoFiles)),
       "archive \"DIR/root/a.zip\" has an encrypted entry \"index.py\": build it again without a password"},
      {"with too many entries", Kind::archive, "root/a.zip", archive(many_entries(10'001)),
       "archive \"DIR/root/a.zip\" has more than 10000 files, fgsync's own limit: leave out what is not needed"},
      {"too large unpacked", Kind::archive, "root/a.zip", archive(claiming(1024U * 1024 * 1024)),
       "archive \"DIR/root/a.zip\" has more than 1.5 GB (1610612736 bytes), FunctionGraph's limit for unpacked code: "
       "leave out what is not needed"},
      {"with a size that cannot be", Kind::archive, "root/a.zip", archive(claiming(0xffff'fffeU)),
       "archive \"DIR/root/a.zip\" has more than 1.5 GB (1610612736 bytes), FunctionGraph's limit for unpacked code: "
       "leave out what is not needed"},
      {"may not be read", Kind::archive, "root/a.zip",
       [](const TempDirectory& place) {
         place.write("root/a.zip", kTwoFiles);
         set_mode(place, "root/a.zip", 0600);
       },
       "archive \"DIR/root/a.zip\" cannot be read: Permission denied; make it readable", User::nobody},
  };
}

Result<FileList> scan_input(const BadInput& input, const TempDirectory& place) {
  switch (input.kind) {
    case Kind::directory: return scan(place / input.path, {});
    case Kind::file: return scan_file(place / input.path, place / "root");
    case Kind::archive: return scan_archive(place / input.path, place / "root");
  }
  return fgsync::fail(ErrorKind::internal, "no such kind");
}

/// As nobody where the case asks for it and we can become it.
Result<FileList> scan_as(const BadInput& input, const TempDirectory& place) {
  const bool changes_user = input.user == User::nobody && ::geteuid() == 0;
  if (!changes_user) return scan_input(input, place);
  REQUIRE(::chmod(place.path().c_str(), 0755) == 0);
  REQUIRE(::seteuid(kNobody) == 0);
  auto list = scan_input(input, place);
  REQUIRE(::seteuid(0) == 0);
  return list;
}

std::string without_place(std::string message, const std::string& path) {
  for (auto at = message.find(path); at != std::string::npos; at = message.find(path)) {
    message.replace(at, path.size(), "DIR");
  }
  return message;
}

void check_all(const std::vector<BadInput>& inputs) {
  for (const BadInput& input : inputs) {
    if (input.user == User::root && ::geteuid() != 0) continue;
    CAPTURE(input.what);
    const TempDirectory place;
    input.make(place);
    const auto list = scan_as(input, place);
    if (input.user == User::nobody) (void)::chmod((place / input.path).c_str(), 0755);
    REQUIRE_FALSE(list);
    CHECK(list.error().kind == ErrorKind::invalid);
    CHECK(without_place(list.error().message, place.path()) == input.message);
  }
}

}  // namespace

TEST_CASE("bad input: directories that cannot be packaged are refused, each with its message") {
  check_all(bad_directories());
}

TEST_CASE("bad input: links, special files and ignore files are refused, each with its message") {
  check_all(bad_links_and_specials());
}

TEST_CASE("bad input: names are refused, each with its message") {
  check_all(bad_names());
}

TEST_CASE("bad input: single files are refused, each with its message") {
  check_all(bad_files());
}

TEST_CASE("bad input: archives are refused, each with its message") {
  check_all(bad_archives());
}

TEST_CASE("bad input: what is just within the limits is accepted") {
  const TempDirectory place;
  SECTION("ten thousand files") {
    place.write("code/0", "");
    for (int i = 1; i < 10'000; ++i) fs::create_hard_link(place / "code/0", place / ("code/" + std::to_string(i)));
    CHECK(scan(place / "code", {}).value().files.size() == 10'000);
  }
  SECTION("1.5 GB") {
    make_sparse(place, "code/a", 1536ULL * 1024 * 1024);
    CHECK(scan(place / "code", {}));
  }
  SECTION("a hundred directories") {
    std::string path = "code/";
    for (int i = 0; i < 100; ++i) path += "d/";
    place.write(path + "x", "");
    CHECK(scan(place / "code", {}));
  }
  SECTION("names that have something in common") {
    for (const char* name : {"a", "ab", "a.b/c", "a-b", "caf\xc3\xa9", "cafe",
                             "stra\xc3\x9f"
                             "e",
                             "strase"}) {
      place.write("code/" + std::string(name), "");
    }
    CHECK(scan(place / "code", {}));
  }
  SECTION("an archive of ten thousand entries") {
    place.write("root/a.zip", many_entries(10'000));
    CHECK(scan_archive(place / "root/a.zip", place / "root"));
  }
  SECTION("an archive with a directory, and dots in names") {
    place.write("root/a.zip", stored_zip({{"lib/", ""}, {"lib/..a", ""}, {"...", ""}, {"a..", ""}}));
    CHECK(scan_archive(place / "root/a.zip", place / "root"));
  }
}
