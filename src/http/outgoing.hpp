#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/worker_pool.hpp"
#include "http/body_chunks.hpp"
#include "http/message.hpp"

namespace fgsync::http {

/// The bytes of one request in the order in which they leave.
class Outgoing {
 public:
  /// The request must outlive this. The bell rings when more of a streamed body has been made.
  Outgoing(const boost::asio::any_io_executor& executor, WorkerPool* pool, std::string head, const Request& request,
           const Bell& bell);

  /// What is to be sent next; empty when all has been, or when the next part of the body is not there yet.
  [[nodiscard]] std::string_view front();
  /// So much of it has been sent.
  void pop(std::size_t bytes);

  [[nodiscard]] bool is_all_sent() const { return sent_ == size_; }
  [[nodiscard]] std::uint64_t sent() const { return sent_; }
  [[nodiscard]] std::uint64_t size() const { return size_; }
  /// Why the body does not come to its end.
  [[nodiscard]] const std::optional<Error>& failure() const;

 private:
  std::string head_;  ///< and a body that is small
  std::string_view body_;
  std::unique_ptr<BodyChunks> chunks_;
  std::uint64_t size_;
  std::uint64_t sent_ = 0;
};

}  // namespace fgsync::http
