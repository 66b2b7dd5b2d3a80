#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <memory>
#include <string>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "http/client.hpp"
#include "http/connection.hpp"
#include "http/tls.hpp"

namespace fgsync::http {

/// Opens connections to an endpoint: name, address, the proxy's tunnel, TLS, whichever of them there are.
class Connector {
 public:
  /// `tls`: null for an endpoint in the clear. It and the endpoint must outlive the connector.
  Connector(boost::asio::any_io_executor executor, const Endpoint& endpoint, std::optional<Proxy> proxy,
            std::string name_servers, TlsContext* tls);

  /// A connection that is ready for requests. Error: see HttpClient::send; nothing of a request was sent.
  [[nodiscard]] boost::asio::awaitable<Result<std::unique_ptr<Connection>>> open(Deadline deadline);

 private:
  /// The machine that is connected to, as messages name it, and what to check when that fails.
  struct Hop {
    std::string host;
    std::uint16_t port;
    std::string name;
    std::string advice;
    std::string role;
  };
  [[nodiscard]] Hop first_hop() const;

  [[nodiscard]] boost::asio::awaitable<Result<std::unique_ptr<Connection>>> connect(Hop hop, Deadline deadline);
  [[nodiscard]] boost::asio::awaitable<Result<std::unique_ptr<Connection>>> connect_to_socket(Deadline deadline);
  [[nodiscard]] boost::asio::awaitable<Result<void>> open_tunnel(Connection& connection, Deadline deadline);
  [[nodiscard]] boost::asio::awaitable<Result<void>> shake_hands(Connection& connection, Deadline deadline);
  [[nodiscard]] Error refused_tunnel(const Response& answer) const;
  [[nodiscard]] Error refused_handshake(const TlsSession::Refusal& refusal) const;
  [[nodiscard]] std::string via_proxy() const;

  boost::asio::any_io_executor executor_;
  const Endpoint& endpoint_;
  std::optional<Proxy> proxy_;
  std::string name_servers_;
  TlsContext* tls_;
};

}  // namespace fgsync::http
