#include "package/archive.hpp"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "package/contents.hpp"
#include "tests/package/temp_directory.hpp"
#include "tests/support/all_bytes.hpp"
#include "tests/support/stored_zip.hpp"

using fgsync::ErrorKind;
using fgsync::test::output_of;
using fgsync::test::TempDirectory;
using namespace fgsync::package;

namespace {

std::string text_of(std::size_t size) {
  std::string text;
  std::mt19937 random(7);
  while (text.size() < size) text += "line " + std::to_string(random() % 1000) + '\n';
  return text;
}

std::string random_bytes(std::size_t size) {
  std::mt19937_64 random(7);
  std::string bytes;
  while (bytes.size() < size) {
    const std::uint64_t word = random();
    bytes.append(reinterpret_cast<const char*>(&word), sizeof word);
  }
  bytes.resize(size);
  return bytes;
}

fgsync::Result<Archive> build(const fgsync::Result<FileList>& list) {
  REQUIRE(list);
  const auto contents = hash_contents(*list);
  REQUIRE(contents);
  return build_archive(*list, contents->digest);
}

Archive archive_of(const fgsync::Result<FileList>& list) {
  auto archive = build(list);
  REQUIRE(archive);
  return std::move(*archive);
}

Archive archive_of(const std::string& directory) {
  return archive_of(scan(directory, {}));
}

/// A variable of the environment for the length of a scope.
class EnvironmentVariable {
 public:
  EnvironmentVariable(const char* name, const std::string& value) : name_(name) {
    if (const char* before = ::getenv(name)) before_ = before;
    ::setenv(name, value.c_str(), 1);
  }
  EnvironmentVariable(const EnvironmentVariable&) = delete;
  EnvironmentVariable& operator=(const EnvironmentVariable&) = delete;
  ~EnvironmentVariable() { before_ ? ::setenv(name_, before_->c_str(), 1) : ::unsetenv(name_); }

 private:
  const char* name_;
  std::optional<std::string> before_;
};

std::string bytes_of(const Archive& archive) {
  return fgsync::test::all_bytes(*archive.source());
}

/// Keeps the bytes for a program that reads zips.
void save(const TempDirectory& place, std::string_view name, const std::string& bytes) {
  std::ofstream(place / name, std::ios::binary) << bytes;
}

/// What Python's zipfile says of every entry, after it checked the CRCs.
std::string described_by_python(const std::string& zip) {
  return output_of(
      "python3 -c \"import sys,zipfile\n"
      "z=zipfile.ZipFile(sys.argv[1])\n"
      "assert z.testzip() is None and z.comment==b''\n"
      "for i in z.infolist(): print(i.filename.encode(),i.date_time,oct(i.external_attr>>16),"
      "i.external_attr&65535,i.create_system,i.compress_type,i.file_size,i.extra,i.comment,i.flag_bits)\" '" +
      zip + "'");
}

}  // namespace

