// The one Beast client. A connection is taken from the pool or opened, carries one exchange, and goes back when the
// server keeps it open. Every socket operation runs towards the caller's deadline through Beast's stream timer. A
// pooled connection that the server closed meanwhile is noticed before use where possible; where it is only noticed by
// an answer that never starts, a GET is sent once more on a new connection and anything else is reported as sent.
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <cerrno>
#include <chrono>
#include <optional>
#include <utility>
#include <vector>

#include "http/client.hpp"

namespace fgsync::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace ssl = boost::asio::ssl;
using boost::system::error_code;
using tcp = asio::ip::tcp;

constexpr auto kToTuple = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::seconds kMaxIdle{30};
constexpr std::uint32_t kMaxHeaderBytes = 64 * 1024;
// Bounds what the parser cannot: a line of chunk extensions, for instance, that never ends.
constexpr std::size_t kMaxBufferBytes = 256 * 1024;
constexpr int kMaxInterimAnswers = 8;

struct Connection {
  Connection(beast::tcp_stream stream, ssl::context* tls) {
    if (tls != nullptr) {
      secure.emplace(std::move(stream), *tls);
    } else {
      plain.emplace(std::move(stream));
    }
  }

  beast::tcp_stream& transport() { return secure ? secure->next_layer() : *plain; }

  std::optional<beast::tcp_stream> plain;
  std::optional<beast::ssl_stream<beast::tcp_stream>> secure;
  beast::flat_buffer buffer{kMaxBufferBytes};
  std::chrono::steady_clock::time_point idle_since;
};

enum class Sent { no, yes };

Error exchange_error(ErrorKind kind, std::string message, Sent sent) {
  Error error(kind, std::move(message));
  RemoteFacts facts;
  facts.request_sent = sent == Sent::yes;
  error.remote = facts;
  return error;
}

