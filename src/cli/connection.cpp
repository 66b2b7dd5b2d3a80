#include "cli/connection.hpp"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <initializer_list>
#include <sstream>

#include "functiongraph/authentication.hpp"
#include "functiongraph/http_function_graph.hpp"
#include "functiongraph/regions.hpp"

namespace fgsync::cli {
namespace {

using config::Environment;

using Choice = std::optional<std::string>;

Choice first_of(std::initializer_list<Choice> choices) {
  const auto* const found = std::find_if(choices.begin(), choices.end(), [](const Choice& c) { return c.has_value(); });
  return found == choices.end() ? std::nullopt : *found;
}

/// `HUAWEICLOUD_SDK_REGION_FUNCTIONGRAPH_CN_NORTH_4`, by which the SDKs replace a region's endpoint.
std::string endpoint_variable(std::string region) {
  std::transform(region.begin(), region.end(), region.begin(),
                 [](unsigned char c) { return c == '-' ? '_' : static_cast<char>(std::toupper(c)); });
  return "HUAWEICLOUD_SDK_REGION_FUNCTIONGRAPH_" + region;
}

Result<http::Endpoint> resolve_endpoint(const Options& options, const config::Config& config,
                                        const Environment& environment, const std::string& region) {
  const Choice of_region = region.empty() ? std::nullopt : environment(endpoint_variable(region));
  const Choice endpoint = first_of({options.endpoint, environment("FGSYNC_ENDPOINT"), of_region, config.endpoint});
  if (endpoint) return http::parse_endpoint(*endpoint);
  if (region.empty()) {
    return fail(ErrorKind::invalid,
                "no endpoint: give --region or --endpoint, set FGSYNC_REGION or FGSYNC_ENDPOINT, or set spec.region in "
                "fgsync.yaml");
  }
  auto endpoints = functiongraph::endpoints_of(region);
  if (!endpoints) return fail(std::move(endpoints).error());
  return http::parse_endpoint(endpoints->function_graph);
}

/// The project that the profile file names, for who gives it nowhere else.
Choice project_of_profile(const config::Config& config, const Environment& environment) {
  config::Profile named;
  if (config.credentials) {
    const auto* profile = std::get_if<config::Profile>(&*config.credentials);
    if (profile == nullptr) return std::nullopt;
    named = *profile;
  }
  const config::Profile profile = resolve_profile(named, environment);
  std::ifstream file(*profile.file, std::ios::binary);
  std::ostringstream text;
  if (!file || !(text << file.rdbuf())) return std::nullopt;
  // What is wrong with it is said by who needs the key in it.
  const auto values =
      functiongraph::read_profile(text.str(), functiongraph::ProfileFile{*profile.file, profile.section.value_or("")});
  return values && !values->project_id.empty() ? Choice(values->project_id) : std::nullopt;
}

/// How much to ask of the service.
functiongraph::BudgetLimits resolve_budget(const config::Config& config, const http::Endpoint& endpoint) {
  constexpr int kRequestsPerSecond = 20;
  const config::Budget& given = config.budget;
  functiongraph::BudgetLimits limits;
  limits.requests_per_second = given.requests_per_second.value_or(endpoint.is_loopback() ? 0 : kRequestsPerSecond);
  limits.concurrency = given.concurrency.value_or(limits.concurrency);
  limits.bytes_in_flight = given.bytes_in_flight.value_or(limits.bytes_in_flight);
  return limits;
}

/// A relative one would be another state in each folder that fgsync is run in, so that functions seem unknown.
Result<std::string> from_home(const std::string& variable, const std::string& home, const std::string& rest) {
  if (home.starts_with('/')) return home + rest;
  return fail(ErrorKind::invalid, variable + " is \"" + home +
                                      "\", which is no absolute path, so there is no place for the state: correct it, "
                                      "give --state DIR, or --no-state to remember nothing");
}

}  // namespace

Result<std::string> resolve_state(const Options& options, const config::Config& config,
                                  const Environment& environment) {
  if (options.no_state) return std::string();
  const Choice given = first_of(
      {options.state_directory, environment("FGSYNC_STATE"), environment("STATE_DIRECTORY"), config.state_directory});
  if (given) return *given;
  if (const Choice state_home = environment("XDG_STATE_HOME")) {
    return from_home("XDG_STATE_HOME", *state_home, "/fgsync");
  }
  const std::string home = home_directory(environment);
  if (home.empty()) {
    return fail(ErrorKind::invalid, "no place for the state: give --state DIR, or --no-state to remember nothing");
  }
  return from_home("HOME", home, "/.local/state/fgsync");
}

Result<void> resolve_proxies(Connection& connection, const Environment& environment) {
  const auto variable = [&](const char* name) { return environment(name); };
  auto proxy = http::proxy_of(connection.endpoint, variable);
  if (!proxy) return fail(std::move(proxy).error());
  connection.proxy = std::move(*proxy);
  if (!connection.credentials.iam) return {};
  auto iam_proxy = http::proxy_of(*connection.credentials.iam, variable);
  if (!iam_proxy) return fail(std::move(iam_proxy).error());
  connection.iam_proxy = std::move(*iam_proxy);
  return {};
}

Result<Connection> resolve_connection(const Options& options, const config::Config& config) {
  return resolve_connection(options, config, config::process_environment());
}

Result<Connection> resolve_target(const Options& options, const config::Config& config,
                                  const Environment& environment) {
  Connection connection;
  connection.region = first_of({options.region, environment("FGSYNC_REGION"), config.region}).value_or("");
  auto endpoint = resolve_endpoint(options, config, environment, connection.region);
  if (!endpoint) return fail(std::move(endpoint).error());
  connection.endpoint = std::move(*endpoint);

  Choice project = first_of({options.project_id, environment("FGSYNC_PROJECT_ID"),
                             environment("HUAWEICLOUD_SDK_PROJECT_ID"), config.project_id});
  if (!project) project = project_of_profile(config, environment);
  if (!project) {
    return fail(ErrorKind::invalid,
                "no project: give --project-id, set FGSYNC_PROJECT_ID, or set spec.project_id in fgsync.yaml");
  }
  if (!functiongraph::is_project_id(*project)) {
    return fail(ErrorKind::invalid, "project id \"" + *project +
                                        "\" is not one: expected letters, digits, - and _ (the console shows it under "
                                        "My Credentials)");
  }
  connection.project_id = *project;
  auto fits = functiongraph::check_target(connection.endpoint, connection.region, connection.project_id);
  if (!fits) return fail(std::move(fits).error());
  connection.budget = resolve_budget(config, connection.endpoint);
  connection.ca_file = first_of({options.ca_file, config.ca_file});

  auto state = resolve_state(options, config, environment);
  if (!state) return fail(std::move(state).error());
  connection.state_directory = std::move(*state);
  if (options.state_subdirectory && !connection.state_directory.empty()) {
    connection.state_directory += "/" + *options.state_subdirectory;
  }
  return connection;
}

Result<Connection> resolve_connection(const Options& options, const config::Config& config,
                                      const Environment& environment) {
  auto connection = resolve_target(options, config, environment);
  if (!connection) return connection;
  auto credentials = choose_credentials(config, environment, connection->endpoint, connection->region);
  if (!credentials) return fail(std::move(credentials).error());
  connection->credentials = std::move(*credentials);
  auto proxied = resolve_proxies(*connection, environment);
  if (!proxied) return fail(std::move(proxied).error());
  return connection;
}

int resolve_parallel(const Options& options, const config::Config& config) {
  constexpr int kDefault = 8;
  return options.parallel.value_or(config.parallel.value_or(kDefault));
}

}  // namespace fgsync::cli
