// git decides, with its exit code. It checks signatures with the program that fits their form, so the program of the
// form that is not configured is one that refuses everything. A signed tag vouches for its commit, but only under its
// own name: otherwise an old release could be put in the place of a new one.
#include "source/git_signature.hpp"

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "base/printable.hpp"
#include "source/git_answer.hpp"

namespace fgsync::source {
namespace {

namespace fs = std::filesystem;
using Verify = RepositorySettings::Verify;

constexpr std::size_t kShown = 300;

std::string shown_file(const RepositorySettings& settings) {
  return printable(settings.verify_file, kShown);
}

/// What the trusted keys are called in messages.
std::string keys_of(const RepositorySettings& settings) {
  return (settings.verify == Verify::gpg_keyring ? "the keyring " : "the allowed signers ") + shown_file(settings);
}

Result<void> check_keys(const RepositorySettings& settings) {
  std::ifstream file(settings.verify_file, std::ios::binary);
  std::error_code failed;
  if (!file || fs::is_directory(settings.verify_file, failed)) {
    return fail(ErrorKind::invalid, keys_of(settings) + " cannot be read, so no commit is trusted; check verify");
  }
  if (file.peek() == std::ifstream::traits_type::eof()) {
    return fail(ErrorKind::invalid,
                keys_of(settings) + " is empty, so no commit is trusted; add the keys of those " + "who may sign");
  }
  return {};
}

/// A folder for GnuPG with nothing but the trusted keys; it goes away with this.
class GpgHome {
 public:
  explicit GpgHome(const std::string& parent) : path_(parent + "/gnupg-XXXXXX") {
    if (::mkdtemp(path_.data()) == nullptr) path_.clear();
  }
  GpgHome(const GpgHome&) = delete;
  GpgHome& operator=(const GpgHome&) = delete;
  ~GpgHome() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }

  [[nodiscard]] const std::string& path() const { return path_; }
  Result<void> fill(const RepositorySettings& settings, const GitProgram& program) const;

 private:
  std::string path_;
};

bool is_keybox(const std::string& path) {
  std::array<char, 12> head{};
  std::ifstream file(path, std::ios::binary);
  file.read(head.data(), head.size());
  return file && std::string_view(head.data() + 8, 4) == "KBXf";
}

Result<void> GpgHome::fill(const RepositorySettings& settings, const GitProgram& program) const {
  if (path_.empty()) return fail(ErrorKind::transient, "no temporary folder can be made in " + settings.directory);
  // No agent is left running, no key server asked; who is in the keyring is trusted.
  std::ofstream(path_ + "/gpg.conf") << "no-autostart\nno-auto-key-retrieve\nno-auto-key-locate\n"
                                        "trust-model always\nbatch\nno-tty\n";
  if (is_keybox(settings.verify_file)) {
    std::error_code failed;
    fs::copy_file(settings.verify_file, path_ + "/pubring.kbx", failed);
    if (failed) return fail(ErrorKind::transient, keys_of(settings) + " cannot be copied: " + failed.message());
    return {};
  }
  auto end = program.run_other("gpg", {"--quiet", "--import", "--", settings.verify_file});
  if (!end) return fail(std::move(end).error());
  if (!end->signal && end->exit_code == 0) return {};
  return fail(ErrorKind::invalid, keys_of(settings) + " holds no keys that gpg can read; write it with gpg --export: " +
                                      first_complaint(end->errors));
}

/// What a signature looks like to git: its letter (%G?) and the key.
struct Signature {
  char letter = 'N';
  std::string key;
};

class Verifier {
 public:
  Verifier(const RepositorySettings& settings, const GitClone& clone) : settings_(settings), clone_(clone) {}

  /// The tag first, if it is one: then the commit need not be signed.
  Result<void> verify(const std::string& commit_id, const std::string& who) const;

 private:
  [[nodiscard]] Result<bool> is_good_tag() const;
  [[nodiscard]] Result<Signature> read_signature(const std::string& commit_id) const;
  [[nodiscard]] Result<std::string> explain(const std::string& commit_id) const;

