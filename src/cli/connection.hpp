#pragma once

#include <optional>
#include <string>

#include "base/result.hpp"
#include "base/secret.hpp"
#include "cli/options.hpp"
#include "config/config.hpp"
#include "config/environment.hpp"
#include "http/client.hpp"

namespace fgsync::cli {

/// Where to and as whom: flag > environment > fgsync.yaml.
struct Connection {
  http::Endpoint endpoint;
  std::string project_id;
  std::string region;  ///< may be empty when an endpoint is given
  std::optional<std::string> ca_file;
  Secret token;
  std::string state_directory;  ///< empty: in memory
};

/// Error `invalid` saying what is missing and where it can be set. Reads the file with the token, and of the machine
/// nothing else but, where HOME is not set, the home directory.
Result<Connection> resolve_connection(const Options& options, const config::Config& config,
                                      const config::Environment& environment);
/// With the environment of this process.
Result<Connection> resolve_connection(const Options& options, const config::Config& config);

/// All of it but the token: enough to find the state.
Result<Connection> resolve_target(const Options& options, const config::Config& config,
                                  const config::Environment& environment);

/// Functions that are worked on at once.
int resolve_parallel(const Options& options, const config::Config& config);

}  // namespace fgsync::cli