TEST_CASE("archive: every field of an entry is fixed") {
  const TempDirectory code;
  const TempDirectory place;
  code.write("index.py", "print(1)\n");
  code.write("caf\xc3\xa9.txt", "");
  code.write("bin/run", "#!/bin/sh\n");
  code.make_executable("bin/run");
  SECTION("a small package is stored") {
    save(place, "code.zip", bytes_of(archive_of(code.path())));
    CHECK(described_by_python(place / "code.zip") ==
          "b'bin/run' (1980, 1, 1, 0, 0, 0) 0o100755 0 3 0 10 b'' b'' 0\n"
          "b'caf\\xc3\\xa9.txt' (1980, 1, 1, 0, 0, 0) 0o100644 0 3 0 0 b'' b'' 2048\n"
          "b'index.py' (1980, 1, 1, 0, 0, 0) 0o100644 0 3 0 9 b'' b'' 0\n");
  }
  SECTION("a large one is deflated") {
    code.write("index.py", text_of(70'000));
    const std::string bytes = bytes_of(archive_of(code.path()));
    CHECK(bytes.size() < 35'000);
    save(place, "code.zip", bytes);
    const std::string described = described_by_python(place / "code.zip");
    CHECK(described.find("b'index.py' (1980, 1, 1, 0, 0, 0) 0o100644 0 3 8 ") != std::string::npos);
  }
}

TEST_CASE("archive: the digest is the SHA-512 of the bytes") {
  const TempDirectory code;
  code.write("index.py", "print(1)\n");
  const Archive archive = archive_of(code.path());
  CHECK(archive.digest().hex == fgsync::sha512_hex(bytes_of(archive)));
}

// A stored package: no zlib takes part, so a new value here means that every package in the world changes.
TEST_CASE("archive: the digest of a known stored package never changes") {
  const TempDirectory code;
  code.write("index.py", "print(1)\n");
  code.write("bin/run", "#!/bin/sh\n");
  code.make_executable("bin/run");
  CHECK(archive_of(code.path()).digest().hex ==
        "dd8f1b4d5cad80e3822f6ec2db0a068af133fd2ecc091ae9c44f3f547976fa946278deb26d02d4bb5c0b752e03e7a5eec7ad107cce1e56"
        "19b140f1fb29da601c");
}

TEST_CASE("archive: 64 KiB are the least that is deflated") {
  const TempDirectory code;
  code.write("x", std::string(64 * 1024 - 1, 'x'));
  CHECK(archive_of(code.path()).size() > 64 * 1024);
  code.write("x", std::string(64 * 1024, 'x'));
  CHECK(archive_of(code.path()).size() < 1024);
}

TEST_CASE("archive: files that no longer match the scan are a conflict") {
  const TempDirectory code;
  code.write("index.py", text_of(300'000));
  const auto list = scan(code.path(), {});
  const auto contents = hash_contents(*list);
  REQUIRE(contents);
  code.write("index.py", text_of(300'001));
  const auto archive = build_archive(*list, contents->digest);
  REQUIRE_FALSE(archive);
  CHECK(archive.error().kind == ErrorKind::conflict);
  CHECK(archive.error().message == "\"" + (code / "index.py") + "\" changed while it was being packaged");
}

TEST_CASE("archive: a file that vanished is a conflict") {
  const TempDirectory code;
  code.write("index.py", "1");
  const auto list = scan(code.path(), {});
  const auto contents = hash_contents(*list);
  std::filesystem::remove(code / "index.py");
  CHECK(build_archive(*list, contents->digest).error().kind == ErrorKind::conflict);
}

TEST_CASE("archive: a list that is not what the digest was computed from is a conflict") {
  const TempDirectory code;
  code.write("index.py", "1");
  const auto digest = hash_contents(*scan(code.path(), {}))->digest;
  code.write("other.py", "2");
  const auto archive = build_archive(*scan(code.path(), {}), digest);
  REQUIRE_FALSE(archive);
  CHECK(archive.error().kind == ErrorKind::conflict);
  CHECK(archive.error().message == "the files of \"" + code.path() + "\" changed while they were being packaged");
}

TEST_CASE("archive: paths that end in what another file's path begins with keep byte order") {
  const TempDirectory code;
  const TempDirectory place;
  for (const char* name : {"lib/x", "lib.py", "lib-a", "lib0"}) code.write(name, "");
  save(place, "code.zip", bytes_of(archive_of(code.path())));
  CHECK(output_of("python3 -m zipfile -l '" + (place / "code.zip") + "' | awk 'NR>1{print $1}'") ==
        "lib-a\nlib.py\nlib/x\nlib0\n");
}

TEST_CASE("archive: in a large package what cannot be made smaller is stored, the rest deflated") {
  const TempDirectory code;
  const TempDirectory place;
  code.write("index.py", text_of(70'000));
  code.write("logo.png", random_bytes(200'000));
  code.write("empty", "");
  code.write("short", "x");
  save(place, "code.zip", bytes_of(archive_of(code.path())));
  CHECK(output_of("python3 -c \"import sys,zipfile\n"
                  "for i in zipfile.ZipFile(sys.argv[1]).infolist(): print(i.filename,i.compress_type)\" '" +
                  (place / "code.zip") + "'") == "empty 0\nindex.py 8\nlogo.png 0\nshort 0\n");
}

TEST_CASE("archive: a package that does not fit in memory comes out whole, and leaves no file") {
  const TempDirectory code;
  const TempDirectory temporary;
  const EnvironmentVariable there("TMPDIR", temporary.path());
  const std::string bytes = random_bytes(3'000'000);
  code.write("a.bin", bytes);
  code.write("b.txt", text_of(100'000));
  const Archive archive = archive_of(code.path());
  CHECK(std::filesystem::is_empty(temporary.path()));
  CHECK(archive.size() > bytes.size());
  const std::string zip = bytes_of(archive);
  CHECK(zip.size() == archive.size());
  CHECK(archive.digest().hex == fgsync::sha512_hex(zip));
  CHECK(zip.find(bytes) != std::string::npos);
}

TEST_CASE("archive: its source gives any part, outlives it, and nothing beyond the end") {
  const TempDirectory code;
  code.write("a.bin", random_bytes(3'000'000));
  auto archive = std::make_optional(archive_of(code.path()));
  const std::string whole = bytes_of(*archive);
  const auto source = archive->source();
  archive.reset();
  CHECK(source->size() == whole.size());
  std::string part(1000, '\0');
  REQUIRE(source->read(2'000'000, part));
  CHECK(part == whole.substr(2'000'000, part.size()));
  CHECK(source->read(whole.size(), std::span<char>()));
  for (const std::uint64_t offset : {whole.size() - 999, whole.size(), whole.size() + 1}) {
    const auto read = source->read(offset, part);
    REQUIRE_FALSE(read);
    CHECK(read.error().kind == ErrorKind::internal);
  }
}

TEST_CASE("archive: only a large package needs a place for temporary files") {
  const TempDirectory code;
  const EnvironmentVariable nowhere("TMPDIR", "/nonexistent");
  code.write("a.bin", random_bytes(500'000));
  CHECK(build(scan(code.path(), {})));
  code.write("a.bin", random_bytes(1'500'000));
  const auto archive = build(scan(code.path(), {}));
  REQUIRE_FALSE(archive);
  CHECK(archive.error().message ==
        "cannot make a temporary file: TMPDIR is not the name of a directory; set it to one that can be written");
}

TEST_CASE("archive: a large import package is not in memory either") {
  const TempDirectory code;
  code.write("a.bin", random_bytes(1'500'000));
  const Archive archive = archive_of(code.path());
  fgsync::package::ImportProperties properties;
  properties.function_name = "thumbnail";
  properties.code_file_name = "index.zip";
  const EnvironmentVariable nowhere("TMPDIR", "/nonexistent");
  const auto package = build_import_package(properties, archive);
  REQUIRE_FALSE(package);
  CHECK_THAT(package.error().message, Catch::StartsWith("cannot make a temporary file"));
}

TEST_CASE("archive: what is too large to be sent is refused, with the limit and the way out") {
  const TempDirectory code;
  code.write("a.bin", random_bytes(50ULL * 1024 * 1024));
  const auto archive = build(scan(code.path(), {}));
  REQUIRE_FALSE(archive);
  CHECK(archive.error().kind == ErrorKind::invalid);
  CHECK(
      archive.error().message ==
      "the archive of \"" + code.path() +
          "\" is larger than 50 MB (52428800 bytes), FunctionGraph's limit for code sent in a call (FSS.1071): ignore "
          "what the function does not need, or upload it to OBS and use code.obs");
}

TEST_CASE("archive: more than that is no reason to refuse when it gets small enough") {
  const TempDirectory code;
  code.write("a.txt", "");
  std::filesystem::resize_file(code / "a.txt", 60ULL * 1024 * 1024);
  CHECK(archive_of(code.path()).size() < 1024 * 1024);
}

TEST_CASE("archive: written to a file it is the same bytes") {
  const TempDirectory code;
  const TempDirectory place;
  code.write("a.bin", random_bytes(GENERATE(1'000U, 2'000'000U)));
  const Archive archive = archive_of(code.path());
  place.write("out.zip", "");
  const int file = ::open((place / "out.zip").c_str(), O_WRONLY | O_CLOEXEC);
  REQUIRE(file >= 0);
  CHECK(archive.write_to(file, "out.zip"));
  ::close(file);
  std::ifstream in(place / "out.zip", std::ios::binary);
  CHECK(std::string(std::istreambuf_iterator<char>(in), {}) == bytes_of(archive));
}

TEST_CASE("archive: a full disk is told with the file's name") {
  const TempDirectory code;
  code.write("index.py", "print(1)\n");
  const Archive archive = archive_of(code.path());
  const int file = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  REQUIRE(file >= 0);
  const auto written = archive.write_to(file, "out.zip");
  ::close(file);
  REQUIRE_FALSE(written);
  CHECK(written.error().message == "cannot write out.zip: No space left on device; check the space left");
}

TEST_CASE("archive: a single file is the package of a directory with just that file") {
  const TempDirectory place;
  place.write("root/index.py", "print(1)\n");
  place.write("root/other.py", "print(2)\n");
  place.write("code/index.py", "print(1)\n");
  SECTION("plain") {}
  SECTION("executable") {
    place.make_executable("root/index.py");
    place.make_executable("code/index.py");
  }
  const auto single = scan_file(place / "root/index.py", place / "root");
  const auto directory = scan(place / "code", {});
  REQUIRE(single);
  CHECK(hash_contents(*single)->digest == hash_contents(*directory)->digest);
  CHECK(bytes_of(archive_of(single)) == bytes_of(archive_of(directory)));
}

TEST_CASE("archive: a single file may be a link to another one below the root, under its own name") {
  const TempDirectory place;
  place.write("root/shared/real.py", "print(1)\n");
  place.make_directory("root/code");
  place.link("root/code/index.py", "../shared/real.py");
  const auto list = scan_file(place / "root/code/index.py", place / "root");
  REQUIRE(list);
  CHECK(list->files.at(0).path == "index.py");
  CHECK(hash_contents(*list)->files.at(0).size == 9);
  CHECK(archive_of(list).size() > 0);
}

TEST_CASE("archive: a single file may be named relative to the working directory") {
  const TempDirectory place;
  place.write("index.py", "print(1)\n");
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(place.path());
  const auto list = scan_file("index.py", ".");
  CHECK(list);
  if (list) CHECK(hash_contents(*list));
  std::filesystem::current_path(before);
}

TEST_CASE("archive: a ready archive goes out byte for byte") {
  const TempDirectory place;
  std::string bytes =
      fgsync::test::stored_zip({{"index.py", "print(1)\n"}, {"big", random_bytes(GENERATE(10U, 2'000'000U))}});
  place.write("a.zip", bytes);
  const auto list = scan_archive(place / "a.zip", place.path());
  REQUIRE(list);
  const auto contents = hash_contents(*list);
  REQUIRE(contents);
  CHECK(contents->files.at(0).path == "a.zip");
  CHECK(contents->files.at(0).sha256 == fgsync::sha256_hex(bytes));
  const Archive archive = archive_of(list);
  CHECK(bytes_of(archive) == bytes);
  CHECK(archive.digest().hex == fgsync::sha512_hex(bytes));
}

TEST_CASE("archive: name and executable bit of a ready archive do not matter, its bytes do") {
  const TempDirectory place;
  const auto digest_of = [&place](const char* name) {
    return hash_contents(*scan_archive(place / name, place.path()))->digest;
  };
  place.write("a.zip", fgsync::test::stored_zip({{"index.py", "1"}}));
  place.write("b.jar", fgsync::test::stored_zip({{"index.py", "1"}}));
  place.make_executable("b.jar");
  place.write("c.zip", fgsync::test::stored_zip({{"index.py", "2"}}));
  CHECK(digest_of("a.zip") == digest_of("b.jar"));
  CHECK(digest_of("a.zip") != digest_of("c.zip"));
  CHECK(digest_of("a.zip") != hash_contents(*scan_file(place / "a.zip", place.path()))->digest);
  CHECK(archive_of(scan_archive(place / "b.jar", place.path())).size() > 0);
}

TEST_CASE("archive: a ready archive that changed after the scan is a conflict") {
  const TempDirectory place;
  place.write("a.zip", fgsync::test::stored_zip({{"index.py", "1"}}));
  const auto list = scan_archive(place / "a.zip", place.path());
  const auto contents = hash_contents(*list);
  place.write("a.zip", fgsync::test::stored_zip({{"index.py", "22"}}));
  const auto archive = build_archive(*list, contents->digest);
  REQUIRE_FALSE(archive);
  CHECK(archive.error().kind == ErrorKind::conflict);
  CHECK(archive.error().message == "\"" + (place / "a.zip") + "\" changed while it was being packaged");
}
