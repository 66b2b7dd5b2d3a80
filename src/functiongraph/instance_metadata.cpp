#include <algorithm>
#include <optional>
#include <utility>

#include "functiongraph/authentication.hpp"
#include "functiongraph/codec_reader.hpp"
#include "functiongraph/credential_file.hpp"
#include "functiongraph/credential_issuer.hpp"
#include "functiongraph/timestamp.hpp"

namespace fgsync::functiongraph {
namespace {

using boost::asio::awaitable;

constexpr std::string_view kIssuer = "the metadata service (169.254.169.254)";
constexpr std::string_view kCheckAgency =
    "Check in the console that an agency with rights for FunctionGraph is bound to this machine";
// It is on the same host: what takes longer is not there.
constexpr std::chrono::seconds kLongestExchange{3};

tl::unexpected<Error> unclear(std::string_view why) {
  return fail(not_understood(kIssuer, why, kCheckAgency));
}

Result<SigningKey> read_key(const std::string& body) {
  auto document = ObjectReader::parse(body);
  if (!document) return unclear(document.error().message);
  auto credential = document->object_setting("credential");
  if (!credential) return unclear("it has no credential");
  SigningKey key;
  key.key = {credential->text("access"), Secret(credential->text("secret")), Secret(credential->text("securitytoken"))};
  key.expires_at = parse_timestamp(credential->text("expires_at"));
  if (!key.expires_at) document->refuse("credential.expires_at is no time");
  if (auto problem = document->first_problem()) return unclear(problem->message);
  auto checked = check_access_key(key.key, "credential");
  if (!checked) return unclear(checked.error().message);
  return key;
}

class InstanceMetadata final : public CredentialSource {
 public:
  InstanceMetadata(http::HttpClient& client, Clock& clock, Logger log)
      : client_(client), clock_(clock), log_(std::move(log)) {}

  awaitable<Result<Credential>> fetch(Deadline deadline) override {
    auto session = co_await open_session(deadline);
    if (!session) co_return fail(std::move(session).error());
    http::Request request;
    request.target = "/openstack/latest/securitykey";
    if (!session->is_empty()) request.headers.emplace_back("X-Metadata-Token", session->reveal());
    auto response = co_await exchange(std::move(request), deadline);
    if (!response) co_return fail(std::move(response).error());
    if (response->status != 200) co_return fail(refused_by(kIssuer, *response, kCheckAgency));
    auto key = read_key(response->body);
    if (!key) co_return fail(std::move(key).error());
    log_.info("temporary key issued",
              {kv("credentials", description()), kv("expires_at", to_iso8601(*key->expires_at))});
    co_return std::move(*key);
  }
  [[nodiscard]] bool is_renewable() const override { return true; }
  [[nodiscard]] std::string description() const override { return "the agency of this machine"; }

 private:
  /// The token of version 2, for this one reading; empty where there is only version 1.
  awaitable<Result<Secret>> open_session(Deadline deadline) {
    http::Request request;
    request.method = http::Method::put;
    request.target = "/meta-data/latest/api/token";
    request.headers.emplace_back("X-Metadata-Token-Ttl-Seconds", "60");
    auto response = co_await exchange(std::move(request), deadline);
    if (!response) co_return fail(std::move(response).error());
    const bool has_no_sessions = response->status == 404 || response->status == 405 || response->status == 503;
    if (has_no_sessions) co_return Secret();
    if (response->status != 200) co_return fail(refused_by(kIssuer, *response, kCheckAgency));
    Secret token(std::move(response->body));
    auto checked = check_credential_text(token, "the session token");
    if (!checked) co_return unclear(checked.error().message);
    co_return token;
  }

  awaitable<Result<http::Response>> exchange(http::Request request, Deadline deadline) {
    const Deadline earlier{std::min(deadline.at, clock_.in(kLongestExchange).at)};
    auto response = co_await client_.send(std::move(request), earlier);
    if (response) co_return response;
    co_return fail(with_context(std::move(response).error(), "ask the metadata service; only ECS machines have one"));
  }

  http::HttpClient& client_;
  Clock& clock_;
  Logger log_;
};

}  // namespace

std::unique_ptr<CredentialSource> make_instance_metadata(http::HttpClient& client, Clock& clock, Logger log) {
  return std::make_unique<InstanceMetadata>(client, clock, std::move(log));
}

}  // namespace fgsync::functiongraph
