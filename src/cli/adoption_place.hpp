#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "package/descriptor.hpp"

namespace fgsync::cli {

/// Removes what adoptions that were killed left in a directory: workplaces that no process holds, a minute old at
/// least, since a new one is made first and held then. What was removed.
std::vector<std::string> remove_leftovers(const std::string& directory);

/// A directory for what is not finished: hidden, held by a lock, and removed with all that is in it at the end of its
/// life.
class Workplace {
 public:
  /// In `directory`, which is made if it is not there. Error `internal`: the disk.
  static Result<Workplace> make(const std::string& directory);

  Workplace(Workplace&& other) noexcept : path_(std::move(other.path_)), lock_(std::move(other.lock_)) {
    other.path_.clear();
  }
  Workplace& operator=(Workplace&&) = delete;
  Workplace(const Workplace&) = delete;
  Workplace& operator=(const Workplace&) = delete;
  ~Workplace();

  [[nodiscard]] const std::string& path() const { return path_; }
  /// A folder in it with the rights that new folders have. Made with it.
  [[nodiscard]] std::string folder() const { return path_ + "/function"; }

 private:
  explicit Workplace(std::string path);

  std::string path_;
  package::Descriptor lock_;
};

/// Whether something has this name, be it a link that leads nowhere.
bool is_taken(const std::string& path);

/// What to say of a name that is taken.
Error taken(const std::string& path);

/// Gives a folder its final name, at once and for good. Errors: `taken` when there is something of that name;
/// `internal`: the disk.
Result<void> move_folder(const std::string& from, const std::string& to);

}  // namespace fgsync::cli
