// Unix sockets. A file whose process has died refuses connections: that is how it is told from a live one. Looking and
// replacing are two steps, so a lock on the folder keeps two starting processes apart; it leaves nothing behind.
#include "http/unix_socket.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include "base/printable.hpp"

namespace fgsync::http {
namespace {

struct Address {
  sockaddr_un name{};
  socklen_t size = sizeof(sockaddr_un);

  [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&name); }
};

/// The last one of the name ends it.
constexpr std::size_t kMaxPathBytes = sizeof(sockaddr_un::sun_path) - 1;

bool fits(const std::string& path) {
  return !path.empty() && path.size() <= kMaxPathBytes && path.find('\0') == std::string::npos;
}

/// Of a path that fits.
Address address_of(const std::string& path) {
  Address address;
  address.name.sun_family = AF_UNIX;
  std::copy(path.begin(), path.end(), std::begin(address.name.sun_path));
  return address;
}

Socket make_socket() {
  return Socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
}

std::string text_of(int error) {
  return std::generic_category().message(error);
}

tl::unexpected<Error> refuse(ErrorKind kind, const std::string& path, const std::string& why) {
  constexpr std::size_t kMaxShownBytes = 200;
  return fail(kind, "cannot listen on the socket " + printable(path, kMaxShownBytes) + ": " + why);
}

/// Holds the lock on a folder. One that cannot be opened for reading is not locked.
class FolderLock {
 public:
  explicit FolderLock(const std::string& path)
      : descriptor_(open_folder_of(path)),
        is_taken_(descriptor_ >= 0 && ::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {}
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;
  ~FolderLock() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }

  /// Somebody else holds it.
  [[nodiscard]] bool is_taken() const { return is_taken_; }

 private:
  static int open_folder_of(const std::string& path) {
    const auto folder = std::filesystem::path(path).parent_path();
    return ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  }

  int descriptor_;
  bool is_taken_;
};

/// 0, or an errno.
int bind_at(const Socket& socket, const std::string& path) {
  const Address address = address_of(path);
  return ::bind(socket.descriptor(), address.get(), address.size) == 0 ? 0 : errno;
}

/// Removes the file of a dead process.
Result<void> remove_stale(const std::string& path) {
  struct stat found{};
  if (::lstat(path.c_str(), &found) != 0) {
    return errno == ENOENT ? Result<void>() : refuse(ErrorKind::invalid, path, text_of(errno));
  }
  if (!S_ISSOCK(found.st_mode)) {
    return refuse(ErrorKind::invalid, path, "something else is there, which is left alone. Name another path");
  }
  Socket probe;
  switch (const int failed = connect_to_path(probe, path)) {
    case ECONNREFUSED: break;
    case 0:
    case EAGAIN: return refuse(ErrorKind::conflict, path, "another process listens there");
    default:
      return refuse(ErrorKind::invalid, path,
                    "a socket is there, and whether a process listens on it cannot be found out: " + text_of(failed));
  }
  if (::unlink(path.c_str()) != 0) {
    return refuse(ErrorKind::invalid, path, "what a dead process left cannot be removed: " + text_of(errno));
  }
  return {};
}

}  // namespace

SocketFile::SocketFile(std::string path) : path_(std::move(path)) {
  struct stat found{};
  if (::lstat(path_.c_str(), &found) != 0) {
    path_.clear();
    return;
  }
  device_ = found.st_dev;
  inode_ = found.st_ino;
}

SocketFile::SocketFile(SocketFile&& other) noexcept
    : path_(std::exchange(other.path_, {})), device_(other.device_), inode_(other.inode_) {}

SocketFile::~SocketFile() {
  struct stat found{};
  if (path_.empty() || ::lstat(path_.c_str(), &found) != 0) return;
  if (found.st_dev == device_ && found.st_ino == inode_) ::unlink(path_.c_str());
}

Result<SocketAtPath> listen_at_path(const std::string& path, std::uint32_t mode) {
  if (path.size() > kMaxPathBytes) {
    return refuse(ErrorKind::invalid, path,
                  "its path has " + std::to_string(path.size()) + " bytes, and a socket's may have " +
                      std::to_string(kMaxPathBytes) + ". Name a shorter one");
  }
  if (!fits(path)) return refuse(ErrorKind::invalid, path, "that is no path");
  Socket socket = make_socket();
  if (socket.descriptor() < 0) return refuse(ErrorKind::invalid, path, text_of(errno));
  // bind() makes the file with the socket's own permissions, less the umask: it is never open to more than these.
  ::fchmod(socket.descriptor(), mode);
  const FolderLock lock(path);
  if (lock.is_taken()) {
    return refuse(ErrorKind::conflict, path, "another process is starting or cleaning up in that folder. Try again");
  }
  int failed = bind_at(socket, path);
  if (failed == EADDRINUSE) {
    auto removed = remove_stale(path);
    if (!removed) return fail(std::move(removed).error());
    failed = bind_at(socket, path);
  }
  if (failed != 0) return refuse(ErrorKind::invalid, path, text_of(failed));
  // Before it is listened on, nobody gets in.
  SocketFile file(path);
  if (::chmod(path.c_str(), mode) != 0 || ::listen(socket.descriptor(), SOMAXCONN) != 0) {
    return refuse(ErrorKind::invalid, path, text_of(errno));
  }
  return SocketAtPath{std::move(socket), std::move(file)};
}

int connect_to_path(Socket& socket, const std::string& path) {
  if (!fits(path)) return ENAMETOOLONG;
  socket = make_socket();
  if (socket.descriptor() < 0) return errno;
  const Address address = address_of(path);
  return ::connect(socket.descriptor(), address.get(), address.size) == 0 ? 0 : errno;
}

std::optional<Credentials> credentials_of_peer(const Socket& socket) {
  int domain = 0;
  socklen_t domain_size = sizeof domain;
  ::getsockopt(socket.descriptor(), SOL_SOCKET, SO_DOMAIN, &domain, &domain_size);
  ucred found{};
  socklen_t size = sizeof found;
  // Other sockets answer as well, with user -1.
  if (domain != AF_UNIX || ::getsockopt(socket.descriptor(), SOL_SOCKET, SO_PEERCRED, &found, &size) != 0) {
    return std::nullopt;
  }
  return Credentials{found.uid, found.gid, found.pid};
}

}  // namespace fgsync::http
