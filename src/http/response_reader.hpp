#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "http/message.hpp"

namespace fgsync::http {

/// What is wrong with an answer.
struct Flaw {
  enum class Kind {
    not_http,     ///< the bytes break HTTP's rules
    cut_off,      ///< it ended too early
    too_large,    ///< beyond a limit
    undecodable,  ///< its body is packed in a way that was not asked for, or is damaged
  };
  Kind kind;
  std::string detail;  ///< what exactly, as the end of a sentence; may be empty
};

/// Reads one answer from bytes, without any I/O. The header may have 64 KB, announcements (statuses below 200, at most
/// eight) are skipped, and a body in gzip is unpacked. Whatever the bytes are, it needs no more memory than the answer
/// it is allowed to read, and a bounded rest.
class ResponseReader {
 public:
  enum class Body {
    as_announced,
    streamed,  ///< the same, of any length in all, since it is taken away as it comes
    none,      ///< of an answer to CONNECT: what follows the header is another protocol's
  };
  /// How a connection ends: TCP's FIN in the clear and close_notify in TLS are proper, everything else is abrupt.
  enum class Ending { proper, abrupt };

  ResponseReader(std::size_t max_body_bytes, Body body);
  ResponseReader(const ResponseReader&) = delete;
  ResponseReader& operator=(const ResponseReader&) = delete;
  ~ResponseReader();

  /// Takes the next bytes. Those behind the answer are noticed and dropped.
  void take(std::string_view bytes);
  /// Takes the end of the connection, which completes a body of unknown length when it is proper.
  void end(Ending ending);

  /// Whether any byte came.
  [[nodiscard]] bool has_begun() const { return has_begun_; }
  /// Whether the header of the answer that counts is there.
  [[nodiscard]] bool has_header() const;
  /// Of that answer. Only with the header.
  [[nodiscard]] int status() const;
  /// What has come of the body since it was last taken. Before release().
  [[nodiscard]] std::string take_body();
  [[nodiscard]] bool is_whole() const { return is_whole_; }
  [[nodiscard]] const std::optional<Flaw>& flaw() const { return flaw_; }
  /// Nothing more is to be read, for better or worse.
  [[nodiscard]] bool is_over() const { return is_whole_ || flaw_.has_value(); }
  /// Whether the connection may carry another exchange, as far as the answer goes. Only when it is whole.
  [[nodiscard]] bool allows_reuse() const;
  /// The answer, once. Only when it is whole.
  [[nodiscard]] Response release();

 private:
  class Parser;

  std::size_t parse(std::string_view bytes);
  bool is_enough(std::string_view bytes);
  void begin_message();

  std::size_t max_body_bytes_;
  Body body_;
  std::unique_ptr<Parser> parser_;
  std::string pending_;  ///< a header, or a line of the chunks, that is not complete
  std::optional<Flaw> flaw_;
  std::size_t searched_ = 0;  ///< so much of a header has been searched for its end
  int announcements_ = 0;
  bool has_begun_ = false;
  bool is_whole_ = false;
  bool has_surplus_ = false;
};

}  // namespace fgsync::http
