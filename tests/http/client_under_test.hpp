#pragma once

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "http/client.hpp"
#include "tests/http/certificates.hpp"
#include "tests/support/temp_directory.hpp"

namespace fgsync::test {

/// `http://127.0.0.1:port`.
http::Endpoint clear_endpoint(std::uint16_t port);
/// `https://127.0.0.1:port`.
http::Endpoint tls_endpoint(std::uint16_t port);

http::Request get(std::string target = "/");
http::Request post(std::string body);

/// An authority of the test's own, as a file that the client may be told to trust.
class Authority {
 public:
  Authority() : authority_(make_authority()) { directory_.write("ca.pem", authority_.certificate_pem()); }

  [[nodiscard]] const Identity& identity() const { return authority_; }
  /// For 127.0.0.1.
  [[nodiscard]] Identity server() const { return make_server_identity(authority_, "IP:127.0.0.1"); }
  [[nodiscard]] http::ClientOptions trusting() const;

 private:
  TempDirectory directory_;
  Identity authority_;
};

/// A client on a loop of its own.
class ClientUnderTest {
 public:
  explicit ClientUnderTest(http::Endpoint endpoint, http::ClientOptions options = {});

  Result<http::Response> send(http::Request request, std::chrono::milliseconds within = std::chrono::seconds(10));
  /// So many GETs at the same time; each must be answered.
  void send_in_parallel(std::size_t count);
  /// Cancels what is being sent, or about to be, as Ctrl-C does. From any thread.
  void cancel();

 private:
  SystemClock clock_;
  boost::asio::io_context loop_;
  boost::asio::cancellation_signal cancelling_;
  std::unique_ptr<http::HttpClient> client_;
};

}  // namespace fgsync::test
