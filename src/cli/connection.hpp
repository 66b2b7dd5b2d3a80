#pragma once

#include <optional>
#include <string>

#include "base/result.hpp"
#include "base/secret.hpp"
#include "cli/options.hpp"
#include "config/config.hpp"
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

/// Reads the environment. Error `invalid` saying what is missing and where it can be set.
Result<Connection> resolve_connection(const Options& options, const config::Config& config);

}  // namespace fgsync::cli
