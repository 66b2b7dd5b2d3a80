#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/digest.hpp"

namespace fgsync::plan {

// Markers stand at the end of descriptions, so that a machine without state knows what is ours and what a version was
// made of: `[fgsync:own=<source id>]` on functions, `[fgsync:fp=1:<fingerprint>:<digest>]` on versions,
// `[fgsync:hold=<fingerprint>]` on aliases. They are
// stripped before descriptions are compared or shown.

/// The longest description that the service takes, in characters.
inline constexpr std::size_t kMaxDescription = 512;

struct MarkedText {
  std::string text;                   ///< the user's own words
  std::optional<std::string> marker;  ///< the marker's value
};

/// `text` with the ownership marker. The user's text is shortened before the marker is.
std::string with_owner(std::string_view text, std::string_view source_id);
MarkedText split_owner(std::string_view description);

/// `text` with the fingerprint marker: the fingerprint (12 hex digits), and the first 12 digits of the code's digest
/// that was to be published. A version whose digest is another one was published while somebody else wrote to latest:
/// its marker says nothing.
std::string with_fingerprint(std::string_view text, std::string_view fingerprint, const RemoteDigest& digest);
MarkedText split_fingerprint(std::string_view description);
/// Whether there is one, of whatever fingerprint.
bool has_fingerprint(std::string_view description);

/// `text` with the mark of a hold: the fingerprint of what must not come back to this alias, so that every machine
/// knows.
std::string with_hold(std::string_view text, std::string_view fingerprint);
MarkedText split_hold(std::string_view description);

/// The fingerprint that the description of a version with this digest names; nothing when it names none, or another
/// digest.
std::optional<std::string> fingerprint_in(std::string_view description, const RemoteDigest& digest);

/// Whether a version with this description and digest was published by us, of this fingerprint, and holds what it was
/// meant to hold.
bool carries_fingerprint(std::string_view description, const RemoteDigest& digest, std::string_view fingerprint);

}  // namespace fgsync::plan
