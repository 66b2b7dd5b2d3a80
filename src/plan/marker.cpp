#include "plan/marker.hpp"

#include <algorithm>

namespace fgsync::plan {
namespace {

constexpr std::string_view kOwner = "[fgsync:own=";
constexpr std::string_view kFingerprint = "[fgsync:fp=1:";

bool continues_character(char c) {
  return (static_cast<unsigned char>(c) & 0xc0) == 0x80;
}

std::size_t count_characters(std::string_view utf8) {
  return static_cast<std::size_t>(
      std::count_if(utf8.begin(), utf8.end(), [](char c) { return !continues_character(c); }));
}

/// The first `count` characters.
std::string_view first_characters(std::string_view utf8, std::size_t count) {
  std::size_t end = 0;
  while (end < utf8.size()) {
    if (!continues_character(utf8[end]) && count-- == 0) break;
    ++end;
  }
  return utf8.substr(0, end);
}

std::string with_marker(std::string_view text, std::string_view prefix, std::string_view value) {
  const std::string marker = std::string(prefix) + std::string(value) + "]";
  if (text.empty()) return marker;
  const std::size_t room = kMaxDescription - std::min(kMaxDescription, count_characters(marker) + 1);
  return std::string(first_characters(text, room)) + " " + marker;
}

MarkedText split_marker(std::string_view description, std::string_view prefix) {
  const std::size_t start = description.rfind(prefix);
  if (start == std::string_view::npos || description.back() != ']') return {std::string(description), std::nullopt};
  const std::size_t value_at = start + prefix.size();
  const std::string_view value = description.substr(value_at, description.size() - value_at - 1);
  if (value.empty() || value.find_first_of("[]") != std::string_view::npos) {
    return {std::string(description), std::nullopt};
  }
  std::string_view text = description.substr(0, start);
  if (text.ends_with(' ')) text.remove_suffix(1);
  return {std::string(text), std::string(value)};
}

std::string evidence(std::string_view fingerprint, const RemoteDigest& digest) {
  constexpr std::size_t kDigits = 12;
  return std::string(fingerprint) + ":" + digest.hex.substr(0, kDigits);
}

}  // namespace

std::string with_owner(std::string_view text, std::string_view source_id) {
  return with_marker(text, kOwner, source_id);
}

MarkedText split_owner(std::string_view description) {
  return split_marker(description, kOwner);
}

std::string with_fingerprint(std::string_view text, std::string_view fingerprint, const RemoteDigest& digest) {
  return with_marker(text, kFingerprint, evidence(fingerprint, digest));
}

bool carries_fingerprint(std::string_view description, const RemoteDigest& digest, std::string_view fingerprint) {
  return split_fingerprint(description).marker == evidence(fingerprint, digest);
}

MarkedText split_fingerprint(std::string_view description) {
  return split_marker(description, kFingerprint);
}

}  // namespace fgsync::plan
