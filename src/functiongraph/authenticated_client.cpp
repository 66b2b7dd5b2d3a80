#include <optional>
#include <utility>

#include "base/digest.hpp"
#include "functiongraph/authentication.hpp"
#include "functiongraph/credential_keeper.hpp"
#include "functiongraph/refusal.hpp"

namespace fgsync::functiongraph {
namespace {

using boost::asio::awaitable;

constexpr int kMaxTries = 2;

/// Rounded up: what is too large must not look as if it were not.
std::string in_megabytes(std::uint64_t bytes) {
  const std::uint64_t tenths = (10 * bytes + (std::uint64_t{1} << 20U) - 1) >> 20U;
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " MB";
}

Error too_large(std::uint64_t bytes) {
  return not_sent(
      Error(ErrorKind::invalid,
            "not sent: the request has " + in_megabytes(bytes) + ", and signed with an access key at most " +
                in_megabytes(kMaxSignedBytes) +
                " are let in, about 9 MB of package. Make the package smaller (spec.code.ignore), or give an IAM user "
                "(spec.credentials.iam in fgsync.yaml) or a token (FGSYNC_TOKEN)"));
}

bool is_signed(const Credential& credential) {
  return std::holds_alternative<SigningKey>(credential);
}

class AuthenticatedClient final : public http::HttpClient {
 public:
  AuthenticatedClient(const AuthenticationPorts& ports, std::unique_ptr<CredentialSource> source,
                      std::unique_ptr<CredentialSource> for_large_bodies)
      : ports_(ports), main_(std::move(source), ports.clock, ports.log) {
    if (for_large_bodies) for_large_.emplace(std::move(for_large_bodies), ports.clock, ports.log);
  }

  awaitable<Result<http::Response>> send(http::Request request, Deadline deadline) override {
    std::string body_hash;  // the same for both tries
    for (int tries = 1;; ++tries) {
      auto lease = co_await acquire(request.body_size(), deadline);
      if (!lease) co_return fail(std::move(lease).error());
      if (is_signed(lease->credential()) && body_hash.empty()) {
        auto hash = co_await hash_of_body(request);
        if (!hash) co_return fail(not_sent(std::move(hash).error()));
        body_hash = std::move(*hash);
      }
      auto authorised = with_credential(request, lease->credential(), body_hash);
      auto answer = co_await ports_.inner.send(std::move(authorised), deadline);
      hide_secrets(answer, lease->credential());
      if (!answer) co_return answer;
      const Admission admission = admission_of(*answer);
      if (admission == Admission::let_in) lease->accept();
      if (admission != Admission::refused) co_return answer;
      Error why = to_refusal(*answer, lease->credential(), lease->source(), ports_.clock.wall_now());
      lease->refuse(why);
      if (tries == kMaxTries) co_return fail(std::move(why));
    }
  }

 private:
  using Lease = CredentialKeeper::Lease;

  awaitable<Result<Lease>> acquire(std::uint64_t body_size, Deadline deadline) {
    {
      auto lease = co_await main_.acquire(deadline);
      const bool fits = body_size <= kMaxSignedBytes;
      if (fits || !lease || !is_signed(lease->credential())) co_return lease;
    }
    // Here the lease of the key has ended: nobody need wait for what this request is not going to try.
    if (!for_large_) co_return fail(too_large(body_size));
    auto lease = co_await for_large_->acquire(deadline);
    if (lease && is_signed(lease->credential())) co_return fail(too_large(body_size));
    co_return lease;
  }

  awaitable<Result<std::string>> hash_of_body(const http::Request& request) const {
    if (!request.stream) co_return sha256_hex(request.body);
    auto hash = [body = request.stream] { return body_sha256(*body); };
    if (ports_.pool == nullptr) co_return hash();
    co_return co_await offload(*ports_.pool, std::move(hash));
  }

  http::Request with_credential(http::Request request, const Credential& credential,
                                const std::string& body_hash) const {
    if (const auto* token = std::get_if<Token>(&credential)) {
      request.headers.emplace_back("X-Auth-Token", token->text.reveal());
    }
    if (const auto* key = std::get_if<SigningKey>(&credential)) {
      // Signed as it will be on the wire, where `inner` puts the base path before the target.
      std::string target = std::exchange(request.target, ports_.endpoint.base_path + request.target);
      add_signature(request, ports_.endpoint.authority(), key->key, ports_.clock.wall_now(), body_hash);
      request.target = std::move(target);
    }
    return request;
  }

  AuthenticationPorts ports_;
  CredentialKeeper main_;
  std::optional<CredentialKeeper> for_large_;
};

}  // namespace

std::unique_ptr<http::HttpClient> make_authenticated_client(AuthenticationPorts ports,
                                                            std::unique_ptr<CredentialSource> source,
                                                            std::unique_ptr<CredentialSource> for_large_bodies) {
  return std::make_unique<AuthenticatedClient>(ports, std::move(source), std::move(for_large_bodies));
}

}  // namespace fgsync::functiongraph
