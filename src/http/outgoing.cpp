#include "http/outgoing.hpp"

#include <utility>

namespace fgsync::http {
namespace {

/// A body that is no larger leaves together with the head: one packet, or one TLS record.
constexpr std::size_t kSmallBodyBytes = std::size_t{64} * 1024;
/// As much goes out before somebody looks whether the server has answered already.
constexpr std::size_t kSliceBytes = std::size_t{256} * 1024;

const std::optional<Error> kNoFailure;

}  // namespace

Outgoing::Outgoing(const boost::asio::any_io_executor& executor, WorkerPool* pool, std::string head,
                   const Request& request, const Bell& bell)
    : head_(std::move(head)), size_(head_.size() + request.body_size()) {
  if (request.stream) {
    chunks_ = std::make_unique<BodyChunks>(executor, pool, request.stream, bell);
  } else if (request.body.size() <= kSmallBodyBytes) {
    head_ += request.body;
  } else {
    body_ = request.body;
  }
}

std::string_view Outgoing::front() {
  if (sent_ < head_.size()) return std::string_view(head_).substr(sent_);
  if (chunks_) return chunks_->front();
  return body_.substr(sent_ - head_.size(), kSliceBytes);
}

void Outgoing::pop(std::size_t bytes) {
  if (chunks_ && sent_ >= head_.size()) chunks_->pop(bytes);
  sent_ += bytes;
}

const std::optional<Error>& Outgoing::failure() const {
  return chunks_ ? chunks_->failure() : kNoFailure;
}

}  // namespace fgsync::http
