#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

struct z_stream_s;  // NOLINT(readability-identifier-naming): zlib names it so

namespace fgsync::http {

/// Unpacks a gzip stream (RFC 1952) as it comes in, whatever its number of members.
class GzipDecoder {
 public:
  enum class Outcome {
    fine,
    damaged,    ///< not gzip, or its checksum is wrong
    too_large,  ///< more than `max_size`
  };

  GzipDecoder();

  /// Appends to `into` what can be unpacked, up to a size of `max_size` as a whole. After anything but `fine` no more
  /// may come.
  [[nodiscard]] Outcome unpack(std::string_view packed, std::string& into, std::size_t max_size);
  /// Whether what came so far is whole: it ends with a member, or there was nothing at all.
  [[nodiscard]] bool is_whole() const { return is_between_members_; }

 private:
  struct Close {
    void operator()(z_stream_s* stream) const;
  };
  std::unique_ptr<z_stream_s, Close> stream_;
  bool is_between_members_ = true;
};

}  // namespace fgsync::http
