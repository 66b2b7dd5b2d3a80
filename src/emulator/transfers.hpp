#pragma once

#include <array>
#include <chrono>
#include <map>
#include <string>

namespace fgsync::emulator {

enum class Transfer { import, exporting };

/// Which projects are in the middle of an import or an export. The documents allow a user one of each at a time. Ours
/// take no time, so each keeps its project busy for as long as the options say.
class Transfers {
 public:
  using Time = std::chrono::system_clock::time_point;

  [[nodiscard]] bool is_busy(Transfer kind, const std::string& project, Time now) const;
  void begin(Transfer kind, const std::string& project, Time until);

 private:
  std::array<std::map<std::string, Time>, 2> busy_until_;
};

}  // namespace fgsync::emulator
