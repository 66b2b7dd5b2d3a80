#include "cli/connection.hpp"

#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <initializer_list>
#include <sstream>
#include <system_error>

#include "functiongraph/http_function_graph.hpp"

namespace fgsync::cli {
namespace {

using config::Environment;

using Choice = std::optional<std::string>;

Choice first_of(std::initializer_list<Choice> choices) {
  const auto* const found = std::find_if(choices.begin(), choices.end(), [](const Choice& c) { return c.has_value(); });
  return found == choices.end() ? std::nullopt : *found;
}

bool is_region(const std::string& text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

Result<http::Endpoint> resolve_endpoint(const Options& options, const config::Config& config,
                                        const Environment& environment, const std::string& region) {
  const Choice endpoint = first_of({options.endpoint, environment("FGSYNC_ENDPOINT"), config.endpoint});
  if (endpoint) return http::parse_endpoint(*endpoint);
  if (region.empty()) {
    return fail(ErrorKind::invalid,
                "no endpoint: give --region or --endpoint, set FGSYNC_REGION or FGSYNC_ENDPOINT, or set spec.region in "
                "fgsync.yaml");
  }
  if (!is_region(region)) {
    return fail(ErrorKind::invalid,
                "region \"" + region + "\" is no region's name; expected something like cn-north-4");
  }
  return http::parse_endpoint("https://functiongraph." + region + ".myhuaweicloud.com");
}

/// A token stands on one line; the line break that editors add is not part of it.
Result<Secret> read_token(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (!file || !(text << file.rdbuf())) {
    return fail(ErrorKind::invalid,
                "cannot read the token file " + path + ": " + std::generic_category().message(errno));
  }
  std::string token = std::move(text).str();
  while (!token.empty() && (token.back() == '\n' || token.back() == '\r' || token.back() == ' ')) token.pop_back();
  return Secret(std::move(token));
}

const config::TokenFile* token_file_of(const config::Config& config) {
  return config.credentials ? std::get_if<config::TokenFile>(&*config.credentials) : nullptr;
}

Result<Secret> resolve_token(const config::Config& config, const Environment& environment,
                             const http::Endpoint& endpoint) {
  Secret token;
  std::string origin = "FGSYNC_TOKEN";
  if (Choice value = environment("FGSYNC_TOKEN")) {
    token = Secret(*std::move(value));
  } else if (const auto* file = token_file_of(config)) {
    origin = file->path;
    auto read = read_token(file->path);
    if (!read) return fail(std::move(read).error());
    token = std::move(*read);
  }
  const std::string& text = token.reveal();
  const bool has_control = std::any_of(text.begin(), text.end(), [](char c) { return c < '!' || c > '~'; });
  if (has_control) {
    return fail(ErrorKind::invalid, "the token of " + origin +
                                        " holds characters that no token has; it must be one "
                                        "line without blanks");
  }
  if (token.is_empty() && !endpoint.is_loopback()) {
    return fail(ErrorKind::invalid,
                "no credentials: set FGSYNC_TOKEN to an IAM token of the project, or credentials.token_file in "
                "fgsync.yaml");
  }
  return token;
}

std::string home_directory(const Environment& environment) {
  if (const Choice home = environment("HOME")) return *home;
  const passwd* user = ::getpwuid(::getuid());  // NOLINT(concurrency-mt-unsafe): one thread at this point
  return user != nullptr && user->pw_dir != nullptr ? user->pw_dir : "";
}

Result<std::string> resolve_state(const Options& options, const config::Config& config,
                                  const Environment& environment) {
  if (options.no_state) return std::string();
  const Choice given = first_of(
      {options.state_directory, environment("FGSYNC_STATE"), environment("STATE_DIRECTORY"), config.state_directory});
  if (given) return *given;
  if (const Choice state_home = environment("XDG_STATE_HOME")) return *state_home + "/fgsync";
  const std::string home = home_directory(environment);
  if (home.empty()) {
    return fail(ErrorKind::invalid, "no place for the state: give --state DIR, or --no-state to remember nothing");
  }
  return home + "/.local/state/fgsync";
}

}  // namespace

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

  const Choice project = first_of({options.project_id, environment("FGSYNC_PROJECT_ID"),
                                   environment("HUAWEICLOUD_SDK_PROJECT_ID"), config.project_id});
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
  connection.ca_file = first_of({options.ca_file, config.ca_file});

  auto state = resolve_state(options, config, environment);
  if (!state) return fail(std::move(state).error());
  connection.state_directory = std::move(*state);
  return connection;
}

Result<Connection> resolve_connection(const Options& options, const config::Config& config,
                                      const Environment& environment) {
  auto connection = resolve_target(options, config, environment);
  if (!connection) return connection;
  auto token = resolve_token(config, environment, connection->endpoint);
  if (!token) return fail(std::move(token).error());
  connection->token = std::move(*token);
  return connection;
}

int resolve_parallel(const Options& options, const config::Config& config) {
  constexpr int kDefault = 8;
  return options.parallel.value_or(config.parallel.value_or(kDefault));
}

}  // namespace fgsync::cli
