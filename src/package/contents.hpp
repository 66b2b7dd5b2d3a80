#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/digest.hpp"
#include "base/result.hpp"

namespace fgsync::package {

/// What identifies a file's state without reading it.
struct FileStamp {
  std::string path;         ///< relative to the code directory, `/` between parts, UTF-8
  bool executable = false;  ///< any x bit
  std::uint64_t size = 0;
  std::int64_t mtime_ns = 0;
  std::int64_t ctime_ns = 0;
  std::uint64_t inode = 0;
};

/// A code directory as scanned: the files that go into the package, ordered by the bytes of their paths.
struct FileList {
  std::string directory;
  std::vector<FileStamp> files;
};

/// Lists the files of a code directory that its ignore rules leave: `.fgsyncignore` in the directory (gitignore
/// syntax), then `ignore`. `.git`, `.fgsyncignore` itself and editors' backup files are never packaged.
/// Errors (`invalid`, each naming the path): no such directory, unreadable, a link that leaves the directory, a special
/// file, a name that is not UTF-8, names that differ only by letter case, no file at all, more than 10 000 files,
/// or more than 300 MiB together.
Result<FileList> scan(const std::string& directory, const std::vector<std::string>& ignore);

/// SHA-256 over the stamps: equal stamps mean, unless somebody forged times, equal content.
std::string stamp_signature(const FileList& list);

/// Whether a file changed less than two seconds before `now_ns`: its stamp may not tell a second change apart, so a
/// digest of the list must not be remembered.
bool is_too_young(const FileList& list, std::int64_t now_ns);

struct FileDigest {
  std::string path;
  bool executable = false;
  std::uint64_t size = 0;
  std::string sha256;  ///< lower-case hex
};

/// The canonical content of a package: what the content digest is over.
struct Contents {
  std::vector<FileDigest> files;  ///< ordered by the bytes of their paths
  ContentDigest digest;
};

/// Reads and hashes every file of the list, streaming. Error `conflict` when a file changed since the scan.
Result<Contents> hash_contents(const FileList& list);

/// The digest over a list of file digests. Format (documented in docs/packages.md): SHA-256 over the lines
/// `<sha256> <size> <x|-> <path>\0`, preceded by `fgsync-content/1\0`.
ContentDigest content_digest(const std::vector<FileDigest>& files);

/// The difference of two package contents, for a plan: paths in byte order.
struct ContentsDiff {
  std::vector<std::string> added;
  std::vector<std::string> changed;
  std::vector<std::string> removed;
  std::int64_t size_change = 0;  ///< bytes, of the unpacked files
};
ContentsDiff compare(const std::vector<FileDigest>& before, const std::vector<FileDigest>& after);

/// One line per file for storing (`<sha256> <size> <x|-> <path>\n`; paths are escaped), and back.
std::string to_text(const std::vector<FileDigest>& files);
Result<std::vector<FileDigest>> files_from_text(const std::string& text);

}  // namespace fgsync::package
