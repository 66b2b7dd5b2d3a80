#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "http/message.hpp"

namespace fgsync::emulator {

struct ServiceOptions {
  std::string region = "cn-north-4";
  std::optional<std::string> token;  ///< the X-Auth-Token that is accepted; absent: any, also none
  int max_functions = 400;
  int max_versions = 20;  ///< latest included
  int max_aliases = 10;
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
