#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "base/digest.hpp"
#include "base/result.hpp"
#include "manifest/function.hpp"

namespace fgsync::reconcile {

/// What adopted code is called beside its manifest; packed, with `.zip` or `.jar`.
inline constexpr const char* kAdoptedCode = "code";

/// Code as it came from the service, and what it belongs to.
struct CodeToPlace {
  std::string type;      ///< the service's `code_type`
  std::string filename;  ///< the service's
  std::string handler;
  std::string runtime;
  std::string bytes;
  RemoteDigest digest;
  std::string workplace;       ///< where it is put: a directory that is there
  std::string root;            ///< what it may not leave
  bool keeps_archive = false;  ///< it stays packed
  bool has_state = false;      ///< what zipping it again would not show is remembered
};

struct PlacedCode {
  manifest::Code::Kind kind = manifest::Code::Kind::directory;
  std::string name;  ///< in the workplace
  std::size_t files = 0;
  std::optional<ContentDigest> content;  ///< where zipping it again gives another digest
  std::string remark;                    ///< for people; may be empty
};

/// Writes a file that must not be there yet, so that it survives a power cut. Blocks.
Result<void> write_new_file(const std::string& path, const std::string& bytes);

/// Puts code into the workplace: unpacked, or as it came where plain files cannot show it. Blocks.
/// Errors: `corrupt`, it is damaged or made to do harm; `invalid`, it can be kept in no form that `sync` would take;
/// `internal`, the disk.
Result<PlacedCode> place_code(const CodeToPlace& code);

}  // namespace fgsync::reconcile
