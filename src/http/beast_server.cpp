// The one server. A coroutine per connection reads requests one after another, asks the handler and sends what it says,
// on the executor's loop. Two limits of time hold: between requests a connection may be idle, but from a request's
// first byte on there is one deadline for all of it, so that a client sending byte by byte cannot hold a connection.
// One sweep closes the connections whose time is over: a timer for each would cost more than all the rest of a small
// request. Answers that end a connection early (413, 400) are followed by a bounded drain: closing with unread bytes
// would reset the connection, and the client could lose the answer. How a stream is sent is in server_stream.cpp.
#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "http/beast_reply.hpp"
#include "http/beast_request_reader.hpp"
#include "http/listener.hpp"
#include "http/server.hpp"
#include "http/server_connection.hpp"
#include "http/server_delivery.hpp"
#include "http/server_stream.hpp"

namespace fgsync::http {
namespace {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;
using Outcome = Attempt::Outcome;

constexpr auto kToTuple = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t kReadBytes = std::size_t{64} << 10U;
/// So much is read from one connection before the others have their turn.
constexpr std::size_t kTurnBytes = std::size_t{1} << 20U;
constexpr std::chrono::seconds kDrainTime{2};
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

struct Client : std::enable_shared_from_this<Client> {
  Client(const asio::any_io_executor& executor, Socket socket, Peer its_peer, std::size_t max_body_bytes)
      : connection(executor, std::move(socket)), peer(std::move(its_peer)), reader(max_body_bytes) {}

  ServerConnection connection;
  Peer peer;
  RequestReader reader;
};

/// How often deadlines are looked at: often enough to be late by a quarter at most.
std::chrono::milliseconds sweep_interval(const ServerOptions& options) {
  constexpr std::chrono::milliseconds kShortest{5};
  constexpr std::chrono::milliseconds kLongest{1000};
  const auto limit = std::min<std::chrono::milliseconds>({options.idle_timeout, options.request_timeout, kDrainTime});
  return std::clamp(limit / 4, kShortest, kLongest);
}

/// What the connections and the accepting coroutine share with the server; it lives as long as the last of them.
struct Shared {
  Shared(const asio::any_io_executor& its_executor, std::unique_ptr<Listener> its_listener,
         ServerOptions server_options, PeerHandler request_handler)
      : options(std::move(server_options)),
        handler(std::move(request_handler)),
        executor(its_executor),
        listener(std::move(its_listener)),
        sweep(executor),
        buffer(kReadBytes) {}

  ServerOptions options;
  PeerHandler handler;
  asio::any_io_executor executor;
  std::unique_ptr<Listener> listener;
  asio::steady_timer sweep;
  std::unordered_set<Client*> clients;
  /// What a read finds goes through here at once, so that an idle connection needs no buffer.
  std::vector<char> buffer;
  bool is_stopped = false;
};

/// Keeps a connection in the set of open ones as long as its coroutine runs.
class Registration {
 public:
  Registration(Shared& shared, Client& client) : shared_(shared), client_(client) { shared_.clients.insert(&client_); }
  Registration(const Registration&) = delete;
  Registration& operator=(const Registration&) = delete;
  ~Registration() { shared_.clients.erase(&client_); }

