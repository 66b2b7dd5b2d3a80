// Row by row over the pattern: which prefixes of the text does the pattern so far fit? Backtracking would be shorter
// and takes exponential time for patterns such as `*a*a*a*b`.
#include "emulator/glob.hpp"

#include <vector>

namespace fgsync::emulator {
namespace {

using Prefixes = std::vector<char>;  // [n]: the first n characters of the text fit

/// After a star: every prefix that begins with one that fitted before it, up to a slash unless that may be crossed.
void extend(Prefixes& fits, std::string_view text, bool crosses_slashes) {
  for (std::size_t i = 1; i < fits.size(); ++i) {
    const bool may_grow = crosses_slashes || text[i - 1] != '/';
    if (fits[i - 1] != 0 && may_grow) fits[i] = 1;
  }
}

void step(Prefixes& fits, std::string_view text, char wanted) {
  for (std::size_t i = fits.size() - 1; i > 0; --i) {
    const bool is_wanted = wanted == '?' ? text[i - 1] != '/' : text[i - 1] == wanted;
    fits[i] = static_cast<char>(fits[i - 1] != 0 && is_wanted);
  }
  fits[0] = 0;
}

}  // namespace

bool matches_glob(std::string_view pattern, std::string_view text) {
  Prefixes fits(text.size() + 1, 0);
  fits[0] = 1;
  for (std::size_t at = 0; at < pattern.size(); ++at) {
    if (pattern[at] != '*') {
      step(fits, text, pattern[at]);
      continue;
    }
    const bool is_double = pattern.substr(at).starts_with("**");
    extend(fits, text, is_double);
    if (is_double) ++at;
  }
  return fits.back() != 0;
}

}  // namespace fgsync::emulator
