#include "functiongraph/base64_body.hpp"

#include <catch2/catch.hpp>

#include "base/base64.hpp"
#include "tests/support/all_bytes.hpp"

namespace fgsync::functiongraph {
namespace {

std::string some_bytes(std::size_t size) {
  std::string bytes;
  for (std::size_t i = 0; i < size; ++i) bytes += static_cast<char>(i * 7 + i / 251);
  return bytes;
}

/// Has a size, and nothing that can be read beyond a point.
class BrokenBytes final : public ByteSource {
 public:
  BrokenBytes(std::uint64_t size, std::uint64_t good) : size_(size), good_(good) {}
  [[nodiscard]] std::uint64_t size() const override { return size_; }
  [[nodiscard]] Result<void> read(std::uint64_t offset, std::span<char> into) const override {
    if (offset + into.size() > good_) return fail(ErrorKind::internal, "the disk is gone");
    std::fill(into.begin(), into.end(), 'x');
    return {};
  }

 private:
  std::uint64_t size_;
  std::uint64_t good_;
};

TEST_CASE("base64 body: is what stands before, the code, and what stands after, in its exact size") {
  for (const std::size_t size : {0UL, 1UL, 2UL, 3UL, 4UL, 49151UL, 49152UL, 49153UL, 49154UL, 98304UL, 200'000UL}) {
    INFO(size);
    const std::string bytes = some_bytes(size);
    const auto body = make_base64_body("{\"file\":\"", bytes_in_memory(bytes), "\"}");
    const std::string expected = "{\"file\":\"" + base64_encode(bytes) + "\"}";
    CHECK(body->size() == expected.size());
    CHECK(test::all_bytes(*body) == expected);
  }
}

TEST_CASE("base64 body: comes in pieces of any size") {
  const std::string bytes = some_bytes(100'000);
  const auto body = make_base64_body("<", bytes_in_memory(bytes), ">");
  const std::string expected = "<" + base64_encode(bytes) + ">";
  for (const std::size_t piece : {1UL, 7UL, 65'536UL, 1'000'000UL}) {
    CHECK(test::all_bytes(*body, piece) == expected);
  }
}

TEST_CASE("base64 body: can be read again, and by two at once") {
  const auto body = make_base64_body("<", bytes_in_memory(some_bytes(60'000)), ">");
  const auto first = body->open();
  std::string piece(50'000, '\0');
  REQUIRE(first->read(piece));
  const std::string whole = test::all_bytes(*body);
  std::string rest(100'000, '\0');
  const auto count = first->read(rest);
  REQUIRE(count);
  rest.resize(*count);
  CHECK(piece + rest == whole);
}

TEST_CASE("base64 body: outlives the one who made it") {
  auto body = make_base64_body("<", bytes_in_memory("abc"), ">");
  const auto reader = body->open();
  body.reset();
  std::string text(10, '\0');
  CHECK(reader->read(text).value() == 6);
}

TEST_CASE("base64 body: code that cannot be read is an error, not a short body") {
  const auto body = make_base64_body("<", std::make_shared<BrokenBytes>(100'000, 60'000), ">");
  const auto reader = body->open();
  std::string text(1'000'000, '\0');
  const auto read = reader->read(text);
  REQUIRE_FALSE(read);
  CHECK(read.error().message == "the disk is gone");
}

TEST_CASE("base64 body: nothing comes after the end") {
  const auto body = make_base64_body("", bytes_in_memory(""), "");
  CHECK(body->size() == 0);
  const auto reader = body->open();
  std::string text(10, '\0');
  CHECK(reader->read(text).value() == 0);
  CHECK(reader->read(text).value() == 0);
}

}  // namespace
}  // namespace fgsync::functiongraph
