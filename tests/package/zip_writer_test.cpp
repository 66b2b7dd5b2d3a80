#include "package/zip_writer.hpp"

#include <catch2/catch.hpp>
#include <deque>
#include <fstream>
#include <string>
#include <vector>

#include "tests/package/temp_directory.hpp"

using fgsync::ErrorKind;
using fgsync::fail;
using fgsync::Result;
using fgsync::test::output_of;
using fgsync::test::TempDirectory;
using namespace fgsync::package;

namespace {

class Text final : public EntrySource {
 public:
  explicit Text(std::string text) : text_(std::move(text)) {}

  Result<void> open() override {
    at_ = 0;
    ++opened;
    return {};
  }
  Result<std::size_t> read(std::span<char> buffer) override {
    const std::string part = text_.substr(at_, buffer.size());
    std::copy(part.begin(), part.end(), buffer.begin());
    at_ += part.size();
    if (is_broken && at_ == text_.size()) return fail(ErrorKind::transient, "the source broke");
    return part.size();
  }
  [[nodiscard]] std::uint64_t size() const override { return text_.size(); }

  int opened = 0;
  bool is_broken = false;

 private:
  std::string text_;
  std::size_t at_ = 0;
};

/// Holds what was written, and whoever writes to what they promised.
class Sink final : public ByteSink {
 public:
  Result<void> write_at(std::uint64_t offset, std::span<const char> bytes) override {
    CHECK(offset >= settled);
    CHECK(offset <= zip.size());
    if (offset + bytes.size() > capacity) return fail(ErrorKind::invalid, "the sink is full");
    if (offset + bytes.size() > zip.size()) zip.resize(offset + bytes.size());
    std::copy(bytes.begin(), bytes.end(), zip.begin() + static_cast<std::ptrdiff_t>(offset));
    return {};
  }
  Result<void> settle(std::uint64_t offset) override {
    CHECK(offset >= settled);
    CHECK(offset <= zip.size());
    settled = offset;
    return {};
  }

  std::string zip;
  std::uint64_t settled = 0;
  std::uint64_t capacity = 1'000'000;
};

Result<void> write(const std::vector<std::string>& names, Sink& sink) {
  std::deque<Text> texts;
  std::vector<ZipEntry> entries;
  for (const std::string& name : names) {
    entries.push_back({name, ZipMode::plain, ZipCompression::stored, &texts.emplace_back("text of " + name)});
  }
  return write_zip(entries, sink);
}

}  // namespace

TEST_CASE("zip: what was settled is never written again, and all is settled in the end") {
  std::deque<Text> texts;
  texts.emplace_back(std::string(100'000, 'x'));
  texts.emplace_back("");
  texts.emplace_back(std::string(20'000, 'y'));
  const std::vector<ZipEntry> entries{{"a", ZipMode::plain, ZipCompression::deflated, &texts[0]},
                                      {"b", ZipMode::plain, ZipCompression::stored, &texts[1]},
                                      {"c", ZipMode::executable, ZipCompression::stored, &texts[2]}};
  Sink sink;
  REQUIRE(write_zip(entries, sink));
  CHECK(sink.settled == sink.zip.size());
  for (const Text& text : texts) CHECK(text.opened == 1);
  const TempDirectory place;
  std::ofstream(place / "x.zip", std::ios::binary) << sink.zip;
  CHECK(output_of("python3 -c \"import sys,zipfile\n"
                  "z=zipfile.ZipFile(sys.argv[1])\n"
                  "print(z.testzip(),[(i.filename,i.compress_type,i.file_size) for i in z.infolist()])\" '" +
                  (place / "x.zip") + "'") == "None [('a', 8, 100000), ('b', 0, 0), ('c', 0, 20000)]\n");
}

TEST_CASE("zip: a source's error comes out as it is") {
  Text text("abc");
  text.is_broken = true;
  const std::vector<ZipEntry> entries{{"a", ZipMode::plain, ZipCompression::deflated, &text}};
  Sink sink;
  const auto written = write_zip(entries, sink);
  REQUIRE_FALSE(written);
  CHECK(written.error().kind == ErrorKind::transient);
  CHECK(written.error().message == "the source broke");
}

TEST_CASE("zip: a sink's error comes out as it is, wherever it happens") {
  for (const std::uint64_t capacity : {0U, 10U, 31U, 40U, 60U}) {
    CAPTURE(capacity);
    Sink sink;
    sink.capacity = capacity;
    const auto written = write({"a"}, sink);
    REQUIRE_FALSE(written);
    CHECK(written.error().message == "the sink is full");
  }
}

TEST_CASE("zip: names that cannot stand in a zip are refused before anything is written") {
  Sink sink;
  const auto message = [&sink](const std::vector<std::string>& names) {
    const auto written = write(names, sink);
    REQUIRE_FALSE(written);
    CHECK(sink.zip.empty());
    return written.error().message;
  };
  CHECK(message({}) == "cannot write a zip: no entries");
  CHECK(message({"a", "../b"}) == "cannot write a zip: \"../b\" cannot be the name of an entry");
  CHECK(message({"caf\xe9"}) == "cannot write a zip: \"caf\\xe9\" cannot be the name of an entry");
  CHECK(message({"a", "b", "a"}) == "cannot write a zip: a: File already exists");
  CHECK(message(std::vector<std::string>(65'001, "a")) == "cannot write a zip: too many entries");
}
