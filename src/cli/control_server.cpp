// The wiring of the control API to its sockets.
#include "cli/control_server.hpp"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <filesystem>
#include <optional>
#include <utility>

#include "cli/connection.hpp"
#include "cli/control_place.hpp"
#include "config/environment.hpp"
#include "daemon/control_access.hpp"
#include "daemon/control_api.hpp"
#include "daemon/control_request.hpp"
#include "http/server.hpp"
#include "http/text.hpp"
#include "state/file_lock.hpp"

namespace fgsync::cli {
namespace {

using boost::asio::awaitable;
using daemon::Caller;
using http::Reply;

constexpr int kUnauthorized = 401;
constexpr int kForbidden = 403;
constexpr std::chrono::milliseconds kFarewell{20};
constexpr int kMostWaits = 25;

Reply refusal(int status, std::string_view kind, const std::string& message, const std::string& next) {
  Reply reply;
  reply.response = daemon::control_failure(status, kind, message, next);
  return reply;
}

http::ServerOptions server_options() {
  http::ServerOptions options;
  options.max_body_bytes = daemon::ControlBody::kMostBytes;
  options.own_answer = [](int status, std::string_view message) {
    return daemon::control_failure(status, "refused", std::string(message));
  };
  return options;
}

/// Nothing: it cannot be found out.
std::optional<std::uint32_t> group_of(const std::string& path) {
  struct stat file{};
  if (path.empty() || ::stat(path.c_str(), &file) != 0) return std::nullopt;
  return file.st_gid;
}

/// Empty: an abstract one, or none at all.
std::string path_of(int descriptor) {
  sockaddr_un address{};
  socklen_t size = sizeof(address);
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the kernel's interface
  if (::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size) != 0) return {};
  if (address.sun_family != AF_UNIX || size <= offsetof(sockaddr_un, sun_path)) return {};
  return static_cast<const char*>(address.sun_path);
}

Error with_place(Error error, const std::string& key) {
  error.message = key + ": " + error.message;
  return error;
}

class OpenSockets final : public ControlServer {
 public:
  OpenSockets(const config::Config& config, ControlPorts ports)
      : config_(config),
        ports_(std::move(ports)),
        api_({ports_.controls, ports_.clock, [this] { return ports_.metrics.render(ports_.controls.view()); }}),
        farewell_(ports_.executor) {
    rights_.own_user = ::geteuid();
  }

  Result<void> open_local(const std::string& path) {
    http::ServerOptions options = server_options();
    options.unix_path = path;
    auto started = start_local(std::move(options), path);
    if (!started) {
      Error error = with_place(std::move(started).error(), "the control socket");
      if (error.kind == ErrorKind::conflict) error.message += ": stop it, or name another spec.control.socket";
      return fail(std::move(error));
    }
    ports_.log.info("control socket opened", {kv("path", path)});
    return {};
  }

  Result<void> take_local(int descriptor) {
    const std::string path = path_of(descriptor);
    http::ServerOptions options = server_options();
    options.inherited_descriptor = descriptor;
    auto started = start_local(std::move(options), path);
    if (!started) return fail(with_place(std::move(started).error(), "the control socket of the service manager"));
    ports_.log.info("control socket taken over", {kv("path", path)});
    return {};
  }

  Result<void> open_tcp(const config::Control::Tcp& tcp) {
    auto token = daemon::read_control_token(tcp.token_file);
    if (!token) return fail(with_place(std::move(token).error(), "control.tcp"));
    token_ = std::move(*token);
    http::ServerOptions options = server_options();
    if (auto placed = place(options, tcp.listen); !placed)
      return fail(with_place(placed.error(), "control.tcp.listen"));
    if (tcp.cert_file && tcp.key_file) {
      auto tls = http::load_server_tls(*tcp.cert_file, *tcp.key_file);
      if (!tls) return fail(with_place(std::move(tls).error(), "control.tcp"));
      options.tls = std::move(*tls);
    }
    http::AsyncHandler handler = [this](http::Request request) { return answer_tcp(std::move(request)); };
    auto started = start(std::move(options), std::move(handler));
    if (!started) return fail(with_place(std::move(started).error(), "control.tcp"));
    ports_.log.info("control address opened", {kv("address", tcp.listen)});
    follow_reloads();
    return {};
  }

