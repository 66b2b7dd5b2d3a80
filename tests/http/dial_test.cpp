#include "http/dial.hpp"

#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include "tests/http/ports.hpp"
#include "tests/http/raw_server.hpp"
#include "tests/support/run.hpp"

namespace fgsync::http {
namespace {

using std::chrono::milliseconds;
using test::RawServer;
using test::SilentPort;

Result<Socket> dialled(Addresses addresses, std::uint16_t port, milliseconds within = std::chrono::seconds(10)) {
  boost::asio::io_context loop;
  const SystemClock clock;
  return test::run(loop, dial(loop.get_executor(), std::move(addresses), port, clock.in(within)));
}

RawServer listening_server() {
  return RawServer({[](test::Peer& peer) { peer.wait_for_close(); }});
}

TEST_CASE("dial: families alternate, each in its own order, beginning with the first") {
  const std::vector<std::pair<Addresses, Addresses>> orders{
      {{}, {}},
      {{"1.1.1.1"}, {"1.1.1.1"}},
      {{"::1", "::2", "1.1.1.1", "1.1.1.2", "1.1.1.3"}, {"::1", "1.1.1.1", "::2", "1.1.1.2", "1.1.1.3"}},
      {{"1.1.1.1", "::1", "::2"}, {"1.1.1.1", "::1", "::2"}},
  };
  for (const auto& [given, expected] : orders) CHECK(alternating_families(given) == expected);
}

TEST_CASE("dial: the first address that answers is connected to") {
  const RawServer server = listening_server();
  const auto socket = dialled({"127.0.0.1", "127.0.0.2"}, server.port());
  REQUIRE(socket);
  CHECK(socket->descriptor() >= 0);
  CHECK(socket->bytes_written() == 0);
}

TEST_CASE("dial: the next address is left alone when the first one answers") {
  const RawServer server = listening_server();
  const test::ListeningPort other("127.0.0.2", server.port());
  REQUIRE(dialled({"127.0.0.1", "127.0.0.2"}, server.port()));
  CHECK_FALSE(other.was_connected_to());
}

TEST_CASE("dial: an address that refuses is passed over at once") {
  const RawServer server = listening_server();
  // Nobody listens on that address of this machine, nor can the last one be connected to from here.
  CHECK(dialled({"127.0.0.2", "not an address", "127.0.0.1"}, server.port()));
}

TEST_CASE("dial: an address that is silent does not hold up the next one") {
  const RawServer server = listening_server();
  const SilentPort silent("127.0.0.2", server.port());
  const auto socket = dialled({"127.0.0.2", "127.0.0.1"}, server.port());
  CHECK(socket);
}

TEST_CASE("dial: addresses that are all silent end at the deadline") {
  const SilentPort silent("127.0.0.1");
  const auto socket = dialled({"127.0.0.1", "127.0.0.1"}, silent.port(), milliseconds(100));
  REQUIRE_FALSE(socket);
  CHECK(socket.error().kind == ErrorKind::timed_out);
}

TEST_CASE("dial: the reason of the last refusal is given") {
  const auto refused = dialled({"127.0.0.1"}, test::ClosedPort().port());
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == ErrorKind::transient);
  CHECK(refused.error().message == "Connection refused");
  const auto nowhere = dialled({}, 80);
  REQUIRE_FALSE(nowhere);
  CHECK(nowhere.error().kind == ErrorKind::transient);
}

}  // namespace
}  // namespace fgsync::http
