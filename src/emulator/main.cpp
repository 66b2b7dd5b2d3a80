#include "emulator/main.hpp"

#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <filesystem>
#include <iostream>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "emulator/access_log.hpp"
#include "emulator/command_line.hpp"
#include "emulator/control_api.hpp"
#include "emulator/descriptor_limit.hpp"
#include "emulator/execution_host.hpp"
#include "emulator/front.hpp"
#include "emulator/port_file.hpp"
#include "emulator/seed.hpp"
#include "emulator/self_signed.hpp"
#include "http/server.hpp"

namespace fgsync::emulator {
namespace {

constexpr int kUnavailable = 69;
constexpr int kUnusableState = 78;

int give_up(int code, const Error& error) {
  std::cerr << "fgsync-emulator: " << error.describe() << std::endl;
  return code;
}

/// The certificate of the command line, if there is one.
Result<std::shared_ptr<http::ServerTls>> load_tls(const CommandLine& command) {
  auto identity = command.identity;
  if (!command.self_signed_folder.empty()) {
    const auto now = std::chrono::system_clock::now();
    auto made = prepare_self_signed(command.self_signed_folder, command.listen.host, now);
    if (!made) return fail(std::move(made).error());
    identity = std::move(*made);
  }
  if (identity.certificate_file.empty()) return nullptr;
  return http::load_server_tls(identity.certificate_file, identity.key_file);
}

std::string origin_of(const http::ServerOptions& options, std::uint16_t port) {
  return (options.tls ? "https://" : "http://") + to_text(ListenAddress{options.address, port});
}

std::vector<std::string> own_environment() {
  std::vector<std::string> environment;
  for (char** variable = environ; variable != nullptr && *variable != nullptr; ++variable) {
    environment.emplace_back(*variable);
  }
  return environment;
}

/// Null without --execute.
Result<std::unique_ptr<ExecutionHost>> open_host(CommandLine& command) {
  if (!command.executes) return nullptr;
  std::error_code failed;
  const auto folder = std::filesystem::temp_directory_path(failed);
  if (failed) return fail(ErrorKind::invalid, "TMPDIR: there is no folder for temporary files: " + failed.message());
  auto host = ExecutionHost::open(command.max_executions, own_environment(), folder);
  if (!host) return fail(std::move(host).error());
  std::cerr << "fgsync-emulator: " << (*host)->describe() << std::endl;
  command.service.why_not_run = (*host)->why_not_run();
  return host;
}

Moment now() {
  return {std::chrono::system_clock::now(), std::chrono::steady_clock::now()};
}

/// Writes the port file, if one is wanted.
Result<void> tell_port(const std::string& file, std::uint16_t port) {
  return file.empty() ? Result<void>() : write_port_file(file, port);
}

/// All that serves requests, on one loop.
class Emulator {
 public:
  /// `host` is null when functions are not run.
  Emulator(const CommandLine& command, http::ServerOptions options, Service& service, AccessLog& log,
           ExecutionHost* host)
      : command_(command),
        options_(std::move(options)),
        injector_(service, command.control.faults),
        host_(host),
        front_(loop_.get_executor(), clock_, service, injector_, log, command.control.control ? &observed_ : nullptr,
               host == nullptr ? nullptr : &host->attach(loop_.get_executor(), service)),
        control_(Controlled{service, injector_, observed_.metrics, observed_.recent, [this] { front_.settle_now(); }},
                 now().steady) {}

  int run() {
    if (auto started = start(); !started) return give_up(kUnavailable, started.error());
    int stopped_by = 0;
    boost::asio::signal_set signals(loop_, SIGINT, SIGTERM);
    signals.async_wait([&](const boost::system::error_code& failed, int number) {
      if (failed) return;
      stopped_by = number;
      stop();
    });
    std::cout << "fgsync-emulator listening on " << origin_of(options_, server_->port()) << std::endl;
    loop_.run();
    std::cerr << "fgsync-emulator: stopped by " << (stopped_by == SIGINT ? "SIGINT" : "SIGTERM") << " after "
              << front_.tally().text() << std::flush;
    return 0;
  }

