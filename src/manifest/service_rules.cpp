#include "manifest/service_rules.hpp"

#include <algorithm>
#include <cctype>
#include <cstdlib>

#include "base/nearest.hpp"

namespace fgsync::manifest {
namespace {

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_letter_or_digit(char c) {
  return is_letter(c) || is_digit(c);
}

/// Letters, digits and `others` only, and within the length.
bool is_made_of(std::string_view text, std::size_t min, std::size_t max, std::string_view others) {
  if (text.size() < min || text.size() > max) return false;
  return std::all_of(text.begin(), text.end(),
                     [others](char c) { return is_letter_or_digit(c) || others.find(c) != std::string_view::npos; });
}

bool is_function_name(std::string_view text) {
  return is_made_of(text, 1, 60, "-_") && is_letter(text.front()) && is_letter_or_digit(text.back());
}

bool is_app_name(std::string_view text) {
  return is_made_of(text, 1, 60, "-_") && is_letter(text.front());
}

bool is_version_name(std::string_view text) {
  return is_made_of(text, 1, 42, "-_.") && is_letter_or_digit(text.front()) && is_letter_or_digit(text.back()) &&
         text != "latest";
}

bool is_alias_name(std::string_view text) {
  return is_made_of(text, 1, 63, "-_") && is_letter(text.front()) && is_letter_or_digit(text.back()) &&
         text != "latest";
}

bool is_label_key(std::string_view text) {
  return is_made_of(text, 1, 63, "-_./");
}

bool is_label_value(std::string_view text) {
  return is_made_of(text, 0, 63, "-_./");
}

bool is_variable_name(std::string_view text) {
  const auto is_bad = [](char c) { return c == '=' || static_cast<unsigned char>(c) <= ' ' || c == 0x7F; };
  return !text.empty() && std::none_of(text.begin(), text.end(), is_bad);
}

/// Bytes that are no control characters; UTF-8 was checked when the text was read.
bool is_printable(std::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7F; });
}

/// The number of characters of UTF-8 text.
std::size_t length_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

bool is_handler(std::string_view text) {
  const bool has_right_length = length_of(text) >= 3 && length_of(text) <= 128;
  return is_printable(text) && (text == kNoHandler || (has_right_length && text.find('.') != std::string_view::npos));
}

bool is_path(std::string_view text) {
  return !text.empty() && text.size() <= 4096 && is_printable(text);
}

bool is_graphic(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7F; });
}

bool is_object_url(std::string_view text) {
  constexpr std::string_view kStart = "https://";
  return text.starts_with(kStart) && text.size() > kStart.size() && text.size() <= 2048 && is_graphic(text);
}

bool is_object_digest(std::string_view text) {
  constexpr std::string_view kStart = "sha512:";
  if (!text.starts_with(kStart) || text.size() != kStart.size() + 128) return false;
  text.remove_prefix(kStart.size());
  return std::all_of(text.begin(), text.end(), [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); });
}

bool is_image(std::string_view text) {
  return is_made_of(text, 1, 255, "-_./:@") && is_letter_or_digit(text.front()) &&
         text.find('/') != std::string_view::npos;
}

bool is_identifier(std::string_view text) {
  return is_made_of(text, 1, 64, "-_.");
}

bool is_tag_key(std::string_view text) {
  return !text.empty() && length_of(text) <= 128 && is_printable(text) && !text.starts_with("_sys_") &&
         text.find_first_of("=*<>\\,|/") == std::string_view::npos && text.front() != ' ' && text.back() != ' ';
}

bool is_additional_version(std::string_view text) {
  return is_version_name(text) && text != "current" && text != "auto";
}

bool is_qualifier(std::string_view text) {
  return text == "latest" || is_version_name(text) || is_alias_name(text);
}

bool is_environment_name(std::string_view text) {
  return is_made_of(text, 1, 63, "-_.") && is_letter_or_digit(text.front());
}

bool is_json_pointer(std::string_view text) {
  if (text.size() < 2 || text.front() != '/' || !is_printable(text)) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '~' && (i + 1 == text.size() || (text[i + 1] != '0' && text[i + 1] != '1'))) return false;
  }
  return true;
}

/// Lower-case letters and digits only: equal for `Node.js18.15` and `nodejs18.15`.
std::string spelling_of(std::string_view text) {
  std::string spelling;
  for (const char c : text) {
    if (is_letter_or_digit(c)) spelling += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return spelling;
}

/// The text without version numbers: equal for `Python3.9` and `Python3.14`, `Go1.x` and `Go2.x`.
std::string language_of(std::string_view text) {
  std::string language;
  for (const char c : text) {
    if (!is_digit(c) && c != '.' && c != 'x') language += c;
  }
  return language;
}

}  // namespace

const NameRule kFunctionName{
    is_function_name, "1 to 60 letters, digits, - or _, starting with a letter and ending with a letter or digit",
    R"(^[A-Za-z]([A-Za-z0-9_-]{0,58}[A-Za-z0-9])?$)"};
