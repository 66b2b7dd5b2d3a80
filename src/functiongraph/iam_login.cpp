// IAM locks a user after a few wrong passwords. So after a refusal it is not asked again before a while, unless the
// file holds another password by then.
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "functiongraph/authentication.hpp"
#include "functiongraph/codec_reader.hpp"
#include "functiongraph/credential_file.hpp"
#include "functiongraph/credential_issuer.hpp"
#include "functiongraph/refusal.hpp"
#include "functiongraph/timestamp.hpp"

namespace fgsync::functiongraph {
namespace {

using boost::asio::awaitable;
using nlohmann::json;

constexpr std::chrono::minutes kSamePasswordAgainAfter{15};
constexpr std::string_view kIssuer = "IAM";

bool has_agency(const IamLogin& login) {
  return !login.agency_name.empty();
}

/// Asks for a token, without the catalog of all services, which nobody reads.
http::Request token_request(const json& document) {
  http::Request request;
  request.method = http::Method::post;
  request.target = "/v3/auth/tokens?nocatalog=true";
  request.headers.emplace_back("Content-Type", "application/json;charset=utf8");
  request.body = document.dump();
  return request;
}

http::Request password_request(const IamLogin& login, const Secret& password) {
  json document;
  json& user = document["auth"]["identity"]["password"]["user"];
  user["name"] = login.user;
  user["domain"]["name"] = login.domain;
  user["password"] = password.reveal();
  document["auth"]["identity"]["methods"] = {"password"};
  // Before acting for an agency the user is only somebody of the own account: the project is another's.
  if (has_agency(login)) {
    document["auth"]["scope"]["domain"]["name"] = login.domain;
  } else {
    document["auth"]["scope"]["project"]["id"] = login.project_id;
  }
  http::Request request = token_request(document);
  Secret::wipe(user["password"].get_ref<std::string&>());
  return request;
}

http::Request agency_request(const IamLogin& login, const Token& user_token) {
  json document;
  json& identity = document["auth"]["identity"];
  identity["methods"] = {"assume_role"};
  identity["assume_role"]["domain_name"] = login.agency_domain;
  identity["assume_role"]["agency_name"] = login.agency_name;
  document["auth"]["scope"]["project"]["id"] = login.project_id;
  http::Request request = token_request(document);
  request.headers.emplace_back("X-Auth-Token", user_token.text.reveal());
  return request;
}

struct IssuedToken {
  Token token;
  std::string project_id;  ///< empty when its scope is no project
};

Result<IssuedToken> read_token(const http::Response& response) {
  IssuedToken issued{Token{Secret(std::string(http::find_header(response.headers, "X-Subject-Token"))), {}}, {}};
  auto document = ObjectReader::parse(response.body);
  if (!document) return fail(not_understood(kIssuer, document.error().message, kCheckIamEndpoint));
  if (issued.token.text.is_empty()) document->refuse("it has no X-Subject-Token");
  if (auto token = document->object_setting("token")) {
    issued.token.expires_at = parse_timestamp(token->text("expires_at"));
    if (auto project = token->object_setting("project")) issued.project_id = project->text("id");
  }
  if (!issued.token.expires_at) document->refuse("token.expires_at is no time");
  auto finished = document->finish(std::move(issued));
  if (!finished) return fail(not_understood(kIssuer, finished.error().message, kCheckIamEndpoint));
  return finished;
}

/// An agency takes two tokens.
enum class Step { log_in, assume_agency };

std::string what_to_check(const IamLogin& login, Step step, const http::Response& response) {
  const int status = response.status;
  const std::string user = "the user " + login.user + " of the account " + login.domain;
  const std::string project = "the project " + login.project_id;
  const bool is_no_iam = status < 400 || (status == 404 && !ObjectReader::parse(response.body));
  if (is_no_iam || status == 429 || status >= 500) return std::string(kCheckIamEndpoint);
  if (step == Step::assume_agency) {
    return "Check that the account " + login.agency_domain + " has an agency " + login.agency_name +
           " which trusts the account " + login.domain + " and has rights in " + project + ", and that " + user +
           " is an Agent Operator";
  }
  if (status == 401) {
    return "Check spec.credentials.iam in fgsync.yaml (" + user + ", the password in " + login.password_file +
           ") and that the user belongs to " + project;
  }
  return "Check the project id " + login.project_id + ", and that " + user + " may use the API and has rights there";
}

class IamLoginSource final : public CredentialSource {
 public:
  IamLoginSource(http::HttpClient& client, IamLogin login, Clock& clock, WorkerPool& pool, Logger log)
      : client_(client), login_(std::move(login)), clock_(clock), pool_(pool), log_(std::move(log)) {}