/// Whether the peer has closed the connection, as far as can be told without waiting.
bool is_closed_by_peer(Connection& connection) {
  char byte = 0;
  const auto got = ::recv(connection.transport().socket().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  if (got == 0) return true;
  if (got < 0) return errno != EAGAIN && errno != EWOULDBLOCK;
  // Bytes that nobody asked for: the end of a TLS session, mostly, or an answer out of step.
  return true;
}

/// Why this request must not be sent: what would not arrive as one request, or not at all.
std::optional<std::string> unsendable(const Request& request) {
  constexpr std::size_t kMaxFieldBytes = 32 * 1024;
  auto is_control = [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7f; };
  auto has_control = [&](const std::string& text) { return std::any_of(text.begin(), text.end(), is_control); };
  if (has_control(request.target) || request.target.find(' ') != std::string::npos) {
    return "its path holds a blank or a control character";
  }
  for (const auto& [name, value] : request.headers) {
    if (has_control(name) || has_control(value)) return "its header " + name + " holds a control character";
    if (value.size() > kMaxFieldBytes) return "its header " + name + " has more than 32 KB";
  }
  return std::nullopt;
}

beast::http::verb to_verb(Method method) {
  switch (method) {
    case Method::get: return beast::http::verb::get;
    case Method::post: return beast::http::verb::post;
    case Method::put: return beast::http::verb::put;
    case Method::del: return beast::http::verb::delete_;
  }
  return beast::http::verb::get;
}

class BeastClient final : public HttpClient {
 public:
  BeastClient(asio::any_io_executor executor, Endpoint endpoint, ClientOptions options, std::optional<ssl::context> tls)
      : executor_(std::move(executor)),
        endpoint_(std::move(endpoint)),
        options_(std::move(options)),
        tls_(std::move(tls)) {}

  asio::awaitable<Result<Response>> send(Request request, Deadline deadline) override {
    if (auto why = unsendable(request)) {
      co_return fail(exchange_error(ErrorKind::invalid, "the request cannot be sent: " + *why, Sent::no));
    }
    if (std::chrono::steady_clock::now() >= deadline.at) co_return fail(connect_error(beast::error::timeout));
    const bool may_repeat = request.method == Method::get;
    auto message = to_beast(std::move(request));
    try {
      while (true) {
        auto connection = take_idle();
        const bool is_reused = connection != nullptr;
        if (!is_reused) {
          auto opened = co_await open(deadline);
          if (!opened) co_return fail(std::move(opened).error());
          connection = std::move(*opened);
        }
        bool answer_began = false;
        auto answer = co_await exchange(*connection, message, deadline, answer_began);
        if (answer) {
          if (answer->second) give_back(std::move(connection));
          co_return std::move(answer->first);
        }
        const bool was_stale = is_reused && !answer_began && answer.error().kind == ErrorKind::transient;
        if (!was_stale || !may_repeat) co_return fail(std::move(answer).error());
      }
    } catch (const boost::system::system_error& error) {
      // Only cancellation is thrown here; the other outcomes are values.
      co_return fail(
          exchange_error(ErrorKind::cancelled, "stopped while talking to " + endpoint_.to_string(), Sent::yes));
    }
  }

 private:
  using Message = beast::http::request<beast::http::string_body>;
  using Parser = beast::http::response_parser<beast::http::string_body>;

  Message to_beast(Request request) const {
    Message message{to_verb(request.method), endpoint_.base_path + request.target, 11};
    for (const auto& [name, value] : request.headers) message.insert(name, value);
    const bool is_default_port = endpoint_.port == (endpoint_.scheme == Endpoint::Scheme::https ? 443 : 80);
    const std::string host =
        endpoint_.host.find(':') == std::string::npos ? endpoint_.host : "[" + endpoint_.host + "]";
    message.set(beast::http::field::host, is_default_port ? host : host + ":" + std::to_string(endpoint_.port));
    message.set(beast::http::field::user_agent, "fgsync/" FGSYNC_VERSION);
    message.body() = std::move(request.body);
    message.prepare_payload();
    return message;
  }

  std::unique_ptr<Connection> take_idle() {
    while (!idle_.empty()) {
      auto connection = std::move(idle_.back());
      idle_.pop_back();
      const bool is_old = std::chrono::steady_clock::now() - connection->idle_since > kMaxIdle;
      if (!is_old && !is_closed_by_peer(*connection)) return connection;
    }
    return nullptr;
  }

  void give_back(std::unique_ptr<Connection> connection) {
    if (idle_.size() >= options_.max_connections || connection->buffer.size() != 0) return;
    connection->transport().expires_never();
    connection->idle_since = std::chrono::steady_clock::now();
    idle_.push_back(std::move(connection));
  }

  asio::awaitable<Result<std::unique_ptr<Connection>>> open(Deadline deadline) {
    auto addresses = co_await resolve(deadline);
    if (!addresses) co_return fail(std::move(addresses).error());

    beast::tcp_stream stream(executor_);
    stream.expires_at(deadline.at);
    auto [failed, connected_to] = co_await stream.async_connect(*addresses, kToTuple);
    if (failed) co_return fail(connect_error(failed));
    error_code ignored;  // it is a matter of speed only
    stream.socket().set_option(tcp::no_delay(true), ignored);

    auto connection = std::make_unique<Connection>(std::move(stream), tls_ ? &*tls_ : nullptr);
    if (connection->secure) {
      auto trusted = co_await handshake(*connection, deadline);
      if (!trusted) co_return fail(std::move(trusted).error());
    }
    co_return connection;
  }

  /// What the resolver leaves behind. It is shared: the resolver cannot be stopped and may answer long after we left.
  struct Lookup {
    explicit Lookup(const asio::any_io_executor& executor) : resolver(executor), timer(executor) {}
    tcp::resolver resolver;
    asio::steady_timer timer;
    bool has_ended = false;
    error_code failed;
    std::vector<tcp::endpoint> found;
  };

  asio::awaitable<Result<std::vector<tcp::endpoint>>> resolve(Deadline deadline) {
    std::vector<tcp::endpoint> found;
    error_code not_an_address;
    const auto address = asio::ip::make_address(endpoint_.host, not_an_address);
    if (!not_an_address) {
      found.emplace_back(address, endpoint_.port);
      co_return found;
    }
    auto lookup = std::make_shared<Lookup>(executor_);
    lookup->timer.expires_at(deadline.at);
    lookup->resolver.async_resolve(endpoint_.host, std::to_string(endpoint_.port),
                                   [lookup](error_code failed, const tcp::resolver::results_type& results) {
                                     lookup->has_ended = true;
                                     lookup->failed = failed;
                                     for (const auto& result : results) lookup->found.push_back(result.endpoint());
                                     lookup->timer.cancel();
                                   });
    auto [stopped] = co_await lookup->timer.async_wait(kToTuple);
    if (!lookup->has_ended) {
      lookup->resolver.cancel();
      co_return fail(connect_error(stopped ? stopped : beast::error::timeout));
    }
    if (lookup->failed) {
      co_return fail(exchange_error(ErrorKind::transient,
                                    "cannot find the address of " + endpoint_.host + ": " + lookup->failed.message() +
                                        ". Check the endpoint (--endpoint) and name resolution",
                                    Sent::no));
    }
    co_return lookup->found;
  }

  asio::awaitable<Result<bool>> handshake(Connection& connection, Deadline deadline) {
    auto& stream = *connection.secure;
    error_code not_an_address;
    asio::ip::make_address(endpoint_.host, not_an_address);
    // OpenSSL's own check of the name, since it says what is wrong where a callback can only say no.
    if (not_an_address) {
      SSL_set_tlsext_host_name(stream.native_handle(), endpoint_.host.c_str());
      SSL_set_hostflags(stream.native_handle(), X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
      SSL_set1_host(stream.native_handle(), endpoint_.host.c_str());
    } else {
      X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(stream.native_handle()), endpoint_.host.c_str());
    }
    stream.set_verify_mode(ssl::verify_peer);
    beast::get_lowest_layer(stream).expires_at(deadline.at);
    auto [failed] = co_await stream.async_handshake(ssl::stream_base::client, kToTuple);
    if (!failed) co_return true;
    if (failed == beast::error::timeout) co_return fail(connect_error(failed));
    const long verdict = SSL_get_verify_result(stream.native_handle());
    if (verdict == X509_V_ERR_HOSTNAME_MISMATCH || verdict == X509_V_ERR_IP_ADDRESS_MISMATCH) {
      co_return fail(exchange_error(ErrorKind::invalid,
                                    "the certificate of " + endpoint_.to_string() +
                                        " is not trusted: it was made out to another host. Check the endpoint "
                                        "(--endpoint)",
                                    Sent::no));
    }
    if (verdict != X509_V_OK) {
      co_return fail(exchange_error(ErrorKind::invalid,
                                    "the certificate of " + endpoint_.to_string() +
                                        " is not trusted: " + X509_verify_cert_error_string(verdict) +
                                        ". If it has a CA of its own, name the file with --ca-file",
                                    Sent::no));
    }
    co_return fail(exchange_error(
        ErrorKind::transient, "no TLS connection with " + endpoint_.to_string() + ": " + failed.message(), Sent::no));
  }

  Error connect_error(error_code failed) const {
    if (failed == asio::error::operation_aborted) {
      return exchange_error(ErrorKind::cancelled, "stopped while connecting to " + endpoint_.to_string(), Sent::no);
    }
    if (failed == beast::error::timeout) {
      return exchange_error(ErrorKind::timed_out, "no connection to " + endpoint_.to_string() + " within the deadline",
                            Sent::no);
    }
    return exchange_error(ErrorKind::transient,
                          "cannot connect to " + endpoint_.to_string() + ": " + failed.message() +
                              ". Check the endpoint (--endpoint) and that the service is up",
                          Sent::no);
  }

  /// The answer, and whether the connection may carry another exchange.
  using Answer = Result<std::pair<Response, bool>>;

  asio::awaitable<Answer> exchange(Connection& connection, const Message& message, Deadline deadline,
                                   bool& answer_began) {
    if (connection.secure)
      co_return co_await exchange_on(*connection.secure, connection, message, deadline, answer_began);
    co_return co_await exchange_on(*connection.plain, connection, message, deadline, answer_began);
  }

  template <class Stream>
  asio::awaitable<Answer> exchange_on(Stream& stream, Connection& connection, const Message& message, Deadline deadline,
                                      bool& answer_began) {
    connection.transport().expires_at(deadline.at);
    auto [not_written, written] = co_await beast::http::async_write(stream, message, kToTuple);
    // A server may answer (413, 401) and close before it took the whole body: its words are worth more than ours.
    if (not_written == beast::error::timeout) co_return fail(lost_answer(not_written, answer_began));

    std::optional<Parser> parser;
    // Answers below 200 announce the one that counts.
    for (int interim = 0; !parser || parser->get().result_int() < 200; ++interim) {
      if (interim > kMaxInterimAnswers) co_return fail(lost_answer(beast::http::error::bad_status, answer_began));
      parser.emplace();
      parser->body_limit(options_.max_body_bytes);
      parser->header_limit(kMaxHeaderBytes);
      connection.transport().expires_at(deadline.at);
      auto [failed, size] = co_await beast::http::async_read(stream, connection.buffer, *parser, kToTuple);
      answer_began = answer_began || parser->got_some() || size > 0;
      if (failed) co_return fail(lost_answer(not_written && !answer_began ? not_written : failed, answer_began));
    }

    Response response;
    auto& answer = parser->get();
    response.status = static_cast<int>(answer.result_int());
    for (const auto& field : answer) {
      response.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
    }
    response.body = std::move(answer.body());
    const bool is_reusable = !not_written && parser->keep_alive();
    co_return std::make_pair(std::move(response), is_reusable);
  }

  /// The request has left, and no whole answer came.
  Error lost_answer(error_code failed, bool answer_began) const {
    const std::string who = endpoint_.to_string();
    if (failed == asio::error::operation_aborted) {
      return exchange_error(ErrorKind::cancelled, "stopped while talking to " + who, Sent::yes);
    }
    if (failed == beast::error::timeout) {
      return exchange_error(ErrorKind::timed_out, who + " did not answer within the deadline", Sent::yes);
    }
    if (failed == beast::http::error::partial_message) {
      return exchange_error(ErrorKind::corrupt, "the answer of " + who + " was cut off", Sent::yes);
    }
    if (failed == beast::http::error::body_limit || failed == beast::http::error::header_limit ||
        failed == beast::http::error::buffer_overflow) {
      return exchange_error(ErrorKind::corrupt, "the answer of " + who + " is too large", Sent::yes);
    }
    const bool is_not_http =
        failed.category() == beast::http::make_error_code(beast::http::error::bad_version).category();
    if (is_not_http && failed != beast::http::error::end_of_stream) {
      return exchange_error(
          ErrorKind::corrupt,
          who + " answered, but not in HTTP (" + failed.message() + "). Check the endpoint (--endpoint)", Sent::yes);
    }
    if (answer_began) {
      return exchange_error(ErrorKind::corrupt, "the answer of " + who + " was cut off", Sent::yes);
    }
    return exchange_error(ErrorKind::transient, who + " closed the connection without an answer", Sent::yes);
  }

  asio::any_io_executor executor_;
  Endpoint endpoint_;
  ClientOptions options_;
  std::optional<ssl::context> tls_;
  std::vector<std::unique_ptr<Connection>> idle_;
};

Result<ssl::context> make_tls(const std::optional<std::string>& ca_file) {
  ssl::context tls(ssl::context::tls_client);
  SSL_CTX_set_min_proto_version(tls.native_handle(), TLS1_2_VERSION);
  error_code failed;
  if (ca_file) {
    tls.load_verify_file(*ca_file, failed);
  } else {
    tls.set_default_verify_paths(failed);
  }
  if (!failed) return tls;
  const std::string which = ca_file ? "CA file " + *ca_file : "the system's CA store";
  return fail(ErrorKind::invalid, which + " cannot be used: " + failed.message() + "; expected certificates in PEM");
}

}  // namespace

Result<std::unique_ptr<HttpClient>> make_beast_client(asio::any_io_executor executor, Endpoint endpoint,
                                                      ClientOptions options) {
  std::optional<ssl::context> tls;
  if (endpoint.scheme == Endpoint::Scheme::https) {
    auto made = make_tls(options.ca_file);
    if (!made) return fail(std::move(made).error());
    tls.emplace(std::move(*made));
  }
  return std::make_unique<BeastClient>(std::move(executor), std::move(endpoint), std::move(options), std::move(tls));
}

}  // namespace fgsync::http
