#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>

#include "emulator/fault.hpp"
#include "emulator/route.hpp"
#include "emulator/service.hpp"
#include "emulator/store.hpp"

namespace fgsync::emulator {

/// The gateway's check of who sends a request. It remembers failed signatures: after more than five in a row an access
/// key is locked for five minutes.
class Gate {
 public:
  explicit Gate(const ServiceOptions& options);

  /// Why the request is refused; nothing when it may pass.
  std::optional<Fault> check(const http::Request& request, const Route& route, Store& store,
                             std::chrono::system_clock::time_point now);

 private:
  using Time = std::chrono::system_clock::time_point;
  struct Failures {
    int in_a_row = 0;
    Time locked_until;
  };

  std::optional<Fault> check_token(const http::Request& request, const Route& route, Store& store, Time now) const;
  std::optional<Fault> check_access_key(const http::Request& request, Time now);
  [[nodiscard]] const AccessKeyPair* find_key(std::string_view id) const;

  const ServiceOptions& options_;
  AuthenticationMode mode_;
  std::map<std::string, Failures> failures_;
};

/// The token of a request, when it is one that is accepted. APIGW.0301 for an unknown one, APIGW.0307 for one that has
/// expired.
Valid<IssuedToken> find_token(const http::Headers& headers, const ServiceOptions& options, Store& store,
                              std::chrono::system_clock::time_point now);

}  // namespace fgsync::emulator
