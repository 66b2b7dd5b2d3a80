#include "emulator/command_line.hpp"

#include <CLI/CLI.hpp>
#include <charconv>
#include <iostream>
#include <map>
#include <optional>

namespace fgsync::emulator {
namespace {

constexpr int kUsage = 64;
constexpr int kUnusable = 78;

/// `HOST:PORT`, with brackets around an IPv6 address.
bool parse_listen(const std::string& text, CommandLine& command) {
  const auto colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0) return false;
  std::string host = text.substr(0, colon);
  if (host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  const char* first = text.data() + colon + 1;
  const char* end = text.data() + text.size();
  std::uint16_t port = 0;
  const auto [stopped, failed] = std::from_chars(first, end, port);
  if (first == end || failed != std::errc() || stopped != end) return false;
  command.address = std::move(host);
  command.port = port;
  return true;
}

/// What the flags say that is not an option of the service as it stands.
struct Texts {
  std::string listen = "127.0.0.1:9480";
  std::string token;
  std::string access_key_file;
  std::string iam_file;
  std::int64_t token_lifetime = 86400;
};

void add_program_options(CLI::App& app, CommandLine& command, Texts& texts) {
  app.set_version_flag("--version", "fgsync-emulator " FGSYNC_VERSION);
  app.add_option("--listen", texts.listen, "Where to listen; port 0 is any free port")
      ->type_name("HOST:PORT")
      ->capture_default_str();
  app.add_option("--port-file", command.port_file, "File to write the port to once the emulator listens")
      ->type_name("FILE");
  app.add_option("--state", command.state, "File to keep the state in; :memory: keeps nothing")
      ->type_name("FILE")
      ->capture_default_str();
  app.add_option("--access-log", command.access_log, "File for a JSON line per request; - is stderr, none is nowhere")
      ->type_name("FILE|-|none")
      ->capture_default_str();
}

void add_authentication_options(CLI::App& app, ServiceOptions& service, Texts& texts) {
  const std::map<std::string, AuthenticationMode> modes{{"none", AuthenticationMode::none},
                                                        {"token", AuthenticationMode::token},
                                                        {"aksk", AuthenticationMode::access_key},
                                                        {"any", AuthenticationMode::any}};
  app.add_option("--auth", service.authentication,
                 "Which credentials a request must have; by default none, or any when some are given below")
      ->type_name("none|token|aksk|any")
      ->transform(CLI::CheckedTransformer(modes, CLI::ignore_case).description(""));
  app.add_option("--token", texts.token, "An X-Auth-Token to accept")
      ->type_name("TOKEN")
      ->envname("FGSYNC_EMULATOR_TOKEN");
  app.add_option("--access-key-file", texts.access_key_file,
                 "Access keys to accept: sections with ak, sk and perhaps security_token, as in a profile of the SDKs")
      ->type_name("FILE");
  app.add_option("--iam-file", texts.iam_file,
                 "Who gets a token from /v3/auth/tokens: sections [user], [agency] and [project]")
      ->type_name("FILE");
  app.add_option("--token-lifetime", texts.token_lifetime, "How long such a token is valid, in seconds")
      ->type_name("SECONDS")
      ->check(CLI::Range(1, 86400))
      ->capture_default_str();
}

void add_service_options(CLI::App& app, ServiceOptions& service) {
  app.add_option("--region", service.region, "The region in URNs")->type_name("REGION")->capture_default_str();
  const auto limit = [&app](const std::string& name, int& value, const std::string& what) {
    app.add_option(name, value, what)->check(CLI::Range(1, 1'000'000))->capture_default_str();
  };
  limit("--max-functions", service.max_functions, "Functions in a project");
  limit("--max-versions", service.max_versions, "Versions of a function, latest included");
  limit("--max-aliases", service.max_aliases, "Aliases of a function");
  limit("--max-reserved", service.max_reserved_instances, "Reserved instances in a project");
  limit("--max-code-mb", service.max_code_mb, "Code of all versions in a project, in MB");
  app.add_flag_callback(
      "--lock-reserved", [&service] { service.reserved_updates = ReservedUpdates::refused; },
      "Refuse updates of code and configuration while latest has reserved instances (FSS.1077)");
  app.add_flag_callback(
      "--check-dependencies", [&service] { service.unknown_dependencies = UnknownDependencies::refused; },
      "Refuse functions with dependencies that are not there (FSS.1056)");
}

ExitNow usage_error(const std::string& what) {
  std::cerr << "fgsync-emulator: " << what << "\nTry fgsync-emulator --help.\n";
  return ExitNow{kUsage};
}

ExitNow unusable(const std::string& path, const Error& error) {
  std::cerr << "fgsync-emulator: " << path << ": " << error.describe() << "\n";
  return ExitNow{kUnusable};
}

std::optional<ExitNow> read_credentials(const Texts& texts, ServiceOptions& service) {
  if (!texts.access_key_file.empty()) {
    auto text = read_credentials_file(texts.access_key_file);
    auto keys = text ? parse_access_keys(*text) : fail(std::move(text).error());
    if (!keys) return unusable(texts.access_key_file, keys.error());
    service.access_keys = std::move(*keys);
  }
  if (!texts.iam_file.empty()) {
    auto text = read_credentials_file(texts.iam_file);
    auto directory = text ? parse_iam_directory(*text) : fail(std::move(text).error());
    if (!directory) return unusable(texts.iam_file, directory.error());
    service.iam = std::move(*directory);
  }
  if (!texts.token.empty()) service.token = texts.token;
  return std::nullopt;
}

/// A mode that nobody could pass is a mistake.
std::optional<ExitNow> check_mode(const ServiceOptions& service) {
  const bool has_tokens = service.token || !service.iam.users.empty();
  const bool has_keys = !service.access_keys.empty();
  if (service.authentication == AuthenticationMode::token && !has_tokens) {
    return usage_error("--auth token: needs --token or --iam-file");
  }
  if (service.authentication == AuthenticationMode::access_key && !has_keys) {
    return usage_error("--auth aksk: needs --access-key-file");
  }
  if (service.authentication == AuthenticationMode::any && !has_tokens && !has_keys) {
    return usage_error("--auth any: needs --token, --iam-file or --access-key-file");
  }
  return std::nullopt;
}

}  // namespace

std::variant<CommandLine, ExitNow> parse_command_line(int argc, char** argv) {
  CommandLine command;
  Texts texts;
  CLI::App app("A local FunctionGraph to try fgsync against, without a cloud account.", "fgsync-emulator");
  add_program_options(app, command, texts);
  add_authentication_options(app, command.service, texts);
  add_service_options(app, command.service);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& success) {
    return ExitNow{app.exit(success)};
  } catch (const CLI::ParseError& error) {
    return usage_error(error.what());
  }
  if (!parse_listen(texts.listen, command)) {
    return usage_error("--listen: expected HOST:PORT, for example 127.0.0.1:9480, found \"" + texts.listen + "\"");
  }
  command.service.token_lifetime = std::chrono::seconds(texts.token_lifetime);
  if (auto exit_now = read_credentials(texts, command.service)) return *exit_now;
  if (auto exit_now = check_mode(command.service)) return *exit_now;
  return command;
}

}  // namespace fgsync::emulator
