#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "http/beast_reply.hpp"
#include "http/message.hpp"

namespace fgsync::http {

/// A request as it was received, with what its answer has to follow.
struct ReceivedRequest {
  enum class After { keep_open, close };
  Request request;
  std::optional<OwnAnswer> refusal;  ///< the server's own answer: the handler must not be asked
  int http_version = 11;             ///< 10 or 11
  After after = After::close;
  bool is_head = false;
};

/// Reads the requests of a connection from bytes, without any I/O. A header may have 64 KB. Between two requests it
/// holds no memory but for what has come of the next one.
class RequestReader {
 public:
  explicit RequestReader(std::size_t max_body_bytes);
  RequestReader(const RequestReader&) = delete;
  RequestReader& operator=(const RequestReader&) = delete;
  ~RequestReader();

  /// Takes the next bytes. Those behind a request are kept for the next one.
  void take(std::string_view bytes);
  /// Whether any byte of the next request is there.
  [[nodiscard]] bool has_begun() const { return parser_ != nullptr || !pending_.empty(); }
  /// True once, when the client waits to be told that it may send the body.
  [[nodiscard]] bool wants_continue();
  [[nodiscard]] bool is_whole() const { return is_whole_; }
  /// The answer to what is no request, or too large. Nothing can be read behind it.
  [[nodiscard]] const std::optional<OwnAnswer>& refusal() const { return refusal_; }
  /// Nothing more is to be read, for better or worse.
  [[nodiscard]] bool is_over() const { return is_whole_ || refusal_.has_value(); }
  /// The request, once. Only when it is whole. Then what came behind it is looked at.
  [[nodiscard]] ReceivedRequest release();

 private:
  class Parser;

  std::size_t parse(std::string_view bytes);
  std::string_view whole_header(std::string_view bytes);

  std::size_t max_body_bytes_;
  std::unique_ptr<Parser> parser_;
  std::string pending_;  ///< what the parser cannot use yet
  std::optional<OwnAnswer> refusal_;
  std::size_t searched_ = 0;  ///< so much of a header has been searched for its end
  bool was_continued_ = false;
  bool is_whole_ = false;
};

}  // namespace fgsync::http
