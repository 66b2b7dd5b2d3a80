#include "source/seen_commit.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <string_view>
#include <system_error>

#include "source/descriptor.hpp"
#include "source/git_answer.hpp"

namespace fgsync::source {
namespace {

constexpr std::size_t kMaxBytes = 256;

tl::unexpected<Error> cannot_write(const std::string& path) {
  return fail(ErrorKind::transient, path + " cannot be written: " + std::generic_category().message(errno));
}

/// `ID SECONDS followed`, or `rewound` as the last word.
std::optional<SeenCommit> parse(std::string_view text) {
  if (!text.ends_with('\n')) return std::nullopt;
  text.remove_suffix(1);
  const auto first = text.find(' ');
  const auto second = first == std::string_view::npos ? first : text.find(' ', first + 1);
  if (second == std::string_view::npos || !is_object_name(text.substr(0, first))) return std::nullopt;
  SeenCommit seen{.id = std::string(text.substr(0, first))};
  const std::string_view seconds = text.substr(first + 1, second - first - 1);
  const auto parsed = std::from_chars(seconds.data(), seconds.data() + seconds.size(), seen.committed_at);
  if (parsed.ec != std::errc() || parsed.ptr != seconds.data() + seconds.size()) return std::nullopt;
  if (seen.committed_at < 0 || seen.committed_at > kLatestCommit) return std::nullopt;
  const std::string_view word = text.substr(second + 1);
  if (word != "followed" && word != "rewound") return std::nullopt;
  seen.is_rewound = word == "rewound";
  return seen;
}

}  // namespace

Result<std::optional<SeenCommit>> read_seen(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (file.get() < 0 && errno == ENOENT) return std::nullopt;
  std::array<char, kMaxBytes> buffer{};
  const ssize_t count = file.get() < 0 ? -1 : ::read(file.get(), buffer.data(), buffer.size());
  if (count < 0) {
    return fail(ErrorKind::corrupt, path + " cannot be read: " + std::generic_category().message(errno));
  }
  auto seen = parse({buffer.data(), static_cast<std::size_t>(count)});
  if (!seen) return fail(ErrorKind::corrupt, path + " does not hold a commit");
  return seen;
}

Result<void> write_seen(const std::string& path, const SeenCommit& seen) {
  const std::string text =
      seen.id + " " + std::to_string(seen.committed_at) + (seen.is_rewound ? " rewound\n" : " followed\n");
  const std::string temporary = path + ".new";
  {
    const Descriptor file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (file.get() < 0) return cannot_write(temporary);
    if (::write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
      return cannot_write(temporary);
    }
    if (::fsync(file.get()) != 0) return cannot_write(temporary);
  }
  if (::rename(temporary.c_str(), path.c_str()) != 0) return cannot_write(path);
  const std::string folder = std::filesystem::path(path).parent_path().string();
  const Descriptor directory(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory.get() < 0 || ::fsync(directory.get()) != 0) return cannot_write(path);
  return {};
}

}  // namespace fgsync::source
