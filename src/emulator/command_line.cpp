#include "emulator/command_line.hpp"

#include <CLI/CLI.hpp>
#include <iostream>
#include <map>
#include <optional>

#include "emulator/open_question_flags.hpp"
#include "help/help_text.hpp"

namespace fgsync::emulator {
namespace {

constexpr int kUsage = 64;
constexpr int kUnusable = 78;

/// What the flags say that is not an option of the service as it stands.
struct Texts {
  std::string listen = "127.0.0.1:9480";
  std::string token;
  std::string access_key_file;
  std::string iam_file;
  std::int64_t token_lifetime = 86400;
  std::int64_t idle_timeout = 60;
  std::int64_t request_timeout = 120;
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

void add_server_options(CLI::App& app, CommandLine& command, Texts& texts) {
  auto* certificate = app.add_option("--tls-cert", command.identity.certificate_file,
                                     "Speak TLS with this certificate, in PEM, perhaps with others behind it")
                          ->type_name("FILE");
  auto* key =
      app.add_option("--tls-key", command.identity.key_file, "The certificate's key, in PEM")->type_name("FILE");
  certificate->needs(key);
  key->needs(certificate);
  app.add_option("--tls-self-signed", command.self_signed_folder,
                 "Speak TLS with a certificate made for the purpose, whose authority is ca.pem in this directory")
      ->type_name("DIR")
      ->excludes(certificate);
  app.add_option("--max-body-mb", command.max_body_mb, "The body of any request, in MB (413 FSS.0413)")
      ->type_name("N")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str()
      ->group(kLimitsGroup);
  const auto seconds = [&app](const std::string& name, std::int64_t& value, const std::string& what) {
    app.add_option(name, value, what)->type_name("SECONDS")->check(CLI::Range(1, 86400))->capture_default_str();
  };
  seconds("--idle-timeout", texts.idle_timeout, "How long a connection may be idle between requests");
  seconds("--request-timeout", texts.request_timeout, "How long a whole request may take to arrive");
}

void add_execution_options(CLI::App& app, CommandLine& command) {
  auto* executes =
      app.add_flag("--execute", command.executes,
                   "Run Python and Node.js functions that are invoked, on this machine, without a sandbox");
  app.add_option("--max-executions", command.max_executions, "How many of them run at once; others wait")
      ->check(CLI::Range(1, 256))
      ->capture_default_str()
      ->needs(executes);
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
  add_open_question_flags(app, service);
  add_limit_options(app, service);
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

constexpr const char* kPurpose = "A local FunctionGraph to try fgsync against, without a cloud account.";

void declare(CLI::App& app, CommandLine& command, Texts& texts) {
  add_program_options(app, command, texts);
  add_server_options(app, command, texts);
  add_authentication_options(app, command.service, texts);
  add_service_options(app, command.service);
  add_execution_options(app, command);
  add_control_options(app, command.control);
}

}  // namespace

help::ProgramShape command_line_shape() {
  CommandLine command;
  Texts texts;
  CLI::App app(kPurpose, "fgsync-emulator");
  declare(app, command, texts);
  return help::shape_of(app);
}

std::variant<CommandLine, ExitNow> parse_command_line(int argc, char** argv) {
  CommandLine command;
  Texts texts;
  CLI::App app(kPurpose, "fgsync-emulator");
  declare(app, command, texts);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    constexpr std::size_t kColumns = 100;
    std::cout << help::render_help("fgsync-emulator", help::shape_of(app).commands.front(), kColumns);
    return ExitNow{0};
  } catch (const CLI::Success& success) {
    return ExitNow{app.exit(success)};
  } catch (const CLI::ParseError& error) {
    return usage_error(error.what());
  }
  const auto listen = parse_listen_address(texts.listen);
  if (!listen) {
    return usage_error("--listen: expected HOST:PORT, for example 127.0.0.1:9480, found \"" + texts.listen + "\"");
  }
  command.listen = *listen;
  if (const auto problem = read_control_options(command.control)) {
    std::cerr << problem->text;
    return ExitNow{problem->code};
  }
  command.idle_timeout = std::chrono::seconds(texts.idle_timeout);
  command.request_timeout = std::chrono::seconds(texts.request_timeout);
  command.service.token_lifetime = std::chrono::seconds(texts.token_lifetime);
  if (auto exit_now = read_credentials(texts, command.service)) return *exit_now;
  if (auto exit_now = check_mode(command.service)) return *exit_now;
  return command;
}

}  // namespace fgsync::emulator
