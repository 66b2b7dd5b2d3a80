// Beast's parser keeps the rules of HTTP/1.1; what it leaves to its caller is here: limits on the header as a whole
// (its own holds for what comes in one piece), codings, announcements, statuses that do not exist, trailers.
#include "http/response_reader.hpp"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/field.hpp>
#include <utility>

#include "base/printable.hpp"
#include "http/gzip_decoder.hpp"

namespace fgsync::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using beast::http::error;
using boost::system::error_code;

// Of a header, and of what else has to be there as a whole: a chunk's first line, the trailers.
constexpr std::uint32_t kMaxHeaderBytes = 64 * 1024;
constexpr std::size_t kMinChunkedBytes = 5;
constexpr int kMaxAnnouncements = 8;
constexpr std::size_t kMaxReservedBytes = std::size_t{1} << 20U;

std::string_view view_of(beast::string_view text) {
  return {text.data(), text.size()};
}

std::string shown(std::string_view value) {
  constexpr std::size_t kMaxShownBytes = 60;
  return printable(value, kMaxShownBytes);
}

Flaw not_http(std::string detail) {
  return {Flaw::Kind::not_http, std::move(detail)};
}

/// Said here because Beast would wait for more bytes, which need not come.
bool is_start_of_http(std::string_view bytes) {
  constexpr std::string_view kVersion = "HTTP/1.";
  const std::size_t known = std::min(bytes.size(), kVersion.size());
  return bytes.substr(0, known) == kVersion.substr(0, known);
}

/// What a person may recognise another protocol by. No more than the line: an echo of the request has secrets behind
/// it.
std::string first_line(std::string_view bytes) {
  const std::string_view line = bytes.substr(0, bytes.find_first_of("\r\n"));
  return line.empty() ? "it begins with a line end" : "it begins with \"" + shown(line) + "\"";
}

Flaw flaw_of(error_code failed) {
  if (failed == error::partial_message) return {Flaw::Kind::cut_off, {}};
  if (failed == error::body_limit || failed == error::header_limit) return {Flaw::Kind::too_large, {}};
  return not_http(failed.message());
}

}  // namespace

class ResponseReader::Parser final : public beast::http::basic_parser<false> {
 public:
  Parser(std::size_t max_body_bytes, Body body) : max_body_bytes_(max_body_bytes) {
    header_limit(kMaxHeaderBytes);
    body_limit(body == Body::streamed ? boost::optional<std::uint64_t>() : max_body_bytes);
  }

  [[nodiscard]] bool is_announcement() const { return response_.status < 200; }
  /// The fewest bytes behind the header that Beast can make something of: the shortest body in chunks is `0\r\n\r\n`,
  /// which it takes for granted once it has seen the first line of that.
  [[nodiscard]] std::size_t min_body_bytes() const { return chunked() && !has_chunk_ ? kMinChunkedBytes : 1; }
  [[nodiscard]] const std::optional<Flaw>& flaw() const { return flaw_; }
  [[nodiscard]] int status() const { return response_.status; }
  [[nodiscard]] std::string take_body() { return std::exchange(response_.body, {}); }
  [[nodiscard]] Response release() { return std::move(response_); }

 private:
  void refuse(Flaw flaw, error_code& failed) {
    flaw_ = std::move(flaw);
    failed = error::bad_value;  // any: it only makes the parser stop
  }

  void on_request_impl(beast::http::verb, beast::string_view, beast::string_view, int, error_code&) override {}

  void on_response_impl(int status, beast::string_view, int, error_code& failed) override {
    constexpr int kSwitchingProtocols = 101;
    if (status < 100 || status > 599 || status == kSwitchingProtocols) {
      return refuse(not_http("status " + std::to_string(status)), failed);
    }
    response_.status = status;
  }

  void on_field_impl(beast::http::field field, beast::string_view name, beast::string_view value,
                     error_code& failed) override {
    if (is_header_done()) {  // a trailer, which nobody needs
      trailer_bytes_ += name.size() + value.size();
      if (trailer_bytes_ > kMaxHeaderBytes) failed = error::header_limit;
      return;
    }
    if (field == beast::http::field::content_encoding) {
      if (!content_encoding_.empty()) content_encoding_ += ", ";
      content_encoding_ += view_of(value);
    }
    if (field == beast::http::field::transfer_encoding && !beast::iequals(value, "chunked")) {
      return refuse(not_http("transfer encoding " + shown(view_of(value))), failed);
    }
    response_.headers.emplace_back(view_of(name), view_of(value));
  }

  void on_header_impl(error_code&) override {}

