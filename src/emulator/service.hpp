#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "emulator/credentials.hpp"
#include "http/message.hpp"

namespace fgsync::emulator {

/// Whether code and configuration can be updated while latest has reserved instances. The documents of 2021 refuse it
/// (FSS.1077), the newer ones do not.
enum class ReservedUpdates { allowed, refused };

/// Whether a function may name dependencies that are not there, such as the service's public ones.
enum class UnknownDependencies { accepted, refused };

/// Which credentials a request must have.
enum class AuthenticationMode {
  none,
  token,       ///< X-Auth-Token
  access_key,  ///< a signature
  any,         ///< either
};

struct ServiceOptions {
  std::string region = "cn-north-4";
  /// Absent: none when no credentials are known, else any of them.
  std::optional<AuthenticationMode> authentication;
  std::optional<std::string> token;  ///< an X-Auth-Token that is accepted for every project
  std::vector<AccessKeyPair> access_keys;
  IamDirectory iam;
  std::chrono::seconds token_lifetime = std::chrono::hours(24);
  int max_functions = 400;
  int max_versions = 20;  ///< latest included
  int max_aliases = 10;
  int max_reserved_instances = 100;  ///< of a project
  int max_code_mb = 10240;           ///< of all versions of a project
  ReservedUpdates reserved_updates = ReservedUpdates::allowed;
  UnknownDependencies unknown_dependencies = UnknownDependencies::accepted;
  std::uint64_t seed = 1;  ///< of the random parts of answers (image names, request ids)
};

/// A FunctionGraph without network: request → response over stored state, strict about the documented rules
/// (docs/emulator.md). Never throws; an unexpected failure is a 500 with FSS.0500 and leaves the state as it was.
class Service {
 public:
  virtual ~Service() = default;
  virtual http::Response handle(const http::Request& request, std::chrono::system_clock::time_point now) = 0;
};

/// Opens the state: a SQLite file, or `:memory:`.
Result<std::unique_ptr<Service>> open_service(ServiceOptions options, const std::string& state_path);

}  // namespace fgsync::emulator
