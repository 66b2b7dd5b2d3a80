#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "http/server.hpp"
#include "http/socket.hpp"

namespace fgsync::http {

/// The file of a socket that we listen on. Removes it at its end, unless it is somebody else's by then.
class SocketFile {
 public:
  /// Remembers which file stands at the path now.
  explicit SocketFile(std::string path);
  SocketFile(const SocketFile&) = delete;
  SocketFile& operator=(const SocketFile&) = delete;
  SocketFile(SocketFile&& other) noexcept;
  SocketFile& operator=(SocketFile&& other) = delete;
  /// The socket must still be open, so that nobody takes the place between looking and removing.
  ~SocketFile();

 private:
  std::string path_;
  dev_t device_ = 0;
  ino_t inode_ = 0;
};

/// A socket with its file, which goes first.
struct SocketAtPath {
  Socket socket;
  SocketFile file;
};

/// Listens at a path, with exactly these permissions from the first moment on. What a dead process has left there is
/// replaced. Error `conflict`: another process listens there; `invalid`: the path cannot be used.
Result<SocketAtPath> listen_at_path(const std::string& path, std::uint32_t mode);

/// Begins to connect to a path. 0: connected; else an errno, and nothing is under way. EAGAIN: too many are in the
/// queue at present.
int connect_to_path(Socket& socket, const std::string& path);

/// Who has connected to this socket of ours; nothing when it is no Unix socket.
std::optional<Credentials> credentials_of_peer(const Socket& socket);

}  // namespace fgsync::http
