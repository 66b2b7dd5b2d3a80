#include "http/connector.hpp"

#include <cerrno>
#include <system_error>
#include <utility>

#include "base/printable.hpp"
#include "base/secret.hpp"
#include "http/dial.hpp"
#include "http/exchange.hpp"
#include "http/failure.hpp"
#include "http/request_head.hpp"
#include "http/resolver.hpp"

namespace fgsync::http {
namespace {

namespace asio = boost::asio;

tl::unexpected<Error> refuse(ErrorKind kind, std::string message) {
  return fail(exchange_error(kind, std::move(message), Sent::no));
}

}  // namespace

Connector::Connector(asio::any_io_executor executor, const Endpoint& endpoint, std::optional<Proxy> proxy,
                     std::string name_servers, TlsContext* tls)
    : executor_(std::move(executor)), endpoint_(endpoint), name_servers_(std::move(name_servers)), tls_(tls) {
  if (tls_ != nullptr) proxy_ = std::move(proxy);
}

asio::awaitable<Result<std::unique_ptr<Connection>>> Connector::open(Deadline deadline) {
  if (!endpoint_.unix_path.empty()) co_return co_await connect_to_socket(deadline);
  auto connection = co_await connect(first_hop(), deadline);
  if (!connection) co_return connection;
  if (proxy_) {
    auto opened = co_await open_tunnel(**connection, deadline);
    if (!opened) co_return fail(std::move(opened).error());
  }
  if (tls_ != nullptr) {
    (*connection)->start_tls(*tls_, endpoint_.host);
    auto trusted = co_await shake_hands(**connection, deadline);
    if (!trusted) co_return fail(std::move(trusted).error());
  }
  co_return connection;
}

Connector::Hop Connector::first_hop() const {
  if (proxy_) return {proxy_->host, proxy_->port, "the proxy " + proxy_->to_string(), "Check HTTPS_PROXY", "proxy"};
  return {endpoint_.host, endpoint_.port, endpoint_.to_string(), "Check the endpoint (--endpoint)", "service"};
}

asio::awaitable<Result<std::unique_ptr<Connection>>> Connector::connect(Hop hop, Deadline deadline) {
  auto addresses = co_await resolve(executor_, hop.host, name_servers_, deadline);
  if (!addresses) {
    const Error& error = addresses.error();
    co_return refuse(error.kind, "cannot find the address of " + hop.host + ": " + error.message + ". " + hop.advice +
                                     " and name resolution");
  }
  auto socket = co_await dial(executor_, std::move(*addresses), hop.port, deadline);
  if (socket) co_return std::make_unique<Connection>(executor_, std::move(*socket));
  if (socket.error().kind == ErrorKind::timed_out) {
    co_return refuse(ErrorKind::timed_out, "no connection to " + hop.name + " within the deadline");
  }
  co_return refuse(ErrorKind::transient, "cannot connect to " + hop.name + ": " + socket.error().message + ". " +
                                             hop.advice + " and that the " + hop.role + " is up");
}

asio::awaitable<Result<std::unique_ptr<Connection>>> Connector::connect_to_socket(Deadline deadline) {
  auto dialled = co_await dial_path(executor_, endpoint_.unix_path, deadline);
  if (dialled.failure == 0) co_return std::make_unique<Connection>(executor_, std::move(dialled.socket));
  if (dialled.failure == ETIMEDOUT) {
    co_return refuse(ErrorKind::timed_out, "no connection to " + endpoint_.to_string() + " within the deadline");
  }
  const std::string what =
      "cannot connect to " + endpoint_.to_string() + ": " + std::generic_category().message(dialled.failure) + ". ";
  switch (dialled.failure) {
    case EACCES:
    case EPERM: co_return refuse(ErrorKind::unauthorized, what + "Only those who may write to the socket may connect");
    case ENAMETOOLONG: co_return refuse(ErrorKind::invalid, what + "A socket's path has at most 107 bytes");
    default: co_return refuse(ErrorKind::transient, what + "Check that its server is running, and the path");
  }
}

asio::awaitable<Result<void>> Connector::open_tunnel(Connection& connection, Deadline deadline) {
  const Request nothing;
  Outgoing outgoing(executor_, nullptr, connect_head(endpoint_, *proxy_), nothing, connection.bell());
  auto reader = std::make_unique<ResponseReader>(0, ResponseReader::Body::none);
  const Hop proxy = first_hop();
  const Partner partner(proxy.name, proxy.advice);
  Exchange exchange(connection, std::move(outgoing), partner, std::move(reader));
  auto answer = co_await exchange.run(deadline);
  // A word to the proxy is not one to the service.
  if (!answer) co_return fail(exchange_error(std::move(answer).error(), Sent::no));
  if (answer->status >= 300) co_return fail(refused_tunnel(*answer));
  co_return Result<void>();
}

Error Connector::refused_tunnel(const Response& answer) const {
  constexpr std::size_t kMaxShownBytes = 80;
  const std::string proxy = "the proxy " + proxy_->to_string();
  if (answer.status == 407) {
    std::string asked(find_header(answer.headers, "Proxy-Authenticate"));
    hide(asked, proxy_->password);
    asked = printable(asked, kMaxShownBytes);
    const std::string how = asked.empty() ? "" : " (" + asked + ")";
    const std::string what =
        proxy_->user.empty()
            ? " wants a user name and a password" + how + ": HTTPS_PROXY=http://user:password@host:port"
            : " does not accept the user name and the password of HTTPS_PROXY" + how;
    return exchange_error(ErrorKind::invalid, proxy + what, Sent::no);
  }
  const bool may_pass = answer.status >= 500 || answer.status == 429;
  return exchange_error(may_pass ? ErrorKind::transient : ErrorKind::invalid,
                        proxy + " refuses a connection to " + endpoint_.to_string() + " with status " +
                            std::to_string(answer.status) + ". If the service can be reached without it, name " +
                            endpoint_.host + " in NO_PROXY",
                        Sent::no);
}

asio::awaitable<Result<void>> Connector::shake_hands(Connection& connection, Deadline deadline) {
  while (true) {
    const Attempt attempt = connection.tls()->handshake();
    if (attempt.outcome == Attempt::Outcome::done) co_return Result<void>();
    const bool goes_on =
        attempt.outcome == Attempt::Outcome::wants_read || attempt.outcome == Attempt::Outcome::wants_write;
    if (!goes_on) co_return fail(refused_handshake(connection.tls()->refusal()));
    connection.watch(attempt);
    const bool is_in_time = co_await connection.bell().wait(deadline);
    if (!is_in_time) {
      co_return refuse(ErrorKind::timed_out,
                       "no connection to " + endpoint_.to_string() + via_proxy() + " within the deadline");
    }
  }
}

Error Connector::refused_handshake(const TlsSession::Refusal& refusal) const {
  const std::string certificate = "the certificate of " + endpoint_.to_string() + via_proxy() + " is not trusted: ";
  switch (refusal.verdict) {
    case TlsSession::Verdict::other_host:
      return exchange_error(ErrorKind::invalid,
                            certificate + "it was made out to another host. Check the endpoint (--endpoint)", Sent::no);
    case TlsSession::Verdict::not_trusted:
      return exchange_error(ErrorKind::invalid,
                            certificate + refusal.reason + ". If it has a CA of its own, name the file with --ca-file",
                            Sent::no);
    case TlsSession::Verdict::no_tls: break;
  }
  return exchange_error(ErrorKind::transient,
                        "no TLS connection with " + endpoint_.to_string() + via_proxy() + ": " + refusal.reason,
                        Sent::no);
}

std::string Connector::via_proxy() const {
  return proxy_ ? " through the proxy " + proxy_->to_string() : "";
}

}  // namespace fgsync::http
