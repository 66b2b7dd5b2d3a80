// Names: any text as names of files. Input: names by lines.
//
// What must hold: what is_entry_name accepts goes into a zip, and libzip reads back the same names and bytes, in order;
// what it does not accept is refused before a byte is written. Of any two names that find_clash passes, no two have one
// folding key.
#include <zip.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "package/names.hpp"
#include "package/text.hpp"
#include "package/zip_writer.hpp"
#include "tests/fuzz/fuzz.hpp"

using fgsync::Result;
using fgsync::fuzz::require;
using fgsync::fuzz::split;
using namespace fgsync::package;

namespace {

constexpr std::size_t kMaxNames = 64;

class Text final : public EntrySource {
 public:
  explicit Text(std::string text) : text_(std::move(text)) {}
  Result<void> open() override {
    at_ = 0;
    return {};
  }
  Result<std::size_t> read(std::span<char> buffer) override {
    const std::size_t count = std::min(buffer.size(), text_.size() - at_);
    std::copy_n(text_.begin() + static_cast<std::ptrdiff_t>(at_), count, buffer.begin());
    at_ += count;
    return count;
  }
  [[nodiscard]] std::uint64_t size() const override { return text_.size(); }

 private:
  std::string text_;
  std::size_t at_ = 0;
};

class Sink final : public ByteSink {
 public:
  Result<void> write_at(std::uint64_t offset, std::span<const char> bytes) override {
    require(offset >= settled_ && offset <= zip.size(), "what is settled stays");
    zip.resize(std::max<std::size_t>(zip.size(), offset + bytes.size()));
    std::copy(bytes.begin(), bytes.end(), zip.begin() + static_cast<std::ptrdiff_t>(offset));
    return {};
  }
  Result<void> settle(std::uint64_t offset) override {
    require(offset >= settled_ && offset <= zip.size(), "settling goes on");
    settled_ = offset;
    return {};
  }
  std::string zip;

 private:
  std::uint64_t settled_ = 0;
};

std::string content_of(const std::string& name) {
  return "the content of " + name;
}

bool write(const std::vector<std::string>& names, Sink& sink) {
  std::deque<Text> texts;
  std::vector<ZipEntry> entries;
  for (const std::string& name : names) {
    const bool is_even = entries.size() % 2 == 0;
    entries.push_back({name, is_even ? ZipMode::plain : ZipMode::executable,
                       is_even ? ZipCompression::deflated : ZipCompression::stored,
                       &texts.emplace_back(content_of(name))});
  }
  return write_zip(entries, sink).has_value();
}

std::string read_entry(zip_t* zip, zip_uint64_t index) {
  const std::unique_ptr<zip_file_t, decltype(&zip_fclose)> file(zip_fopen_index(zip, index, 0), &zip_fclose);
  require(file != nullptr, "an entry can be opened");
  std::string text(100'000, '\0');
  const zip_int64_t size = zip_fread(file.get(), text.data(), text.size());
  require(size >= 0, "an entry can be read");
  text.resize(static_cast<std::size_t>(size));
  return text;
}

void check_zip(const std::string& bytes, const std::vector<std::string>& names) {
  zip_source_t* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, nullptr);
  require(source != nullptr, "memory");
  const std::unique_ptr<zip_t, decltype(&zip_discard)> zip(zip_open_from_source(source, ZIP_CHECKCONS, nullptr),
                                                           &zip_discard);
  require(zip != nullptr, "libzip opens it");
  require(zip_get_num_entries(zip.get(), 0) == static_cast<zip_int64_t>(names.size()), "as many entries as names");
  for (std::size_t i = 0; i < names.size(); ++i) {
    const char* name = zip_get_name(zip.get(), i, ZIP_FL_ENC_RAW);
    require(name != nullptr && names[i] == name, "the names are the same");
    require(read_entry(zip.get(), i) == content_of(names[i]), "the bytes are the same");
  }
}

/// Every name and every directory in it, by its key.
bool has_clash(const std::vector<std::string>& names) {
  std::map<std::string, std::string> by_key;
  for (const std::string& name : names) {
    std::string key;
    std::string path;
    for (const std::string_view part : split(name, '/')) {
      key += folding_key(part) + '/';
      path += std::string(part) + '/';
      if (by_key.emplace(key, path).first->second != path) return true;
    }
  }
  return false;
}

void check_text(const std::string& name) {
  require(is_utf8(quoted_path(name)), "a message is UTF-8");
  require(quoted_path(name).find('\n') == std::string::npos, "a message is one line");
  const std::string bytes = quoted_bytes(name);
  require(std::all_of(bytes.begin(), bytes.end(), [](char c) { return c >= ' ' && c < 0x7f; }), "ASCII");
  if (!is_utf8(name)) return;
  const std::string key = folding_key(name);
  require(is_utf8(key) && folding_key(key) == key, "a key's key is the key");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  std::set<std::string> accepted;
  for (const std::string_view part : split(input, '\n')) {
    const std::string name(part);
    check_text(name);
    if (is_entry_name(name)) {
      if (accepted.size() < kMaxNames) accepted.insert(name);
      continue;
    }
    Sink sink;
    require(!write({"a", name}, sink) && sink.zip.empty(), "a bad name is refused");
  }
  if (accepted.empty()) return 0;
  const std::vector<std::string> names(accepted.begin(), accepted.end());
  Sink sink;
  require(write(names, sink), "good names are written");
  check_zip(sink.zip, names);
  std::vector<FileStamp> files;
  for (const std::string& name : names) files.push_back({name, false, 0, 0, 0, 0});
  require(find_clash(files).has_value() == has_clash(names), "clashes are found, and nothing else");
  return 0;
}
