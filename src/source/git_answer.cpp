#include "source/git_answer.hpp"

#include <algorithm>

#include "base/printable.hpp"

namespace fgsync::source {
namespace {

constexpr std::size_t kShownMessage = 300;

}  // namespace

bool is_object_name(std::string_view text) {
  const auto is_hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  return (text.size() == 40 || text.size() == 64) && std::all_of(text.begin(), text.end(), is_hex);
}

std::string without_line_break(std::string text) {
  if (text.ends_with('\n')) text.pop_back();
  return text;
}

std::string first_complaint(std::string_view errors) {
  constexpr std::string_view kFatal = "fatal: ";
  if (const auto fatal = errors.find(kFatal); fatal != std::string_view::npos) {
    errors.remove_prefix(fatal + kFatal.size());
  }
  return printable(errors.substr(0, errors.find('\n')), kShownMessage);
}

}  // namespace fgsync::source
