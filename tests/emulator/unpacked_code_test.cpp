#include "emulator/unpacked_code.hpp"

#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>

#include "emulator/code_folders.hpp"
#include "emulator/text.hpp"
#include "temporary_folder.hpp"
#include "zip_bytes.hpp"

using namespace fgsync::emulator;
using namespace fgsync::emulator::test;
namespace fs = std::filesystem;

namespace {

const CodeFacts kZip{"zip", "index.zip", "d", 0};

std::string content_of(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

std::string unpack_error(const CodeFacts& facts, const std::string& bytes) {
  const TemporaryFolder folder;
  const auto unpacked = unpack_code(facts, bytes, folder.file("code"));
  remove_folder(folder.file("code"));
  CHECK_FALSE(fs::exists(folder.file("code")));
  return unpacked ? "" : unpacked.error().message;
}

}  // namespace

TEST_CASE("unpacked code: files and folders as in the archive") {
  const TemporaryFolder folder;
  const fs::path code = folder.file("code");
  REQUIRE(unpack_code(kZip, zip_bytes({{"index.py", "1"}, {"empty/", ""}, {"a/b/c.txt", "deep"}}), code));
  CHECK(content_of(code / "index.py") == "1");
  CHECK(content_of(code / "a/b/c.txt") == "deep");
  CHECK(fs::is_directory(code / "empty"));
  remove_folder(code);
  CHECK_FALSE(fs::exists(code));
}

TEST_CASE("unpacked code: inline code is a source file, or an archive") {
  const TemporaryFolder folder;
  const CodeFacts facts{"inline", "index.py", "d", 0};
  REQUIRE(unpack_code(facts, "source", folder.file("source")));
  CHECK(content_of(fs::path(folder.file("source")) / "index.py") == "source");
  REQUIRE(unpack_code(facts, zip_bytes({{"other.py", "zipped"}}), folder.file("zipped")));
  CHECK(content_of(fs::path(folder.file("zipped")) / "other.py") == "zipped");
  remove_folder(folder.file("source"));
  remove_folder(folder.file("zipped"));
}

TEST_CASE("unpacked code: names stay in the folder") {
  for (const std::string name : {"../x", "/x", "a/../../x", "a//x", "./x", "..", "a\\x", "a/.."}) {
    INFO(name);
    CHECK(unpack_error(kZip, zip_bytes({{name, ""}})) ==
          "the code cannot be unpacked: an entry's name leaves its folder: " + name);
    CHECK(unpack_error(CodeFacts{"inline", name, "d", 0}, "x") ==
          "the code cannot be unpacked: the file name leaves its folder");
  }
}

TEST_CASE("unpacked code: bombs and damage are refused") {
  CHECK(unpack_error(kZip, "no zip") == "the code cannot be unpacked: it is no zip file");
  ZipEntry bomb{"bomb", "x"};
  bomb.claimed_size = 3U << 30U;
  CHECK(unpack_error(kZip, zip_bytes({bomb})) == "the code cannot be unpacked: bomb is larger than 256 MB");
  ZipEntry damaged{"damaged", "x"};
  damaged.claimed_crc = 1;
  CHECK(unpack_error(kZip, zip_bytes({damaged})) == "the code cannot be unpacked: damaged is damaged");
  std::vector<ZipEntry> many(50'001);
  for (std::size_t i = 0; i < many.size(); ++i) many[i].name = std::to_string(i);
  CHECK(unpack_error(kZip, zip_bytes(many)) != "");
  CHECK(unpack_error(kZip, zip_bytes({{"a", ""}, {"a/b", ""}})) != "");
}

TEST_CASE("code folders: the one that was not used for longest goes first") {
  const TemporaryFolder folder;
  auto folders = CodeFolders::create(folder.file(""));
  REQUIRE(folders);
  const auto facts = [](int i) { return CodeFacts{"zip", "index.zip", std::to_string(i), 0}; };
  for (int i = 0; i < 64; ++i) {
    const auto made = (*folders)->next("code");
    fs::create_directory(made->path());
    (*folders)->keep(facts(i), made);
  }
  const auto oldest = (*folders)->find(facts(0));
  const auto second = (*folders)->find(facts(1))->path();
  REQUIRE(oldest);
  (*folders)->find(facts(0));
  (*folders)->keep(facts(64), (*folders)->next("code"));
  CHECK((*folders)->find(facts(0)) == oldest);
  CHECK((*folders)->find(facts(2)) == nullptr);
  CHECK(fs::exists(second));
  CHECK(CodeFolders::create(folder.file("none")).error().message.find("cannot be made") != std::string::npos);
}

TEST_CASE("text: what is not UTF-8 is replaced") {
  CHECK(valid_utf8("a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80") == "a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80");
  const std::string mark = "\xef\xbf\xbd";
  CHECK(valid_utf8("\xff") == mark);
  CHECK(valid_utf8("\xc3") == mark);
  CHECK(valid_utf8("\xc0\x80") == mark + mark);
  CHECK(valid_utf8("\xed\xa0\x80") == mark + mark + mark);
  CHECK(valid_utf8("\xe2\x82x") == mark + mark + "x");
}