  Result<void> open_metrics(const std::string& listen) {
    http::ServerOptions options = server_options();
    if (auto placed = place(options, listen); !placed) return fail(with_place(placed.error(), "metrics.listen"));
    auto started = start_metrics(std::move(options));
    if (!started) return fail(with_place(std::move(started).error(), "metrics.listen"));
    ports_.log.info("metrics address opened", {kv("address", listen)});
    return {};
  }

  Result<void> take_metrics(int descriptor) {
    http::ServerOptions options = server_options();
    options.inherited_descriptor = descriptor;
    auto started = start_metrics(std::move(options));
    if (!started) return fail(with_place(std::move(started).error(), "the metrics socket of the service manager"));
    ports_.log.info("metrics socket taken over", {});
    return {};
  }

  void stop() override {
    // Who follows the events, which have ended by now, is to hear their end.
    std::erase_if(followers_, [](const auto& follower) { return follower.expired(); });
    if (!followers_.empty() && waits_ < kMostWaits) {
      ++waits_;
      farewell_.expires_after(kFarewell);
      farewell_.async_wait([this](boost::system::error_code) { stop(); });
      return;
    }
    for (const auto& server : servers_) server->stop();
  }

 private:
  static Result<void> place(http::ServerOptions& options, const std::string& listen) {
    const http::HostPort parts = http::split_host_port(listen);
    const auto port = http::to_port(parts.port);
    if (!port)
      return fail(ErrorKind::invalid, "expected an address and a port such as 127.0.0.1:9464, found " + listen);
    options.address = parts.host == "localhost" ? "127.0.0.1" : parts.host;
    options.port = *port;
    return {};
  }

  template <class Handler>
  Result<void> start(http::ServerOptions options, Handler handler) {
    auto server = http::start_beast_server(ports_.executor, std::move(options), std::move(handler));
    if (!server) return fail(std::move(server).error());
    servers_.push_back(std::move(*server));
    return {};
  }

  Result<void> start_local(http::ServerOptions options, const std::string& path) {
    http::PeerHandler handler = [this](http::Request request, http::Peer peer) {
      return answer_local(std::move(request), std::move(peer));
    };
    auto started = start(std::move(options), std::move(handler));
    if (started) rights_.group = group_of(path);
    return started;
  }

  Result<void> start_metrics(http::ServerOptions options) {
    http::AsyncHandler handler = [this](http::Request request) { return api_.answer_monitoring(std::move(request)); };
    return start(std::move(options), std::move(handler));
  }

  awaitable<Reply> answer_local(http::Request request, http::Peer peer) {
    if (!peer.credentials) {
      co_return refusal(kForbidden, "forbidden", "the system does not say who asks", "");
    }
    Caller caller{"uid " + std::to_string(peer.credentials->user), false};
    if (request.method != http::Method::get) {
      auto look = [credentials = *peer.credentials, rights = rights_] {
        return daemon::caller_of(credentials, rights);
      };
      caller = co_await offload(ports_.pool, std::move(look));
    }
    auto answering = answer(std::move(request), std::move(caller));
    co_return co_await std::move(answering);
  }

  awaitable<Reply> answer_tcp(http::Request request) {
    if (!daemon::bears(request, token_)) {
      Reply reply = refusal(kUnauthorized, "unauthorized", "the token is missing or wrong",
                            "send Authorization: Bearer with what control.tcp.token_file holds");
      reply.response->headers.emplace_back("WWW-Authenticate", "Bearer realm=\"fgsync\"");
      co_return reply;
    }
    Caller caller{"token", true};
    auto answering = answer(std::move(request), std::move(caller));
    co_return co_await std::move(answering);
  }

