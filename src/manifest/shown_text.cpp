#include "manifest/shown_text.hpp"

#include <algorithm>

#include "manifest/yaml_reader.hpp"

namespace fgsync::manifest::yaml {
namespace {

constexpr std::size_t kMaxLine = 200;
constexpr std::size_t kMaxQuoted = 60;

bool is_continuation(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

/// Whether the character that starts here moves a terminal's cursor or worse: C0, DEL, C1 (U+0080 to U+009F).
bool is_control(std::string_view rest) {
  const auto first = static_cast<unsigned char>(rest[0]);
  if (first < 0x20 || first == 0x7F) return true;
  return first == 0xC2 && rest.size() > 1 && static_cast<unsigned char>(rest[1]) < 0xA0;
}

}  // namespace

std::string shown_text(std::string_view text, std::size_t max_characters, Tabs tabs) {
  std::string shown;
  std::size_t characters = 0;
  for (std::size_t i = 0; i < text.size();) {
    std::size_t length = 1;
    while (i + length < text.size() && is_continuation(text[i + length])) ++length;
    if (characters++ == max_characters) return shown + "…";
    const bool is_kept_tab = text[i] == '\t' && tabs == Tabs::keep;
    if (is_control(text.substr(i)) && !is_kept_tab) {
      shown += '?';
    } else {
      shown += text.substr(i, length);
    }
    i += length;
  }
  return shown;
}

std::string quoted(std::string_view text) {
  return '"' + shown_text(text, kMaxQuoted) + '"';
}

std::size_t count_characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return !is_continuation(c); }));
}

Lines::Lines(std::string path, std::string_view text) : path_(std::move(path)), text_(without_bom(text)), starts_{0} {
  for (std::size_t i = 0; i < text_.size(); ++i) {
    if (text_[i] == '\n') starts_.push_back(i + 1);
  }
}

SourcePosition Lines::at(Mark mark) const {
  return SourcePosition{.file = path_, .line = mark.line, .column = mark.column};
}

std::string Lines::line(int number) const {
  if (number < 1 || static_cast<std::size_t>(number) > starts_.size()) return {};
  const std::size_t start = starts_[static_cast<std::size_t>(number) - 1];
  std::string_view rest = text_.substr(start);
  rest = rest.substr(0, rest.find('\n'));
  if (rest.ends_with('\r')) rest.remove_suffix(1);
  return shown_text(rest, kMaxLine, Tabs::keep);
}

}  // namespace fgsync::manifest::yaml
