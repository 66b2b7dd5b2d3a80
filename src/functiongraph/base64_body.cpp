#include "functiongraph/base64_body.hpp"

#include <algorithm>
#include <utility>

#include "base/base64.hpp"

namespace fgsync::functiongraph {
namespace {

constexpr std::uint64_t kGroup = 3;  // bytes that become four characters

struct Parts {
  std::string before;
  std::shared_ptr<const ByteSource> bytes;
  std::string after;
};

class Base64Reader final : public http::BodyReader {
 public:
  explicit Base64Reader(std::shared_ptr<const Parts> parts) : parts_(std::move(parts)), text_(parts_->before) {}

  Result<std::size_t> read(std::span<char> into) override {
    std::size_t filled = 0;
    while (filled < into.size()) {
      if (at_ == text_.size()) {
        auto more = make_more();
        if (!more) return fail(std::move(more).error());
        if (text_.empty()) break;
      }
      const std::size_t count = std::min(text_.size() - at_, into.size() - filled);
      std::copy_n(text_.data() + at_, count, into.data() + filled);
      at_ += count;
      filled += count;
    }
    return filled;
  }

 private:
  /// The next piece of the body in `text_`; empty at the end.
  Result<void> make_more() {
    constexpr std::uint64_t kPiece = kGroup * 16 * 1024;
    at_ = 0;
    text_.clear();
    const std::uint64_t left = parts_->bytes->size() - offset_;
    if (left == 0) {
      if (!std::exchange(has_ended_, true)) text_ = parts_->after;
      return {};
    }
    // Whole groups, so that the pieces' base64 put together is that of the whole.
    piece_.resize(static_cast<std::size_t>(std::min(left, kPiece)));
    auto read = parts_->bytes->read(offset_, piece_);
    if (!read) return read;
    offset_ += piece_.size();
    text_ = base64_encode(piece_);
    return {};
  }

  std::shared_ptr<const Parts> parts_;
  std::string text_;
  std::size_t at_ = 0;  ///< in `text_`
  std::string piece_;
  std::uint64_t offset_ = 0;  ///< in the bytes
  bool has_ended_ = false;
};

class Base64Body final : public http::StreamedBody {
 public:
  explicit Base64Body(Parts parts) : parts_(std::make_shared<const Parts>(std::move(parts))) {}

  [[nodiscard]] std::uint64_t size() const override {
    const std::uint64_t groups = (parts_->bytes->size() + kGroup - 1) / kGroup;
    return parts_->before.size() + 4 * groups + parts_->after.size();
  }

  [[nodiscard]] std::unique_ptr<http::BodyReader> open() const override {
    return std::make_unique<Base64Reader>(parts_);
  }

 private:
  std::shared_ptr<const Parts> parts_;
};

}  // namespace

std::shared_ptr<const http::StreamedBody> make_base64_body(std::string before, std::shared_ptr<const ByteSource> bytes,
                                                           std::string after) {
  return std::make_shared<Base64Body>(Parts{std::move(before), std::move(bytes), std::move(after)});
}

}  // namespace fgsync::functiongraph
