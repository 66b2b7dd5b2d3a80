#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/worker_pool.hpp"
#include "http/bell.hpp"
#include "http/message.hpp"

namespace fgsync::http {

/// A streamed body in chunks. While one is sent the next one is made, on the pool; no more are in memory.
class BodyChunks {
 public:
  /// Begins at once. The bell rings when a chunk has been made. Without a pool they are made when they are asked for.
  BodyChunks(boost::asio::any_io_executor executor, WorkerPool* pool, std::shared_ptr<const StreamedBody> body,
             Bell bell);
  BodyChunks(const BodyChunks&) = delete;
  BodyChunks& operator=(const BodyChunks&) = delete;
  /// A chunk that is being made is not waited for; it keeps what it needs.
  ~BodyChunks();

  /// What comes next, as far as it has been made. Valid until the next call.
  [[nodiscard]] std::string_view front();
  /// So much of it has been sent.
  void pop(std::size_t bytes) { popped_ += bytes; }
  /// Why no more comes: the reader's own error, or that it does not keep to the body's size.
  [[nodiscard]] const std::optional<Error>& failure() const;

 private:
  struct Workshop;

  void advance();
  void begin_next(std::string storage);

  boost::asio::any_io_executor executor_;
  WorkerPool* pool_;
  std::shared_ptr<Workshop> workshop_;
  std::string current_;
  std::size_t popped_ = 0;
};

}  // namespace fgsync::http