  void on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code& failed) override {
    const bool is_plain = content_encoding_.empty() || beast::iequals(content_encoding_, "identity");
    const bool is_gzip = beast::iequals(content_encoding_, "gzip") || beast::iequals(content_encoding_, "x-gzip");
    if (is_gzip) {
      decoder_.emplace();
    } else if (!is_plain) {
      return refuse({Flaw::Kind::undecodable, "its encoding is " + shown(content_encoding_)}, failed);
    }
    if (length) response_.body.reserve(std::min<std::size_t>(*length, kMaxReservedBytes));
  }

  std::size_t on_body_impl(beast::string_view bytes, error_code& failed) override {
    if (!decoder_) {
      if (bytes.size() > max_body_bytes_ - response_.body.size()) {
        refuse({Flaw::Kind::too_large, {}}, failed);
        return 0;
      }
      response_.body.append(bytes.data(), bytes.size());
      return bytes.size();
    }
    switch (decoder_->unpack(view_of(bytes), response_.body, max_body_bytes_)) {
      case GzipDecoder::Outcome::fine: break;
      case GzipDecoder::Outcome::damaged: refuse({Flaw::Kind::undecodable, "its gzip is damaged"}, failed); break;
      case GzipDecoder::Outcome::too_large: refuse({Flaw::Kind::too_large, {}}, failed); break;
    }
    return bytes.size();
  }

  void on_chunk_header_impl(std::uint64_t, beast::string_view, error_code&) override { has_chunk_ = true; }

  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view bytes, error_code& failed) override {
    return on_body_impl(bytes, failed);
  }

  void on_finish_impl(error_code& failed) override {
    if (decoder_ && !decoder_->is_whole()) refuse({Flaw::Kind::undecodable, "its gzip ends too early"}, failed);
  }

  std::size_t max_body_bytes_;
  Response response_;
  std::string content_encoding_;
  std::size_t trailer_bytes_ = 0;
  bool has_chunk_ = false;
  std::optional<GzipDecoder> decoder_;
  std::optional<Flaw> flaw_;
};

ResponseReader::ResponseReader(std::size_t max_body_bytes, Body body) : max_body_bytes_(max_body_bytes), body_(body) {
  begin_message();
}

ResponseReader::~ResponseReader() = default;

void ResponseReader::begin_message() {
  parser_ = std::make_unique<Parser>(max_body_bytes_, body_);
  searched_ = 0;
  if (body_ == Body::none) parser_->skip(true);
}

void ResponseReader::take(std::string_view bytes) {
  if (bytes.empty()) return;
  has_begun_ = true;
  if (is_over()) {
    has_surplus_ = true;
    return;
  }
  if (pending_.empty()) {
    const std::size_t used = parse(bytes);
    if (!is_over()) pending_ = bytes.substr(used);
  } else {
    pending_ += bytes;
    const std::size_t used = parse(pending_);
    pending_.erase(0, used);
  }
  if (!is_over() && pending_.size() > kMaxHeaderBytes) flaw_ = Flaw{Flaw::Kind::too_large, {}};
}

/// Answers how many bytes are done with; the others are to come again, with those that follow. The parser takes one
/// step at a time: it must not begin one with too few bytes only because the one before it had enough.
std::size_t ResponseReader::parse(std::string_view bytes) {
  std::size_t used = 0;
  while (used < bytes.size() && is_enough(bytes.substr(used))) {
    error_code failed;
    used += parser_->put(asio::buffer(bytes.substr(used)), failed);
    if (failed == error::need_more) break;
    if (failed) {
      flaw_ = parser_->flaw() ? parser_->flaw() : flaw_of(failed);
      break;
    }
    if (!parser_->is_done()) continue;
    if (!parser_->is_announcement()) {
      is_whole_ = true;
      has_surplus_ = used < bytes.size();
      break;
    }
    if (++announcements_ > kMaxAnnouncements) {
      flaw_ = not_http("announcements without end");
      break;
    }
    begin_message();
  }
  return used;
}

/// Whether the parser can be given this, and would not have to wait for more. Finds out what never will be enough.
bool ResponseReader::is_enough(std::string_view bytes) {
  if (parser_->is_header_done()) return bytes.size() >= parser_->min_body_bytes();
  if (!is_start_of_http(bytes)) {
    flaw_ = not_http(first_line(bytes));
    return false;
  }
  constexpr std::string_view kEnd = "\r\n\r\n";
  const std::size_t end = bytes.find(kEnd, searched_ - std::min(searched_, kEnd.size() - 1));
  searched_ = bytes.size();
  if (end == std::string_view::npos) return false;
  if (end + kEnd.size() > kMaxHeaderBytes) flaw_ = Flaw{Flaw::Kind::too_large, {}};
  return !flaw_;
}

void ResponseReader::end(Ending ending) {
  if (is_over()) return;
  error_code failed = error::partial_message;
  if (ending == Ending::proper && parser_->is_header_done()) parser_->put_eof(failed);
  if (ending == Ending::proper && !parser_->is_header_done() && !pending_.empty()) {
    parser_->put(asio::buffer(pending_), failed);
    if (!failed || failed == error::need_more) failed = error::partial_message;
  }
  is_whole_ = !failed;
  if (failed) flaw_ = parser_->flaw() ? *parser_->flaw() : flaw_of(failed);
}

bool ResponseReader::has_header() const {
  return parser_->is_header_done() && !parser_->is_announcement();
}

int ResponseReader::status() const {
  return parser_->status();
}

std::string ResponseReader::take_body() {
  return parser_->take_body();
}

bool ResponseReader::allows_reuse() const {
  return is_whole_ && !has_surplus_ && parser_->keep_alive();
}

Response ResponseReader::release() {
  return parser_->release();
}

}  // namespace fgsync::http
