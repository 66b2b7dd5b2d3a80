// Everything streams: a file is read in pieces, each goes into the zip, the zip into a spool, and what can no longer
// change there is hashed at once.
#include "package/archive.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <deque>
#include <utility>

#include "package/compression.hpp"
#include "package/file_reader.hpp"
#include "package/import_description.hpp"
#include "package/limits.hpp"
#include "package/spool.hpp"
#include "package/text.hpp"
#include "package/zip_writer.hpp"

namespace fgsync::package {
namespace {

// Small packages are stored: their digest then depends on no zlib, and deflating would save nothing worth having.
constexpr std::uint64_t kStoredBelowBytes = 64ULL * 1024;
constexpr std::size_t kChunkBytes = 64ULL * 1024;

/// The bytes of an archive as they are written: counted, spooled, hashed.
class ArchiveSink final : public ByteSink {
 public:
  explicit ArchiveSink(Error too_large) : too_large_(std::move(too_large)) {}

  Result<void> write_at(std::uint64_t offset, std::span<const char> bytes) override {
    if (offset + bytes.size() > kMaxArchiveBytes) return fail(too_large_);
    return spool_->write_at(offset, bytes);
  }

  Result<void> settle(std::uint64_t offset) override {
    while (hashed_ < offset) {
      const std::uint64_t left = offset - hashed_;
      auto count = spool_->read_at(hashed_, std::span(buffer_).first(std::min<std::uint64_t>(left, buffer_.size())));
      if (!count) return fail(std::move(count).error());
      hasher_.update({buffer_.data(), *count});
      hashed_ += *count;
    }
    return {};
  }

  [[nodiscard]] std::uint64_t size() const { return spool_->size(); }
  /// Ends it.
  Archive finish() { return {std::move(spool_), ArchiveDigest{hasher_.hex()}}; }

 private:
  Error too_large_;
  std::shared_ptr<Spool> spool_ = std::make_shared<Spool>();
  Hasher hasher_{Hasher::Function::sha512};
  std::uint64_t hashed_ = 0;
  std::array<char, kChunkBytes> buffer_{};
};

/// The bytes of a zip whose digest nobody needs: only spooled.
class SpoolSink final : public ByteSink {
 public:
  Result<void> write_at(std::uint64_t offset, std::span<const char> bytes) override {
    return spool_->write_at(offset, bytes);
  }
  Result<void> settle(std::uint64_t /*offset*/) override { return {}; }

  /// Ends it.
  std::shared_ptr<const Spool> finish() { return std::move(spool_); }

 private:
  std::shared_ptr<Spool> spool_ = std::make_shared<Spool>();
};

/// What was spooled, for others.
class SpooledBytes final : public ByteSource {
 public:
  explicit SpooledBytes(std::shared_ptr<const Spool> spool) : spool_(std::move(spool)) {}

  [[nodiscard]] std::uint64_t size() const override { return spool_->size(); }

  [[nodiscard]] Result<void> read(std::uint64_t offset, std::span<char> into) const override {
    auto count = spool_->read_at(offset, into);
    if (!count) return fail(std::move(count).error());
    if (*count < into.size()) return fail(ErrorKind::internal, "bytes of an archive were asked for that it has not");
    return {};
  }

 private:
  std::shared_ptr<const Spool> spool_;
};

/// A file of the code directory as a zip's source; remembers the digest of what it gave.
class FileSource final : public EntrySource {
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

  /// The file's beginning, as much as the buffer takes. It is read again from the start afterwards.
  Result<std::string_view> read_sample(std::span<char> buffer) {
    if (auto opened = reader_.open(); !opened) return fail(std::move(opened).error());
    std::size_t size = 0;
    while (size < buffer.size()) {
      auto count = reader_.read(buffer.subspan(size));
      if (!count) return fail(std::move(count).error());
      if (*count == 0) break;
      size += *count;
    }
    reader_.close();
    return std::string_view(buffer.data(), size);
  }

  [[nodiscard]] std::uint64_t size() const override { return reader_.expected().size; }
  [[nodiscard]] const FileDigest& digest() const { return digest_; }

 private:
  FileReader reader_;
  FileDigest digest_;
  bool is_finished_ = false;
};

class ArchiveSource final : public EntrySource {
 public:
  explicit ArchiveSource(const Archive& archive) : archive_(archive) {}

  Result<void> open() override {
    at_ = 0;
    return {};
  }

  Result<std::size_t> read(std::span<char> buffer) override {
    auto count = archive_.read_at(at_, buffer);
    if (count) at_ += *count;
    return count;
  }

  [[nodiscard]] std::uint64_t size() const override { return archive_.size(); }

