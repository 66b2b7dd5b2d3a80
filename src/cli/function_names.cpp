#include "cli/function_names.hpp"

#include <algorithm>
#include <cctype>

namespace fgsync::cli {
namespace {

bool is_of_a_name(unsigned char letter) {
  return std::isalnum(letter) != 0 || letter == '-' || letter == '_';
}

std::string shown(std::string word) {
  constexpr std::size_t kMost = 64;
  std::replace_if(word.begin(), word.end(), [](unsigned char letter) { return std::isgraph(letter) == 0; }, '?');
  return word.size() <= kMost ? word : word.substr(0, kMost) + "...";
}

}  // namespace

Result<std::vector<std::string>> function_names(const std::vector<std::string>& words) {
  std::vector<std::string> names;
  for (const std::string& word : words) {
    if (word.empty() || !std::all_of(word.begin(), word.end(), is_of_a_name)) {
      return fail(ErrorKind::invalid,
                  "\"" + shown(word) + "\" is no name of a function: letters, digits, - and _ are what it can have");
    }
    if (std::find(names.begin(), names.end(), word) == names.end()) names.push_back(word);
  }
  return names;
}

}  // namespace fgsync::cli
