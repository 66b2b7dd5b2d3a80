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

/// How a list of files becomes the bytes that are uploaded.
enum class Packing {
  directory,  ///< zipped, at their paths
  file,       ///< one source file, zipped under its own name
  archive,    ///< one ready zip (or jar), byte for byte
};

/// A piece of code as scanned: the files that go into the package, ordered by the bytes of their paths.
struct FileList {
  std::string directory;  ///< where the paths start: for a single file the directory it is in
  std::vector<FileStamp> files;
  Packing packing = Packing::directory;
};

/// Lists the files of a code directory that its ignore rules leave: `.fgsyncignore` in the directory (gitignore
/// syntax), then `ignore`. `.git`, `.fgsyncignore` itself and editors' backup files are never packaged.
/// Errors (`invalid`, each naming the path): no such directory, unreadable, a link that leaves the directory, a special
/// file, a name that is not UTF-8, names that differ only by letter case or Unicode form, no file at all, more files or
/// bytes than limits.hpp says.
Result<FileList> scan(const std::string& directory, const std::vector<std::string>& ignore);

/// The same; error `invalid` as well when the directory, links followed, does not lie in `root`. Judged by what was
/// opened, before anything in it is looked at.
Result<FileList> scan_within(const std::string& root, const std::string& directory,
                             const std::vector<std::string>& ignore);

/// A single source file: the package is a zip with just that file, under its base name. Error `invalid`, naming the
/// path: not there, not a file, unreadable, a link that ends outside of `root`, a name that cannot stand in a zip, too
/// large.
Result<FileList> scan_file(const std::string& path, const std::string& root);

/// A ready zip or jar, which is uploaded as it is. Errors as for `scan_file`; and what is no zip, has no files, more of
/// them or more bytes than the service takes, is encrypted, or has names that lead out of where it is unpacked.
Result<FileList> scan_archive(const std::string& path, const std::string& root);

/// SHA-256 over the stamps and how the files are packed: equal signatures mean, unless somebody forged times, equal
/// content.
std::string stamp_signature(const FileList& list);

/// Whether a file changed less than two seconds before `now_ns`: its stamp may not tell a second change apart, so a
/// digest of the list must not be remembered.
bool is_too_young(const FileList& list, std::int64_t now_ns);

/// The signature under which digests taken at `now_ns` or later may be remembered; nothing when the list is too young.
std::optional<std::string> lasting_signature(const FileList& list, std::int64_t now_ns);

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
/// `<sha256> <size> <x|-> <path>\0`, preceded by `fgsync-content/1\0`; for an archive over `<sha256> <size>\0`,
/// preceded by `fgsync-archive/1\0`: what an archive is called does not matter.
ContentDigest content_digest(const std::vector<FileDigest>& files, Packing packing = Packing::directory);

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