 private:
  Shared& shared_;
  Client& client_;
};

/// Reads until there is a request, or something that is none. False: the client went away, or was too slow.
asio::awaitable<bool> receive(Shared& shared, Client& client) {
  ServerConnection& connection = client.connection;
  RequestReader& reader = client.reader;
  bool has_begun = reader.has_begun();
  connection.deadline = Clock::now() + (has_begun ? shared.options.request_timeout : shared.options.idle_timeout);
  // Most of the time nothing is there yet.
  Attempt attempt{connection.has_buffered() ? Outcome::done : Outcome::wants_read};
  std::size_t bytes_of_turn = 0;
  while (!reader.is_over()) {
    if (attempt.outcome != Outcome::done) {
      if (!co_await connection.wait(attempt.outcome)) co_return false;
      bytes_of_turn = 0;
    }
    attempt = connection.read(shared.buffer);
    if (attempt.outcome != Outcome::done) continue;
    reader.take({shared.buffer.data(), attempt.bytes});
    if (!std::exchange(has_begun, true)) connection.deadline = Clock::now() + shared.options.request_timeout;
    if (reader.wants_continue()) {
      const bool is_told = co_await connection.write_all(kContinue);
      if (!is_told) co_return false;
    }
    bytes_of_turn += attempt.bytes;
    if (bytes_of_turn > kTurnBytes) {
      co_await asio::post(shared.executor, asio::use_awaitable);
      bytes_of_turn = 0;
    }
  }
  co_return true;
}

/// Reads and drops what the client still sends, so that it gets to see the answer.
asio::awaitable<void> drain(Shared& shared, Client& client) {
  client.connection.finish_sending();
  client.connection.deadline = Clock::now() + kDrainTime;
  for (std::size_t drained = 0; drained < shared.options.max_body_bytes;) {
    const Attempt attempt = client.connection.read(shared.buffer);
    if (attempt.outcome == Outcome::done) {
      drained += attempt.bytes;
    } else if (!co_await client.connection.wait(attempt.outcome)) {
      break;
    }
  }
}

/// Sends a stream after its head. The connection has ended then.
asio::awaitable<void> answer_at_length(Shared& shared, Client& client, const ReceivedRequest& received, Reply reply) {
  const Framing framing = received.http_version == 10 ? Framing::until_close : Framing::in_chunks;
  auto head = reply_head(*reply.response, received.http_version, Persistence::close, framing);
  std::shared_ptr<ServerConnection> connection(client.shared_from_this(), &client.connection);
  co_await deliver_stream(std::move(connection), shared.options.request_timeout, std::move(head), framing,
                          std::move(reply.stream));
}

/// Sends what the handler said. False: the connection has ended.
asio::awaitable<bool> answer(Shared& shared, Client& client, const ReceivedRequest& received, Reply reply) {
  const Response& response = *reply.response;
  if (reply.delivery.is_raw) {
    const std::string_view text = response.body;
    co_await deliver(client.connection, shared.options.request_timeout, std::string(), text, reply.delivery);
    co_return false;
  }
  const bool has_body = !received.is_head && !is_without_body(response.status);
  if (reply.stream && has_body) {
    co_await answer_at_length(shared, client, received, std::move(reply));
    co_return false;
  }
  std::string_view body = has_body ? std::string_view(response.body) : std::string_view();
  const bool is_cut = reply.delivery.cut_after_bytes.has_value();
  if (is_cut) body = body.substr(0, *reply.delivery.cut_after_bytes);
  const bool stays = received.after == ReceivedRequest::After::keep_open;
  auto head = reply_head(response, received.http_version, stays ? Persistence::keep_alive : Persistence::close);
  const bool is_sent =
      co_await deliver(client.connection, shared.options.request_timeout, std::move(head), body, reply.delivery);
  co_return is_sent&& stays && !is_cut;
}

Response own_response(const Shared& shared, const OwnAnswer& answer) {
  if (shared.options.own_answer) return shared.options.own_answer(answer.status, answer.message);
  return error_response(answer);
}

/// The handler's reply, or the server's own where the handler must not be asked.
asio::awaitable<Reply> reply_to(Shared& shared, const Client& client, ReceivedRequest& received) {
  Reply reply;
  if (received.refusal) {
    reply.response = own_response(shared, *received.refusal);
    co_return reply;
  }
  try {
    reply = co_await shared.handler(std::move(received.request), client.peer);
  } catch (const std::exception&) {
    reply = Reply{own_response(shared, {500, "FSS.0500", "Internal server error."})};
  }
  co_return reply;
}

/// One request and its answer. False: the connection has ended.
asio::awaitable<bool> serve_one(Shared& shared, Client& client) {
  const bool is_received = co_await receive(shared, client);
  if (!is_received || shared.is_stopped) co_return false;
  if (client.reader.refusal()) {
    const Response refusal = own_response(shared, *client.reader.refusal());
    auto head = reply_head(refusal, 11, Persistence::close);
    const std::string_view body = refusal.body;
    const Delivery at_once;
    const auto timeout = shared.options.request_timeout;
    const bool is_sent = co_await deliver(client.connection, timeout, std::move(head), body, at_once);
    if (is_sent) co_await drain(shared, client);
    co_return false;
  }
  ReceivedRequest received = client.reader.release();
  client.connection.deadline = ServerConnection::TimePoint::max();
  Reply reply = co_await reply_to(shared, client, received);
  // The server may have been stopped meanwhile.
  if (!reply.response || shared.is_stopped) co_return false;
  co_return co_await answer(shared, client, received, std::move(reply));
}

asio::awaitable<void> serve(std::shared_ptr<Shared> shared, std::shared_ptr<Client> client) {
  const Registration registration(*shared, *client);
  bool goes_on = true;
  if (shared->options.tls) {
    client->connection.deadline = Clock::now() + shared->options.request_timeout;
    goes_on = co_await client->connection.start_tls(*shared->options.tls);
  }
  while (goes_on && !shared->is_stopped) goes_on = co_await serve_one(*shared, *client);
  client->connection.close();
}

/// A coroutine ends by itself or because the loop is torn down; what it throws then concerns nobody.
void ignore_outcome(std::exception_ptr) {}

asio::awaitable<void> accept_all(std::shared_ptr<Shared> shared) {
  while (!shared->is_stopped) {
    Listener::Arrival arrival = shared->listener->accept();
    if (arrival.outcome == Outcome::wants_read) {
      co_await shared->listener->wait();
      continue;
    }
    if (arrival.outcome != Outcome::done) {
      // Out of file descriptors, or a client that left in the queue: both pass.
      co_await shared->listener->pause();
      continue;
    }
    auto client = std::make_shared<Client>(shared->executor, std::move(arrival.socket), std::move(arrival.peer),
                                           shared->options.max_body_bytes);
    asio::co_spawn(shared->executor, serve(shared, std::move(client)), &ignore_outcome);
    // The connections that are there have their turn as well.
    co_await asio::post(shared->executor, asio::use_awaitable);
  }
}

/// Closes the connections whose time is over.
asio::awaitable<void> sweep(std::shared_ptr<Shared> shared) {
  const auto interval = sweep_interval(shared->options);
  while (!shared->is_stopped) {
    shared->sweep.expires_after(interval);
    auto [interrupted] = co_await shared->sweep.async_wait(kToTuple);
    if (interrupted) co_return;
    const auto now = Clock::now();
    for (Client* client : shared->clients) {
      if (client->connection.deadline <= now) client->connection.close();
    }
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
    shared_->listener->close();
    shared_->sweep.cancel();
    for (Client* client : shared_->clients) client->connection.close();
  }

 private:
  std::shared_ptr<Shared> shared_;
  std::uint16_t port_;
};

/// A handler that needs no time of its own.
class AtOnce {
 public:
  explicit AtOnce(Handler handler) : handler_(std::move(handler)) {}

