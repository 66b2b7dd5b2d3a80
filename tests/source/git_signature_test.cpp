// Signatures are made by the real ssh-keygen and gpg, with keys made here.
#include "source/git_signature.hpp"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "source/child_process.hpp"
#include "tests/source/git_origin.hpp"

namespace fgsync::source::test {
namespace {

namespace fs = std::filesystem;
using Catch::Matchers::Contains;
using Kind = RepositorySettings::Reference;
using Verify = RepositorySettings::Verify;
using Strings = std::vector<std::string>;

/// An origin with commits that are signed, or not, by options.
class SignedOrigin : public GitOrigin {
 public:
  /// Runs a program; what it printed.
  std::string run(const std::string& program, const Strings& arguments) {
    auto end = run_child(
        {.program = program, .arguments = arguments, .directory = tree().absolute(), .environment = variables()},
        {.deadline = clock().in(std::chrono::minutes(1))}, clock());
    if (!end) throw std::runtime_error(end.error().describe());
    if (end->exit_code != 0) throw std::runtime_error(program + ": " + end->errors);
    return end->output;
  }

  void expect_followed() const {
    const auto problem = this->problem();
    CHECK(problem.message == "no problem");
  }
  void expect_refused(const std::string& reason) const {
    const auto problem = this->problem();
    CHECK(problem.kind == ErrorKind::invalid);
    CHECK_THAT(problem.message, Contains(reason));
  }
};

/// Two people with SSH keys, of whom the first is trusted.
class SshOrigin : public SignedOrigin {
 public:
  SshOrigin() {
    make_key("ann");
    make_key("eve");
    write_signers("ann@example.com " + public_key("ann"));
    settings().verify = Verify::allowed_signers;
    settings().verify_file = tree().absolute("signers");
    sign_as("ann");
  }
  void make_key(const std::string& name) {
    run("ssh-keygen", {"-q", "-t", "ed25519", "-N", "", "-C", name, "-f", name});
  }
  [[nodiscard]] std::string public_key(const std::string& name) const {
    return text_of(tree().absolute(name + ".pub"));
  }
  void write_signers(const std::string& text) const { tree().write("signers", text); }
  void sign_as(const std::string& name) const {
    git({"config", "gpg.format", "ssh"});
    git({"config", "user.signingKey", tree().absolute(name)});
  }
  std::string commit_signed() { return commit("signed", {"-S"}); }
};

/// Two people with keys of GnuPG, of whom the first is trusted. Made once, because keys take time.
class GpgOrigin : public SignedOrigin {
 public:
  GpgOrigin() {
    // A short path, for the agent's socket.
    home_ = "/tmp/fgsync-gpg-XXXXXX";
    if (::mkdtemp(home_.data()) == nullptr) throw std::runtime_error("no temporary directory");
    variables().push_back("GNUPGHOME=" + home_);
    for (const char* name : {"ann", "eve"}) {
      run("gpg", {"--batch", "--quiet", "--passphrase", "", "--quick-gen-key",
                  std::string(name) + " <" + name + "@example.com>", "ed25519", "sign", "never"});
    }
    run("gpg", {"--batch", "--output", "keyring", "--export", "ann@example.com"});
    settings().verify = Verify::gpg_keyring;
    settings().verify_file = tree().absolute("keyring");
    git({"config", "gpg.format", "openpgp"});
  }
  GpgOrigin(const GpgOrigin&) = delete;
  GpgOrigin& operator=(const GpgOrigin&) = delete;
  ~GpgOrigin() {
    try {
      run("gpgconf", {"--kill", "all"});
    } catch (const std::exception&) {
      WARN("gpg-agent may still run");
    }
    std::error_code ignored;
    fs::remove_all(home_, ignored);
  }
  std::string commit_signed_by(const std::string& name) { return commit("signed", {"-S" + name + "@example.com"}); }
  [[nodiscard]] const std::string& home() const { return home_; }

