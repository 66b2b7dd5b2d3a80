#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace fgsync::plan {

// Markers stand at the end of descriptions, so that a machine without state knows what is ours and what a version was
// made of: `[fgsync:own=<source id>]` on functions, `[fgsync:fp=1:<12 hex>]` on versions. They are stripped before
// descriptions are compared or shown.

/// The longest description that the service takes, in characters.
inline constexpr std::size_t kMaxDescription = 512;

struct MarkedText {
  std::string text;                   ///< the user's own words
  std::optional<std::string> marker;  ///< the marker's value
};

/// `text` with the ownership marker. The user's text is shortened before the marker is.
std::string with_owner(std::string_view text, std::string_view source_id);
MarkedText split_owner(std::string_view description);

/// `text` with the fingerprint marker; `fingerprint` has 12 hex digits.
std::string with_fingerprint(std::string_view text, std::string_view fingerprint);
MarkedText split_fingerprint(std::string_view description);

}  // namespace fgsync::plan
