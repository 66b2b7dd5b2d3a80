#pragma once

#include <cstddef>
#include <string_view>

namespace fgsync::emulator {

/// 1–60 letters, digits, `-`, `_`; first a letter, last a letter or digit.
bool is_function_name(std::string_view name);
/// 1–60 letters, digits, `-`, `_`.
bool is_app_name(std::string_view name);
/// 1–42 letters, digits, `-`, `_`, `.`; first and last a letter or digit. `latest` is the service's own.
bool is_version_name(std::string_view name);
/// 1–64 letters, digits, `-`, `_`; first a letter, last a letter or digit.
bool is_alias_name(std::string_view name);
/// 1–96 letters, digits, `-`, `_`, `.`; first a letter, last a letter or digit.
bool is_dependency_name(std::string_view name);
/// Characters of UTF-8, not bytes.
std::ptrdiff_t character_count(std::string_view text);
/// At most 512 characters of UTF-8.
bool is_description(std::string_view text);

}  // namespace fgsync::emulator
