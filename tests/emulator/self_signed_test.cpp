#include "emulator/self_signed.hpp"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>

#include "emulator/certificates.hpp"
#include "temporary_folder.hpp"

namespace fgsync::emulator::test {
namespace {

using Catch::Matchers::Contains;

std::string content(const std::string& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

mode_t mode_of(const std::string& file) {
  struct stat facts{};
  REQUIRE(::stat(file.c_str(), &facts) == 0);
  return facts.st_mode & 0777U;
}

/// A directory for certificates, at a time that the test moves.
struct CertificateFolder {
  TemporaryFolder folder;
  std::string path = folder.file("tls");
  std::chrono::system_clock::time_point now = std::chrono::system_clock::now();

  [[nodiscard]] Result<TlsIdentity> prepare(const std::string& address = "127.0.0.1") const {
    return prepare_self_signed(path, address, now);
  }
  [[nodiscard]] std::string text(const std::string& name) const { return content(path + "/" + name); }
  void write(const std::string& name, const std::string& text) const { std::ofstream(path + "/" + name) << text; }
  [[nodiscard]] Certificate server() const {
    auto parsed = Certificate::parse(text("server.pem"), text("server-key.pem"));
    REQUIRE(parsed);
    return std::move(*parsed);
  }
  [[nodiscard]] Certificate authority() const {
    auto parsed = Certificate::parse(text("ca.pem"), text("ca-key.pem"));
    REQUIRE(parsed);
    return std::move(*parsed);
  }
};

}  // namespace

TEST_CASE("self-signed: an authority and a certificate for the listening address and localhost") {
  const CertificateFolder files;
  const auto identity = files.prepare("10.0.0.7");
  REQUIRE(identity);
  CHECK(identity->certificate_file == files.path + "/server.pem");
  CHECK(identity->key_file == files.path + "/server-key.pem");
  const auto server = files.server();
  CHECK(server.is_signed_by(files.authority()));
  for (const auto* host : {"10.0.0.7", "127.0.0.1", "::1", "localhost"}) {
    INFO(host);
    CHECK(server.is_for(host));
  }
  CHECK_FALSE(server.is_for("10.0.0.8"));
  CHECK(server.is_good_at(files.now));
  CHECK_FALSE(server.is_good_at(files.now + std::chrono::hours(24 * 400)));
}

TEST_CASE("self-signed: keys are the user's only") {
  const CertificateFolder files;
  REQUIRE(files.prepare());
  CHECK(mode_of(files.path + "/ca-key.pem") == 0600);
  CHECK(mode_of(files.path + "/server-key.pem") == 0600);
}

TEST_CASE("self-signed: what is there and good is used again") {
  const CertificateFolder files;
  REQUIRE(files.prepare());
  const auto server = files.text("server.pem");
  const auto authority = files.text("ca.pem");
  REQUIRE(files.prepare());
  CHECK(files.text("server.pem") == server);
  CHECK(files.text("ca.pem") == authority);
}

TEST_CASE("self-signed: another address gets another certificate of the same authority") {
  const CertificateFolder files;
  REQUIRE(files.prepare());
  const auto authority = files.text("ca.pem");
  REQUIRE(files.prepare("10.0.0.7"));
  CHECK(files.text("ca.pem") == authority);
  CHECK(files.server().is_for("10.0.0.7"));
}

TEST_CASE("self-signed: what is about to expire is made anew") {
  CertificateFolder files;
  REQUIRE(files.prepare());
  const auto authority = files.text("ca.pem");
  files.now += std::chrono::hours(24 * 360);
  REQUIRE(files.prepare());
  CHECK(files.text("ca.pem") == authority);
  CHECK(files.server().is_good_at(files.now + std::chrono::hours(24 * 300)));
  files.now += std::chrono::hours(24 * 365 * 9);
  REQUIRE(files.prepare());
  CHECK(files.text("ca.pem") != authority);
  CHECK(files.server().is_signed_by(files.authority()));
}

TEST_CASE("self-signed: what a crash left is made anew") {
  const CertificateFolder files;
  REQUIRE(files.prepare());
  for (const auto* key : {"ca-key.pem", "server-key.pem"}) {
    files.write(key, "-----BEGIN");
    REQUIRE(files.prepare());
    CHECK(files.server().is_signed_by(files.authority()));
  }
}

TEST_CASE("self-signed: files that are not ours stay as they are") {
  for (const auto* name : {"ca.pem", "ca-key.pem", "server.pem", "server-key.pem"}) {
    INFO(name);
    const CertificateFolder files;
    REQUIRE(::mkdir(files.path.c_str(), 0700) == 0);
    files.write(name, "precious");
    const auto identity = files.prepare();
    REQUIRE_FALSE(identity);
    CHECK_THAT(identity.error().message, Contains(std::string(name) + ": fgsync-emulator has not made this file"));
    CHECK(files.text(name) == "precious");
  }
}

TEST_CASE("self-signed: a directory that cannot be made is an error with its name") {
  const CertificateFolder files;
  const auto identity = prepare_self_signed(files.path + "/a/b", "127.0.0.1", files.now);
  REQUIRE_FALSE(identity);
  CHECK_THAT(identity.error().message, Contains("/tls/a/b: No such file or directory"));
}

}  // namespace fgsync::emulator::test
