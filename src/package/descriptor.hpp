#pragma once

#include <sys/stat.h>

#include <string>
#include <string_view>

#include "package/contents.hpp"

namespace fgsync::package {

/// An open file descriptor, closed at the end of its life; -1 is none.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(other.number_) { other.number_ = -1; }
  Descriptor& operator=(Descriptor&&) = delete;
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor();

  [[nodiscard]] int number() const { return number_; }
  [[nodiscard]] bool is_open() const { return number_ >= 0; }

 private:
  int number_;
};

/// The stamp of a file as the kernel reports it.
FileStamp stamp_of(std::string path, const struct stat& status);

/// The path behind an open descriptor, all links followed; empty when /proc does not tell.
std::string real_path_of(const Descriptor& file);

/// Whether a path is the root or lies below it; both as `real_path_of` tells them.
bool is_inside(std::string_view real_path, std::string_view real_root);

/// What stands in place of a file, for messages: `a directory`, `a named pipe`, …
std::string_view kind_of(mode_t mode);

/// The system's words for an errno.
std::string reason(int error);

}  // namespace fgsync::package
