// Zips from the service: what is unpacked is what was packed, and nothing that a stranger put in leads elsewhere.
#include "package/unpack.hpp"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "package/archive.hpp"
#include "package/limits.hpp"
#include "tests/support/stored_zip.hpp"
#include "tests/support/temp_directory.hpp"

using namespace fgsync;
using namespace fgsync::package;
using fgsync::test::stored_zip;

namespace {

namespace fs = std::filesystem;

/// An empty folder in a folder that shows what fell beside it.
struct Place {
  test::TempDirectory outer;
  std::string inner = outer / "in/here";
  Place() { fs::create_directories(inner); }

  [[nodiscard]] std::vector<std::string> everything() const {
    std::vector<std::string> paths;
    for (const auto& entry : fs::recursive_directory_iterator(outer.path())) {
      if (!entry.is_directory()) paths.push_back(fs::relative(entry.path(), outer.path()).string());
    }
    return paths;
  }
};

/// The zip with the mode of its only entry, as UNIX writes it.
std::string with_mode(std::string zip, unsigned mode) {
  const std::size_t header = zip.find("PK\x01\x02");
  zip[header + 5] = 3;  // made by UNIX
  zip[header + 40] = static_cast<char>(mode & 0xffU);
  zip[header + 41] = static_cast<char>(mode >> 8U);
  return zip;
}

std::string read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

TEST_CASE("unpack: files come out as a scan of them sees them") {
  const Place place;
  const auto files = unpack(stored_zip({{"src/app.py", "x = 1\n"}, {"index.py", "y\n"}, {"src/", ""}}), place.inner);
  REQUIRE(files);
  CHECK(place.everything().size() == 2);
  CHECK(read(place.inner + "/src/app.py") == "x = 1\n");
  const auto contents = hash_contents(scan(place.inner, {}).value()).value();
  CHECK(content_digest(*files) == contents.digest);
}

TEST_CASE("unpack: what fgsync packed comes out the same, executable bits too") {
  const test::TempDirectory source;
  source.write("run.sh", "#!/bin/sh\n");
  source.write("index.py", std::string(200'000, 'x'));
  fs::permissions(source / "run.sh", static_cast<fs::perms>(0755));
  const auto list = scan(source.path(), {}).value();
  const auto before = hash_contents(list).value();
  const auto archive = build_archive(list, before.digest).value();
  std::string zip(archive.size(), '\0');
  REQUIRE(archive.read_at(0, zip).value() == zip.size());
  const Place place;
  REQUIRE(unpack(zip, place.inner));
  CHECK(hash_contents(scan(place.inner, {}).value()).value().digest == before.digest);
}

TEST_CASE("unpack: an archive that is damaged or made to do harm is refused, and nothing is written") {
  const auto zip = stored_zip({{"good.py", "1"}, {"index.py", "12345678"}});
  auto damaged = zip;
  damaged[damaged.find("12345678")] = 'x';
  const std::vector<std::pair<std::string, std::string>> rows{
      {stored_zip({{"good.py", "1"}, {"../evil.py", "x"}}),
       "the archive has an entry \"../evil.py\", which leads out of where it is unpacked"},
      {stored_zip({{"a/../../evil.py", "x"}}),
       "the archive has an entry \"a/../../evil.py\", which leads out of where it is unpacked"},
      {stored_zip({{"/tmp/evil.py", "x"}}),
       "the archive has an entry \"/tmp/evil.py\", which leads out of where it is unpacked"},
      {stored_zip({{"x/..", "x"}}), "the archive has an entry \"x/..\", which leads out of where it is unpacked"},
      {"no zip", "the archive cannot be opened as a zip: Not a zip archive"},
      {zip.substr(0, zip.size() / 2), "the archive cannot be opened as a zip: Not a zip archive"},
  };
  for (const auto& [bytes, message] : rows) {
    const Place place;
    const auto files = unpack(bytes, place.inner);
    REQUIRE_FALSE(files);
    CHECK(files.error().kind == ErrorKind::corrupt);
    CHECK(files.error().message == message);
    CHECK(place.everything().empty());
  }
  const Place place;
  const auto files = unpack(damaged, place.inner);
  REQUIRE_FALSE(files);
  CHECK(files.error().kind == ErrorKind::corrupt);
}

TEST_CASE("unpack: an archive of too many or too large files is refused, and nothing is written") {
  std::vector<std::pair<std::string, std::string>> many;
  for (std::size_t i = 0; i <= kMaxFiles; ++i) many.emplace_back(std::to_string(i), "");
  auto large = stored_zip({{"zeros", ""}});
  const std::size_t header = large.find("PK\x01\x02");
  for (std::size_t i = 24; i < 28; ++i) large[header + i] = '\x7f';  // what it has unpacked: 2 GB
  const std::vector<std::pair<std::string, std::string>> rows{
      {stored_zip(many), "the archive has more than " + std::string(kFilesLimit)},
      {large, "the archive has more than " + std::string(kUnpackedLimit)},
  };
  for (const auto& [bytes, message] : rows) {
    const Place place;
    const auto files = unpack(bytes, place.inner);
    REQUIRE_FALSE(files);
    CHECK(files.error().kind == ErrorKind::corrupt);
    CHECK(files.error().message == message);
    CHECK(place.everything().empty());
  }
}

TEST_CASE("unpack: what plain files cannot show is left packed") {
  const std::vector<std::pair<std::string, std::string>> rows{
      {with_mode(stored_zip({{"link", "/etc/passwd"}}), S_IFLNK | 0777U), "its entry \"link\" is a link"},
      {with_mode(stored_zip({{"pipe", ""}}), S_IFIFO | 0644U), "its entry \"pipe\" is no plain file"},
      {stored_zip({{"a", "1"}, {"a", "2"}}), "its entry \"a\" is there twice"},
      {stored_zip({{"a", "1"}, {"a/b", "2"}}), "its entry \"a\" is a file and a folder"},
      {stored_zip({{"a\\b.py", "1"}}), "its entry \"a\\b.py\" has a name that no file can have everywhere"},
      {stored_zip({{"a//b", "1"}}), "its entry \"a//b\" has a name that no file can have everywhere"},
      {stored_zip({{std::string(300, 'n'), "1"}}), "no file can have everywhere"},
      {stored_zip({}), "it has no files"},
  };
  for (const auto& [bytes, message] : rows) {
    const Place place;
    const auto files = unpack(bytes, place.inner);
    REQUIRE_FALSE(files);
    CHECK(files.error().kind == ErrorKind::invalid);
    CHECK_THAT(files.error().message, Catch::EndsWith(message));
    CHECK(place.everything().empty());
  }
}

TEST_CASE("unpack: harm counts more than what merely cannot be shown") {
  const Place place;
  const auto files = unpack(stored_zip({{"a\\b", "1"}, {"../evil", "2"}}), place.inner);
  REQUIRE_FALSE(files);
  CHECK(files.error().kind == ErrorKind::corrupt);
}

TEST_CASE("unpack: a file that is in the way is neither followed nor replaced") {
  const Place place;
  fs::create_symlink(place.outer / "victim", place.inner + "/index.py");
  const auto files = unpack(stored_zip({{"index.py", "evil"}}), place.inner);
  REQUIRE_FALSE(files);
  CHECK(files.error().kind == ErrorKind::internal);
  CHECK_FALSE(fs::exists(place.outer / "victim"));
}

TEST_CASE("export package: the code is found by its digest, whatever it is called") {
  const std::string code = stored_zip({{"index.py", "x"}});
  const std::string package = stored_zip({{"thumb.yaml", "a: b"}, {"index.zip", code}});
  CHECK(find_entry(package, RemoteDigest{sha512_hex(code)}).value() == code);
  const auto other = find_entry(package, RemoteDigest{sha512_hex("other")});
  REQUIRE_FALSE(other);
  CHECK(other.error().kind == ErrorKind::not_found);
  CHECK(find_entry("no zip", RemoteDigest{sha512_hex(code)}).error().kind == ErrorKind::corrupt);
}
