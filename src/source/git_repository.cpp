// The clone is a cache, the checkouts are whole or absent, and the commit that was seen last is written only after its
// files are there. So wherever a process dies, the next one finds something it can go on from; what is damaged all the
// same is made anew, next to the old one, which is given up only when the new one works.
#include "source/git_repository.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/nearest.hpp"
#include "base/printable.hpp"
#include "source/descriptor.hpp"
#include "source/git_access.hpp"
#include "source/git_answer.hpp"
#include "source/git_checkouts.hpp"
#include "source/git_clone.hpp"
#include "source/git_failures.hpp"
#include "source/git_program.hpp"
#include "source/git_signature.hpp"
#include "source/seen_commit.hpp"

namespace fgsync::source {
namespace {

namespace fs = std::filesystem;
using Kind = RepositorySettings::Reference;

constexpr std::size_t kShown = 200;
constexpr int kLockSliceMs = 20;
// Below the repository's directory:
constexpr const char* kClone = "repository.git";
constexpr const char* kNewClone = "repository.new";
constexpr const char* kCheckouts = "checkouts";
constexpr const char* kSeen = "seen";

Error cannot(const std::string& what, const std::string& path, const std::error_code& reason) {
  return Error(ErrorKind::transient, path + " cannot be " + what + ": " + reason.message());
}

/// Text of a commit: printable(), and no broken UTF-8, which JSON could not hold.
std::string shown(std::string_view text) {
  std::string clean;
  for (std::size_t i = 0; i < text.size();) {
    const auto first = static_cast<unsigned char>(text[i]);
    std::size_t length = 1;
    if (first >= 0xC2 && first < 0xE0) length = 2;
    if (first >= 0xE0 && first < 0xF0) length = 3;
    if (first >= 0xF0 && first < 0xF5) length = 4;
    bool is_whole = (first < 0x80 || length > 1) && i + length <= text.size();
    for (std::size_t k = 1; is_whole && k < length; ++k) {
      is_whole = (static_cast<unsigned char>(text[i + k]) & 0xC0U) == 0x80U;
    }
    clean += is_whole ? text.substr(i, length) : std::string_view("?");
    i += is_whole ? length : 1;
  }
  return printable(clean, kShown);
}

/// What is known of a commit, with its date as a number.
struct Described {
  Commit commit;
  std::int64_t committed_at = 0;
};

Result<Described> describe(const GitClone& clone, const std::string& commit_id) {
  const auto text = clone.run({"log", "-1", "--no-mailmap", "--encoding=UTF-8", "--format=%ct%x00%an%x00%ae%x00%s",
                               "--no-show-signature", "--end-of-options", commit_id});
  if (!text) return fail(text.error());
  std::vector<std::string> fields;
  for (std::string_view rest = *text; fields.size() < 4;) {
    const std::size_t end = std::min(rest.find('\0'), rest.size());
    fields.emplace_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  Described described;
  const std::string& seconds = fields[0];
  const auto parsed = std::from_chars(seconds.data(), seconds.data() + seconds.size(), described.committed_at);
  if (parsed.ec != std::errc()) return fail(ErrorKind::corrupt, "the commit " + commit_id + " cannot be read");
  described.committed_at = std::clamp(described.committed_at, std::int64_t{0}, kLatestCommit);
  const std::chrono::system_clock::time_point when{std::chrono::seconds(described.committed_at)};
  described.commit = Commit{.id = commit_id,
                            .author = shown(fields[1] + " <" + fields[2] + ">"),
                            .subject = shown(without_line_break(fields[3])),
                            .committed_at = to_iso8601(when)};
  return described;
}

/// A checkout, with the date of its commit as a number.
struct Taken {
  Checkout checkout;
  std::int64_t committed_at = 0;
};

class GitRepository final : public Repository {
 public:
  GitRepository(RepositorySettings settings, GitAccess access, const Clock& clock)
      : settings_(std::move(settings)), access_(std::move(access)), clock_(clock) {}

  Result<std::string> look() override;
  Result<Checkout> check_out(const std::string& commit_id) override;

 private:
  [[nodiscard]] GitProgram program(Deadline deadline) const { return GitProgram(settings_, access_, deadline, clock_); }
  [[nodiscard]] Result<void> make_directory() const;
  [[nodiscard]] Result<std::shared_ptr<Descriptor>> lock(Deadline deadline) const;
  [[nodiscard]] Result<std::string> list_references(const GitProgram& git, std::vector<std::string> patterns) const;
  [[nodiscard]] Error explain_missing(const GitProgram& git) const;
  [[nodiscard]] Result<Taken> take(const std::string& commit_id, const std::optional<SeenCommit>& seen,
                                   const GitProgram& git) const;
  [[nodiscard]] Result<Taken> take_from(const GitClone& clone, const std::string& commit_id,
                                        const std::optional<SeenCommit>& seen, const GitProgram& git) const;
  void remove_leftovers() const;
  [[nodiscard]] Result<Described> bring(const GitClone& clone, const std::string& commit_id,
                                        const std::optional<SeenCommit>& seen, const GitProgram& git) const;
  [[nodiscard]] Result<void> verify(const GitClone& clone, const Commit& commit, const GitProgram& git) const;
  [[nodiscard]] Result<bool> is_rewound(const GitClone& clone, const std::string& commit_id,
                                        const std::optional<SeenCommit>& seen) const;
  [[nodiscard]] std::string path(const std::string& name) const { return settings_.directory + "/" + name; }

  RepositorySettings settings_;
  GitAccess access_;
  const Clock& clock_;
};

Result<void> GitRepository::make_directory() const {
  std::error_code failed;
  fs::create_directories(fs::path(settings_.directory).parent_path(), failed);
  if (!failed && ::mkdir(settings_.directory.c_str(), 0700) != 0 && errno != EEXIST) {
    failed = std::error_code(errno, std::generic_category());
  }
  // What lies in it may be secret, and what is written into it is run.
  if (!failed) fs::permissions(settings_.directory, fs::perms::owner_all, failed);
  if (failed) return fail(cannot("used", settings_.directory, failed));
  return {};
}

/// Another object, of the configuration before a reload for example, may be at it.
Result<std::shared_ptr<Descriptor>> GitRepository::lock(Deadline deadline) const {
  const std::string name = path("lock");
  auto file = std::make_shared<Descriptor>(::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (file->get() < 0) return fail(cannot("opened", name, std::error_code(errno, std::generic_category())));
  while (::flock(file->get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) {
      return fail(cannot("locked", name, std::error_code(errno, std::generic_category())));
    }
    if (clock_.now() >= deadline.at) {
      return fail(ErrorKind::timed_out, settings_.directory + " is in use by somebody else for too long");
    }
    if (settings_.stop.stop_requested()) return fail(ErrorKind::cancelled, "git was stopped");
    ::poll(nullptr, 0, kLockSliceMs);
  }
  return file;
}

Result<std::string> GitRepository::list_references(const GitProgram& git, std::vector<std::string> patterns) const {
  std::vector<std::string> arguments{"ls-remote", "--quiet", "--end-of-options", settings_.url};
  arguments.insert(arguments.end(), patterns.begin(), patterns.end());
  auto end = git.run(std::move(arguments));
  if (!end) return fail(std::move(end).error());
  if (!end->signal && end->exit_code == 0) return std::move(end->output);
  if (auto known = explain_known(*end, Talks::yes, settings_, access_)) return fail(*std::move(known));
  Error error = explain_unknown(*end, access_);
  error.kind = ErrorKind::transient;
  return fail(std::move(error));
}

/// The id in the line `ID<TAB>NAME`; empty without such a line. ls-remote also lists names that only end like this.
std::string find_reference(std::string_view listed, std::string_view name) {
  while (!listed.empty()) {
    const std::size_t end = std::min(listed.find('\n'), listed.size());
    const std::string_view line = listed.substr(0, end);
    const auto tab = line.find('\t');
    if (tab != std::string_view::npos && line.substr(tab + 1) == name && is_object_name(line.substr(0, tab))) {
      return std::string(line.substr(0, tab));
    }
    listed.remove_prefix(std::min(end + 1, listed.size()));
  }
  return {};
}

std::vector<std::string_view> names_below(std::string_view prefix, std::string_view listed) {
  std::vector<std::string_view> names;
  while (!listed.empty()) {
    const std::size_t end = std::min(listed.find('\n'), listed.size());
    const std::string_view line = listed.substr(0, end);
    const auto tab = line.find('\t');
    const std::string_view name = tab == std::string_view::npos ? std::string_view() : line.substr(tab + 1);
    if (name.starts_with(prefix) && !name.ends_with("^{}")) names.push_back(name.substr(prefix.size()));
    listed.remove_prefix(std::min(end + 1, listed.size()));
  }
  return names;
}

/// Asks once more, for what there is instead.
Error GitRepository::explain_missing(const GitProgram& git) const {
  const bool is_tag = settings_.kind == Kind::tag;
  const std::string_view prefix = is_tag ? "refs/tags/" : "refs/heads/";
  const auto listed = list_references(git, {std::string(prefix) + "*"});
  if (!listed) return listed.error();
  const auto names = names_below(prefix, *listed);
  std::string problem;
  if (!is_tag && names.empty()) {
    problem = "the repository has no commits yet; push one";
  } else if (settings_.kind == Kind::head) {
    problem = "the repository has no default branch; name one, such as " + printable(names.front(), kShown);
  } else {
    problem = std::string("there is no ") + (is_tag ? "tag " : "branch ") + printable(settings_.reference, kShown);
    const auto meant = nearest(settings_.reference, names);
    problem += meant ? "; did you mean " + printable(*meant, kShown) + "?" : "; it was deleted, or never pushed";
  }
  return Error(ErrorKind::invalid, access_.shown_url + ": " + problem);
}

Result<std::string> GitRepository::look() {
  if (settings_.kind == Kind::commit) return settings_.reference;
  const GitProgram git = program(clock_.in(settings_.time_limit));
  auto ready = make_directory();
  if (ready) ready = check_credentials(settings_);
  if (!ready) return fail(std::move(ready).error());
  const std::string name = name_of_reference(settings_);
  const std::string peeled = name + "^{}";
  const bool is_tag = settings_.kind == Kind::tag;
  const auto listed = list_references(git, is_tag ? std::vector{name, peeled} : std::vector{name});
  if (!listed) return listed;
  std::string id = is_tag ? find_reference(*listed, peeled) : std::string();
  if (id.empty()) id = find_reference(*listed, name);
  if (id.empty()) return fail(explain_missing(git));
  return id;
}

Result<void> GitRepository::verify(const GitClone& clone, const Commit& commit, const GitProgram& git) const {
  const std::string who = access_.shown_url + ": the commit " + commit.id + " by " + commit.author;
  return verify_signature(settings_, commit.id, who, access_, git.deadline(), clock_, clone.directory());
}

/// Sees to it that the commit is here, and that its signature is good.
Result<Described> GitRepository::bring(const GitClone& clone, const std::string& commit_id,
                                       const std::optional<SeenCommit>& seen, const GitProgram& git) const {
  bool is_here = false;
  if (clone.is_usable(commit_id)) {
    auto held = clone.holds(commit_id);
    if (!held) return fail(std::move(held).error());
    is_here = *held;
  }
  for (;;) {
    if (!is_here) {
      auto ready = check_credentials(settings_);
      if (ready) ready = clone.fetch(commit_id, seen);
      if (!ready) return fail(std::move(ready).error());
    }
    auto described = describe(clone, commit_id);
    if (!described) return described;
    auto verified = verify(clone, described->commit, git);
    if (verified) return described;
    // Somebody may have signed a tag of the same commit since.
    const bool may_be_old = is_here && settings_.kind == Kind::tag && verified.error().kind == ErrorKind::invalid;
    if (!may_be_old) return fail(std::move(verified).error());
    is_here = false;
  }
}

Result<bool> GitRepository::is_rewound(const GitClone& clone, const std::string& commit_id,
                                       const std::optional<SeenCommit>& seen) const {
  if (!seen) return false;
  if (seen->id == commit_id) return seen->is_rewound;
  auto follows = clone.follows(commit_id, *seen);
  if (!follows) return follows;
  return !*follows;
}

Result<Taken> GitRepository::take_from(const GitClone& clone, const std::string& commit_id,
                                       const std::optional<SeenCommit>& seen, const GitProgram& git) const {
  auto described = bring(clone, commit_id, seen, git);
  if (!described) return fail(std::move(described).error());
  const GitCheckouts checkouts(path(kCheckouts));
  auto made = checkouts.make(commit_id, settings_, clone);
  if (!made) return fail(std::move(made).error());
  const auto rewound = is_rewound(clone, commit_id, seen);
  if (!rewound) return fail(rewound.error());
  auto lease = checkouts.hold(commit_id);
  if (!lease) return fail(std::move(lease).error());
  clone.tidy();
  return Taken{.checkout = {.commit = std::move(described->commit),
                            .directory = checkouts.path_of(commit_id),
                            .is_rewound = *rewound,
                            .lease = *std::move(lease)},
               .committed_at = described->committed_at};
}

/// From the clone that is there, and if that is damaged, from a new one.
Result<Taken> GitRepository::take(const std::string& commit_id, const std::optional<SeenCommit>& seen,
                                  const GitProgram& git) const {
  const GitClone clone(path(kClone), settings_, access_, git);
  const bool is_new = !clone.is_usable(commit_id);
  clone.remove_leftovers();
  auto taken = take_from(clone, commit_id, seen, git);
  if (!taken && taken.error().kind == ErrorKind::corrupt && !is_new) {
    const GitClone fresh(path(kNewClone), settings_, access_, git);
    taken = take_from(fresh, commit_id, seen, git);
    auto replaced = taken ? fresh.replace(clone) : Result<void>();
    if (!replaced) return fail(std::move(replaced).error());
    fresh.discard();
  }
  // Two clones cannot both be damaged: it is something else, and may pass.
  if (!taken && taken.error().kind == ErrorKind::corrupt) taken.error().kind = ErrorKind::transient;
  return taken;
}

/// Of a process that was killed: the next one holds the lock, so nobody is at it any more.
void GitRepository::remove_leftovers() const {
  std::error_code failed;
  fs::remove_all(path(kNewClone), failed);
  std::vector<fs::path> homes;
  for (fs::directory_iterator next(settings_.directory, failed), end; !failed && next != end; next.increment(failed)) {
    if (next->path().filename().string().starts_with("gnupg-")) homes.push_back(next->path());
  }
  for (const fs::path& home : homes) fs::remove_all(home, failed);
  fs::create_directories(path(kCheckouts), failed);
  GitCheckouts(path(kCheckouts)).remove_leftovers();
}

Result<Checkout> GitRepository::check_out(const std::string& commit_id) {
  if (!is_object_name(commit_id)) {
    return fail(ErrorKind::invalid, "\"" + printable(commit_id, kShown) + "\" is no full commit id");
  }
  const GitProgram git = program(clock_.in(settings_.time_limit));
  auto ready = make_directory();
  if (!ready) return fail(std::move(ready).error());
  const auto locked = lock(git.deadline());
  if (!locked) return fail(locked.error());
  remove_leftovers();

  auto seen = read_seen(path(kSeen));
  // Something was seen, and nobody knows what: nothing follows from that.
  const bool is_forgotten = !seen;
  auto taken = take(commit_id, seen ? *seen : std::nullopt, git);
  if (!taken) return fail(std::move(taken).error());
  Checkout& checkout = taken->checkout;
  checkout.is_rewound = checkout.is_rewound || is_forgotten;
  auto written = write_seen(path(kSeen),
                            {.id = commit_id, .committed_at = taken->committed_at, .is_rewound = checkout.is_rewound});
  if (!written) return fail(std::move(written).error());
  GitCheckouts(path(kCheckouts)).remove_unused();
  return std::move(checkout);
}

}  // namespace

Result<std::unique_ptr<Repository>> make_git_repository(RepositorySettings settings, const Clock& clock) {
  auto access = make_access(settings);
  if (!access) return fail(std::move(access).error());
  if (!settings.directory.starts_with('/') || settings.directory == "/") {
    return fail(ErrorKind::invalid, "the folder for the clone must be an absolute path");
  }
  if (settings.kind == Kind::commit && !is_object_name(settings.reference)) {
    return fail(ErrorKind::invalid, "\"" + printable(settings.reference, kShown) + "\" is no full commit id");
  }
  if (settings.kind != Kind::head && settings.reference.empty()) {
    return fail(ErrorKind::invalid, "the name of the branch or tag is missing");
  }
  return std::make_unique<GitRepository>(std::move(settings), *std::move(access), clock);
}

}  // namespace fgsync::source
