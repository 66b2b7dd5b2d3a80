#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fgsync::emulator {

/// The parts of a text between separators; one, perhaps empty, when it has none.
std::vector<std::string_view> split(std::string_view text, char separator);

/// Without blanks, tabs and carriage returns at either end.
std::string_view trimmed(std::string_view text);

/// Nothing when a percent sign is not followed by two hex digits.
std::optional<std::string> percent_decode(std::string_view text);

/// Everything but letters, digits and `-_.~` as `%XX`, in upper case (RFC 3986).
std::string percent_encode(std::string_view text);

/// What is not UTF-8 becomes U+FFFD, a byte at a time.
std::string valid_utf8(std::string_view text);

}  // namespace fgsync::emulator
