#include "package/contents.hpp"

#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/package/temp_directory.hpp"

using fgsync::ErrorKind;
using fgsync::test::TempDirectory;
using namespace fgsync::package;

namespace {

FileDigest file(std::string path, std::string text, bool executable = false) {
  return {std::move(path), executable, text.size(), fgsync::sha256_hex(text)};
}

using Paths = std::vector<std::string>;

}  // namespace

TEST_CASE("contents: every file is listed with its own digest") {
  const TempDirectory code;
  code.write("index.py", "print(1)\n");
  code.write("bin/run", "#!/bin/sh\n");
  code.make_executable("bin/run");
  const auto list = scan(code.path(), {});
  REQUIRE(list);
  const auto contents = hash_contents(*list);
  REQUIRE(contents);
  CHECK(to_text(contents->files) ==
        "a8076d3d28d21e02012b20eaf7dbf75409a6277134439025f282e368e3305abf 10 x bin/run\n"
        "cc42155088fca5730758db72b2a5bca33112a941dfaa2d43098ec422ce4ea213 9 - index.py\n");
  CHECK(contents->digest == content_digest(contents->files));
}

TEST_CASE("contents: a file larger than a chunk is hashed whole") {
  const TempDirectory code;
  const std::string text(1'000'000, 'x');
  code.write("big", text);
  const auto contents = hash_contents(*scan(code.path(), {}));
  REQUIRE(contents);
  CHECK(contents->files.at(0).sha256 == fgsync::sha256_hex(text));
}

TEST_CASE("contents: the digest of a known list never changes") {
  CHECK(content_digest({file("bin/run", "#!/bin/sh\n", true), file("index.py", "print(1)\n")}).hex ==
        "f9fa3ffc600e4d888ea0d812254ecc982f8336ea1e171aa5db8072dd188181ec");
}

TEST_CASE("contents: the digest of a known archive never changes, whatever the archive is called") {
  const std::vector<FileDigest> files{file("a.zip", "PK")};
  const auto digest = content_digest(files, Packing::archive);
  CHECK(digest.hex == "08b82a43fde0d99f849b1930f905087c223cb7367cfb25a8794ea21ff78b11a8");
  CHECK(digest == content_digest({file("b.zip", "PK", true)}, Packing::archive));
  CHECK(digest != content_digest({file("a.zip", "PX")}, Packing::archive));
  CHECK(digest != content_digest(files));
}

TEST_CASE("contents: path, bytes and executable bit each change the digest, and parts cannot be shifted") {
  const auto digest = content_digest({file("a", "1"), file("b", "2")});
  CHECK(digest != content_digest({file("a", "1"), file("c", "2")}));
  CHECK(digest != content_digest({file("a", "1"), file("b", "3")}));
  CHECK(digest != content_digest({file("a", "1"), file("b", "2", true)}));
  CHECK(digest != content_digest({file("a", "1")}));
}

TEST_CASE("contents: a file that changed after the scan is a conflict") {
  const TempDirectory code;
  code.write("index.py", "1");
  const auto list = scan(code.path(), {});
  code.write("index.py", "22");
  const auto contents = hash_contents(*list);
  REQUIRE_FALSE(contents);
  CHECK(contents.error().kind == ErrorKind::conflict);
  CHECK(contents.error().message == "\"" + (code / "index.py") + "\" changed while it was being packaged");
}

TEST_CASE("contents: a file that was replaced, removed or exchanged for something else is a conflict") {
  const TempDirectory code;
  code.write("x", "1");
  const auto list = scan(code.path(), {});
  std::filesystem::remove(code / "x");
  SECTION("removed") {}
  SECTION("a link to the same bytes") {
    code.write("y", "1");
    code.link("x", "y");
  }
  SECTION("a directory") {
    code.make_directory("x");
  }
  const auto contents = hash_contents(*list);
  REQUIRE_FALSE(contents);
  CHECK(contents.error().kind == ErrorKind::conflict);
}

TEST_CASE("contents: a change of the executable bit after the scan is a conflict") {
  const TempDirectory code;
  code.write("x", "1");
  const auto list = scan(code.path(), {});
  code.make_executable("x");
  CHECK(hash_contents(*list).error().kind == ErrorKind::conflict);
}

TEST_CASE("contents: a list survives being stored, whatever its paths hold") {
  const std::vector<FileDigest> files{file("a\nb", "1"), file("back\\slash\\n", "2", true), file("caf\xc3\xa9 x", ""),
                                      file("cr\r", "3")};
  const auto read = files_from_text(to_text(files));
  REQUIRE(read);
  REQUIRE(read->size() == files.size());
  for (std::size_t i = 0; i < files.size(); ++i) {
    CHECK(read->at(i).path == files[i].path);
    CHECK(read->at(i).executable == files[i].executable);
    CHECK(read->at(i).size == files[i].size);
    CHECK(read->at(i).sha256 == files[i].sha256);
  }
  CHECK(files_from_text("")->empty());
}

