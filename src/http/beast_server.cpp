// The one Beast server. A coroutine per connection reads requests one after another and answers each from the handler,
// on the executor's loop. Two limits of time hold: between requests a connection may be idle, but from a request's
// first byte on there is one deadline for all of it, so that a client sending byte by byte cannot hold a connection.
// Answers that end a connection early (413, 400) are followed by a bounded drain: closing with unread bytes would
// reset the connection, and the client could lose the answer.
#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <exception>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "http/server.hpp"

namespace fgsync::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;
using boost::system::error_code;

constexpr auto kToTuple = asio::as_tuple(asio::use_awaitable);
constexpr std::uint32_t kMaxHeaderBytes = 64 * 1024;
constexpr std::size_t kReadBytes = std::size_t{16} << 10U;
constexpr std::chrono::seconds kDrainTime{2};
constexpr std::chrono::milliseconds kAcceptPause{50};

struct Connection {
  explicit Connection(tcp::socket socket) : stream(std::move(socket)) {}

  beast::tcp_stream stream;
  beast::flat_buffer buffer;
};

/// What the connections and the accepting coroutine share with the server; it lives as long as the last of them.
struct Shared {
  Shared(const asio::any_io_executor& executor, ServerOptions server_options, Handler request_handler)
      : options(std::move(server_options)), handler(std::move(request_handler)), acceptor(executor), pause(executor) {}

  ServerOptions options;
  Handler handler;
  tcp::acceptor acceptor;
  asio::steady_timer pause;
  std::unordered_set<Connection*> connections;
  bool is_stopped = false;
};

/// Keeps a connection in the set of open ones as long as its coroutine runs.
class Registration {
 public:
  Registration(Shared& shared, Connection& connection) : shared_(shared), connection_(connection) {
    shared_.connections.insert(&connection_);
  }
  Registration(const Registration&) = delete;
  Registration& operator=(const Registration&) = delete;
  ~Registration() { shared_.connections.erase(&connection_); }

 private:
  Shared& shared_;
  Connection& connection_;
};

std::string error_body(std::string_view code, std::string_view message) {
  std::string body = R"({"error_code":")";
  return body.append(code).append(R"(","error_msg":")").append(message).append("\"}");
}

Response error_response(int status, std::string_view code, std::string_view message) {
  Response response;
  response.status = status;
  response.headers.emplace_back("Content-Type", "application/json");
  response.body = error_body(code, message);
  return response;
}

/// The answer to what could not be read as a request; nothing when the peer just went away or was too slow.
std::optional<Response> answer_to_unreadable(error_code failed) {
  using beast::http::error;
  if (failed == error::body_limit) return error_response(413, "FSS.0413", "The request body is too large.");
  if (failed == error::header_limit) return error_response(431, "APIGW.0201", "Request headers too large.");
  const bool is_about_http = failed.category() == make_error_code(error::bad_method).category();
  if (!is_about_http || failed == error::end_of_stream || failed == error::partial_message) return std::nullopt;
  return error_response(400, "FSS.0400", "The request is not valid HTTP.");
}

std::optional<Method> to_method(beast::http::verb verb) {
  switch (verb) {
    case beast::http::verb::get: return Method::get;
    case beast::http::verb::post: return Method::post;
    case beast::http::verb::put: return Method::put;
    case beast::http::verb::delete_: return Method::del;
    default: return std::nullopt;
  }
}

using Parser = beast::http::request_parser<beast::http::string_body>;

/// The handler's answer, or the server's own where the handler must not be asked.
std::optional<Response> answer_to(Shared& shared, beast::http::request<beast::http::string_body> message) {
  const auto method = to_method(message.method());
  if (!method) return error_response(404, "APIGW.0101", "The API does not exist or has not been published.");
  if (message.target().empty() || message.target().front() != '/') {
    return error_response(400, "FSS.0400", "The request target must start with a slash.");
  }
  Request request;
  request.method = *method;
  request.target = std::string(message.target());
  for (const auto& field : message) {
    request.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
  }
  request.body = std::move(message.body());
  try {
    return shared.handler(request);
  } catch (const std::exception&) {
    return error_response(500, "FSS.0500", "Internal server error.");
  }
}