 private:
  std::string home_;
};

/// Whether somebody works in a folder of GnuPG below this one.
bool has_agent(const std::string& directory) {
  for (const auto& process : fs::directory_iterator("/proc")) {
    const std::string line = text_of(process.path().string() + "/cmdline");
    if (line.find("gpg-agent") != std::string::npos && line.find(directory) != std::string::npos) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("git signature: a commit signed with a trusted SSH key is followed") {
  SshOrigin origin;
  origin.commit_signed();
  origin.expect_followed();
}

TEST_CASE("git signature: an unsigned commit is refused, with its id and author") {
  SshOrigin origin;
  const std::string id = origin.commit();
  origin.expect_refused(origin.settings().url + ": the commit " + id +
                        " by Ann Author <ann@example.com> is refused: it is not signed; sign it with git commit -S");
  CHECK_FALSE(fs::exists(origin.folder("checkouts/" + id)));
  CHECK_FALSE(fs::exists(origin.folder("seen")));
}

TEST_CASE("git signature: an unsigned commit on top of a signed one is refused, and the other way round followed") {
  SshOrigin origin;
  origin.commit_signed();
  origin.commit();
  origin.expect_refused("it is not signed");
  origin.commit_signed();
  origin.expect_followed();
}

TEST_CASE("git signature: a commit signed with an SSH key that is not trusted is refused") {
  SshOrigin origin;
  origin.sign_as("eve");
  origin.commit_signed();
  const std::string fingerprint = origin.run("ssh-keygen", {"-l", "-f", "eve.pub"}).substr(4, 50);
  origin.expect_refused("is refused: it is signed by the key " + fingerprint +
                        ", which is not in the allowed signers " + origin.settings().verify_file);
}

TEST_CASE("git signature: a changed commit is refused") {
  SshOrigin origin;
  origin.commit_signed();
  std::string raw = origin.git({"cat-file", "commit", "HEAD"});
  raw.replace(raw.rfind("signed"), 6, "forged");
  origin.tree().write("raw", raw + "\n");
  origin.git({"update-ref", "HEAD", origin.git({"hash-object", "-t", "commit", "-w", "../raw"})});
  origin.expect_refused("its signature is bad: what was signed is not what is there");
}

TEST_CASE("git signature: a key that was not yet, or is no longer, trusted is refused") {
  SshOrigin origin;
  const std::string option = GENERATE(as<std::string>(), "valid-before=\"20200101\"", "valid-after=\"20400101\"");
  origin.write_signers("ann@example.com " + option + " " + origin.public_key("ann"));
  origin.commit_signed();
  origin.expect_refused("is refused: it is signed by ");
}

TEST_CASE("git signature: a key that is trusted for something else is refused") {
  SshOrigin origin;
  origin.write_signers("ann@example.com namespaces=\"file\" " + origin.public_key("ann"));
  origin.commit_signed();
  origin.expect_refused("or the namespaces of the key do not include git");
}

TEST_CASE("git signature: a key that is taken out of the allowed signers is refused, although all is here") {
  SshOrigin origin;
  origin.commit_signed();
  origin.expect_followed();
  origin.write_signers("eve@example.com " + origin.public_key("eve"));
  origin.expect_refused("is refused: it is signed by ");
}

TEST_CASE("git signature: allowed signers that cannot be used are explained") {
  SshOrigin origin;
  origin.commit_signed();
  SECTION("missing") {
    origin.settings().verify_file += "-gone";
    origin.expect_refused("the allowed signers " + origin.settings().verify_file +
                          " cannot be read, so no commit is trusted; check verify");
  }
  SECTION("empty") {
    origin.write_signers("");
    origin.expect_refused("is empty, so no commit is trusted");
  }
  SECTION("a folder") {
    origin.settings().verify_file = origin.tree().absolute("home");
    origin.expect_refused("cannot be read, so no commit is trusted");
  }
  SECTION("nonsense") {
    origin.write_signers("nonsense\n");
    origin.expect_refused("is refused: it is signed by ");
  }
}

TEST_CASE("git signature: a signed tag vouches for its commit") {
  SshOrigin origin;
  origin.commit();
  origin.git({"tag", "-s", "-m", "release", "v1"});
  origin.settings().kind = Kind::tag;
  origin.settings().reference = "v1";
  origin.expect_followed();
}

TEST_CASE("git signature: a tag that is signed later is followed then") {
  SshOrigin origin;
  origin.commit();
  origin.git({"tag", "-a", "-m", "release", "v1"});
  origin.settings().kind = Kind::tag;
  origin.settings().reference = "v1";
  origin.expect_refused("is refused: neither the tag v1 nor the commit is signed as verify asks: it is not signed");
  origin.git({"tag", "-s", "-f", "-m", "release", "v1"});
  origin.expect_followed();
}

TEST_CASE("git signature: a signed tag under another name vouches for nothing") {
  SshOrigin origin;
  origin.commit();
  origin.git({"tag", "-s", "-m", "release", "v1"});
  origin.commit_signed();
  origin.git({"update-ref", "refs/tags/v2", "refs/tags/v1"});
  origin.settings().kind = Kind::tag;
  origin.settings().reference = "v2";
  origin.expect_refused("neither the tag v2 nor the commit is signed");
}

TEST_CASE("git signature: a tag signed by a stranger vouches for nothing") {
  SshOrigin origin;
  origin.commit();
  origin.sign_as("eve");
  origin.git({"tag", "-s", "-m", "release", "v1"});
  origin.settings().kind = Kind::tag;
  origin.settings().reference = "v1";
  origin.expect_refused("neither the tag v1 nor the commit is signed");
}

TEST_CASE("git signature: a light tag of a signed commit is followed") {
  SshOrigin origin;
  origin.commit_signed();
  origin.git({"tag", "v1"});
  origin.settings().kind = Kind::tag;
  origin.settings().reference = "v1";
  origin.expect_followed();
}

TEST_CASE("git signature: without verification nothing need be signed") {
  SshOrigin origin;
  origin.settings().verify = Verify::none;
  origin.commit();
  origin.expect_followed();
}

TEST_CASE("git signature: commits signed with GnuPG") {
  GpgOrigin origin;
  // One test, since keys take long to make.
  origin.commit_signed_by("ann");
  origin.expect_followed();

  // A keybox, as GnuPG has it at home; both are in there.
  const std::string exported = origin.settings().verify_file;
  origin.settings().verify_file = origin.home() + "/pubring.kbx";
  origin.commit_signed_by("eve");
  origin.expect_followed();

  origin.settings().verify_file = exported;
  origin.expect_refused("which is not in the keyring " + exported);
  origin.commit();
  origin.expect_refused("it is not signed");

  origin.commit_signed_by("ann");
  std::string raw = origin.git({"cat-file", "commit", "HEAD"});
  raw.replace(raw.rfind("signed"), 6, "forged");
  origin.tree().write("raw", raw + "\n");
  origin.git({"update-ref", "HEAD", origin.git({"hash-object", "-t", "commit", "-w", "../raw"})});
  origin.expect_refused("its signature is bad");

  origin.tree().write("nonsense", "nonsense\n");
  origin.settings().verify_file = origin.tree().absolute("nonsense");
  origin.expect_refused("holds no keys that gpg can read; write it with gpg --export");

  // The other kind of signatures.
  origin.commit_signed_by("ann");
  origin.run("ssh-keygen", {"-q", "-t", "ed25519", "-N", "", "-f", "ssh"});
  origin.tree().write("signers", "* " + text_of(origin.tree().absolute("ssh.pub")));
  origin.settings().verify = Verify::allowed_signers;
  origin.settings().verify_file = origin.tree().absolute("signers");
  origin.expect_refused("it is signed with GnuPG, and verify has allowed signers of SSH");
  origin.git({"config", "gpg.format", "ssh"});
  origin.git({"config", "user.signingKey", origin.tree().absolute("ssh")});
  origin.commit("signed", {"-S"});
  origin.settings().verify = Verify::gpg_keyring;
  origin.settings().verify_file = exported;
  origin.expect_refused("it is signed with SSH, and verify has a keyring of GnuPG");

  CHECK_FALSE(has_agent(origin.folder()));
  for (const std::string& name : names_in(origin.folder())) CHECK_THAT(name, !Catch::Matchers::StartsWith("gnupg"));
}

}  // namespace fgsync::source::test
