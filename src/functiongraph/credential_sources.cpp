#include <utility>

#include "functiongraph/authentication.hpp"
#include "functiongraph/credential_file.hpp"

namespace fgsync::functiongraph {
namespace {

using boost::asio::awaitable;

/// What was given once and never changes, judged beforehand.
class FixedCredential final : public CredentialSource {
 public:
  FixedCredential(Result<Credential> credential, std::string origin)
      : credential_(std::move(credential)), origin_(std::move(origin)) {}

  awaitable<Result<Credential>> fetch(Deadline /*deadline*/) override { co_return credential_; }
  [[nodiscard]] bool is_renewable() const override { return false; }
  [[nodiscard]] std::string description() const override { return origin_; }

 private:
  Result<Credential> credential_;
  std::string origin_;
};

class TokenFile final : public CredentialSource {
 public:
  TokenFile(std::string path, WorkerPool& pool) : path_(std::move(path)), pool_(pool) {}

  awaitable<Result<Credential>> fetch(Deadline /*deadline*/) override {
    auto read = [path = path_] { return read_credential_line(path, "the token file"); };
    auto token = co_await offload(pool_, std::move(read));
    if (!token) co_return fail(std::move(token).error());
    co_return Token{std::move(*token), std::nullopt};
  }
  [[nodiscard]] bool is_renewable() const override { return true; }
  [[nodiscard]] std::string description() const override { return "the token file " + path_; }

 private:
  std::string path_;
  WorkerPool& pool_;
};

Result<Credential> read_key(const KeyFiles& files) {
  auto id = read_credential_line(files.id, "the file of the access key id");
  if (!id) return fail(std::move(id).error());
  auto secret = read_credential_line(files.secret, "the file of the secret key");
  if (!secret) return fail(std::move(secret).error());
  AccessKey key{id->reveal(), std::move(*secret), {}};
  if (!files.security_token.empty()) {
    auto security_token = read_credential_line(files.security_token, "the file of the security token");
    if (!security_token) return fail(std::move(security_token).error());
    key.security_token = std::move(*security_token);
  }
  return SigningKey{std::move(key), std::nullopt};
}

class KeyInFiles final : public CredentialSource {
 public:
  KeyInFiles(KeyFiles files, WorkerPool& pool) : files_(std::move(files)), pool_(pool) {}

  awaitable<Result<Credential>> fetch(Deadline /*deadline*/) override {
    auto read = [files = files_] { return read_key(files); };
    co_return co_await offload(pool_, std::move(read));
  }
  [[nodiscard]] bool is_renewable() const override { return true; }
  [[nodiscard]] std::string description() const override {
    return "the access key in " + files_.id + " and " + files_.secret;
  }

 private:
  KeyFiles files_;
  WorkerPool& pool_;
};

}  // namespace

std::unique_ptr<CredentialSource> make_no_credentials() {
  return std::make_unique<FixedCredential>(NoCredentials{}, "none");
}

std::unique_ptr<CredentialSource> make_fixed_token(Secret token, std::string origin) {
  auto checked = check_credential_text(token, "the token of " + origin);
  if (!checked) return std::make_unique<FixedCredential>(fail(std::move(checked).error()), std::move(origin));
  return std::make_unique<FixedCredential>(Token{std::move(token), std::nullopt}, std::move(origin));
}

std::unique_ptr<CredentialSource> make_fixed_key(AccessKey key, std::string origin) {
  auto checked = check_access_key(key, origin);
  if (!checked) return std::make_unique<FixedCredential>(fail(std::move(checked).error()), std::move(origin));
  return std::make_unique<FixedCredential>(SigningKey{std::move(key), std::nullopt}, std::move(origin));
}

std::unique_ptr<CredentialSource> make_token_file(std::string path, WorkerPool& pool) {
  return std::make_unique<TokenFile>(std::move(path), pool);
}

std::unique_ptr<CredentialSource> make_key_files(KeyFiles files, WorkerPool& pool) {
  return std::make_unique<KeyInFiles>(std::move(files), pool);
}

}  // namespace fgsync::functiongraph
