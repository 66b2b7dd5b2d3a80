#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace fgsync::http {

enum class Method { get, post, put, del };

std::string_view name_of(Method method);

/// Header names compare without regard to case; order is kept.
using Headers = std::vector<std::pair<std::string, std::string>>;

/// The first header of that name, or an empty view.
std::string_view find_header(const Headers& headers, std::string_view name);

/// One reading of a streamed body, from its start to its end.
class BodyReader {
 public:
  virtual ~BodyReader() = default;
  /// Fills the front of `into` and says how many bytes that were; 0: the end. May block on the disk, so it is called
  /// off the loop; one call at a time.
  virtual Result<std::size_t> read(std::span<char> into) = 0;
};

/// A body that is made while it is sent, so that it is never in memory as a whole. It can be made more than once, with
/// the same bytes each time: to be hashed for a signature, and for a second try.
class StreamedBody {
 public:
  virtual ~StreamedBody() = default;
  /// Exactly as many bytes will be read; it becomes Content-Length.
  [[nodiscard]] virtual std::uint64_t size() const = 0;
  [[nodiscard]] virtual std::unique_ptr<BodyReader> open() const = 0;
};

struct Request {
  Method method = Method::get;
  std::string target;  ///< origin form: path and query, percent-encoded, starting with `/`
  Headers headers;     ///< without Host, Content-Length and Connection, which the client sets
  std::string body;
  std::shared_ptr<const StreamedBody> stream = {};  ///< instead of `body`

  /// Of the body, streamed or not.
  [[nodiscard]] std::uint64_t body_size() const { return stream ? stream->size() : body.size(); }
};

struct Response {
  int status = 0;
  Headers headers;
  std::string body;  ///< decoded, when it came compressed
};

}  // namespace fgsync::http
