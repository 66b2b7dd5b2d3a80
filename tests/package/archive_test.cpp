#include "package/archive.hpp"

#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "package/contents.hpp"
#include "tests/package/temp_directory.hpp"

using fgsync::ErrorKind;
using fgsync::test::output_of;
using fgsync::test::TempDirectory;
using namespace fgsync::package;

namespace {

constexpr std::string_view kZones[] = {"UTC", "Asia/Shanghai", "America/New_York", "Pacific/Apia",
                                       "XYZ-14ABC,1/0,100/0"};

std::string text_of(std::size_t size) {
  std::string text;
  std::mt19937 random(7);
  while (text.size() < size) text += "line " + std::to_string(random() % 1000) + '\n';
  return text;
}

struct NamedFile {
  std::string name;
  std::string text;
};

std::vector<NamedFile> large_package() {
  return {{"index.py", text_of(50'000)}, {"lib/a.py", text_of(30'000)}, {"lib/b.py", ""}, {"lib.py", "x"}};
}

Archive archive_of(const std::string& directory) {
  const auto list = scan(directory, {});
  REQUIRE(list);
  const auto contents = hash_contents(*list);
  REQUIRE(contents);
  auto archive = build_archive(*list, contents->digest);
  REQUIRE(archive);
  return std::move(*archive);
}

/// A time zone for the length of a scope.
class TimeZone {
 public:
  explicit TimeZone(std::string_view name) {
    if (const char* before = ::getenv("TZ")) before_ = before;
    ::setenv("TZ", std::string(name).c_str(), 1);
    ::tzset();
  }
  TimeZone(const TimeZone&) = delete;
  TimeZone& operator=(const TimeZone&) = delete;
  ~TimeZone() {
    before_.empty() ? ::unsetenv("TZ") : ::setenv("TZ", before_.c_str(), 1);
    ::tzset();
  }

 private:
  std::string before_;
};

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

TEST_CASE("archive: the same files give the same bytes in every time zone") {
  const TempDirectory code;
  for (const auto& [name, text] : large_package()) code.write(name, text);
  const std::string expected = archive_of(code.path()).bytes;
  for (const std::string_view zone : kZones) {
    CAPTURE(zone);
    const TimeZone there(zone);
    CHECK(archive_of(code.path()).bytes == expected);
  }
}

TEST_CASE("archive: directory, order of creation, times and umask leave no trace") {
  const TempDirectory first;
  const TempDirectory second;
  const auto files = large_package();
  for (const auto& [name, text] : files) first.write(name, text);
  const mode_t before = ::umask(0077);
  for (auto file = files.rbegin(); file != files.rend(); ++file) {
    std::filesystem::create_directories(std::filesystem::path(second / file->name).parent_path());
    std::ofstream(second / file->name, std::ios::binary) << file->text;
    std::filesystem::last_write_time(second / file->name,
                                     std::filesystem::file_time_type::clock::now() - std::chrono::hours(24 * 365 * 9));
  }
  ::umask(before);
  const Archive one = archive_of(first.path());
  const Archive two = archive_of(second.path());
  CHECK(one.bytes == two.bytes);
  CHECK(one.digest == two.digest);
}

TEST_CASE("archive: every field of an entry is fixed") {
  const TempDirectory code;
  const TempDirectory place;
  code.write("index.py", "print(1)\n");
  code.write("caf\xc3\xa9.txt", "");
  code.write("bin/run", "#!/bin/sh\n");
  code.make_executable("bin/run");
  SECTION("a small package is stored") {
    save(place, "code.zip", archive_of(code.path()).bytes);
    CHECK(described_by_python(place / "code.zip") ==
          "b'bin/run' (1980, 1, 1, 0, 0, 0) 0o100755 0 3 0 10 b'' b'' 0\n"
          "b'caf\\xc3\\xa9.txt' (1980, 1, 1, 0, 0, 0) 0o100644 0 3 0 0 b'' b'' 2048\n"
          "b'index.py' (1980, 1, 1, 0, 0, 0) 0o100644 0 3 0 9 b'' b'' 0\n");
  }
  SECTION("a large one is deflated") {
    code.write("index.py", text_of(70'000));
    const std::string bytes = archive_of(code.path()).bytes;
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
  CHECK(archive.digest.hex == fgsync::sha512_hex(archive.bytes));
}

// A stored package: no zlib takes part, so a new value here means that every package in the world changes.
TEST_CASE("archive: the digest of a known stored package never changes") {
  const TempDirectory code;
  code.write("index.py", "print(1)\n");
  code.write("bin/run", "#!/bin/sh\n");
  code.make_executable("bin/run");
  CHECK(archive_of(code.path()).digest.hex ==
        "dd8f1b4d5cad80e3822f6ec2db0a068af133fd2ecc091ae9c44f3f547976fa946278deb26d02d4bb5c0b752e03e7a5eec7ad107cce1e56"
        "19b140f1fb29da601c");
}

TEST_CASE("archive: 64 KiB are the least that is deflated") {
  const TempDirectory code;
  code.write("x", std::string(64 * 1024 - 1, 'x'));
  CHECK(archive_of(code.path()).bytes.size() > 64 * 1024);
  code.write("x", std::string(64 * 1024, 'x'));
  CHECK(archive_of(code.path()).bytes.size() < 1024);
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
  save(place, "code.zip", archive_of(code.path()).bytes);
  CHECK(output_of("python3 -m zipfile -l '" + (place / "code.zip") + "' | awk 'NR>1{print $1}'") ==
        "lib-a\nlib.py\nlib/x\nlib0\n");
}
