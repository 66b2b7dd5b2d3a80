#pragma once

#include <chrono>
#include <string>

#include "base/result.hpp"

namespace fgsync::emulator {

/// A certificate and its key, as files in PEM.
struct TlsIdentity {
  std::string certificate_file;
  std::string key_file;
};

/// A certificate for `address`, localhost and the loopback addresses, and the authority that signed it: `ca.pem`, which
/// clients are to trust, in the directory `folder`, which is made if need be. What an earlier call left there is used
/// again as long as it is good for `address` and for another week; ca.pem stays the same as long as it can. Keys are
/// readable for the user only. Error `invalid`: the directory cannot be used, or has files of these names which this
/// function has not made.
Result<TlsIdentity> prepare_self_signed(const std::string& folder, const std::string& address,
                                        std::chrono::system_clock::time_point now);

}  // namespace fgsync::emulator
