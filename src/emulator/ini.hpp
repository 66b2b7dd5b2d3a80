#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace fgsync::emulator {

/// A part of an INI file: `[name]` and the lines `key = value` below it.
struct IniSection {
  std::string name;
  int line = 0;  ///< of the name
  std::map<std::string, std::string> values;
};

/// Lines that are empty or start with `#` or `;` are skipped. Error `invalid` naming the line, never its text: such
/// files hold secrets.
Result<std::vector<IniSection>> parse_ini(std::string_view text);

}  // namespace fgsync::emulator
