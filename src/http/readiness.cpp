#include "http/readiness.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>
#include <utility>

namespace fgsync::http {

namespace asio = boost::asio;
using asio::posix::descriptor_base;

// Shared with the handlers, which may come after the descriptor has gone.
struct Readiness::State : std::enable_shared_from_this<State> {
  State(const asio::any_io_executor& executor, int fd, Bell given_bell)
      : descriptor(executor, fd), bell(std::move(given_bell)) {}

  void watch(descriptor_base::wait_type what, bool& is_watched) {
    if (std::exchange(is_watched, true)) return;
    // Also rings when forgotten: somebody may have asked anew meanwhile, and then has to look again.
    descriptor.async_wait(what, [self = shared_from_this(), &is_watched](boost::system::error_code) {
      is_watched = false;
      self->bell.ring();
    });
  }

  asio::posix::stream_descriptor descriptor;
  Bell bell;
  bool is_read_watched = false;
  bool is_write_watched = false;
};

Readiness::Readiness(const asio::any_io_executor& executor, int descriptor, Bell bell)
    : state_(std::make_shared<State>(executor, descriptor, std::move(bell))) {}

Readiness::~Readiness() {
  state_->descriptor.release();
}

void Readiness::watch_readable() {
  state_->watch(descriptor_base::wait_read, state_->is_read_watched);
}

void Readiness::watch_writable() {
  state_->watch(descriptor_base::wait_write, state_->is_write_watched);
}

void Readiness::forget() {
  if (state_->is_read_watched || state_->is_write_watched) state_->descriptor.cancel();
}

}  // namespace fgsync::http
