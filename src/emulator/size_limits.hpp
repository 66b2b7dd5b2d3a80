#pragma once

#include <cstdint>
#include <string>

#include "emulator/fault.hpp"

namespace fgsync::emulator {

/// How large things in requests may be, as documented unless somebody wants to meet a limit with less.
struct SizeLimits {
  std::int64_t package_mb = 50;       ///< of code as a zip or jar (FSS.1071)
  std::int64_t inline_kb = 10;        ///< of inline source (FSS.1072)
  std::int64_t import_mb = 50;        ///< of an import package (FSS.1023)
  std::int64_t dependency_mb = 40;    ///< of a dependency (FSS.1071)
  std::int64_t event_kb = 6144;       ///< of the event of a call (FSS.1201)
  std::int64_t async_event_kb = 256;  ///< of the event of an asynchronous call (FSS.1201)
  std::int64_t signed_mb = 12;        ///< of a signed body (APIGW.0201)
};

constexpr std::uint64_t bytes_of_kb(std::int64_t kb) {
  return static_cast<std::uint64_t>(kb) << 10U;
}
constexpr std::uint64_t bytes_of_mb(std::int64_t mb) {
  return static_cast<std::uint64_t>(mb) << 20U;
}

/// The refusal of what is over a limit; says so when the limit is not the one that `kind` speaks of.
inline Fault over_limit(FaultKind kind, std::int64_t limit, std::int64_t documented, const char* unit) {
  if (limit == documented) return Fault(kind);
  return Fault(kind, "the limit of this fgsync-emulator is " + std::to_string(limit) + " " + unit);
}

}  // namespace fgsync::emulator
