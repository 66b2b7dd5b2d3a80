#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace fgsync::http {

/// What became of an attempt to read or write at once.
struct Attempt {
  enum class Outcome {
    done,         ///< `bytes` were read or written
    wants_read,   ///< nothing; try again when there is something to read
    wants_write,  ///< nothing; try again when there is room for writing
    ended,        ///< the peer has ended the stream as it should
    failed,       ///< the connection is lost
  };
  Outcome outcome = Outcome::failed;
  std::size_t bytes = 0;
};

/// A TCP socket that never blocks.
class Socket {
 public:
  Socket() = default;
  /// Takes over an open descriptor that does not block.
  explicit Socket(int descriptor) : descriptor_(descriptor) {}
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  Socket(Socket&& other) noexcept;
  Socket& operator=(Socket&& other) noexcept;
  ~Socket();

  /// Begins to connect to an IP address, in its written form. 0: under way, and settled once the socket can be written;
  /// else an errno.
  [[nodiscard]] int begin_connect(const std::string& address, std::uint16_t port);
  /// How that went: 0, or an errno; EINPROGRESS: still under way.
  [[nodiscard]] int connect_result() const;

  [[nodiscard]] Attempt read(std::span<char> into) const;
  [[nodiscard]] Attempt write(std::string_view bytes);
  /// All that was handed to the kernel.
  [[nodiscard]] std::uint64_t bytes_written() const { return bytes_written_; }

  [[nodiscard]] int descriptor() const { return descriptor_; }

 private:
  int descriptor_ = -1;
  std::uint64_t bytes_written_ = 0;
};

}  // namespace fgsync::http