enum class After { keep_open, close };

using Message = beast::http::response<beast::http::string_body>;

Message to_beast(Response response, unsigned version, After after, bool is_head) {
  Message message{static_cast<beast::http::status>(response.status), version};
  for (const auto& [name, value] : response.headers) message.insert(name, value);
  message.keep_alive(after == After::keep_open);
  const bool has_no_body = response.status == 204 || response.status == 304 || response.status < 200;
  if (!has_no_body) message.content_length(response.body.size());
  if (!has_no_body && !is_head) message.body() = std::move(response.body);
  return message;
}

/// Reads and drops what the client still sends, so that it gets to see the answer, then closes.
asio::awaitable<void> drain_and_close(Shared& shared, Connection& connection) {
  error_code ignored;
  connection.stream.socket().shutdown(tcp::socket::shutdown_send, ignored);
  connection.buffer.clear();
  connection.stream.expires_after(kDrainTime);
  std::size_t drained = 0;
  while (drained < shared.options.max_body_bytes) {
    const auto space = connection.buffer.prepare(kReadBytes);
    auto [failed, size] = co_await connection.stream.async_read_some(space, kToTuple);
    if (failed) break;
    drained += size;
  }
  connection.stream.close();
}

/// Waits for the first bytes of the next request. False: none will come.
asio::awaitable<bool> await_request(Shared& shared, Connection& connection) {
  if (connection.buffer.size() > 0) co_return true;
  connection.stream.expires_after(shared.options.idle_timeout);
  const auto space = connection.buffer.prepare(kReadBytes);
  auto [failed, size] = co_await connection.stream.async_read_some(space, kToTuple);
  if (failed) co_return false;
  connection.buffer.commit(size);
  co_return true;
}

/// Reads one request whose first bytes are there, within the request timeout.
asio::awaitable<error_code> read_request(Shared& shared, Connection& connection, Parser& parser) {
  parser.header_limit(kMaxHeaderBytes);
  parser.body_limit(shared.options.max_body_bytes);
  const auto deadline = std::chrono::steady_clock::now() + shared.options.request_timeout;
  connection.stream.expires_at(deadline);
  auto [no_header, header_size] =
      co_await beast::http::async_read_header(connection.stream, connection.buffer, parser, kToTuple);
  if (no_header || parser.is_done()) co_return no_header;

  if (beast::iequals(parser.get()[beast::http::field::expect], "100-continue")) {
    static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    const auto text = asio::buffer(kContinue);
    auto [not_written, size] = co_await asio::async_write(connection.stream, text, kToTuple);
    if (not_written) co_return not_written;
  }
  auto [no_body, body_size] = co_await beast::http::async_read(connection.stream, connection.buffer, parser, kToTuple);
  co_return no_body;
}

asio::awaitable<bool> write_response(Shared& shared, Connection& connection, Message message) {
  connection.stream.expires_after(shared.options.request_timeout);
  beast::http::response_serializer<beast::http::string_body> serializer(message);
  auto [failed, size] = co_await beast::http::async_write(connection.stream, serializer, kToTuple);
  co_return !failed;
}

/// One request and its answer. False: the connection has ended.
asio::awaitable<bool> serve_one(Shared& shared, Connection& connection) {
  if (!co_await await_request(shared, connection)) co_return false;
  Parser parser;
  const auto failed = co_await read_request(shared, connection, parser);
  if (shared.is_stopped) co_return false;
  if (failed) {
    auto answer = answer_to_unreadable(failed);
    if (!answer) co_return false;
    auto message = to_beast(std::move(*answer), 11, After::close, false);
    if (co_await write_response(shared, connection, std::move(message))) co_await drain_and_close(shared, connection);
    co_return false;
  }

  const unsigned version = parser.get().version();
  const auto after = parser.keep_alive() ? After::keep_open : After::close;
  const bool is_head = parser.get().method() == beast::http::verb::head;
  auto answer = answer_to(shared, parser.release());
  // The handler may have stopped the server.
  if (!answer || shared.is_stopped) co_return false;
  auto message = to_beast(std::move(*answer), version, after, is_head);
  const bool is_written = co_await write_response(shared, connection, std::move(message));
  co_return is_written && (after == After::keep_open);
}

