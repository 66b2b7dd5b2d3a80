// Beast's parser without I/O: bytes in, requests out. Its verdict on a header that is none depends on the pieces that
// it comes in, so it gets whole headers only. What it leaves of a body in chunks is kept, and offered again with more
// behind it.
#include "http/beast_request_reader.hpp"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/field.hpp>
#include <boost/beast/http/verb.hpp>
#include <utility>

namespace fgsync::http {
namespace {

namespace beast = boost::beast;
using beast::http::error;
using boost::system::error_code;

constexpr std::uint32_t kMaxHeaderBytes = 64 * 1024;
// More than a small request needs: a connection that is used again need not grow anew, an idle one holds no more.
constexpr std::size_t kKeptBytes = 1024;
constexpr std::size_t kMinChunkedBytes = 5;
constexpr std::size_t kMaxReservedBytes = std::size_t{1} << 20U;

OwnAnswer answer_to_unreadable(error_code failed) {
  if (failed == error::body_limit) return {413, "FSS.0413", "The request body is too large."};
  if (failed == error::header_limit) return {431, "APIGW.0201", "Request headers too large."};
  return {400, "FSS.0400", "The request is not valid HTTP."};
}

std::optional<Method> to_method(beast::http::verb verb) {
  switch (verb) {
    case beast::http::verb::get: return Method::get;
    case beast::http::verb::post: return Method::post;
    case beast::http::verb::put: return Method::put;
    case beast::http::verb::delete_: return Method::del;
    default: return std::nullopt;
  }
}

std::string to_string(beast::string_view text) {
  return {text.data(), text.size()};
}

/// The server's own answer to a request that is no handler's business.
std::optional<OwnAnswer> refuse(const std::optional<Method>& method, std::string_view target) {
  if (!method) return OwnAnswer{404, "APIGW.0101", "The API does not exist or has not been published."};
  if (!target.starts_with('/')) {
    return OwnAnswer{400, "FSS.0400", "The request target must start with a slash."};
  }
  return std::nullopt;
}

}  // namespace

/// Keeps what the handler is to see. Trailers are counted and dropped: whoever authenticates a request looks at its
/// header only.
class RequestReader::Parser final : public beast::http::basic_parser<true> {
 public:
  explicit Parser(std::size_t max_body_bytes) {
    header_limit(kMaxHeaderBytes);
    body_limit(max_body_bytes);
  }

  /// The fewest bytes behind the header that Beast can make something of: the shortest body in chunks is `0\r\n\r\n`,
  /// which it takes for granted once it has seen the first line of that.
  [[nodiscard]] std::size_t min_body_bytes() const { return chunked() && !has_chunk_ ? kMinChunkedBytes : 1; }
  [[nodiscard]] bool expects_continue() const { return expects_continue_; }
  [[nodiscard]] ReceivedRequest release() { return std::move(received_); }

 private:
  void on_request_impl(beast::http::verb verb, beast::string_view, beast::string_view target, int version,
                       error_code&) override {
    const auto method = to_method(verb);
    received_.request.method = method.value_or(Method::get);
    received_.request.target = to_string(target);
    received_.http_version = version;
    received_.is_head = verb == beast::http::verb::head;
    received_.refusal = refuse(method, received_.request.target);
  }

  void on_response_impl(int, beast::string_view, int, error_code&) override {}

  void on_field_impl(beast::http::field field, beast::string_view name, beast::string_view value,
                     error_code& failed) override {
    if (is_header_done()) {
      trailer_bytes_ += name.size() + value.size();
      if (trailer_bytes_ > kMaxHeaderBytes) failed = error::header_limit;
      return;
    }
    if (field == beast::http::field::expect) expects_continue_ = beast::iequals(value, "100-continue");
    received_.request.headers.emplace_back(to_string(name), to_string(value));
  }

  void on_header_impl(error_code&) override {}

  void on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code&) override {
    if (length) received_.request.body.reserve(std::min<std::size_t>(*length, kMaxReservedBytes));
  }

  std::size_t on_body_impl(beast::string_view bytes, error_code&) override {
    received_.request.body.append(bytes.data(), bytes.size());
    return bytes.size();
  }

  void on_chunk_header_impl(std::uint64_t, beast::string_view, error_code&) override { has_chunk_ = true; }

  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view bytes, error_code& failed) override {
    return on_body_impl(bytes, failed);
  }

  void on_finish_impl(error_code&) override {
    received_.after = keep_alive() ? ReceivedRequest::After::keep_open : ReceivedRequest::After::close;
  }

  ReceivedRequest received_;
  std::size_t trailer_bytes_ = 0;
  bool expects_continue_ = false;
  bool has_chunk_ = false;
};

RequestReader::RequestReader(std::size_t max_body_bytes) : max_body_bytes_(max_body_bytes) {}
RequestReader::~RequestReader() = default;

void RequestReader::take(std::string_view bytes) {
  if (pending_.empty()) {
    pending_ = bytes.substr(parse(bytes));
  } else {
    pending_ += bytes;
    pending_.erase(0, parse(pending_));
    if (pending_.empty() && pending_.capacity() > kKeptBytes) pending_.shrink_to_fit();
  }
  if (!is_over() && pending_.size() > kMaxHeaderBytes) refusal_ = answer_to_unreadable(error::header_limit);
}

/// How many bytes were of use. The parser takes one step at a time: it must not begin one with too few bytes only
/// because the one before it had enough.
std::size_t RequestReader::parse(std::string_view bytes) {
  std::size_t used = 0;
  while (!is_over() && used < bytes.size()) {
    if (!parser_) parser_ = std::make_unique<Parser>(max_body_bytes_);
    const bool is_header = !parser_->is_header_done();
    const std::string_view next = is_header ? whole_header(bytes.substr(used)) : bytes.substr(used);
    if (next.empty() || (!is_header && next.size() < parser_->min_body_bytes())) break;
    error_code failed;
    used += parser_->put(boost::asio::buffer(next), failed);
    if (failed == error::need_more && !is_header) break;
    if (failed) refusal_ = answer_to_unreadable(failed);
    is_whole_ = !failed && parser_->is_done();
  }
  return used;
}

/// The header that the bytes begin with; empty when its end is not there, or when it can be none.
std::string_view RequestReader::whole_header(std::string_view bytes) {
  constexpr std::string_view kEnd = "\r\n\r\n";
  // Other protocols, TLS above all, would be waited for in vain.
  const bool is_method = bytes.front() > ' ' && bytes.front() < 0x7f;
  const std::size_t end = bytes.find(kEnd, searched_ - std::min(searched_, kEnd.size() - 1));
  searched_ = bytes.size();
  if (!is_method) {
    refusal_ = answer_to_unreadable(error::bad_method);
  } else if (end != std::string_view::npos && end + kEnd.size() > kMaxHeaderBytes) {
    refusal_ = answer_to_unreadable(error::header_limit);
  }
  if (refusal_ || end == std::string_view::npos) return {};
  return bytes.substr(0, end + kEnd.size());
}

bool RequestReader::wants_continue() {
  if (was_continued_ || is_over() || !parser_ || !parser_->is_header_done()) return false;
  was_continued_ = parser_->expects_continue();
  return was_continued_;
}

ReceivedRequest RequestReader::release() {
  ReceivedRequest received = parser_->release();
  parser_.reset();
  is_whole_ = was_continued_ = false;
  searched_ = 0;
  if (!pending_.empty()) take({});
  return received;
}

}  // namespace fgsync::http
