// Requests as they come from a socket: the same bytes whole and in pieces. The first byte is the size of the pieces.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "http/beast_request_reader.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace {

using fgsync::fuzz::require;
using fgsync::http::ReceivedRequest;
using fgsync::http::RequestReader;

constexpr std::size_t kMaxBodyBytes = 1000;
constexpr std::size_t kMaxHeaderBytes = 64 * 1024;
constexpr std::size_t kMaxRequests = 100;

struct Outcome {
  std::vector<ReceivedRequest> requests;
  int refusal = 0;
};

void check(const ReceivedRequest& received) {
  require(received.request.body.size() <= kMaxBodyBytes, "a body keeps to its limit");
  std::size_t bytes = received.request.target.size();
  for (const auto& [name, value] : received.request.headers) bytes += name.size() + value.size();
  require(bytes <= kMaxHeaderBytes, "and a header to its own");
  require(received.http_version == 10 || received.http_version == 11, "the version is one that is spoken");
  require(received.refusal || received.request.target.starts_with('/'), "handlers see paths only");
}

Outcome read(std::string_view bytes, std::size_t piece) {
  RequestReader reader(kMaxBodyBytes);
  Outcome outcome;
  while (!bytes.empty() && !reader.refusal() && outcome.requests.size() < kMaxRequests) {
    reader.take(bytes.substr(0, piece));
    bytes.remove_prefix(std::min(piece, bytes.size()));
    while (reader.is_whole() && outcome.requests.size() < kMaxRequests) {
      outcome.requests.push_back(reader.release());
      check(outcome.requests.back());
    }
  }
  if (reader.refusal()) outcome.refusal = reader.refusal()->status;
  return outcome;
}

void check_same(const Outcome& a, const Outcome& b) {
  require(a.requests.size() == b.requests.size(), "as many requests in whatever pieces they come");
  for (std::size_t i = 0; i < a.requests.size(); ++i) {
    const auto& one = a.requests[i].request;
    const auto& other = b.requests[i].request;
    require(one.method == other.method && one.target == other.target && one.headers == other.headers &&
                one.body == other.body,
            "and they say the same");
    require(a.requests[i].after == b.requests[i].after, "also about the connection");
  }
  require(a.refusal == b.refusal, "and what is refused is refused");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  check_same(read(bytes, bytes.size() + 1), read(bytes, std::size_t{data[0]} + 1));
  return 0;
}
