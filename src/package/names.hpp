#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "package/contents.hpp"

namespace fgsync::package {

/// Why nothing in a zip can have this name, as the end of a sentence that begins with it: it `is not UTF-8`, or `has a
/// control character`. Nothing when it can.
std::optional<std::string_view> fault_of_name(std::string_view name);

/// Whether a zip entry for a file can have this name: without fault, at most 65 535 bytes, relative, no part of it
/// empty, `.` or `..`.
bool is_entry_name(std::string_view name);

/// What is left of a name when letter case and Unicode form do not count: full case folding, then decomposed (NFD),
/// canonical caseless matching of the Unicode standard. Names of equal keys are one name to Windows or macOS.
std::string folding_key(std::string_view name);

enum class NameDifference { letter_case, unicode_form, case_and_form };

/// Two files or directories that would be one where such differences do not count.
struct NameClash {
  std::string first;
  std::string second;
  NameDifference difference = NameDifference::letter_case;
};

/// The first clash among files ordered by the bytes of their paths.
std::optional<NameClash> find_clash(std::span<const FileStamp> files);

}  // namespace fgsync::package
