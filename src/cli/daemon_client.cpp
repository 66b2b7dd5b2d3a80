#include "cli/daemon_client.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <exception>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/clock.hpp"
#include "cli/connection.hpp"
#include "cli/control_place.hpp"
#include "cli/workspace.hpp"
#include "config/environment.hpp"
#include "http/client.hpp"
#include "http/streaming_client.hpp"

namespace fgsync::cli {
namespace {

namespace asio = boost::asio;
using Json = nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kFirstAnswer{5};
constexpr int kFirstRefusal = 300;

http::ClientOptions client_options() {
  http::ClientOptions options;
  options.advice = "Check that the daemon runs";
  return options;
}

ErrorKind kind_of(const std::string& name) {
  constexpr std::array kKinds{ErrorKind::invalid,   ErrorKind::not_found,      ErrorKind::conflict,
                              ErrorKind::throttled, ErrorKind::transient,      ErrorKind::timed_out,
                              ErrorKind::cancelled, ErrorKind::unknown_effect, ErrorKind::corrupt};
  const auto* const found =
      std::find_if(kKinds.begin(), kKinds.end(), [&name](ErrorKind kind) { return name_of(kind) == name; });
  if (found != kKinds.end()) return *found;
  return name == "forbidden" || name == "unauthorized" ? ErrorKind::unauthorized : ErrorKind::internal;
}

/// What the daemon says of its failure.
Error failure_of(const http::Response& response) {
  const Json document = Json::parse(response.body, nullptr, false);
  const auto error = document.is_object() ? document.value("error", Json()) : Json();
  if (!error.is_object()) {
    return Error(ErrorKind::corrupt, "the daemon answered " + std::to_string(response.status) + " without a reason");
  }
  std::string message = error.value("message", "");
  const std::string next = error.value("next", "");
  if (!next.empty()) message += ": " + next;
  return Error(kind_of(error.value("kind", "")), std::move(message));
}

/// What is meant here, for comparing with what a daemon takes care of.
struct Meant {
  std::string endpoint;
  std::string project_id;
  std::string source_id;
};

/// Nothing: this place says nothing of a project, so that any daemon may be meant.
std::optional<Meant> meant_by(const Options& options, const Result<Workspace>& place) {
  if (!place) return std::nullopt;
  const auto target = resolve_target(options, place->config, config::process_environment());
  if (!target) return std::nullopt;
  return Meant{target->endpoint.to_string(), target->project_id, place->source_id};
}

/// The target of the daemon that is the meant one; nothing: it has no such target.
std::optional<std::string> matching_target(const Json& status, const Meant& meant) {
  for (const Json& target : status.value("targets", Json::array())) {
    const bool is_it = target.value("endpoint", "") == meant.endpoint &&
                       target.value("project_id", "") == meant.project_id &&
                       target.value("source_id", "") == meant.source_id;
    if (is_it) return target.value("name", "");
  }
  return std::nullopt;
}

bool is_socket(const std::string& path) {
  struct stat file{};
  return ::stat(path.c_str(), &file) == 0 && S_ISSOCK(file.st_mode);
}

/// Asio wants values that can be made of nothing, which a Result cannot.
asio::awaitable<void> keep(asio::awaitable<Result<http::Response>> asking,
                           std::optional<Result<http::Response>>& answer) {
  answer = co_await std::move(asking);
}

Error not_there(const std::string& path, const std::string& why) {
  return Error(ErrorKind::transient, "no daemon can be spoken to at " + path + ": " + why);
}

}  // namespace

struct DaemonClient::Impl {
  asio::io_context loop{1};
  SystemClock clock;
  std::unique_ptr<http::HttpClient> client;
};

DaemonClient::DaemonClient(std::string socket) : impl_(std::make_unique<Impl>()), socket_(std::move(socket)) {}
DaemonClient::DaemonClient(DaemonClient&& other) noexcept = default;
DaemonClient& DaemonClient::operator=(DaemonClient&& other) noexcept = default;
DaemonClient::~DaemonClient() = default;

Result<std::string> DaemonClient::get(const std::string& path, milliseconds timeout) {
  return ask(false, path, "", timeout);
}

Result<std::string> DaemonClient::post(const std::string& path, std::string body, milliseconds timeout) {
  return ask(true, path, std::move(body), timeout);
}

Result<std::string> DaemonClient::ask(bool is_order, const std::string& path, std::string body, milliseconds timeout) {
  if (!impl_->client) {
    auto client = http::make_beast_client(impl_->loop.get_executor(), http::unix_endpoint(socket_), client_options());
    if (!client) return fail(std::move(client).error());
    impl_->client = std::move(*client);
  }
  http::Request request;
  request.method = is_order ? http::Method::post : http::Method::get;
  request.target = path;
  if (is_order) request.headers.emplace_back("Content-Type", "application/json");
  request.body = std::move(body);
  std::optional<Result<http::Response>> answer;
  std::exception_ptr failure;
  asio::co_spawn(impl_->loop, keep(impl_->client->send(std::move(request), impl_->clock.in(timeout)), answer),
                 [&failure](const std::exception_ptr& thrown) { failure = thrown; });
  impl_->loop.restart();
  while (!answer && !failure && impl_->loop.run_one() > 0) {
  }
  if (failure) std::rethrow_exception(failure);
  if (!*answer) {
    Error error = std::move(*answer).error();
    const bool may_have_effect = is_order && (!error.remote || error.remote->request_sent);
    if (may_have_effect) error.kind = ErrorKind::unknown_effect;
    return fail(std::move(error));
  }
  http::Response& response = **answer;
  if (response.status >= kFirstRefusal) return fail(failure_of(response));
  return std::move(response.body);
}

Result<int> DaemonClient::follow(const std::string& path, std::function<void(std::string_view)> on_piece) {
  auto client =
      http::make_beast_streaming_client(impl_->loop.get_executor(), http::unix_endpoint(socket_), client_options());
  if (!client) return fail(std::move(client).error());
  int signal = 0;
  asio::signal_set signals(impl_->loop, SIGINT, SIGTERM);
  signals.async_wait([&](boost::system::error_code cancelled, int number) {
    if (cancelled) return;
    signal = number;
    impl_->loop.stop();
  });
  http::Request request;
  request.target = path;
  request.headers.emplace_back("Accept", "text/event-stream");
  http::OnPiece hear = [&on_piece](std::string_view piece) {
    on_piece(piece);
    return http::Following::go_on;
  };
  const http::StreamLimits limits{impl_->clock.in(kFirstAnswer)};
  std::optional<Result<http::Response>> answer;
  asio::co_spawn(impl_->loop, keep((*client)->follow(std::move(request), limits, std::move(hear)), answer),
                 [&signals](const std::exception_ptr& /*thrown*/) { signals.cancel(); });
  impl_->loop.restart();
  impl_->loop.run();
  if (signal != 0) return signal;
  if (!answer) return fail(ErrorKind::internal, "the daemon was not heard");
  if (!*answer) return fail(std::move(*answer).error());
  if ((*answer)->status >= kFirstRefusal) return fail(failure_of(**answer));
  return 0;
}

Result<std::optional<DaemonClient>> find_daemon(const Options& options) {
  const auto place = load_place(options);
  const config::Config no_config;
  const config::Config& config = place ? place->config : no_config;
  const auto meant = meant_by(options, place);
  for (const SocketCandidate& candidate : socket_candidates(options, config, config::process_environment())) {
    if (!is_socket(candidate.path)) {
      if (candidate.is_named) return fail(not_there(candidate.path, "there is no such socket"));
      continue;
    }
    DaemonClient client(candidate.path);
    auto status = client.get("/v1/status", kFirstAnswer);
    if (!status) {
      const bool is_nobody = status.error().remote && !status.error().remote->request_sent;
      if (candidate.is_named || (!is_nobody && candidate.is_of_state)) {
        return fail(not_there(candidate.path, status.error().describe()));
      }
      continue;
    }
    const Json document = Json::parse(*status, nullptr, false);
    if (!document.is_object()) return fail(not_there(candidate.path, "what it answers is no status"));
    const auto match = meant ? matching_target(document, *meant) : std::nullopt;
    const bool is_meant = candidate.is_named || candidate.is_of_state || !meant || match;
    if (!is_meant) continue;
    client.target_ = options.target.empty() ? match.value_or("") : options.target;
    client.status_ = std::move(*status);
    return std::optional<DaemonClient>(std::move(client));
  }
  return std::optional<DaemonClient>();
}

}  // namespace fgsync::cli
