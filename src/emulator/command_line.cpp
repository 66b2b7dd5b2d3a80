#include "emulator/command_line.hpp"

#include <CLI/CLI.hpp>
#include <charconv>
#include <iostream>

namespace fgsync::emulator {
namespace {

constexpr int kUsage = 64;

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

void add_options(CLI::App& app, CommandLine& command, std::string& listen, std::string& token) {
  auto& service = command.service;
  app.set_version_flag("--version", "fgsync-emulator " FGSYNC_VERSION);
  app.add_option("--listen", listen, "Where to listen; port 0 is any free port")
      ->type_name("HOST:PORT")
      ->capture_default_str();
  app.add_option("--port-file", command.port_file, "File to write the port to once the emulator listens")
      ->type_name("FILE");
  app.add_option("--state", command.state, "File to keep the state in; :memory: keeps nothing")
      ->type_name("FILE")
      ->capture_default_str();
  app.add_option("--token", token, "The X-Auth-Token to accept; without it, every request is accepted")
      ->type_name("TOKEN")
      ->envname("FGSYNC_EMULATOR_TOKEN");
  app.add_option("--region", service.region, "The region in URNs")->type_name("REGION")->capture_default_str();
  app.add_option("--access-log", command.access_log, "File for a JSON line per request; - is stderr, none is nowhere")
      ->type_name("FILE|-|none")
      ->capture_default_str();
  const auto positive = CLI::Range(1, 1'000'000);
  app.add_option("--max-functions", service.max_functions, "Functions in a project")
      ->check(positive)
      ->capture_default_str();
  app.add_option("--max-versions", service.max_versions, "Versions of a function, latest included")
      ->check(positive)
      ->capture_default_str();
  app.add_option("--max-aliases", service.max_aliases, "Aliases of a function")->check(positive)->capture_default_str();
}

ExitNow usage_error(const std::string& what) {
  std::cerr << "fgsync-emulator: " << what << "\nTry fgsync-emulator --help.\n";
  return ExitNow{kUsage};
}

}  // namespace

std::variant<CommandLine, ExitNow> parse_command_line(int argc, char** argv) {
  CommandLine command;
  std::string listen = "127.0.0.1:9480";
  std::string token;
  CLI::App app("A local FunctionGraph to try fgsync against, without a cloud account.", "fgsync-emulator");
  add_options(app, command, listen, token);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& success) {
    return ExitNow{app.exit(success)};
  } catch (const CLI::ParseError& error) {
    return usage_error(error.what());
  }
  if (!parse_listen(listen, command)) {
    return usage_error("--listen: expected HOST:PORT, for example 127.0.0.1:9480, found \"" + listen + "\"");
  }
  if (!token.empty()) command.service.token = std::move(token);
  return command;
}

}  // namespace fgsync::emulator