 private:
  const Archive& archive_;
  std::uint64_t at_ = 0;
};

class TextSource final : public EntrySource {
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

std::uint64_t total_bytes(const FileList& list) {
  std::uint64_t bytes = 0;
  for (const FileStamp& file : list.files) bytes += file.size;
  return bytes;
}

/// The first path of the list in full, or the directory: what the package is made of.
std::string shown(const FileList& list) {
  if (list.packing == Packing::directory || list.files.empty()) return quoted_path(list.directory);
  return quoted_path(list.directory + '/' + list.files.front().path);
}

Error too_large(const FileList& list) {
  return {ErrorKind::invalid, "the archive of " + shown(list) + " is larger than " + std::string(kArchiveLimit) +
                                  ": ignore what the function does not need, or upload it to OBS and use code.obs"};
}

/// Reads all sources into a zip.
Result<void> zip_files(const FileList& list, std::deque<FileSource>& sources, ByteSink& sink) {
  const bool is_small = total_bytes(list) < kStoredBelowBytes;
  std::string sample(kSampleBytes, '\0');
  std::vector<ZipEntry> entries;
  entries.reserve(list.files.size());
  for (std::size_t i = 0; i < list.files.size(); ++i) {
    const FileStamp& file = list.files[i];
    ZipCompression compression = ZipCompression::stored;
    if (!is_small) {
      auto begin = sources[i].read_sample(sample);
      if (!begin) return fail(std::move(begin).error());
      compression = compression_for(*begin);
    }
    entries.push_back({file.path, file.executable ? ZipMode::executable : ZipMode::plain, compression, &sources[i]});
  }
  return write_zip(entries, sink);
}

/// Copies the one file of the list as it is.
Result<void> copy_file(FileSource& source, ByteSink& sink) {
  std::string buffer(kChunkBytes, '\0');
  std::uint64_t at = 0;
  if (auto opened = source.open(); !opened) return opened;
  while (true) {
    auto count = source.read(buffer);
    if (!count) return fail(std::move(count).error());
    if (*count == 0) return sink.settle(at);
    if (auto written = sink.write_at(at, {buffer.data(), *count}); !written) return written;
    at += *count;
  }
}

}  // namespace

std::uint64_t Archive::size() const {
  return content_->size();
}

std::shared_ptr<const ByteSource> Archive::source() const {
  return std::make_shared<SpooledBytes>(content_);
}

Result<std::size_t> Archive::read_at(std::uint64_t offset, std::span<char> buffer) const {
  return content_->read_at(offset, buffer);
}

Result<void> Archive::write_to(int descriptor, const std::string& name) const {
  std::string buffer(kChunkBytes, '\0');
  for (std::uint64_t at = 0; at < size();) {
    auto count = read_at(at, buffer);
    if (!count) return fail(std::move(count).error());
    std::size_t done = 0;
    while (done < *count) {
      const ssize_t written = ::write(descriptor, buffer.data() + done, *count - done);
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) {
        return fail(ErrorKind::internal, "cannot write " + name + ": " + reason(errno) + "; check the space left");
      }
      done += static_cast<std::size_t>(written);
    }
    at += *count;
  }
  return {};
}

Result<Archive> build_archive(const FileList& list, const ContentDigest& expected) {
  std::deque<FileSource> sources;  // a deque: its elements stay where they are
  for (const FileStamp& file : list.files) sources.emplace_back(list.directory, file);
  ArchiveSink sink(too_large(list));
  const bool is_archive = list.packing == Packing::archive;
  auto packed = is_archive ? copy_file(sources.front(), sink) : zip_files(list, sources, sink);
  if (!packed) return fail(std::move(packed).error());

  std::vector<FileDigest> digests;
  digests.reserve(sources.size());
  for (const FileSource& source : sources) digests.push_back(source.digest());
  if (content_digest(digests, list.packing) != expected) {
    return fail(ErrorKind::conflict, "the files of " + shown(list) + " changed while they were being packaged");
  }
  return sink.finish();
}

Result<std::shared_ptr<const ByteSource>> build_import_package(const ImportProperties& properties,
                                                               const Archive& code) {
  auto description = render_import_description(properties);
  if (!description) return fail(std::move(description).error());
  TextSource description_source(*description);
  ArchiveSource code_source(code);
  const std::vector<ZipEntry> entries{
      {properties.function_name + ".yaml", ZipMode::plain, ZipCompression::stored, &description_source},
      {properties.code_file_name, ZipMode::plain, ZipCompression::stored, &code_source},
  };
  SpoolSink sink;
  if (auto written = write_zip(entries, sink); !written) return fail(std::move(written).error());
  return std::make_shared<SpooledBytes>(sink.finish());
}

}  // namespace fgsync::package
