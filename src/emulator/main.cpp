#include "emulator/main.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <iostream>
#include <random>

#include "emulator/access_log.hpp"
#include "emulator/command_line.hpp"
#include "emulator/port_file.hpp"
#include "http/server.hpp"

namespace fgsync::emulator {
namespace {

constexpr int kUnavailable = 69;
constexpr int kUnusableState = 78;

int give_up(int code, const Error& error) {
  std::cerr << "fgsync-emulator: " << error.describe() << std::endl;
  return code;
}

/// What the summary at the end tells.
struct Tally {
  std::uint64_t requests = 0;
  std::uint64_t refused = 0;
};

http::Handler make_handler(Service& service, AccessLog& log, Tally& tally) {
  return [&service, &log, &tally](const http::Request& request) -> std::optional<http::Response> {
    const auto at = std::chrono::system_clock::now();
    const auto started = std::chrono::steady_clock::now();
    auto response = service.handle(request, at);
    log.write(request, response, at, std::chrono::steady_clock::now() - started);
    ++tally.requests;
    if (response.status >= 400) ++tally.refused;
    return response;
  };
}

std::string origin_of(const CommandLine& command, std::uint16_t port) {
  const bool is_ipv6 = command.address.find(':') != std::string::npos;
  return "http://" + (is_ipv6 ? "[" + command.address + "]" : command.address) + ":" + std::to_string(port);
}

int serve(const CommandLine& command, Service& service, AccessLog& log) {
  Tally tally;
  boost::asio::io_context loop(1);
  http::ServerOptions options;
  options.address = command.address;
  options.port = command.port;
  auto server = http::start_beast_server(loop.get_executor(), options, make_handler(service, log, tally));
  if (!server) return give_up(kUnavailable, server.error());

  int stopped_by = 0;
  boost::asio::signal_set signals(loop, SIGINT, SIGTERM);
  signals.async_wait([&](const boost::system::error_code& failed, int number) {
    if (failed) return;
    stopped_by = number;
    (*server)->stop();
    loop.stop();
  });

  const auto port = (*server)->port();
  if (!command.port_file.empty()) {
    if (auto written = write_port_file(command.port_file, port); !written)
      return give_up(kUnavailable, written.error());
  }
  std::cout << "fgsync-emulator listening on " << origin_of(command, port) << std::endl;
  loop.run();
  std::cerr << "fgsync-emulator: stopped by " << (stopped_by == SIGINT ? "SIGINT" : "SIGTERM") << " after "
            << tally.requests << " requests, " << tally.refused << " of them refused" << std::endl;
  return 0;
}

}  // namespace

int run(int argc, char** argv) {
  // A reader of our output that went away must not end the emulator.
  std::signal(SIGPIPE, SIG_IGN);
  auto parsed = parse_command_line(argc, argv);
  if (const auto* exit_now = std::get_if<ExitNow>(&parsed)) return exit_now->code;
  auto& command = std::get<CommandLine>(parsed);
  // Ids and tokens must not come again after a restart, and tokens must not be guessed.
  std::random_device entropy;
  command.service.seed = (std::uint64_t{entropy()} << 32U) | entropy();

  auto service = open_service(command.service, command.state);
  if (!service) return give_up(kUnusableState, service.error());
  auto log = AccessLog::open(command.access_log);
  if (!log) return give_up(kUnusableState, log.error());
  return serve(command, **service, *log);
}

}  // namespace fgsync::emulator