asio::awaitable<void> serve(std::shared_ptr<Shared> shared, std::shared_ptr<Connection> connection) {
  const Registration registration(*shared, *connection);
  while (!shared->is_stopped) {
    const bool goes_on = co_await serve_one(*shared, *connection);
    if (!goes_on) break;
  }
  connection->stream.close();
}

/// A coroutine ends by itself or because the loop is torn down; what it throws then concerns nobody.
void ignore_outcome(std::exception_ptr) {}

asio::awaitable<void> accept_all(std::shared_ptr<Shared> shared) {
  while (!shared->is_stopped) {
    auto [failed, socket] = co_await shared->acceptor.async_accept(kToTuple);
    if (shared->is_stopped) co_return;
    if (failed) {
      // Out of file descriptors, or a client that left in the queue: both pass.
      shared->pause.expires_after(kAcceptPause);
      auto [interrupted] = co_await shared->pause.async_wait(kToTuple);
      if (interrupted) co_return;
      continue;
    }
    error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    auto connection = std::make_shared<Connection>(std::move(socket));
    asio::co_spawn(shared->acceptor.get_executor(), serve(shared, std::move(connection)), &ignore_outcome);
  }
}

class BeastServer final : public HttpServer {
 public:
  BeastServer(std::shared_ptr<Shared> shared, std::uint16_t port) : shared_(std::move(shared)), port_(port) {}
  BeastServer(const BeastServer&) = delete;
  BeastServer& operator=(const BeastServer&) = delete;
  ~BeastServer() override { stop(); }

  [[nodiscard]] std::uint16_t port() const override { return port_; }

  void stop() override {
    if (std::exchange(shared_->is_stopped, true)) return;
    error_code ignored;
    shared_->acceptor.close(ignored);
    shared_->pause.cancel();
    for (Connection* connection : shared_->connections) connection->stream.close();
  }

 private:
  std::shared_ptr<Shared> shared_;
  std::uint16_t port_;
};

/// Opens, binds and listens. The first failure, if any.
error_code listen_on(tcp::acceptor& acceptor, const tcp::endpoint& endpoint) {
  error_code failed;
  acceptor.open(endpoint.protocol(), failed);
  if (!failed) acceptor.set_option(asio::socket_base::reuse_address(true), failed);
  if (!failed) acceptor.bind(endpoint, failed);
  if (!failed) acceptor.listen(asio::socket_base::max_listen_connections, failed);
  return failed;
}

}  // namespace

Result<std::unique_ptr<HttpServer>> start_beast_server(boost::asio::any_io_executor executor, ServerOptions options,
                                                       Handler handler) {
  error_code failed;
  const auto address = asio::ip::make_address(options.address, failed);
  if (failed) {
    return fail(ErrorKind::invalid,
                "cannot listen on \"" + options.address + "\": expected an IP address, for example 127.0.0.1");
  }
  const tcp::endpoint endpoint(address, options.port);
  auto shared = std::make_shared<Shared>(executor, std::move(options), std::move(handler));
  failed = listen_on(shared->acceptor, endpoint);
  tcp::endpoint bound;
  if (!failed) bound = shared->acceptor.local_endpoint(failed);
  if (failed) {
    return fail(ErrorKind::invalid, "cannot listen on " + address.to_string() + ":" + std::to_string(endpoint.port()) +
                                        ": " + failed.message());
  }
  asio::co_spawn(executor, accept_all(shared), &ignore_outcome);
  return std::make_unique<BeastServer>(std::move(shared), bound.port());
}

}  // namespace fgsync::http
