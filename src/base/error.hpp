#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fgsync {

/// What the caller should do about a failure, not where it happened. Closed: a new kind needs a row in
/// reconcile/outcome and a test.
enum class ErrorKind {
  invalid,         ///< the input is wrong; only a person can change that
  not_found,       ///< the thing does not exist
  conflict,        ///< the thing exists, or changed under us: observe again
  unauthorized,    ///< the credentials were refused
  throttled,       ///< too many requests: wait, then again
  transient,       ///< did not happen, and may work when tried again
  timed_out,       ///< the deadline passed on something without effect
  unknown_effect,  ///< a mutation whose answer was lost: observe, never re-send
  cancelled,       ///< somebody asked us to stop
  corrupt,         ///< an answer or a file that cannot be understood
  internal,        ///< our own mistake
};

/// The kind's name as it stands in JSON output, for example `unknown_effect`.
std::string_view name_of(ErrorKind kind);

/// A place in a text file. Lines and columns start at 1; 0 means "the file as a whole". Columns count bytes.
struct SourcePosition {
  std::string file;
  int line = 0;
  int column = 0;

  /// `file:line:column`, or just the file when there is no line.
  [[nodiscard]] std::string to_string() const;
  friend bool operator==(const SourcePosition&, const SourcePosition&) = default;
};

/// What the service said about a failure.
struct RemoteFacts {
  int http_status = 0;     ///< 0: no answer arrived
  std::string error_code;  ///< `FSS.1061`, `APIGW.0301`; empty when the answer had none
  std::string request_id;
  std::optional<std::chrono::milliseconds> retry_after;
  bool request_sent = true;  ///< false: not a byte of the request left, so it has no effect
};

/// A failure. Errors are values: returned, given context once per layer, logged once at the top.
struct Error {
  Error(ErrorKind error_kind, std::string error_message);

  ErrorKind kind;
  std::string message;               ///< what happened and what to do about it, one line
  std::vector<std::string> context;  ///< innermost first
  std::optional<SourcePosition> position;
  std::optional<RemoteFacts> remote;

  /// The line a person reads: position, context, message, and what the service said.
  [[nodiscard]] std::string describe() const;
};

/// The same error, with one more frame saying what was being done.
Error with_context(Error error, std::string frame);

}  // namespace fgsync
