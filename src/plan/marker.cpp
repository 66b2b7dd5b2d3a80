#include "plan/marker.hpp"

#include <algorithm>
#include <cstring>

namespace fgsync::plan {
namespace {

constexpr std::string_view kOwner = "[fgsync:own=";
constexpr std::string_view kFingerprint = "[fgsync:fp=1:";
constexpr std::string_view kHold = "[fgsync:hold=";

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

/// The value of the marker at the end, as a part of the description.
std::optional<std::string_view> marker_in(std::string_view description, std::string_view prefix) {
  // A value has no brackets: the last one opens the marker, or there is none.
  if (!description.ends_with(']')) return std::nullopt;
  const void* start = ::memrchr(description.data(), '[', description.size());  // rfind takes one byte at a time
  if (start == nullptr) return std::nullopt;
  std::string_view value = description;
  value.remove_prefix(static_cast<std::size_t>(static_cast<const char*>(start) - description.data()));
  if (!value.starts_with(prefix)) return std::nullopt;
  value.remove_prefix(prefix.size());
  value.remove_suffix(1);
  if (value.empty() || value.find(']') != std::string_view::npos) return std::nullopt;
  return value;
}

MarkedText split_marker(std::string_view description, std::string_view prefix) {
  const auto value = marker_in(description, prefix);
  if (!value) return {std::string(description), std::nullopt};
  std::string_view text = description.substr(0, description.size() - prefix.size() - value->size() - 1);
  if (text.ends_with(' ')) text.remove_suffix(1);
  return {std::string(text), std::string(*value)};
}

/// Of a digest, as much as stands in a marker.
std::string_view first_digits(const RemoteDigest& digest) {
  constexpr std::size_t kDigits = 12;
  return std::string_view(digest.hex).substr(0, kDigits);
}

/// Cuts `part` off the end of `text`, if that is how it ends.
bool cut_end(std::string_view& text, std::string_view part) {
  if (!text.ends_with(part)) return false;
  text.remove_suffix(part.size());
  return true;
}

}  // namespace

std::string with_owner(std::string_view text, std::string_view source_id) {
  return with_marker(text, kOwner, source_id);
}

MarkedText split_owner(std::string_view description) {
  return split_marker(description, kOwner);
}

std::string with_fingerprint(std::string_view text, std::string_view fingerprint, const RemoteDigest& digest) {
  return with_marker(text, kFingerprint, std::string(fingerprint) + ":" + std::string(first_digits(digest)));
}

bool carries_fingerprint(std::string_view description, const RemoteDigest& digest, std::string_view fingerprint) {
  return cut_end(description, "]") && cut_end(description, first_digits(digest)) && cut_end(description, ":") &&
         cut_end(description, fingerprint) && description.ends_with(kFingerprint);
}

std::optional<std::string> fingerprint_in(std::string_view description, const RemoteDigest& digest) {
  const auto value = marker_in(description, kFingerprint);
  if (!value) return std::nullopt;
  const std::string_view fingerprint = value->substr(0, value->find(':'));
  if (!carries_fingerprint(description, digest, fingerprint)) return std::nullopt;
  return std::string(fingerprint);
}

bool has_fingerprint(std::string_view description) {
  return marker_in(description, kFingerprint).has_value();
}

MarkedText split_fingerprint(std::string_view description) {
  return split_marker(description, kFingerprint);
}

std::string with_hold(std::string_view text, std::string_view fingerprint) {
  return with_marker(text, kHold, fingerprint);
}

MarkedText split_hold(std::string_view description) {
  return split_marker(description, kHold);
}

}  // namespace fgsync::plan
