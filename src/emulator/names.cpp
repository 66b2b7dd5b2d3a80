#include "emulator/names.hpp"

#include <algorithm>

namespace fgsync::emulator {
namespace {

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_letter_or_digit(char c) {
  return is_letter(c) || (c >= '0' && c <= '9');
}

bool consists_of(std::string_view name, std::size_t max_length, std::string_view others) {
  auto is_allowed = [others](char c) { return is_letter_or_digit(c) || others.find(c) != std::string_view::npos; };
  return !name.empty() && name.size() <= max_length && std::all_of(name.begin(), name.end(), is_allowed);
}

}  // namespace

bool is_function_name(std::string_view name) {
  return consists_of(name, 60, "-_") && is_letter(name.front()) && is_letter_or_digit(name.back());
}

bool is_app_name(std::string_view name) {
  return consists_of(name, 60, "-_");
}

bool is_version_name(std::string_view name) {
  return consists_of(name, 42, "-_.") && is_letter_or_digit(name.front()) && is_letter_or_digit(name.back()) &&
         name != "latest";
}

bool is_alias_name(std::string_view name) {
  return consists_of(name, 64, "-_") && is_letter(name.front()) && is_letter_or_digit(name.back());
}

bool is_dependency_name(std::string_view name) {
  return consists_of(name, 96, "-_.") && is_letter(name.front()) && is_letter_or_digit(name.back());
}

std::ptrdiff_t character_count(std::string_view text) {
  auto begins_character = [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; };
  return std::count_if(text.begin(), text.end(), begins_character);
}

bool is_description(std::string_view text) {
  return character_count(text) <= 512;
}

}  // namespace fgsync::emulator