  const RepositorySettings& settings_;
  const GitClone& clone_;
};

Result<bool> Verifier::is_good_tag() const {
  if (settings_.kind != RepositorySettings::Reference::tag) return false;
  const auto object = clone_.fetched_object();
  if (!object) return fail(object.error());
  const auto type = clone_.run({"cat-file", "-t", *object});
  if (!type) return fail(type.error());
  if (without_line_break(*type) != "tag") return false;
  auto end = clone_.try_run({"verify-tag", "--format=%(tag)", *object});
  if (!end) return fail(std::move(end).error());
  return !end->signal && end->exit_code == 0 && end->output == settings_.reference + "\n";
}

Result<Signature> Verifier::read_signature(const std::string& commit_id) const {
  auto text = clone_.run({"log", "-1", "--format=%G?%GK", commit_id, "--"});
  if (!text) return fail(std::move(text).error());
  const std::string line = without_line_break(*std::move(text));
  if (line.empty()) return Signature();
  return Signature{.letter = line.front(), .key = printable(line.substr(1), kShown)};
}

Result<std::string> Verifier::explain(const std::string& commit_id) const {
  const auto signature = read_signature(commit_id);
  if (!signature) return fail(signature.error());
  const auto object = clone_.run({"cat-file", "commit", commit_id});
  if (!object) return fail(object.error());
  const std::string_view header = std::string_view(*object).substr(0, object->find("\n\n"));
  const bool is_gpg = settings_.verify == Verify::gpg_keyring;
  const std::string by = signature->key.empty() ? "a key" : "the key " + signature->key;
  if (header.find("\ngpgsig") == std::string_view::npos) {
    return "it is not signed; sign it with git commit -S, or push a signed commit on top of it";
  }
  if (header.find(is_gpg ? "BEGIN SSH SIGNATURE" : "BEGIN PGP SIGNATURE") != std::string_view::npos) {
    return std::string(is_gpg ? "it is signed with SSH, and verify has a keyring of GnuPG"
                              : "it is signed with GnuPG, and verify has allowed signers of SSH");
  }
  switch (signature->letter) {
    case 'B':
      return "its signature is bad: what was signed is not what is there" +
             std::string(is_gpg ? "" : ", or the namespaces of the key do not include git");
    case 'X': return "its signature by " + by + " has expired";
    case 'Y': return "it is signed by " + by + ", which has expired";
    case 'R': return "it is signed by " + by + ", which was revoked";
    default:
      return "it is signed by " + by + ", which is not in " + keys_of(settings_) +
             " or not for this; if you trust it, add it there";
  }
}

Result<void> Verifier::verify(const std::string& commit_id, const std::string& who) const {
  const auto tag = is_good_tag();
  if (!tag) return fail(tag.error());
  if (*tag) return {};
  auto end = clone_.try_run({"verify-commit", commit_id});
  if (!end) return fail(std::move(end).error());
  if (!end->signal && end->exit_code == 0) return {};
  const auto reason = explain(commit_id);
  if (!reason) return fail(reason.error());
  const std::string of_tag =
      settings_.kind == RepositorySettings::Reference::tag
          ? "neither the tag " + settings_.reference + " nor the commit is signed as verify asks: "
          : "";
  return fail(ErrorKind::invalid, who + " is refused: " + of_tag + *reason);
}

}  // namespace

Result<void> verify_signature(const RepositorySettings& settings, const std::string& commit_id, const std::string& who,
                              const GitAccess& access, Deadline deadline, const Clock& clock,
                              const std::string& clone_directory) {
  if (settings.verify == Verify::none) return {};
  auto checked = check_keys(settings);
  if (!checked) return checked;
  GitProgram git(settings, access, deadline, clock);
  std::optional<GpgHome> home;
  if (settings.verify == Verify::gpg_keyring) {
    home.emplace(settings.directory);
    git.set({{"gpg.program", "gpg"}}, {"GNUPGHOME=" + home->path()});
    auto filled = home->fill(settings, git);
    if (!filled) return filled;
  } else {
    git.set({{"gpg.ssh.program", "ssh-keygen"}, {"gpg.ssh.allowedSignersFile", settings.verify_file}}, {});
  }
  const GitClone clone(clone_directory, settings, access, git);
  return Verifier(settings, clone).verify(commit_id, who);
}

}  // namespace fgsync::source
