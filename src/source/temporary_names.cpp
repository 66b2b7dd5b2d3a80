#include "source/temporary_names.hpp"

#include <algorithm>

namespace fgsync::source {
namespace {

bool is_lower(char letter) {
  return letter >= 'a' && letter <= 'z';
}

bool is_hex_digit(char letter) {
  return (letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'f');
}

/// `.name.swp`, and `.swo`, `.swn`… when that exists.
bool is_swap_file(std::string_view name) {
  if (name.size() < 6 || name.front() != '.') return false;
  const std::string_view end = name.substr(name.size() - 4);
  return end.starts_with(".sw") && is_lower(end.back());
}

/// `.nfs0000000000a1b2c300000001`: a file that was removed while somebody had it open.
bool is_nfs_remnant(std::string_view name) {
  return name.starts_with(".nfs") && name.size() >= 20 && std::all_of(name.begin() + 4, name.end(), is_hex_digit);
}

}  // namespace

bool is_temporary_name(std::string_view name) {
  const bool is_emacs = name.starts_with(".#") || (name.size() > 2 && name.front() == '#' && name.back() == '#');
  const bool is_vim = name == "4913" || is_swap_file(name);
  const bool is_other_editor = name.starts_with(".goutputstream-") || name.ends_with(".kate-swp") ||
                               name.ends_with("___jb_tmp___") || name.ends_with("___jb_old___") ||
                               name.starts_with(".~lock.");
  const bool is_file_system = name.starts_with(".fuse_hidden") || is_nfs_remnant(name);
  return name.ends_with('~') || is_emacs || is_vim || is_other_editor || is_file_system;
}

}  // namespace fgsync::source