  awaitable<Result<Credential>> fetch(Deadline deadline) override {
    auto read = [path = login_.password_file] { return read_password_file(path); };
    const auto password = co_await offload(pool_, std::move(read));
    if (!password) co_return fail(password.error());
    if (is_known_to_be_refused(*password)) co_return fail(refused_->why);
    refused_.reset();
    auto token = co_await log_in(*password, deadline);
    if (!token) {
      if (token.error().kind == ErrorKind::unauthorized) refused_ = Refused{*password, token.error(), clock_.now()};
      co_return fail(std::move(token).error());
    }
    log_.info("token issued", {kv("credentials", description()), kv("expires_at", to_iso8601(*token->expires_at))});
    co_return std::move(*token);
  }
  [[nodiscard]] bool is_renewable() const override { return true; }
  [[nodiscard]] std::string description() const override {
    const std::string user = "IAM user " + login_.user + " of " + login_.domain;
    return has_agency(login_) ? user + " as agency " + login_.agency_name + " of " + login_.agency_domain : user;
  }

 private:
  struct Refused {
    Secret password;
    Error why;
    std::chrono::steady_clock::time_point at;
  };

  [[nodiscard]] bool is_known_to_be_refused(const Secret& password) const {
    return refused_ && refused_->password.reveal() == password.reveal() &&
           clock_.now() < refused_->at + kSamePasswordAgainAfter;
  }

  awaitable<Result<Token>> log_in(const Secret& password, Deadline deadline) {
    auto request = password_request(login_, password);
    auto issued = co_await ask(std::move(request), password, Step::log_in, deadline);
    if (issued && has_agency(login_)) {
      request = agency_request(login_, issued->token);
      const Secret user_token = issued->token.text;
      issued = co_await ask(std::move(request), user_token, Step::assume_agency, deadline);
    }
    if (!issued) co_return fail(with_context(std::move(issued).error(), "log in as " + description()));
    if (issued->project_id != login_.project_id) {
      const std::string theirs = issued->project_id.empty() ? "no project" : "the project " + issued->project_id;
      co_return fail(ErrorKind::invalid,
                     "IAM gave a token for " + theirs + " instead of " + login_.project_id + ": check the project id");
    }
    co_return std::move(issued->token);
  }

  /// `sent` is what the request holds that a refusal may repeat.
  awaitable<Result<IssuedToken>> ask(http::Request request, const Secret& sent, Step step, Deadline deadline) {
    auto response = co_await client_.send(std::move(request), deadline);
    if (!response) {
      hide(response.error().message, sent);
      co_return fail(std::move(response).error());
    }
    constexpr int kCreated = 201;
    if (response->status != kCreated) {
      hide_secret(*response, sent);
      co_return fail(refused_by(kIssuer, *response, what_to_check(login_, step, *response)));
    }
    co_return read_token(*response);
  }

  http::HttpClient& client_;
  IamLogin login_;
  Clock& clock_;
  WorkerPool& pool_;
  Logger log_;
  std::optional<Refused> refused_;
};

}  // namespace

std::unique_ptr<CredentialSource> make_iam_login(http::HttpClient& client, IamLogin login, Clock& clock,
                                                 WorkerPool& pool, Logger log) {
  return std::make_unique<IamLoginSource>(client, std::move(login), clock, pool, std::move(log));
}

}  // namespace fgsync::functiongraph
