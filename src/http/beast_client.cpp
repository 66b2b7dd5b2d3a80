// The client: a pool of connections, and the choice when a request is sent once more. How an exchange goes is in
// exchange.cpp, how a connection comes about in connector.cpp.
#include <boost/system/system_error.hpp>
#include <chrono>
#include <optional>
#include <utility>

#include "http/client.hpp"
#include "http/connector.hpp"
#include "http/exchange.hpp"
#include "http/failure.hpp"
#include "http/idle_connections.hpp"
#include "http/request_head.hpp"
#include "http/streaming_client.hpp"

namespace fgsync::http {
namespace {

namespace asio = boost::asio;

std::chrono::steady_clock::time_point now() {
  return std::chrono::steady_clock::now();
}

/// How far a request has come: what has to be said of it, whatever ends it.
struct Course {
  [[nodiscard]] Sent was_sent() const {
    return was_sent_before || (exchange && exchange->was_sent() == Sent::yes) ? Sent::yes : Sent::no;
  }
  /// Leaves the connection, for another try.
  void begin_again() {
    was_sent_before = was_sent() == Sent::yes;
    exchange.reset();
    connection.reset();
  }

  bool was_sent_before = false;
  std::unique_ptr<Connection> connection;
  std::optional<Exchange> exchange;
};

/// Whether a request that failed on a connection of the pool is sent once more: when the connection was lost already,
/// which is seen by nothing coming back, and doing it twice would do no harm.
bool may_repeat(const Request& request, const Error& error, const Course& course) {
  const bool was_lost = error.kind == ErrorKind::transient && !course.exchange->was_heard();
  return was_lost && (request.method == Method::get || course.was_sent() == Sent::no);
}

class BeastClient final : public HttpClient, public StreamingClient {
 public:
  BeastClient(asio::any_io_executor executor, Endpoint endpoint, ClientOptions options, std::unique_ptr<TlsContext> tls)
      : executor_(std::move(executor)),
        endpoint_(std::move(endpoint)),
        options_(std::move(options)),
        tls_(std::move(tls)),
        service_(endpoint_.to_string(), options_.advice),
        connector_(executor_, endpoint_, options_.proxy, options_.name_servers, tls_.get()),
        idle_(options_.max_connections, options_.max_idle) {}

  asio::awaitable<Result<Response>> send(Request request, Deadline deadline) override {
    if (auto refusal = refuse(request, deadline)) co_return fail(std::move(*refusal));
    Course course;
    try {
      co_return co_await carry(request, deadline, course);
    } catch (const boost::system::system_error&) {
      co_return fail(stopped(course));
    }
  }

  asio::awaitable<Result<Response>> follow(Request request, StreamLimits limits, OnPiece on_piece) override {
    if (auto refusal = refuse(request, limits.head)) co_return fail(std::move(*refusal));
    Course course;
    try {
      co_return co_await carry_stream(request, limits, std::move(on_piece), course);
    } catch (const boost::system::system_error&) {
      co_return fail(stopped(course));
    }
  }

 private:
  /// Why nothing can be sent at all.
  [[nodiscard]] std::optional<Error> refuse(const Request& request, Deadline deadline) const {
    if (const auto why = unsendable(request)) {
      return exchange_error(ErrorKind::invalid, "the request cannot be sent: " + *why, Sent::no);
    }
    if (now() < deadline.at) return std::nullopt;
    return exchange_error(ErrorKind::timed_out, "no connection to " + service_.name + " within the deadline", Sent::no);
  }

  /// What is thrown is cancellation; the other outcomes are values.
  [[nodiscard]] Error stopped(const Course& course) const {
    const std::string doing = course.exchange ? "stopped while talking to " : "stopped while connecting to ";
    return exchange_error(ErrorKind::cancelled, doing + service_.name, course.was_sent());
  }

  asio::awaitable<Result<Response>> carry(const Request& request, Deadline deadline, Course& course) {
    course.connection = idle_.take(now());
    if (course.connection) {
      auto answer = co_await exchange(request, deadline, course);
      if (answer || !may_repeat(request, answer.error(), course)) co_return answer;
      course.begin_again();
    }
    auto opened = co_await connector_.open(deadline);
    if (!opened) co_return fail(exchange_error(std::move(opened).error(), course.was_sent()));
    course.connection = std::move(*opened);
    auto answer = co_await exchange(request, deadline, course);
    if (!answer) co_return fail(exchange_error(std::move(answer).error(), course.was_sent()));
    co_return answer;
  }

  asio::awaitable<Result<Response>> exchange(const Request& request, Deadline deadline, Course& course) {
    begin(request, ResponseReader::Body::as_announced, course);
    auto answer = co_await course.exchange->run(deadline);
    if (answer && course.exchange->leaves_connection_usable()) idle_.give_back(std::move(course.connection), now());
    co_return answer;
  }

  /// Not on a connection of the pool: whether that one still works is seen by an answer only, and this one may be long
  /// in coming.
  asio::awaitable<Result<Response>> carry_stream(const Request& request, StreamLimits limits, OnPiece on_piece,
                                                 Course& course) {
    auto opened = co_await connector_.open(limits.head);
    if (!opened) co_return fail(exchange_error(std::move(opened).error(), Sent::no));
    course.connection = std::move(*opened);
    begin(request, ResponseReader::Body::streamed, course);
    co_return co_await course.exchange->follow(limits, std::move(on_piece));
  }

  void begin(const Request& request, ResponseReader::Body body, Course& course) {
    Connection& connection = *course.connection;
    Outgoing outgoing(executor_, options_.pool, request_head(endpoint_, request), request, connection.bell());
    auto reader = std::make_unique<ResponseReader>(options_.max_body_bytes, body);
    course.exchange.emplace(connection, std::move(outgoing), service_, std::move(reader));
  }

  asio::any_io_executor executor_;
  Endpoint endpoint_;
  ClientOptions options_;
  std::unique_ptr<TlsContext> tls_;
  Partner service_;
  Connector connector_;
  IdleConnections idle_;
};

Result<std::unique_ptr<BeastClient>> make_client(asio::any_io_executor executor, Endpoint endpoint,
                                                 ClientOptions options) {
  std::unique_ptr<TlsContext> tls;
  if (endpoint.scheme == Endpoint::Scheme::https) {
    auto made = TlsContext::make(options.ca_file);
    if (!made) return fail(std::move(made).error());
    tls = std::move(*made);
  }
  return std::make_unique<BeastClient>(std::move(executor), std::move(endpoint), std::move(options), std::move(tls));
}

}  // namespace

Result<std::unique_ptr<HttpClient>> make_beast_client(asio::any_io_executor executor, Endpoint endpoint,
                                                      ClientOptions options) {
  return make_client(std::move(executor), std::move(endpoint), std::move(options));
}

Result<std::unique_ptr<StreamingClient>> make_beast_streaming_client(asio::any_io_executor executor, Endpoint endpoint,
                                                                     ClientOptions options) {
  return make_client(std::move(executor), std::move(endpoint), std::move(options));
}

}  // namespace fgsync::http
