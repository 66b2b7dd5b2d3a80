#include "http/response_reader.hpp"

#include <catch2/catch.hpp>
#include <optional>

#include "tests/http/bad_replies.hpp"
#include "tests/http/gzip.hpp"
#include "tests/http/raw_server.hpp"

namespace fgsync::http {
namespace {

using test::BadReply;
using test::ok;
using Body = ResponseReader::Body;
using Ending = ResponseReader::Ending;

ResponseReader reader_of_all() {
  return {test::kMaxBodyBytes, Body::as_announced};
}

/// Feeds the bytes in pieces of this size.
void take_in_pieces(ResponseReader& reader, std::string_view bytes, std::size_t piece) {
  for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) reader.take(bytes.substr(0, piece));
}

/// The flaw of a reply that comes in these pieces; nothing when more would have to come.
std::optional<Flaw> flaw_of(const BadReply& reply, std::size_t piece) {
  auto reader = reader_of_all();
  take_in_pieces(reader, reply.bytes, piece);
  if (reply.end == BadReply::End::close) reader.end(Ending::proper);
  if (reply.end == BadReply::End::reset) reader.end(Ending::abrupt);
  CHECK_FALSE(reader.is_whole());
  CHECK(reader.has_begun() == !reply.bytes.empty());
  return reader.flaw();
}

/// Large enough for several pieces, small enough for every size of them.
constexpr std::size_t kShortBytes = 400;

TEST_CASE("response reader: a bad reply has the same flaw in whatever pieces it comes") {
  for (const auto& reply : test::bad_replies()) {
    INFO(reply.what);
    const auto flaw = flaw_of(reply, reply.bytes.size() + 1);
    CHECK(flaw.has_value() == (reply.end != BadReply::End::silence));
    const std::size_t most = reply.bytes.size() < kShortBytes ? reply.bytes.size() : 3;
    for (std::size_t piece = 1; piece <= most; ++piece) {
      const auto again = flaw_of(reply, piece);
      REQUIRE(again.has_value() == flaw.has_value());
      if (flaw) REQUIRE(again->kind == flaw->kind);
    }
  }
}

TEST_CASE("response reader: an odd reply is the same answer in whatever pieces it comes") {
  for (const auto& reply : test::odd_replies()) {
    INFO(reply.what);
    const std::size_t most = reply.bytes.size() < kShortBytes ? reply.bytes.size() : 3;
    for (std::size_t piece = 1; piece <= most; ++piece) {
      auto reader = reader_of_all();
      take_in_pieces(reader, reply.bytes, piece);
      reader.end(Ending::proper);
      REQUIRE(reader.is_whole());
      const Response response = reader.release();
      REQUIRE(response.status == reply.status);
      REQUIRE(response.body == reply.body);
    }
  }
}

TEST_CASE("response reader: headers keep their order, their letters and their repetitions") {
  auto reader = reader_of_all();
  reader.take("HTTP/1.1 200 OK\r\nX-B: 1\r\nx-a:  two words \r\nX-B: 3\r\nContent-Length: 0\r\n\r\n");
  REQUIRE(reader.is_whole());
  const Headers expected{{"X-B", "1"}, {"x-a", "two words"}, {"X-B", "3"}, {"Content-Length", "0"}};
  CHECK(reader.release().headers == expected);
}

TEST_CASE("response reader: headers of announcements and trailers are not the answer's") {
  auto reader = reader_of_all();
  reader.take("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n");
  CHECK_FALSE(reader.has_header());
  reader.take("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX-Trailer: t\r\n\r\n");
  REQUIRE(reader.is_whole());
  const Headers expected{{"Transfer-Encoding", "chunked"}};
  CHECK(reader.release().headers == expected);
}

TEST_CASE("response reader: the header is there before the body") {
  auto reader = reader_of_all();
  reader.take("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r");
  CHECK_FALSE(reader.has_header());
  reader.take("\n");
  CHECK(reader.has_header());
  CHECK_FALSE(reader.is_over());
}

TEST_CASE("response reader: a header of 64 KB as a whole, and not a byte more") {
  const std::string start = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-Padding: ";
  for (const std::size_t size : {std::size_t{64} * 1024, std::size_t{64} * 1024 + 1}) {
    const std::string header = start + std::string(size - start.size() - 4, 'x') + "\r\n\r\n";
    for (const std::size_t piece : {size, size - 1, std::size_t{1000}}) {
      auto reader = reader_of_all();
      take_in_pieces(reader, header, piece);
      CHECK(reader.is_whole() == (size == std::size_t{64} * 1024));
      CHECK(reader.is_over());
    }
  }
}

TEST_CASE("response reader: after the answer to CONNECT no body is waited for") {
  for (const auto* answer :
       {"HTTP/1.1 200 Connection established\r\n\r\n", "HTTP/1.0 200 OK\r\nContent-Length: 7\r\n\r\n",
        "HTTP/1.1 407 Wanted\r\nTransfer-Encoding: chunked\r\n\r\n"}) {
    INFO(answer);
    ResponseReader reader(0, Body::none);
    reader.take(answer);
    CHECK(reader.is_whole());
  }
}

TEST_CASE("response reader: a connection goes on only behind an answer with an end of its own") {
  struct Case {
    std::string bytes;
    bool allows_reuse;
  };
  const std::vector<Case> cases{
      {ok("a"), true},
      {"HTTP/1.1 204 No Content\r\n\r\n", true},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", true},
      {"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n", true},
      {"HTTP/1.1 100 Continue\r\n\r\n" + ok("a"), true},
      {"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", false},
      {"HTTP/1.1 200 OK\r\nConnection: TE, Close\r\nContent-Length: 0\r\n\r\n", false},
      {"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", false},
      {"HTTP/1.1 200 OK\r\n\r\nuntil the end", false},
      {ok("a") + "x", false},
      {"HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\nok", false},
  };
  for (const auto& [bytes, allows_reuse] : cases) {
    INFO(bytes);
    auto reader = reader_of_all();
    reader.take(bytes);
    reader.end(Ending::proper);
    REQUIRE(reader.is_whole());
    CHECK(reader.allows_reuse() == allows_reuse);
  }
}

TEST_CASE("response reader: bytes behind the answer are noticed when they come later, too") {
  auto reader = reader_of_all();
  reader.take(ok("a"));
  CHECK(reader.allows_reuse());
  reader.take("x");
  CHECK_FALSE(reader.allows_reuse());
  CHECK(reader.release().body == "a");
}

TEST_CASE("response reader: an abrupt end completes nothing") {
  for (const auto* bytes : {"", "HTTP/1.0 200 OK\r\n\r\n", "HTTP/1.0 200 OK\r\n\r\nbody"}) {
    INFO(bytes);
    auto reader = reader_of_all();
    reader.take(bytes);
    reader.end(Ending::abrupt);
    REQUIRE(reader.flaw());
    CHECK(reader.flaw()->kind == Flaw::Kind::cut_off);
  }
}

TEST_CASE("response reader: an end behind the answer changes nothing") {
  auto reader = reader_of_all();
  reader.take(ok("a"));
  reader.end(Ending::abrupt);
  CHECK(reader.is_whole());
}

TEST_CASE("response reader: what was wrong once stays wrong") {
  auto reader = reader_of_all();
  reader.take("SSH-2.0\r\n");
  REQUIRE(reader.flaw());
  reader.take(ok("a"));
  reader.end(Ending::proper);
  CHECK_FALSE(reader.is_whole());
}

TEST_CASE("response reader: a text from outside is shown without control characters") {
  auto reader = reader_of_all();
  reader.take("HTTP/1.1 200 OK\r\nTransfer-Encoding: a\tb\r\n\r\n");
  REQUIRE(reader.flaw());
  CHECK(reader.flaw()->detail == "transfer encoding a?b");
}

}  // namespace
}  // namespace fgsync::http