TEST_CASE("contents: a damaged stored list is refused with its line") {
  const std::string good = to_text({file("a", "1")});
  const std::string sha = fgsync::sha256_hex("1");
  const std::vector<std::string> damaged{good.substr(0, good.size() - 1),
                                         "\n",
                                         "x 1 - a\n",
                                         sha + " 1 - \n",
                                         sha + " -1 - a\n",
                                         sha + " 1 y a\n",
                                         sha + " 1 - a\\\n",
                                         sha + " 1 - a\\t\n",
                                         sha + " 99999999999999999999999 - a\n",
                                         sha + "\n"};
  for (const std::string& line : damaged) {
    CAPTURE(line);
    const auto read = files_from_text(good + line);
    REQUIRE_FALSE(read);
    CHECK(read.error().kind == ErrorKind::corrupt);
    CHECK(read.error().message == "line 2 of a stored file list is damaged");
  }
}

TEST_CASE("contents: two lists are compared by path, bytes and executable bit") {
  const auto diff =
      compare({file("changed", "1"), file("mode", "m"), file("removed", "1234"), file("same", "s")},
              {file("added", "12345678"), file("changed", "22"), file("mode", "m", true), file("same", "s")});
  CHECK(diff.added == Paths{"added"});
  CHECK(diff.changed == Paths{"changed", "mode"});
  CHECK(diff.removed == Paths{"removed"});
  CHECK(diff.size_change == 8 + 1 - 4);
}

TEST_CASE("contents: equal lists, and lists that have nothing in common, are compared") {
  const auto none = compare({file("a", "1")}, {file("a", "1")});
  CHECK((none.added.empty() && none.changed.empty() && none.removed.empty()));
  CHECK(none.size_change == 0);
  const auto all = compare({file("b", "1"), file("c", "1")}, {file("a", "1"), file("d", "1")});
  CHECK(all.added == Paths{"a", "d"});
  CHECK(all.removed == Paths{"b", "c"});
  CHECK(compare({}, {file("a", "12")}).size_change == 2);
}

TEST_CASE("contents: every part of a stamp is in the signature, the directory is not") {
  const FileStamp stamp{"a", false, 1, 2, 3, 4};
  const std::string signature = stamp_signature({"/here", {stamp}});
  CHECK(signature == stamp_signature({"/there", {stamp}}));
  const std::vector<FileStamp> others{{"b", false, 1, 2, 3, 4}, {"a", true, 1, 2, 3, 4},  {"a", false, 9, 2, 3, 4},
                                      {"a", false, 1, 9, 3, 4}, {"a", false, 1, 2, 9, 4}, {"a", false, 1, 2, 3, 9}};
  for (const FileStamp& other : others) CHECK(stamp_signature({"/here", {other}}) != signature);
}

TEST_CASE("contents: a list is too young for two seconds after its latest change") {
  constexpr std::int64_t kSecond = 1'000'000'000;
  const FileList list{"/x", {{"a", false, 1, 10 * kSecond, 0, 4}, {"b", false, 1, 0, 11 * kSecond, 4}}};
  CHECK(is_too_young(list, 11 * kSecond));
  CHECK(is_too_young(list, 13 * kSecond - 1));
  CHECK_FALSE(is_too_young(list, 13 * kSecond));
  CHECK(is_too_young(list, 5 * kSecond));
}

TEST_CASE("contents: a ready archive never has the signature of the same file to be zipped") {
  const FileStamp stamp{"a.zip", false, 1, 2, 3, 4};
  const FileList file{"/x", {stamp}, Packing::file};
  const FileList archive{"/x", {stamp}, Packing::archive};
  CHECK(stamp_signature(file) != stamp_signature(archive));
}

TEST_CASE("contents: a digest taken within two seconds of a change has no signature to be found by again") {
  constexpr std::int64_t kSecond = 1'000'000'000;
  const FileList list{"/x", {{"a", false, 1, 10 * kSecond, 10 * kSecond, 4}}};
  CHECK_FALSE(lasting_signature(list, 10 * kSecond));
  CHECK_FALSE(lasting_signature(list, 12 * kSecond - 1));
  CHECK(lasting_signature(list, 12 * kSecond) == stamp_signature(list));
}

// What the two seconds are for: the clock of a file system may be too coarse to tell two changes apart.
TEST_CASE("contents: a second change that leaves every stamp as it was is seen because the first was too young") {
  const FileStamp stamp{"a", false, 1, 5, 5, 4};
  const FileList before{"/x", {stamp}};
  const FileList after{"/x", {stamp}};
  CHECK(stamp_signature(before) == stamp_signature(after));
  CHECK_FALSE(lasting_signature(before, 5));
}

TEST_CASE("contents: each change of a real file changes the signature") {
  const TempDirectory code;
  code.write("x", "1");
  const auto signature = [&code] { return stamp_signature(scan(code.path(), {}).value()); };
  const std::string before = signature();
  CHECK(signature() == before);
  SECTION("size") {
    code.write("x", "22");
  }
  SECTION("modification time") {
    std::filesystem::last_write_time(code / "x", std::filesystem::file_time_type::clock::now() - std::chrono::hours(1));
  }
  SECTION("change time only: other bytes under the old modification time") {
    const auto time = std::filesystem::last_write_time(code / "x");
    code.write("x", "2");
    std::filesystem::last_write_time(code / "x", time);
  }
  SECTION("inode: another file moved in its place") {
    code.write("y", "1");
    std::filesystem::rename(code / "y", code / "x");
  }
  SECTION("executable bit") {
    code.make_executable("x");
  }
  SECTION("name") {
    std::filesystem::rename(code / "x", code / "y");
  }
  CHECK(signature() != before);
}
