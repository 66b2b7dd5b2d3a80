#include "base/printable.hpp"

#include <algorithm>

namespace fgsync {

std::string printable(std::string_view text, std::size_t max_bytes) {
  std::size_t end = std::min(text.size(), max_bytes);
  const auto continues_character = [&](std::size_t at) {
    return (static_cast<unsigned char>(text[at]) & 0xc0U) == 0x80U;
  };
  while (end < text.size() && end > 0 && continues_character(end)) --end;
  std::string out(text.substr(0, end));
  std::replace_if(out.begin(), out.end(), [](unsigned char c) { return c < ' ' || c == 0x7f; }, '?');
  return end < text.size() ? out + "…" : out;
}

}  // namespace fgsync