const NameRule kAppName{is_app_name, "1 to 60 letters, digits, - or _, starting with a letter",
                        R"(^[A-Za-z][A-Za-z0-9_-]{0,59}$)"};
const NameRule kVersionName{
    is_version_name, "1 to 42 letters, digits, -, _ or ., starting and ending with a letter or digit, and not latest",
    R"(^(?!latest$)[A-Za-z0-9]([A-Za-z0-9_.-]{0,40}[A-Za-z0-9])?$)"};
const NameRule kAliasName{
    is_alias_name,
    "1 to 63 letters, digits, - or _, starting with a letter and ending with a letter or digit, and not latest",
    R"(^(?!latest$)[A-Za-z]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?$)"};
const NameRule kLabelKey{is_label_key, "1 to 63 letters, digits, -, _, . or /", R"(^[A-Za-z0-9_./-]{1,63}$)"};
const NameRule kLabelValue{is_label_value, "at most 63 letters, digits, -, _, . or /", R"(^[A-Za-z0-9_./-]{0,63}$)"};
const NameRule kVariableName{is_variable_name, "the name of a variable, without = and blanks",
                             R"(^[^=\u0000-\u0020\u007F]+$)"};
const NameRule kHandler{is_handler, "3 to 128 characters with a dot, such as index.handler",
                        R"(^(-|(?=.{3,128}$)[^\u0000-\u001F\u007F]*\.[^\u0000-\u001F\u007F]*)$)"};
const NameRule kPath{is_path, "a path", R"(^[^\u0000-\u001F\u007F]{1,4096}$)"};
const NameRule kObjectUrl{is_object_url, "https:// and the place of an object, without blanks",
                          R"(^https://[\u0021-\u007E]{1,2040}$)"};
const NameRule kObjectDigest{is_object_digest, "sha512: and 128 lower-case hex digits", R"(^sha512:[0-9a-f]{128}$)"};
const NameRule kImage{is_image, "an image with its registry, such as swr.cn-north-4.myhuaweicloud.com/org/app:1.2",
                      R"(^[A-Za-z0-9](?=[^/]*/)[A-Za-z0-9_./:@-]{1,254}$)"};
const NameRule kIdentifier{is_identifier, "an id or name: 1 to 64 letters, digits, -, _ or .",
                           R"(^[A-Za-z0-9_.-]{1,64}$)"};
const NameRule kTagKey{is_tag_key,
                       "1 to 128 characters, none of = * < > \\ , | /, not starting with _sys_, no blanks at its ends",
                       R"(^(?!_sys_)(?! )(?!.* $)[^=*<>\\,|/\u0000-\u001F\u007F]{1,128}$)"};
const NameRule kAdditionalVersion{is_additional_version, "the name of a published version, or previous",
                                  R"(^(?!(latest|current|auto)$)[A-Za-z0-9]([A-Za-z0-9_.-]{0,40}[A-Za-z0-9])?$)"};
const NameRule kQualifier{
    is_qualifier, "the name of a version or an alias, or latest",
    R"(^([A-Za-z0-9]([A-Za-z0-9_.-]{0,40}[A-Za-z0-9])?|[A-Za-z]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?)$)"};
const NameRule kEnvironmentName{is_environment_name,
                                "1 to 63 letters, digits, -, _ or ., starting with a letter or digit",
                                R"(^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$)"};
const NameRule kJsonPointer{is_json_pointer, "a JSON pointer such as /description",
                            R"(^/(?!$)([^~\u0000-\u001F\u007F]|~[01])*$)"};

std::optional<ListFinding> check_runtime(std::string_view runtime) {
  if (std::find(kDocumentedRuntimes.begin(), kDocumentedRuntimes.end(), runtime) != kDocumentedRuntimes.end())
    return std::nullopt;
  for (const std::string_view known : kDocumentedRuntimes) {
    if (spelling_of(known) != spelling_of(runtime)) continue;
    return ListFinding{.kind = ListFinding::Kind::near_miss, .nearest = std::string(known)};
  }
  const auto is_same_language = [runtime](std::string_view known) {
    return language_of(known) == language_of(runtime);
  };
  if (std::any_of(kDocumentedRuntimes.begin(), kDocumentedRuntimes.end(), is_same_language)) return ListFinding{};
  if (auto near = nearest(runtime, kDocumentedRuntimes)) {
    return ListFinding{.kind = ListFinding::Kind::near_miss, .nearest = *std::move(near)};
  }
  return ListFinding{};
}

std::optional<ListFinding> check_memory_size(int megabytes) {
  for (const std::string_view documented : kDocumentedMemorySizes) {
    const int size = std::stoi(std::string(documented));
    if (megabytes == size) return std::nullopt;
    if (std::abs(megabytes - size) > size / 20) continue;
    return ListFinding{.kind = ListFinding::Kind::near_miss, .nearest = std::to_string(size)};
  }
  return ListFinding{};
}

}  // namespace fgsync::manifest
