#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace fgsync::source {

/// Which repository, how to reach it and how much of it to take.
struct RepositorySettings {
  enum class Reference { head, branch, tag, commit };
  enum class Verify { none, allowed_signers, gpg_keyring };

  /// `https://`, `ssh://`, `USER@HOST:PATH`, `file://`; `http://` only to this machine. Without a password, and for
  /// http without a user.
  std::string url;
  Reference kind = Reference::head;
  std::string reference;         ///< the name of the branch or tag, or the commit's full id
  std::string username;          ///< for https
  std::string password_file;     ///< for https: one line
  std::string ssh_key_file;      ///< else the keys that ssh takes by itself
  std::string known_hosts_file;  ///< else those that ssh takes by itself
  Verify verify = Verify::none;
  std::string verify_file;  ///< allowed signers as of ssh-keygen(1), or an export or keybox of GnuPG
  /// A folder for this repository alone, below the state directory; made with mode 0700. Absolute.
  std::string directory;
  /// Of which git gets only what it needs to find itself, proxies and certificates.
  std::vector<std::string> inherited_environment;
  std::chrono::milliseconds time_limit{std::chrono::seconds(60)};  ///< of one call together
  std::uint64_t max_bytes = std::uint64_t{1} << 30U;               ///< of one commit's files, and of one fetch
  std::size_t max_files = 200'000;                                 ///< of one commit
  /// Ends a call at once, with the error `cancelled`, so that nobody has to wait for a server that hangs.
  std::stop_token stop;
};

/// Text of a commit is printable and not long.
struct Commit {
  std::string id;            ///< 40 or 64 hex digits
  std::string author;        ///< `Name <mail>`
  std::string subject;       ///< the first line of its message
  std::string committed_at;  ///< `2026-11-22T12:03:07Z`
};

/// The tree of one commit, in a folder that nobody changes and that stays as long as any copy of this lives, even
/// beyond the repository object. The bytes are exactly those of the commit: no line ends, keywords or encodings are
/// converted. Folders of submodules are empty, files of LFS are its pointers. Links are as committed and may lead out
/// of the folder: whoever reads has to refuse those.
struct Checkout {
  Commit commit;
  std::string directory;  ///< absolute
  /// The commit that was checked out before this one is no ancestor of it, or that is not known: somebody rewrote
  /// history, so nothing should be deleted. It stays true for this commit, after a restart as well, until another
  /// commit is checked out that follows from this one.
  bool is_rewound = false;
  std::shared_ptr<void> lease;
};

/// Port: a repository elsewhere, of which one reference is followed. One call at a time.
///
/// Errors say what happened and what to do: `invalid` when a person must act (no such branch, an unknown host, a commit
/// that nobody trusted signed), `unauthorized` for refused credentials, `transient` and `timed_out` when it may work
/// later, `conflict` when the reference moved between look() and check_out(): look again.
class Repository {
 public:
  virtual ~Repository() = default;
  /// The id of the commit that the reference is at now. One `ls-remote`; none when the reference is a commit's id, of
  /// which check_out() finds out whether it exists. Blocks; call it through offload().
  virtual Result<std::string> look() = 0;
  /// Fetches the commit, unless it is here already, verifies its signature if asked to, and writes its files. Folders
  /// of earlier commits that nobody holds any more are removed. Blocks; call it through offload().
  virtual Result<Checkout> check_out(const std::string& commit_id) = 0;
};

/// A Repository that runs the git program. It makes no network call and touches no file yet. Error `invalid` when the
/// settings cannot be used. Several objects may share one directory: they wait for each other.
Result<std::unique_ptr<Repository>> make_git_repository(RepositorySettings settings, const Clock& clock);

}  // namespace fgsync::source
