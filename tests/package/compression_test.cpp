#include "package/compression.hpp"

#include <catch2/catch.hpp>
#include <random>
#include <string>

#include "tests/package/temp_directory.hpp"

using fgsync::package::compression_for;
using fgsync::package::kSampleBytes;
using fgsync::package::ZipCompression;
using fgsync::test::output_of;
using fgsync::test::TempDirectory;

namespace {

std::string random_bytes(std::size_t size) {
  std::mt19937 random(7);
  std::string bytes(size, '\0');
  for (char& c : bytes) c = static_cast<char>(random());
  return bytes;
}

std::string python_text() {
  std::string text;
  std::mt19937 random(7);
  while (text.size() < 100'000) {
    text += "def f" + std::to_string(random()) + "(x):\n    return x * " + std::to_string(random()) + "\n";
  }
  return text;
}

/// What a program makes of the text of a file.
std::string packed_by(const std::string& program) {
  const TempDirectory place;
  place.write("in", python_text());
  return output_of(program + " < '" + (place / "in") + "'");
}

}  // namespace

TEST_CASE("compression: text, machine code and base64 are deflated") {
  CHECK(compression_for(python_text()) == ZipCompression::deflated);
  CHECK(compression_for("print('hello, hello, hello')\n") == ZipCompression::deflated);
  CHECK(compression_for(output_of("head -c 200000 /proc/self/exe")) == ZipCompression::deflated);
  std::string base64;
  std::mt19937 random(7);
  while (base64.size() < 10'000)
    base64 += "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"[random() % 64];
  CHECK(compression_for(base64) == ZipCompression::deflated);
}

TEST_CASE("compression: random and compressed bytes are stored") {
  for (const std::size_t size : {100UL, 1'000UL, 10'000UL, 100'000UL}) {
    CAPTURE(size);
    CHECK(compression_for(random_bytes(size)) == ZipCompression::stored);
  }
  CHECK(compression_for(packed_by("gzip -9")) == ZipCompression::stored);
  CHECK(compression_for(packed_by("python3 -c \"import sys,lzma; "
                                  "sys.stdout.buffer.write(lzma.compress(sys.stdin.buffer.read()))\"")) ==
        ZipCompression::stored);
}

TEST_CASE("compression: what is spread evenly but repeats itself is deflated") {
  const std::string part = random_bytes(1'000);
  std::string repeated;
  for (int i = 0; i < 50; ++i) repeated += part;
  CHECK(compression_for(repeated) == ZipCompression::deflated);
  std::string all;
  for (int i = 0; i < 10'000; ++i) all += static_cast<char>(i);
  CHECK(compression_for(all) == ZipCompression::deflated);
}

TEST_CASE("compression: nothing, and what is too short to get shorter, is stored") {
  CHECK(compression_for("") == ZipCompression::stored);
  CHECK(compression_for("x") == ZipCompression::stored);
  CHECK(compression_for("abcdefgh") == ZipCompression::stored);
}

TEST_CASE("compression: only the sample decides") {
  const std::string random = random_bytes(kSampleBytes);
  CHECK(compression_for(random + python_text()) == ZipCompression::stored);
  CHECK(compression_for(python_text().substr(0, kSampleBytes) + random) == ZipCompression::deflated);
}
