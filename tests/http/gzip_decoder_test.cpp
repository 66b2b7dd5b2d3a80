#include "http/gzip_decoder.hpp"

#include <catch2/catch.hpp>

#include "tests/http/gzip.hpp"

namespace fgsync::http {
namespace {

using Outcome = GzipDecoder::Outcome;

constexpr std::size_t kPlenty = std::size_t{1} << 20U;

TEST_CASE("gzip: is unpacked in whatever pieces it comes") {
  const std::string text = "the same and the same and the same again";
  const std::string packed = test::gzip(text) + test::gzip(text);
  for (std::size_t piece = 1; piece <= packed.size(); ++piece) {
    GzipDecoder decoder;
    std::string unpacked;
    for (std::string_view rest = packed; !rest.empty(); rest.remove_prefix(std::min(piece, rest.size()))) {
      REQUIRE(decoder.unpack(rest.substr(0, piece), unpacked, kPlenty) == Outcome::fine);
    }
    REQUIRE(decoder.is_whole());
    REQUIRE(unpacked == text + text);
  }
}

TEST_CASE("gzip: is whole only behind a member") {
  const std::string packed = test::gzip("text");
  GzipDecoder decoder;
  std::string unpacked;
  CHECK(decoder.is_whole());
  for (const char& byte : packed) {
    REQUIRE(decoder.unpack({&byte, 1}, unpacked, kPlenty) == Outcome::fine);
    CHECK(decoder.is_whole() == (&byte == &packed.back()));
  }
}

TEST_CASE("gzip: a limit is kept to the byte, whatever was there before") {
  const std::string packed = test::gzip(std::string(1000, 'x'));
  for (const auto& [limit, outcome] : {std::pair{1004, Outcome::fine}, std::pair{1003, Outcome::too_large}}) {
    GzipDecoder decoder;
    std::string unpacked = "text";
    CHECK(decoder.unpack(packed, unpacked, static_cast<std::size_t>(limit)) == outcome);
    CHECK(unpacked.size() <= static_cast<std::size_t>(limit));
  }
}

TEST_CASE("gzip: much from little comes out whole") {
  const std::string text(std::size_t{3} << 20U, 'x');
  GzipDecoder decoder;
  std::string unpacked;
  CHECK(decoder.unpack(test::gzip(text), unpacked, text.size()) == Outcome::fine);
  CHECK(decoder.is_whole());
  CHECK(unpacked == text);
}

}  // namespace
}  // namespace fgsync::http
