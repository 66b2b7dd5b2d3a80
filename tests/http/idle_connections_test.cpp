#include "http/idle_connections.hpp"

#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include "http/dial.hpp"
#include "tests/http/raw_server.hpp"
#include "tests/support/run.hpp"

namespace fgsync::http {
namespace {

using std::chrono::seconds;
using test::Peer;
using test::RawServer;
using TimePoint = IdleConnections::TimePoint;

const TimePoint kStart{};

/// Connections to a server that accepts as many as there are scripts, one after the other.
class Connections {
 public:
  explicit Connections(std::vector<RawServer::Script> scripts) : server_(std::move(scripts)) {}

  std::unique_ptr<Connection> open() {
    const SystemClock clock;
    const auto address = Addresses(1, "127.0.0.1");
    auto socket = test::run(loop_, dial(loop_.get_executor(), address, server_.port(), clock.in(seconds(10))));
    REQUIRE(socket);
    return std::make_unique<Connection>(loop_.get_executor(), std::move(*socket));
  }
  RawServer& server() { return server_; }

 private:
  boost::asio::io_context loop_;
  RawServer server_;
};

void wait_for_close(Peer& peer) {
  peer.wait_for_close();
}

TEST_CASE("idle connections: the last one in is the first one out") {
  Connections connections({&wait_for_close});
  IdleConnections idle(4, seconds(30));
  CHECK(idle.take(kStart) == nullptr);
  auto first = connections.open();
  auto second = connections.open();
  const auto* const first_place = first.get();
  const auto* const second_place = second.get();
  idle.give_back(std::move(first), kStart);
  idle.give_back(std::move(second), kStart);
  const auto out = idle.take(kStart);
  CHECK(out.get() == second_place);
  CHECK(idle.take(kStart).get() == first_place);
  CHECK(idle.take(kStart) == nullptr);
}

TEST_CASE("idle connections: one too many displaces the one that has waited longest") {
  Connections connections({&wait_for_close});
  IdleConnections idle(1, seconds(30));
  idle.give_back(connections.open(), kStart);
  auto second = connections.open();
  const auto* const second_place = second.get();
  idle.give_back(std::move(second), kStart);
  CHECK(idle.take(kStart).get() == second_place);
  CHECK(idle.take(kStart) == nullptr);
}

TEST_CASE("idle connections: none is kept when none may be") {
  Connections connections({&wait_for_close});
  IdleConnections idle(0, seconds(30));
  idle.give_back(connections.open(), kStart);
  CHECK(idle.take(kStart) == nullptr);
}

TEST_CASE("idle connections: one that has waited too long is closed, younger ones are not") {
  Connections connections({&wait_for_close});
  IdleConnections idle(4, seconds(30));
  idle.give_back(connections.open(), kStart);
  auto younger = connections.open();
  const auto* const younger_place = younger.get();
  idle.give_back(std::move(younger), kStart + seconds(1));
  auto out = idle.take(kStart + seconds(31));
  CHECK(out.get() == younger_place);
  CHECK(idle.take(kStart + seconds(31)) == nullptr);
}

TEST_CASE("idle connections: what the server has closed, or has spoken on unasked, is not given out") {
  const std::vector<RawServer::Script> scripts{
      [](Peer&) {},
      [](Peer& peer) { peer.reset_on_close(); },
      [](Peer& peer) { peer.send("HTTP/1.1 408 Too late\r\n\r\n"); },
  };
  for (const auto& script : scripts) {
    Connections connections({script});
    IdleConnections idle(4, seconds(30));
    idle.give_back(connections.open(), kStart);
    connections.server().wait_until_closed(1);
    CHECK(idle.take(kStart) == nullptr);
  }
}

}  // namespace
}  // namespace fgsync::http
