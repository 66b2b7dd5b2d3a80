#include "source/inotify.hpp"

#include <sys/inotify.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

#include "source/descriptor.hpp"

namespace fgsync::source {
namespace {

class KernelInotify final : public Inotify {
 public:
  explicit KernelInotify(int fd) : fd_(fd) {}

  [[nodiscard]] int descriptor() const override { return fd_.get(); }

  tl::expected<int, int> add(const std::string& path, std::uint32_t mask) override {
    const int watch = ::inotify_add_watch(fd_.get(), path.c_str(), mask);
    if (watch < 0) return tl::unexpected<int>(errno);
    return watch;
  }

  void remove(int watch) override {
    // Fails for a directory that has just gone, and its watch with it.
    ::inotify_rm_watch(fd_.get(), watch);
  }

  tl::expected<std::size_t, int> read(std::span<char> buffer) override {
    for (;;) {
      const ssize_t got = ::read(fd_.get(), buffer.data(), buffer.size());
      if (got >= 0) return static_cast<std::size_t>(got);
      if (errno == EAGAIN) return 0;
      if (errno != EINTR) return tl::unexpected<int>(errno);
    }
  }

 private:
  Descriptor fd_;
};

}  // namespace

std::vector<WatchEvent> parse_events(std::span<const char> bytes) {
  std::vector<WatchEvent> events;
  while (bytes.size() >= sizeof(inotify_event)) {
    inotify_event head{};
    std::memcpy(&head, bytes.data(), sizeof head);
    if (head.len > bytes.size() - sizeof head) break;
    const char* const name = bytes.data() + sizeof head;
    events.push_back({head.wd, head.mask, std::string_view(name, ::strnlen(name, head.len))});
    bytes = bytes.subspan(sizeof head + head.len);
  }
  return events;
}

Result<std::unique_ptr<Inotify>> open_inotify() {
  const int fd = ::inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
  if (fd >= 0) return std::make_unique<KernelInotify>(fd);
  const int error = errno;
  std::string message = "directories cannot be watched: " + std::generic_category().message(error);
  if (error == EMFILE) message += "; raise the sysctl fs.inotify.max_user_instances, or the limit of open files";
  return fail(ErrorKind::invalid, std::move(message));
}

}  // namespace fgsync::source