  /// Orders are logged: who gave which, and what became of it.
  awaitable<Reply> answer(http::Request request, Caller caller) {
    const bool is_order = request.method != http::Method::get;
    const std::string actor = caller.actor;
    const std::string method(http::name_of(request.method));
    const std::string path = request.target.substr(0, request.target.find('?'));
    auto answering = api_.answer(std::move(request), std::move(caller));
    Reply reply = co_await std::move(answering);
    if (is_order && reply.response) {
      ports_.log.info(
          "order", {kv("actor", actor), kv("method", method), kv("path", path), kv("status", reply.response->status)});
    }
    if (reply.stream) {
      std::erase_if(followers_, [](const auto& follower) { return follower.expired(); });
      followers_.emplace_back(reply.stream);
    }
    co_return reply;
  }

  /// A token may be changed while the daemon runs. One that cannot be read leaves the one before.
  void follow_reloads() {
    ports_.controls.events().listen([this](const daemon::Event& event) {
      if (event.type != "reloaded" || !config_.control.tcp) return;
      auto token = daemon::read_control_token(config_.control.tcp->token_file);
      if (token) token_ = std::move(*token);
      if (!token)
        ports_.log.error("control token refused, the one before stays", {kv("error", token.error().describe())});
    });
  }

  const config::Config& config_;
  ControlPorts ports_;
  daemon::ControlApi api_;
  daemon::SocketRights rights_;
  Secret token_;
  std::vector<std::unique_ptr<http::HttpServer>> servers_;
  std::vector<std::weak_ptr<http::BodyStream>> followers_;
  boost::asio::steady_timer farewell_;
  int waits_ = 0;
};

Result<void> open_control(OpenSockets& sockets, const Options& options, const config::Config& config,
                          const std::vector<daemon::InheritedSocket>& inherited) {
  bool has_control = false;
  bool has_metrics = false;
  for (const daemon::InheritedSocket& socket : inherited) {
    Result<void> taken;
    if (socket.name == "metrics") {
      has_metrics = true;
      taken = sockets.take_metrics(socket.descriptor);
    } else if (socket.is_unix) {
      has_control = true;
      taken = sockets.take_local(socket.descriptor);
    } else {
      ::close(socket.descriptor);
      taken =
          fail(ErrorKind::invalid, "the service manager handed down the TCP socket " + socket.name +
                                       ": only a Unix socket named control and a TCP socket named metrics are known");
    }
    if (!taken) return taken;
  }
  if (!has_control) {
    const auto path = control_socket_path(options, config, config::process_environment());
    if (!path) return fail(path.error());
    // Beside the state it is ours to make; what holds the socket otherwise somebody else makes, with their own rights.
    const auto state = resolve_state(options, config, config::process_environment());
    const std::string folder = std::filesystem::path(*path).parent_path().string();
    if (state && *state == folder) {
      if (auto made = state::make_state_directory(folder); !made) return made;
    }
    if (auto opened = sockets.open_local(*path); !opened) return opened;
  }
  if (config.control.tcp) {
    if (auto opened = sockets.open_tcp(*config.control.tcp); !opened) return opened;
  }
  if (config.metrics_listen && !has_metrics) return sockets.open_metrics(*config.metrics_listen);
  return {};
}

}  // namespace

Result<std::unique_ptr<ControlServer>> start_control(const Options& options, const config::Config& config,
                                                     const std::vector<daemon::InheritedSocket>& inherited,
                                                     ControlPorts ports) {
  auto sockets = std::make_unique<OpenSockets>(config, std::move(ports));
  auto opened = open_control(*sockets, options, config, inherited);
  if (!opened) {
    sockets->stop();
    return fail(std::move(opened).error());
  }
  return sockets;
}

}  // namespace fgsync::cli
