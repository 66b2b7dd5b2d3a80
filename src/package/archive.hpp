#pragma once

#include <chrono>
#include <map>
#include <string>

#include "base/digest.hpp"
#include "base/result.hpp"
#include "package/contents.hpp"

namespace fgsync::package {

/// A finished zip.
struct Archive {
  std::string bytes;
  ArchiveDigest digest;  ///< of `bytes`
};

/// Builds the zip of a code directory: entries in path order, fixed time (1980-01-01), mode 0644 or 0755, made by
/// UNIX, no extra fields. The same files give the same bytes whatever user, umask, time zone, locale or file order; a
/// different zlib may give other bytes, which is why the content digest is compared first.
/// Error `conflict` when the files are no longer what `expected` was computed from: archive and content digest always
/// belong together.
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
/// form like `build_archive`.
Result<std::string> build_import_package(const ImportProperties& properties, const Archive& code);

}  // namespace fgsync::package