 private:
  Result<void> start() {
    http::AsyncHandler handler = [this](http::Request request) { return front_.answer(std::move(request)); };
    auto server = http::start_beast_server(loop_.get_executor(), options_, std::move(handler));
    if (!server) return fail(std::move(server).error());
    server_ = std::move(*server);
    if (auto started = start_control(); !started) return started;
    return tell_port(command_.port_file, server_->port());
  }

  Result<void> start_control() {
    if (!command_.control.control) return {};
    http::ServerOptions options;
    options.address = command_.control.control->host;
    options.port = command_.control.control->port;
    options.max_body_bytes = std::size_t{2} << 20U;
    http::Handler handler = [this](const http::Request& request) { return control_.handle(request, now()); };
    auto server = http::start_beast_server(loop_.get_executor(), options, std::move(handler));
    if (!server) return fail(with_context(std::move(server).error(), "control API"));
    control_server_ = std::move(*server);
    std::cout << "fgsync-emulator control API on " << origin_of(options, control_server_->port()) << std::endl;
    return tell_port(command_.control.control_port_file, control_server_->port());
  }

  void stop() {
    server_->stop();
    if (control_server_) control_server_->stop();
    if (host_ == nullptr) return loop_.stop();
    host_->stop([this] { loop_.stop(); });
  }

  const CommandLine& command_;
  http::ServerOptions options_;
  Observed observed_;
  SystemClock clock_;
  boost::asio::io_context loop_{1};
  FaultInjector injector_;
  ExecutionHost* host_;
  Front front_;
  ControlApi control_;
  std::unique_ptr<http::HttpServer> server_;
  std::unique_ptr<http::HttpServer> control_server_;
};

/// The state, with what it begins with.
Result<std::unique_ptr<Service>> open_state(const CommandLine& command) {
  auto service = open_service(command.service, command.state);
  if (!service || command.control.seed_file.empty()) return service;
  auto seeded = seed_state(**service, command.service, command.control.seed_file, now().wall);
  if (!seeded) return fail(with_context(std::move(seeded).error(), "--seed-state"));
  return service;
}

}  // namespace

int run(int argc, char** argv) {
  // A reader of our output that went away must not end the emulator.
  std::signal(SIGPIPE, SIG_IGN);
  // Nor must a limit of file sizes: a state that cannot grow is answered for.
  std::signal(SIGXFSZ, SIG_IGN);
  raise_descriptor_limit();
  auto parsed = parse_command_line(argc, argv);
  if (const auto* exit_now = std::get_if<ExitNow>(&parsed)) return exit_now->code;
  auto& command = std::get<CommandLine>(parsed);
  // Ids and tokens must not come again after a restart, and tokens must not be guessed.
  std::random_device entropy;
  command.service.seed = (std::uint64_t{entropy()} << 32U) | entropy();

  const bool has_tls = !command.identity.certificate_file.empty() || !command.self_signed_folder.empty();
  if (has_tls) command.service.scheme = "https";
  auto host = open_host(command);
  if (!host) return give_up(kUnusableState, host.error());
  auto service = open_state(command);
  if (!service) return give_up(kUnusableState, service.error());
  auto log = AccessLog::open(command.access_log);
  if (!log) return give_up(kUnusableState, log.error());
  auto tls = load_tls(command);
  if (!tls) return give_up(kUnusableState, tls.error());

  http::ServerOptions options;
  options.address = command.listen.host;
  options.port = command.listen.port;
  options.max_body_bytes = static_cast<std::size_t>(command.max_body_mb) << 20U;
  options.idle_timeout = command.idle_timeout;
  options.request_timeout = command.request_timeout;
  options.tls = std::move(*tls);
  return Emulator(command, std::move(options), **service, *log, host->get()).run();
}

}  // namespace fgsync::emulator
