#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string_view>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "http/client.hpp"
#include "http/message.hpp"

namespace fgsync::http {

/// What a follower wants after a piece.
enum class Following { go_on, stop };

/// Hears the body of an answer as it comes, in whatever pieces that is; never an empty one. Must not throw.
using OnPiece = std::function<Following(std::string_view piece)>;

struct StreamLimits {
  Deadline head;  ///< for the answer to begin, and for one that is not followed to end
  /// Between two pieces. Longer than what a server lets pass between two signs of life.
  std::chrono::milliseconds silence = std::chrono::seconds(60);
};

/// Port: an answer that is followed while it comes, for as long as it takes: server-sent events, for example.
class StreamingClient {
 public:
  virtual ~StreamingClient() = default;

  /// Sends the request, on a connection of its own, and tells the body of an answer 2xx piece by piece. Answers when
  /// the body has come to its end, or the follower wants no more: status and headers, without the body. Another status
  /// is not followed, its answer comes whole. Never throws; may be cancelled at any time. Errors as HttpClient::send:
  /// `corrupt` when the body is cut off (the server stopped, for example), `timed_out` also when it is silent for too
  /// long. What was told before stands.
  virtual boost::asio::awaitable<Result<Response>> follow(Request request, StreamLimits limits, OnPiece on_piece) = 0;
};

/// The client of make_beast_client(), for following. Error `invalid` when the CA file cannot be used.
Result<std::unique_ptr<StreamingClient>> make_beast_streaming_client(boost::asio::any_io_executor executor,
                                                                     Endpoint endpoint, ClientOptions options);

}  // namespace fgsync::http