  asio::awaitable<Reply> operator()(Request request) const {
    Reply reply;
    reply.response = handler_(request);
    co_return reply;
  }

 private:
  Handler handler_;
};

/// A handler that answers everyone alike.
class ForAnyone {
 public:
  explicit ForAnyone(AsyncHandler handler) : handler_(std::move(handler)) {}

  asio::awaitable<Reply> operator()(Request request, const Peer&) const { return handler_(std::move(request)); }

 private:
  AsyncHandler handler_;
};

}  // namespace

Result<std::unique_ptr<HttpServer>> start_beast_server(boost::asio::any_io_executor executor, ServerOptions options,
                                                       PeerHandler handler) {
  auto listener = Listener::open(executor, options);
  if (!listener) return fail(std::move(listener).error());
  const std::uint16_t port = (*listener)->port();
  auto shared = std::make_shared<Shared>(executor, std::move(*listener), std::move(options), std::move(handler));
  asio::co_spawn(executor, accept_all(shared), &ignore_outcome);
  asio::co_spawn(executor, sweep(shared), &ignore_outcome);
  return std::make_unique<BeastServer>(std::move(shared), port);
}

Result<std::unique_ptr<HttpServer>> start_beast_server(boost::asio::any_io_executor executor, ServerOptions options,
                                                       AsyncHandler handler) {
  return start_beast_server(std::move(executor), std::move(options), PeerHandler(ForAnyone(std::move(handler))));
}

Result<std::unique_ptr<HttpServer>> start_beast_server(boost::asio::any_io_executor executor, ServerOptions options,
                                                       Handler handler) {
  return start_beast_server(std::move(executor), std::move(options), AsyncHandler(AtOnce(std::move(handler))));
}

}  // namespace fgsync::http
