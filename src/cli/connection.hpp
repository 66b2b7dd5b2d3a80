#pragma once

#include <optional>
#include <string>

#include "base/result.hpp"
#include "cli/credentials.hpp"
#include "cli/options.hpp"
#include "config/config.hpp"
#include "config/environment.hpp"
#include "functiongraph/budget.hpp"
#include "http/client.hpp"

namespace fgsync::cli {

/// Where to and as whom: flag > environment > fgsync.yaml.
struct Connection {
  http::Endpoint endpoint;
  std::string project_id;
  std::string region;  ///< may be empty when an endpoint is given
  std::optional<std::string> ca_file;
  ChosenCredentials credentials;
  std::optional<http::Proxy> proxy;      ///< on the way to the service
  std::optional<http::Proxy> iam_proxy;  ///< on the way to where tokens are made
  functiongraph::BudgetLimits budget;
  std::string state_directory;  ///< empty: in memory
};

/// Error `invalid` saying what is missing and where it can be set, or that endpoint, region and project cannot belong
/// together. Reads a profile file where it is needed, and of the machine nothing else but, where HOME is not set, the
/// home directory.
Result<Connection> resolve_connection(const Options& options, const config::Config& config,
                                      const config::Environment& environment);
/// With the environment of this process.
Result<Connection> resolve_connection(const Options& options, const config::Config& config);

/// All of it but the credentials and proxies: enough to find the state.
Result<Connection> resolve_target(const Options& options, const config::Config& config,
                                  const config::Environment& environment);

/// Where the state is; empty: in memory. Error `invalid`: there is no place for it.
Result<std::string> resolve_state(const Options& options, const config::Config& config,
                                  const config::Environment& environment);

/// Adds the proxies to endpoint and credentials. Error `invalid` when the environment names one that cannot be used.
Result<void> resolve_proxies(Connection& connection, const config::Environment& environment);

/// Functions that are worked on at once.
int resolve_parallel(const Options& options, const config::Config& config);

}  // namespace fgsync::cli
