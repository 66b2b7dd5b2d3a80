#pragma once

#include <optional>
#include <string>

#include "manifest/function.hpp"
#include "package/archive.hpp"
#include "package/contents.hpp"
#include "plan/explain.hpp"

namespace fgsync::cli {

/// What `fgsync package` shows of a function's code.
struct PackageView {
  const manifest::Function& function;
  const package::Contents& contents;
  const package::Archive& archive;
  std::string fingerprint;
  std::optional<plan::Explanation> explanation;  ///< with --explain
  std::string no_record;                         ///< with --explain, when nothing is remembered: why
};

std::string render_package_text(const PackageView& view);
std::string render_package_json(const PackageView& view);

}  // namespace fgsync::cli
