#include "manifest/service_rules.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>

#include "base/nearest.hpp"

namespace fgsync::manifest {
namespace {

constexpr auto kRuntimes = std::to_array<std::string_view>({
    "Node.js6.10",
    "Node.js8.10",
    "Node.js10.16",
    "Node.js12.13",
    "Node.js14.18",
    "Node.js16.17",
    "Node.js18.15",
    "Node.js20.15",
    "Python2.7",
    "Python3.6",
    "Python3.9",
    "Python3.10",
    "Python3.12",
    "Java8",
    "Java11",
    "Java17",
    "Java21",
    "Go1.8",
    "Go1.x",
    "C#(.NET Core 2.0)",
    "C#(.NET Core 2.1)",
    "C#(.NET Core 3.1)",
    "C#(.NET Core 6.0)",
    "C#(.NET Core 8.0)",
    "PHP7.3",
    "PHP8.3",
    "Cangjie1.0",
    "Custom",
    "http",
    kImageRuntime,
});

constexpr auto kMemorySizes =
    std::to_array<int>({128, 256, 512, 768, 1024, 1280, 1536, 1792, 2048, 2560, 3072, 3584, 4096});

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
    is_function_name, "1 to 60 letters, digits, - or _, starting with a letter and ending with a letter or digit"};
const NameRule kAppName{is_app_name, "1 to 60 letters, digits, - or _, starting with a letter"};
const NameRule kVersionName{
    is_version_name, "1 to 42 letters, digits, -, _ or ., starting and ending with a letter or digit, and not latest"};
const NameRule kAliasName{
    is_alias_name,
    "1 to 63 letters, digits, - or _, starting with a letter and ending with a letter or digit, and not latest"};
const NameRule kLabelKey{is_label_key, "1 to 63 letters, digits, -, _, . or /"};
const NameRule kLabelValue{is_label_value, "at most 63 letters, digits, -, _, . or /"};
const NameRule kVariableName{is_variable_name, "the name of a variable, without = and blanks"};

std::optional<ListFinding> check_runtime(std::string_view runtime) {
  if (std::find(kRuntimes.begin(), kRuntimes.end(), runtime) != kRuntimes.end()) return std::nullopt;
  for (const std::string_view known : kRuntimes) {
    if (spelling_of(known) != spelling_of(runtime)) continue;
    return ListFinding{.kind = ListFinding::Kind::near_miss, .nearest = std::string(known)};
  }
  const auto is_same_language = [runtime](std::string_view known) {
    return language_of(known) == language_of(runtime);
  };
  if (std::any_of(kRuntimes.begin(), kRuntimes.end(), is_same_language)) return ListFinding{};
  if (auto near = nearest(runtime, kRuntimes)) {
    return ListFinding{.kind = ListFinding::Kind::near_miss, .nearest = *std::move(near)};
  }
  return ListFinding{};
}

std::optional<ListFinding> check_memory_size(int megabytes) {
  for (const int size : kMemorySizes) {
    if (megabytes == size) return std::nullopt;
    if (std::abs(megabytes - size) > size / 20) continue;
    return ListFinding{.kind = ListFinding::Kind::near_miss, .nearest = std::to_string(size)};
  }
  return ListFinding{};
}

}  // namespace fgsync::manifest
