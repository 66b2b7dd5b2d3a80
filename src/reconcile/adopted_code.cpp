// Code as the service gives it becomes files as a manifest names them: unpacked where zipping them again, or the state,
// shows that they are the same; packed where nothing would.
#include "reconcile/adopted_code.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include "manifest/loader.hpp"
#include "package/archive.hpp"
#include "package/descriptor.hpp"
#include "package/names.hpp"
#include "package/text.hpp"
#include "package/unpack.hpp"

namespace fgsync::reconcile {
namespace {

namespace fs = std::filesystem;
using Kind = manifest::Code::Kind;

/// Byte for byte, so that the digest stays.
Result<PlacedCode> place_packed(const CodeToPlace& code, std::string remark) {
  PlacedCode placed;
  placed.kind = code.type == "jar" ? Kind::jar : Kind::archive;
  placed.name = std::string(kAdoptedCode) + (placed.kind == Kind::jar ? ".jar" : ".zip");
  placed.files = 1;
  placed.remark = std::move(remark);
  const std::string path = code.workplace + "/" + placed.name;
  if (auto written = write_new_file(path, code.bytes); !written) return fail(std::move(written).error());
  if (auto list = package::scan_archive(path, code.root); !list) return fail(std::move(list).error());
  return placed;
}

/// A file that a scan of the source would take for a manifest, which would keep it from being whole; empty: there is
/// none.
std::string manifest_in(const std::string& directory, const std::vector<package::FileDigest>& files) {
  constexpr std::size_t kMaxBytes = std::size_t{1} << 20U;  // what is larger is no manifest
  for (const package::FileDigest& file : files) {
    const fs::path name = file.path;
    if ((name.extension() != ".yaml" && name.extension() != ".yml") || file.size > kMaxBytes) continue;
    std::ifstream stream(directory + "/" + file.path, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(stream), {}};
    const manifest::LoadResult loaded = manifest::load({{file.path, text, false}});
    if (!loaded.functions.empty() || !loaded.rejected.empty()) return file.path;
  }
  return {};
}

/// The files in the directory, once they are known to be what a plan will see of them.
Result<PlacedCode> as_directory(const CodeToPlace& code, const std::vector<package::FileDigest>& files) {
  const std::string directory = code.workplace + "/" + kAdoptedCode;
  auto list = package::scan(directory, {});
  if (!list) return fail(std::move(list).error());
  auto contents = package::hash_contents(*list);
  if (!contents) return fail(std::move(contents).error());
  if (contents->digest != package::content_digest(files)) {
    return fail(ErrorKind::invalid,
                "it has files that are never packed, such as .git, .fgsyncignore or editors' copies");
  }
  if (const std::string found = manifest_in(directory, files); !found.empty()) {
    return fail(ErrorKind::invalid,
                found + " in it is a manifest of fgsync, and beside others it would keep sync from pruning");
  }
  PlacedCode placed;
  placed.name = kAdoptedCode;
  placed.files = files.size();
  auto zipped = package::build_archive(*list, contents->digest);
  if (!zipped || !matches(zipped->digest(), code.digest)) placed.content = contents->digest;
  return placed;
}

/// What a bare source text is called: as the service says, else as its handler and runtime say.
std::string source_name(const CodeToPlace& code) {
  const std::string& given = code.filename;
  if (package::is_entry_name(given) && given.find('/') == std::string::npos) return given;
  std::string name = code.handler.substr(0, code.handler.find('.'));
  if (!package::is_entry_name(name) || name.find('/') != std::string::npos) name = "index";
  if (code.runtime.starts_with("Python")) return name + ".py";
  if (code.runtime.starts_with("Node")) return name + ".js";
  if (code.runtime.starts_with("PHP")) return name + ".php";
  return name;
}

Result<PlacedCode> place_source(const CodeToPlace& code) {
  const std::string directory = code.workplace + "/" + kAdoptedCode;
  std::error_code failed;
  fs::create_directory(directory, failed);
  if (failed) return fail(ErrorKind::internal, "cannot make " + directory + ": " + failed.message());
  const std::string name = source_name(code);
  if (auto written = write_new_file(directory + "/" + name, code.bytes); !written)
    return fail(std::move(written).error());
  return as_directory(code, {{name, false, code.bytes.size(), sha256_hex(code.bytes)}});
}

}  // namespace

Result<void> write_new_file(const std::string& path, const std::string& bytes) {
  const package::Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644));
  const auto failed = [&path] {
    return fail(ErrorKind::internal, "cannot write " + path + ": " + package::reason(errno));
  };
  if (!file.is_open()) return failed();
  for (std::size_t at = 0; at < bytes.size();) {
    const ssize_t count = ::write(file.number(), bytes.data() + at, bytes.size() - at);
    if (count < 0 && errno != EINTR) return failed();
    if (count > 0) at += static_cast<std::size_t>(count);
  }
  if (::fsync(file.number()) != 0) return failed();
  return {};
}

Result<PlacedCode> place_code(const CodeToPlace& code) {
  const bool is_zip = code.bytes.starts_with("PK");
  if (code.type == "inline" && !is_zip) return place_source(code);
  if (code.type == "jar" || code.keeps_archive) return place_packed(code, "");
  const std::string directory = code.workplace + "/" + kAdoptedCode;
  std::error_code failed;
  fs::create_directory(directory, failed);
  if (failed) return fail(ErrorKind::internal, "cannot make " + directory + ": " + failed.message());
  auto files = package::unpack(code.bytes, directory);
  Result<PlacedCode> placed = files ? as_directory(code, *files) : fail(std::move(files).error());
  std::string why;
  if (!placed) {
    if (placed.error().kind != ErrorKind::invalid) return placed;
    why = placed.error().message;
  } else if (placed->content && !code.has_state) {
    why = "zipped again it would be other bytes, and without a state nothing remembers that they are the same";
  }
  if (why.empty()) return placed;
  // Where it was unpacked for a try tells nobody anything.
  for (auto at = why.find(directory); at != std::string::npos; at = why.find(directory)) {
    why.replace(at, directory.size(), kAdoptedCode);
  }
  fs::remove_all(directory, failed);
  return place_packed(code, "the code stays packed: " + why);
}

}  // namespace fgsync::reconcile
