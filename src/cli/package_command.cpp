#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/workspace.hpp"
#include "package/archive.hpp"
#include "package/contents.hpp"
#include "plan/desired.hpp"
#include "source/root.hpp"

namespace fgsync::cli {
namespace {

struct Packed {
  package::Contents contents;
  package::Archive archive;
};

Result<Packed> pack(const manifest::Function& function) {
  auto list = package::scan(function.code.path, function.code.ignore);
  if (!list) return fail(std::move(list).error());
  auto contents = package::hash_contents(*list);
  if (!contents) return fail(std::move(contents).error());
  auto archive = package::build_archive(*list, contents->digest);
  if (!archive) return fail(std::move(archive).error());
  return Packed{std::move(*contents), std::move(*archive)};
}

/// Beside the target first, then in its place: nobody ever sees half an archive.
Result<void> write_file(const std::string& path, const std::string& bytes) {
  const std::string temporary = path + ".partial";
  std::ofstream file(temporary, std::ios::binary | std::ios::trunc);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  file.close();
  std::error_code failed;
  if (file) std::filesystem::rename(temporary, path, failed);
  if (file && !failed) return {};
  std::error_code ignored;
  std::filesystem::remove(temporary, ignored);
  return fail(ErrorKind::internal, "cannot write " + path + "; check the directory, its rights and the space left");
}

void print_text(const manifest::Function& function, const Packed& packed, const std::string& fingerprint) {
  std::cout << "function     " << function.name << "\n"
            << "directory    " << function.code.path << "\n"
            << "files        " << packed.contents.files.size() << "\n"
            << "content      sha256:" << packed.contents.digest.hex << "\n"
            << "archive      sha512:" << packed.archive.digest.hex << "\n"
            << "size         " << packed.archive.bytes.size() << " bytes\n"
            << "fingerprint  " << fingerprint << "\n";
}

void print_json(const manifest::Function& function, const Packed& packed, const std::string& fingerprint) {
  nlohmann::ordered_json files = nlohmann::ordered_json::array();
  for (const package::FileDigest& file : packed.contents.files) {
    files.push_back(
        {{"path", file.path}, {"executable", file.executable}, {"size", file.size}, {"sha256", file.sha256}});
  }
  const nlohmann::ordered_json document{{"function", function.name},
                                        {"directory", function.code.path},
                                        {"content_digest", packed.contents.digest.hex},
                                        {"archive_digest", packed.archive.digest.hex},
                                        {"size", packed.archive.bytes.size()},
                                        {"fingerprint", fingerprint},
                                        {"files", std::move(files)}};
  std::cout << document.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << "\n";
}

}  // namespace

int run_package(const Options& options) {
  auto workspace = load_workspace(options);
  if (!workspace) {
    print_error(workspace.error());
    return kNothingUsable;
  }
  const auto& functions = workspace->functions;
  const auto function = std::find_if(functions.begin(), functions.end(),
                                     [&](const auto& candidate) { return candidate.name == options.package_name; });
  if (function == functions.end()) {
    for (const auto& diagnostic : workspace->diagnostics) std::cerr << manifest::to_text(diagnostic);
    print_error(Error(ErrorKind::invalid, "no usable manifest for a function named " + options.package_name + " in " +
                                              workspace->shown_source));
    return kNothingUsable;
  }
  if (!source::is_inside(workspace->root, function->code.path)) {
    for (const auto& diagnostic : check_code_directories(*workspace)) std::cerr << manifest::to_text(diagnostic);
    return kFailed;
  }
  auto packed = pack(*function);
  if (!packed) {
    Error error = std::move(packed).error();
    error.position = function->code.position;
    print_error(error);
    return kFailed;
  }
  if (options.package_file) {
    auto written = write_file(*options.package_file, packed->archive.bytes);
    if (!written) {
      print_error(written.error());
      return kFailed;
    }
  }
  const std::string fingerprint = plan::fingerprint_of(packed->contents.digest, *function);
  if (options.format == Format::json) {
    print_json(*function, *packed, fingerprint);
  } else {
    print_text(*function, *packed, fingerprint);
  }
  return kOk;
}

}  // namespace fgsync::cli
