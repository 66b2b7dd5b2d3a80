#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "base/worker_pool.hpp"
#include "functiongraph/request_signer.hpp"
#include "http/client.hpp"

/// Who we are on the service. Credentials come from a source that can be asked again, so that a renewed file or an
/// expired token needs no restart.
namespace fgsync::functiongraph {

/// An IAM token with project scope, sent as X-Auth-Token.
struct Token {
  Secret text;
  /// After which it is not used any more; absent: unknown, until it is refused.
  std::optional<std::chrono::system_clock::time_point> expires_at;
};

/// A key with which requests are signed, and until when if it is a temporary one.
struct SigningKey {
  AccessKey key;
  std::optional<std::chrono::system_clock::time_point> expires_at;
};

struct NoCredentials {};  ///< for an emulator on this machine that asks for none

using Credential = std::variant<NoCredentials, Token, SigningKey>;

/// Where a credential comes from: a variable, a file, IAM, the metadata service.
class CredentialSource {
 public:
  virtual ~CredentialSource() = default;

  /// The credential as it is now; files are read anew, tokens are fetched. Error `unauthorized` when whoever gives it
  /// refuses, with what to check, `invalid` for files and texts that cannot be used; other kinds as they come, but
  /// never `not_found` or `conflict`, which callers would take for answers about a function. No message holds anything
  /// secret.
  virtual boost::asio::awaitable<Result<Credential>> fetch(Deadline deadline) = 0;
  /// Whether another fetch may bring another credential: false for a variable of the environment.
  [[nodiscard]] virtual bool is_renewable() const = 0;
  /// For messages: `FGSYNC_TOKEN`, `the token file /run/…`, `IAM user deployer of acme`.
  [[nodiscard]] virtual std::string description() const = 0;
};

std::unique_ptr<CredentialSource> make_no_credentials();
/// `origin` is the name for messages, such as `FGSYNC_TOKEN`.
std::unique_ptr<CredentialSource> make_fixed_token(Secret token, std::string origin);
std::unique_ptr<CredentialSource> make_fixed_key(AccessKey key, std::string origin);
/// A token, on one line, of a file that is read anew when it is asked for.
std::unique_ptr<CredentialSource> make_token_file(std::string path, WorkerPool& pool);
struct KeyFiles {
  std::string id;
  std::string secret;
  std::string security_token;  ///< empty: none
};
std::unique_ptr<CredentialSource> make_key_files(KeyFiles files, WorkerPool& pool);
/// The INI file that the SDKs read: keys ak, sk, security_token of a section.
struct ProfileFile {
  std::string path;
  std::string section;  ///< empty: `basic`, else `global`, whichever is there
};
std::unique_ptr<CredentialSource> make_profile(ProfileFile file, WorkerPool& pool);

/// What is read from a profile file: the key, and for who resolves the target the project.
struct ProfileValues {
  AccessKey key;
  std::string project_id;
};
/// Pure. Error `invalid` with the line, or naming the section or the key that is missing.
Result<ProfileValues> read_profile(const std::string& text, const ProfileFile& file);

/// What to look at when IAM cannot be reached, or what answers is no IAM.
inline constexpr const char* kCheckIamEndpoint =
    "Check the IAM endpoint (HUAWEICLOUD_SDK_IAM_ENDPOINT, or spec.credentials.iam.endpoint in fgsync.yaml)";

/// An IAM user with a password, and an agency to act for if there is one (api: IAM token). `client` talks to the IAM
/// endpoint; borrowed. After a refusal IAM is not asked again for a quarter of an hour, unless the password's file has
/// changed: it locks users that fail too often.
struct IamLogin {
  std::string domain;
  std::string user;
  std::string password_file;
  std::string project_id;
  std::string agency_domain;  ///< empty: no agency
  std::string agency_name;
};
std::unique_ptr<CredentialSource> make_iam_login(http::HttpClient& client, IamLogin login, Clock& clock,
                                                 WorkerPool& pool, Logger log);
/// Temporary keys of the ECS metadata service, version 2 with a session token, else version 1. `client` talks to
/// http://169.254.169.254, never through a proxy; borrowed.
std::unique_ptr<CredentialSource> make_instance_metadata(http::HttpClient& client, Clock& clock, Logger log);

/// The most that the gateway takes when signed with an access key (api: size limits).
inline constexpr std::uint64_t kMaxSignedBytes = std::uint64_t{12} << 20U;

struct AuthenticationPorts {
  http::HttpClient& inner;
  http::Endpoint endpoint;  ///< of `inner`: its host and base path are signed
  Clock& clock;
  WorkerPool* pool = nullptr;  ///< hashes streamed bodies; without it that is done on the loop
  Logger log;
};

/// `inner`, with credentials. Used for all calls to one endpoint, so that what one learns holds for all:
///
/// * A credential is fetched once for all waiting callers, and again before it expires: five minutes, or a tenth of its
///   life if that is shorter. While the old one still holds nobody else waits for that, and a failure is only logged.
/// * A refusal of the credential as such (error_map: is_credential_refusal) makes one renewal for all callers; the
///   refused request is sent once more with the new credential, since it had no effect. Refused again, or not
///   renewable: every later call fails with `unauthorized` without being sent, until the source brings another
///   credential than the refused one, because more than five failures lock an access key (api: lock-out). The source is
///   asked at most once a second, and less and less often when what it brings is refused, too. The message says what to
///   check.
/// * The first request that is signed with a key goes alone; others wait until the gateway let it in, that is until the
///   service behind it answered.
/// * With a refusal the answer's Date is compared with our clock: when they are more than 5 minutes apart, the message
///   says by how much.
/// * A body that is too large to be signed goes with a token of `for_large_bodies`, if there is one, else fails with
///   `invalid`, the sizes and what to do.
///
/// All errors but those of `inner` have `request_sent` false, those after a refusal, too: it let nothing through, so
/// the request had no effect. A deadline or a cancellation ends a caller's wait, never another's.
std::unique_ptr<http::HttpClient> make_authenticated_client(
    AuthenticationPorts ports, std::unique_ptr<CredentialSource> source,
    std::unique_ptr<CredentialSource> for_large_bodies = nullptr);

}  // namespace fgsync::functiongraph
