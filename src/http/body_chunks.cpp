#include "http/body_chunks.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <span>
#include <utility>

namespace fgsync::http {
namespace {

namespace asio = boost::asio;

constexpr std::uint64_t kChunkBytes = std::uint64_t{256} * 1024;

/// Reads the body from its start to its end, off the loop.
class Maker {
 public:
  explicit Maker(std::shared_ptr<const StreamedBody> body) : body_(std::move(body)), left_(body_->size()) {}

  /// The next chunk, in the storage of an old one.
  Result<std::string> make(std::string storage) {
    if (!reader_) reader_ = body_->open();
    storage.resize(std::min(kChunkBytes, left_));
    for (std::size_t filled = 0; filled < storage.size();) {
      const auto read = reader_->read(std::span(storage).subspan(filled));
      if (!read) return fail(read.error());
      if (*read == 0) return fail(ErrorKind::internal, "the request's body is " + missing(filled) + " bytes too short");
      filled += *read;
    }
    left_ -= storage.size();
    if (left_ == 0) {
      std::array<char, 1> surplus{};
      const auto read = reader_->read(surplus);
      if (!read) return fail(read.error());
      if (*read != 0) return fail(ErrorKind::internal, "the request's body is longer than " + size() + " bytes");
    }
    return storage;
  }

  [[nodiscard]] bool is_at_end() const { return left_ == 0; }

 private:
  [[nodiscard]] std::string missing(std::size_t filled) const { return std::to_string(left_ - filled); }
  [[nodiscard]] std::string size() const { return std::to_string(body_->size()); }

  std::shared_ptr<const StreamedBody> body_;
  std::unique_ptr<BodyReader> reader_;
  std::uint64_t left_;
};

}  // namespace

/// Shared with the work on the pool, which may end after the chunks have gone.
struct BodyChunks::Workshop {
  Workshop(std::shared_ptr<const StreamedBody> body, Bell given_bell)
      : maker(std::move(body)), bell(std::move(given_bell)) {}

  void put(Result<std::string> made) {
    is_making = false;
    if (made) {
      is_done = maker.is_at_end();
      ready = std::move(*made);
    } else {
      failure = std::move(made).error();
    }
    bell.ring();
  }

  [[nodiscard]] bool wants_more() const { return !ready && !is_making && !is_done && !failure; }

  static asio::awaitable<void> make_on(WorkerPool& pool, std::shared_ptr<Workshop> workshop, std::string storage) {
    auto work = [workshop, storage = std::move(storage)]() mutable { return workshop->maker.make(std::move(storage)); };
    auto made = co_await offload(pool, std::move(work));
    workshop->put(std::move(made));
  }

  Maker maker;  ///< the pool's while `is_making`
  Bell bell;
  std::optional<std::string> ready;
  std::optional<Error> failure;
  bool is_making = false;
  bool is_done = false;  ///< the last chunk has been made
};

BodyChunks::BodyChunks(asio::any_io_executor executor, WorkerPool* pool, std::shared_ptr<const StreamedBody> body,
                       Bell bell)
    : executor_(std::move(executor)),
      pool_(pool),
      workshop_(std::make_shared<Workshop>(std::move(body), std::move(bell))) {
  if (pool_ != nullptr) begin_next({});
}

BodyChunks::~BodyChunks() = default;

void BodyChunks::begin_next(std::string storage) {
  if (pool_ == nullptr) return workshop_->put(workshop_->maker.make(std::move(storage)));
  workshop_->is_making = true;
  // Nobody joins it: it is one chunk, and ends by itself.
  auto on_end = [workshop = workshop_](const std::exception_ptr& thrown) {
    if (thrown) workshop->put(fail(ErrorKind::internal, "the request's body cannot be made"));
  };
  asio::co_spawn(executor_, Workshop::make_on(*pool_, workshop_, std::move(storage)), std::move(on_end));
}

std::string_view BodyChunks::front() {
  if (popped_ == current_.size()) advance();
  return std::string_view(current_).substr(popped_);
}

void BodyChunks::advance() {
  Workshop& workshop = *workshop_;
  if (pool_ == nullptr && workshop.wants_more()) begin_next({});
  if (!workshop.ready) return;
  std::string storage = std::exchange(current_, std::move(*workshop.ready));
  workshop.ready.reset();
  popped_ = 0;
  if (pool_ != nullptr && workshop.wants_more()) begin_next(std::move(storage));
}

const std::optional<Error>& BodyChunks::failure() const {
  return workshop_->failure;
}

}  // namespace fgsync::http
