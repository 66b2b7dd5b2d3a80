#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include "base/byte_source.hpp"
#include "base/digest.hpp"
#include "base/result.hpp"
#include "package/contents.hpp"

namespace fgsync::package {

class Spool;

/// A finished zip. Copies share its bytes, which are in memory only when they are few (spool.hpp), and may be read from
/// several threads. Reading them is disk work: not on the loop.
class Archive {
 public:
  Archive(std::shared_ptr<const Spool> content, ArchiveDigest digest)
      : content_(std::move(content)), digest_(std::move(digest)) {}

  [[nodiscard]] std::uint64_t size() const;
  [[nodiscard]] const ArchiveDigest& digest() const { return digest_; }
  /// Its bytes, for a request that sends them. They stay there for as long as somebody has the source.
  [[nodiscard]] std::shared_ptr<const ByteSource> source() const;
  /// Writes all of it to an open file, piece by piece. `name` is for the message.
  [[nodiscard]] Result<void> write_to(int descriptor, const std::string& name) const;
  /// Fills the buffer from a place on, or less at the end.
  [[nodiscard]] Result<std::size_t> read_at(std::uint64_t offset, std::span<char> buffer) const;

 private:
  std::shared_ptr<const Spool> content_;
  ArchiveDigest digest_;
};

/// Builds what is uploaded. For a directory and for a single file a zip: entries in path order, fixed time
/// (1980-01-01), mode 0644 or 0755, made by UNIX, no extra fields; stored when all files together are small or the file
/// does not get smaller, else deflated. The same files give the same bytes whatever user, umask, time zone, locale or
/// file order; a different zlib may give other bytes, which is why the content digest is compared first. For an archive
/// the bytes of the file.
/// Memory does not grow with the size of the files. Error `conflict` when the files are no longer what `expected` was
/// computed from: archive and content digest always belong together. Error `invalid` when the archive is larger than
/// the service takes.
Result<Archive> build_archive(const FileList& list, const ContentDigest& expected);

/// What the YAML of an import package says about the function (api: the export package).
struct ImportProperties {
  std::string function_name;
  std::string handler;
  std::string runtime;
  std::string code_file_name;  ///< name of the code zip inside the package
  std::string description;
  int memory_size = 0;  ///< MB
  std::chrono::seconds timeout{};
  std::map<std::string, std::string> environment;
};

/// The package that the import API takes: a zip with `<function_name>.yaml` and the code zip, both stored, in fixed
/// form like `build_archive`. Like an archive, it is in memory only when it is small.
Result<std::shared_ptr<const ByteSource>> build_import_package(const ImportProperties& properties, const Archive& code);

}  // namespace fgsync::package
