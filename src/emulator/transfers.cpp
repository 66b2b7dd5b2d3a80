#include "emulator/transfers.hpp"

namespace fgsync::emulator {

bool Transfers::is_busy(Transfer kind, const std::string& project, Time now) const {
  const auto& of_kind = busy_until_.at(static_cast<std::size_t>(kind));
  const auto found = of_kind.find(project);
  return found != of_kind.end() && now < found->second;
}

void Transfers::begin(Transfer kind, const std::string& project, Time until) {
  busy_until_.at(static_cast<std::size_t>(kind))[project] = until;
}

}  // namespace fgsync::emulator
