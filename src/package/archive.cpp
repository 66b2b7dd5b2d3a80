#include "package/archive.hpp"

#include <algorithm>
#include <deque>
#include <utility>

#include "package/file_reader.hpp"
#include "package/import_description.hpp"
#include "package/text.hpp"
#include "package/zip_writer.hpp"

namespace fgsync::package {
namespace {

// Small packages are stored: their digest then depends on no zlib, and deflating would save nothing worth having.
constexpr std::uint64_t kStoredBelowBytes = 64ULL * 1024;

/// A file of the code directory as a zip's source; remembers the digest of what it gave.
class FileSource final : public ByteSource {
 public:
  FileSource(const std::string& directory, const FileStamp& stamp) : reader_(directory, stamp) {}

  Result<void> open() override {
    is_finished_ = false;
    return reader_.open();
  }

  Result<std::size_t> read(std::span<char> buffer) override {
    if (is_finished_) return 0;
    auto count = reader_.read(buffer);
    if (!count || *count != 0 || buffer.empty()) return count;
    auto finished = reader_.finish();
    if (!finished) return fail(std::move(finished).error());
    digest_ = std::move(*finished);
    is_finished_ = true;
    return count;
  }

  [[nodiscard]] std::uint64_t size() const override { return reader_.expected().size; }
  [[nodiscard]] const FileDigest& digest() const { return digest_; }

 private:
  FileReader reader_;
  FileDigest digest_;
  bool is_finished_ = false;
};

class TextSource final : public ByteSource {
 public:
  explicit TextSource(std::string_view text) : text_(text) {}

  Result<void> open() override {
    at_ = 0;
    return {};
  }

  Result<std::size_t> read(std::span<char> buffer) override {
    const std::string_view part = text_.substr(at_, buffer.size());
    std::copy(part.begin(), part.end(), buffer.begin());
    at_ += part.size();
    return part.size();
  }

  [[nodiscard]] std::uint64_t size() const override { return text_.size(); }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

Result<Archive> build_archive(const FileList& list, const ContentDigest& expected) {
  std::deque<FileSource> sources;  // a deque: its elements stay where they are
  std::vector<ZipEntry> entries;
  entries.reserve(list.files.size());
  std::uint64_t total_bytes = 0;
  for (const FileStamp& file : list.files) {
    sources.emplace_back(list.directory, file);
    entries.push_back({file.path, file.executable ? ZipMode::executable : ZipMode::plain, &sources.back()});
    total_bytes += file.size;
  }
  const bool is_small = total_bytes < kStoredBelowBytes;
  auto bytes = write_zip(entries, is_small ? ZipCompression::stored : ZipCompression::deflated);
  if (!bytes) return fail(std::move(bytes).error());

  std::vector<FileDigest> digests;
  digests.reserve(sources.size());
  for (const FileSource& source : sources) digests.push_back(source.digest());
  if (content_digest(digests) != expected) {
    return fail(ErrorKind::conflict,
                "the files of " + quoted_path(list.directory) + " changed while they were being packaged");
  }
  ArchiveDigest digest{sha512_hex(*bytes)};
  return Archive{std::move(*bytes), std::move(digest)};
}

Result<std::string> build_import_package(const ImportProperties& properties, const Archive& code) {
  auto description = render_import_description(properties);
  if (!description) return fail(std::move(description).error());
  TextSource description_source(*description);
  TextSource code_source(code.bytes);
  const std::vector<ZipEntry> entries{
      {properties.function_name + ".yaml", ZipMode::plain, &description_source},
      {properties.code_file_name, ZipMode::plain, &code_source},
  };
  return write_zip(entries, ZipCompression::stored);
}

}  // namespace fgsync::package
