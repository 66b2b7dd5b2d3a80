#include "base/byte_source.hpp"

#include <algorithm>
#include <utility>

namespace fgsync {
namespace {

class BytesInMemory final : public ByteSource {
 public:
  explicit BytesInMemory(std::string bytes) : bytes_(std::move(bytes)) {}

  [[nodiscard]] std::uint64_t size() const override { return bytes_.size(); }

  [[nodiscard]] Result<void> read(std::uint64_t offset, std::span<char> into) const override {
    if (offset > bytes_.size() || into.size() > bytes_.size() - offset) {
      return fail(ErrorKind::internal, "bytes were asked for that are not there");
    }
    std::copy_n(bytes_.data() + offset, into.size(), into.data());
    return {};
  }

 private:
  std::string bytes_;
};

}  // namespace

std::shared_ptr<const ByteSource> bytes_in_memory(std::string bytes) {
  return std::make_shared<BytesInMemory>(std::move(bytes));
}

}  // namespace fgsync
