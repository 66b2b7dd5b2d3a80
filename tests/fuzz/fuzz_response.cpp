// What a server may answer: any bytes, in any pieces, with any end. Input: a byte that says how it ends, a byte that
// says in which pieces it comes, and the answer.
//
// What must hold: nothing crashes or hangs; an answer has an end when its connection has one; it keeps to its limits;
// and it is the same answer, or none, in whatever pieces it comes.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "http/response_reader.hpp"
#include "tests/fuzz/fuzz.hpp"

using fgsync::fuzz::require;
using namespace fgsync::http;

namespace {

constexpr std::size_t kMaxBodyBytes = 20'000;
constexpr std::size_t kMaxHeaderBytes = std::size_t{64} * 1024;

enum class Ending { proper, abrupt, none };

struct Outcome {
  bool is_whole = false;
  bool allows_reuse = false;
  std::optional<Flaw> flaw;
  Response response;
};

void check_limits(const Response& response) {
  require(response.status >= 200 && response.status <= 599, "an answer has a status that counts");
  require(response.body.size() <= kMaxBodyBytes, "a body keeps to its limit");
  std::size_t bytes = 0;
  for (const auto& [name, value] : response.headers) bytes += name.size() + value.size();
  require(bytes <= kMaxHeaderBytes, "and a header to its own");
}

void check_flaw(const Flaw& flaw) {
  const bool has_control =
      std::any_of(flaw.detail.begin(), flaw.detail.end(), [](unsigned char c) { return c < ' ' || c == 0x7f; });
  require(!has_control, "a flaw is shown without control characters");
}

Outcome read(std::string_view bytes, std::size_t piece, ResponseReader::Body body, Ending ending) {
  ResponseReader reader(kMaxBodyBytes, body);
  for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) reader.take(bytes.substr(0, piece));
  if (ending == Ending::proper) reader.end(ResponseReader::Ending::proper);
  if (ending == Ending::abrupt) reader.end(ResponseReader::Ending::abrupt);
  require(ending == Ending::none || reader.is_over(), "an answer ends with its connection");
  require(!reader.is_whole() || !reader.flaw(), "an answer is whole or has a flaw");

  Outcome outcome;
  outcome.is_whole = reader.is_whole();
  outcome.flaw = reader.flaw();
  outcome.allows_reuse = reader.allows_reuse();
  require(outcome.is_whole || !outcome.allows_reuse, "only behind a whole answer a connection goes on");
  if (outcome.flaw) check_flaw(*outcome.flaw);
  if (!outcome.is_whole) return outcome;
  require(reader.has_header(), "a whole answer has a header");
  outcome.response = reader.release();
  check_limits(outcome.response);
  return outcome;
}

void check_same(const Outcome& a, const Outcome& b) {
  require(a.is_whole == b.is_whole, "an answer is whole in whatever pieces it comes");
  require(a.allows_reuse == b.allows_reuse, "and its connection goes on or does not");
  require(a.response.status == b.response.status && a.response.headers == b.response.headers &&
              a.response.body == b.response.body,
          "and it says the same");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const auto ending = static_cast<Ending>(data[0] % 3);
  const auto body = data[0] >= 128 ? ResponseReader::Body::none : ResponseReader::Body::as_announced;
  const std::size_t piece = std::size_t{data[1]} + 1;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
  check_same(read(bytes, bytes.size() + 1, body, ending), read(bytes, piece, body, ending));
  return 0;
}
