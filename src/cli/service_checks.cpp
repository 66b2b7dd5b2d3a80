// Each check stands on those before it: without an answer of the endpoint nothing is known of the credentials, and
// after a refusal of the credentials nothing of the project. What was not looked at is `unknown`, never `ok`.
#include "cli/service_checks.hpp"

#include <algorithm>
#include <set>
#include <utility>
#include <variant>

#include "cli/service_access.hpp"
#include "cli/step_words.hpp"
#include "functiongraph/error_map.hpp"
#include "functiongraph/timestamp.hpp"
#include "plan/marker.hpp"

namespace fgsync::cli {
namespace {

using boost::asio::awaitable;
using functiongraph::FunctionRow;
using std::chrono::system_clock;

std::string in_words(std::chrono::seconds time) {
  constexpr std::chrono::seconds::rep kFew = 2;
  if (time < kFew * std::chrono::minutes(1)) return std::to_string(time.count()) + " s";
  if (time < kFew * std::chrono::hours(1)) {
    return std::to_string(std::chrono::duration_cast<std::chrono::minutes>(time).count()) + " min";
  }
  return std::to_string(std::chrono::duration_cast<std::chrono::hours>(time).count()) + " h";
}

Finding not_looked_at(std::string check, const std::string& why) {
  return {std::move(check), Health::unknown, "not looked at: " + why};
}

/// The clock, as against the one of whoever answered.
Finding judge_clock(const http::Response& answer, system_clock::time_point now) {
  const auto theirs = functiongraph::parse_http_date(http::find_header(answer.headers, "Date"));
  if (!theirs) return {"clock", Health::unknown, "the endpoint's answer does not say what time it is"};
  const auto ahead = std::chrono::duration_cast<std::chrono::seconds>(now - *theirs);
  const auto difference = std::chrono::abs(ahead);
  Finding finding{"clock", Health::ok, ""};
  constexpr std::chrono::seconds kNormal{30};
  constexpr std::chrono::minutes kMost{15};
  if (difference <= kNormal) {
    finding.text = "as the endpoint's, within " + std::to_string(kNormal.count()) + " s";
    return finding;
  }
  finding.health = difference >= kMost ? Health::failed : Health::warning;
  finding.text = in_words(difference) + (ahead.count() > 0 ? " ahead of" : " behind") +
                 " the endpoint's; a signature may be 15 min off at most";
  finding.next = "set this machine's clock, for example with timedatectl set-ntp true";
  return finding;
}

struct Expiry {
  std::string kind;
  std::optional<system_clock::time_point> at;
};

Expiry expiry_of(const functiongraph::Credential& credential) {
  if (const auto* token = std::get_if<functiongraph::Token>(&credential)) return {"a token", token->expires_at};
  if (const auto* key = std::get_if<functiongraph::SigningKey>(&credential)) {
    return {key->key.security_token.is_empty() ? "an access key" : "a temporary access key", key->expires_at};
  }
  return {"none", std::nullopt};
}

Finding judge_credential(const functiongraph::Credential& credential, const std::string& origin,
                         system_clock::time_point now) {
  if (std::holds_alternative<functiongraph::NoCredentials>(credential)) {
    return {"credentials", Health::ok, "none, which a service on this machine may allow"};
  }
  const Expiry expiry = expiry_of(credential);
  Finding finding{"credentials", Health::ok, expiry.kind + " from " + origin};
  if (!expiry.at) {
    const bool is_token = std::holds_alternative<functiongraph::Token>(credential);
    finding.text += is_token ? "; it does not tell when it expires (24 h after it was made at the latest)"
                             : "; nothing says that it expires";
    return finding;
  }
  const auto left = std::chrono::duration_cast<std::chrono::seconds>(*expiry.at - now);
  if (left.count() <= 0) {
    finding.health = Health::failed;
    finding.text += " expired at " + to_iso8601(*expiry.at);
    finding.next = "get new ones";
    return finding;
  }
  finding.text += ", expires in " + in_words(left);
  return finding;
}

/// Whether this is the project that the state knows: many functions that are gone at once speak against it.
Finding judge_project(const std::vector<FunctionRow>& rows, const std::optional<state::Snapshot>& snapshot,
                      const ServiceCheckInputs& inputs) {
  std::set<std::string> names;
  std::size_t ours = 0;
  for (const FunctionRow& row : rows) {
    names.insert(row.name);
    if (plan::split_owner(row.description).marker == inputs.source_id) ++ours;
  }
  Finding finding{"functions", Health::ok,
                  plural(rows.size(), "function") + ", " + std::to_string(ours) + " with the mark of this source"};
  if (!snapshot) return finding;
  const auto& known = snapshot->inventory;
  const auto there = static_cast<std::size_t>(
      std::count_if(known.begin(), known.end(), [&names](const auto& entry) { return names.contains(entry.name); }));
  if (there == known.size()) return finding;
  constexpr std::size_t kEnoughToJudge = 4;
  constexpr std::size_t kPercent = 100;
  constexpr std::size_t kLeastPercent = 70;
  const bool is_wrong = known.size() >= kEnoughToJudge && there * kPercent < known.size() * kLeastPercent;
  finding.health = is_wrong ? Health::failed : Health::warning;
  finding.text += "; of " + std::to_string(known.size()) + " that the state knows, " +
                  std::to_string(known.size() - there) + " are not there";
  finding.next =
      is_wrong ? "check project and region: a sync would be blocked as wrong_project" : "fgsync plan shows which";
  return finding;
}

Finding judge_quotas(const std::vector<functiongraph::Quota>& quotas) {
  constexpr std::int64_t kPercent = 100;
  constexpr std::int64_t kHigh = 90;
  Finding finding{"quotas", Health::ok, ""};
  for (const functiongraph::Quota& quota : quotas) {
    const bool is_shown = quota.type == "fgs_func_num" || quota.type == "fgs_func_code_size";
    const bool is_high = quota.quota > 0 && quota.used * kPercent >= quota.quota * kHigh;
    if (!is_shown && !is_high) continue;
    finding.text += (finding.text.empty() ? "" : ", ") + quota.type + " " + std::to_string(quota.used) + " of " +
                    std::to_string(quota.quota) + (quota.unit.empty() ? "" : " " + quota.unit);
    if (!is_high) continue;
    finding.health = Health::warning;
    finding.next = "raise the quota, or delete functions: new ones are refused when it is used up";
  }
  if (finding.text.empty()) finding.text = plural(quotas.size(), "quota") + ", none of them nearly used up";
  return finding;
}

/// What a person can do when functions cannot be listed.
std::string after_refused_list(const Error& error) {
  if (functiongraph::is_credential_refusal(error) || error.kind == ErrorKind::unauthorized) {
    return "give credentials of this project that may list its functions (functiongraph:function:list), or correct "
           "--project-id and --region";
  }
  return "run fgsync doctor again; if it stays, check --endpoint, --project-id and --region";
}

class ServiceChecks {
 public:
  ServiceChecks(ServiceCheckInputs inputs, AccessPorts ports) : inputs_(std::move(inputs)), ports_(std::move(ports)) {}

  awaitable<Findings> run() {
    co_await check_endpoint();
    const bool is_reached = findings_.front().health == Health::ok;
    const bool is_known = co_await check_credentials(is_reached);
    if (is_known) {
      co_await check_rights();
    } else {
      skip(is_reached ? "there are no credentials to ask with" : "the endpoint did not answer");
    }
    co_return std::move(findings_);
  }

 private:
  [[nodiscard]] Deadline soon() const { return ports_.clock.in(inputs_.patience); }

  void skip(const std::string& why) {
    for (const char* check : {"rights", "functions", "quotas"}) findings_.push_back(not_looked_at(check, why));
  }

  void fail_endpoint(const Error& error, std::string next = "") {
    findings_.push_back({"endpoint", Health::failed, error.describe(), std::move(next)});
    findings_.push_back(not_looked_at("clock", "the endpoint did not answer"));
  }

  /// Without credentials: any answer tells that the way is there.
  awaitable<void> check_endpoint() {
    if (inputs_.connection_error) co_return fail_endpoint(*inputs_.connection_error);
    auto access = open_access(inputs_.connection, ports_);
    if (!access) co_return fail_endpoint(access.error());
    access_ = std::move(*access);
    http::Request request;
    request.target = inputs_.connection.endpoint.base_path + "/";
    const auto started = ports_.clock.now();
    auto answer = co_await access_->transport->send(std::move(request), soon());
    if (!answer) {
      co_return fail_endpoint(answer.error(), "correct --endpoint or the region, or the network between");
    }
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(ports_.clock.now() - started);
    const bool is_plain = inputs_.connection.endpoint.scheme == http::Endpoint::Scheme::http;
    Finding finding{"endpoint", Health::ok, ""};
    finding.text = inputs_.connection.endpoint.to_string() + " answers in " + std::to_string(took.count()) + " ms" +
                   (is_plain ? ", without TLS, on this machine" : ", its certificate is trusted") +
                   (inputs_.connection.proxy ? ", through the proxy " + inputs_.connection.proxy->to_string() : "");
    findings_.push_back(std::move(finding));
    findings_.push_back(judge_clock(*answer, ports_.clock.wall_now()));
  }

  /// Whether there are some that can be tried.
  awaitable<bool> check_credentials(bool may_ask) {
    if (inputs_.credential_error) {
      findings_.push_back({"credentials", Health::failed, inputs_.credential_error->describe()});
      co_return false;
    }
    if (!may_ask || !access_) {
      findings_.push_back(not_looked_at("credentials", "the endpoint did not answer"));
      co_return false;
    }
    auto opened = open_credentials(inputs_.connection, ports_);
    if (!opened) {
      findings_.push_back({"credentials", Health::failed, opened.error().describe()});
      co_return false;
    }
    auto credential = co_await (*opened)->source->fetch(soon());
    if (!credential) {
      findings_.push_back({"credentials", Health::failed, credential.error().describe()});
      co_return false;
    }
    findings_.push_back(judge_credential(*credential, (*opened)->source->description(), ports_.clock.wall_now()));
    co_return findings_.back().health != Health::failed;
  }

  awaitable<void> check_rights() {
    functiongraph::FunctionFilter filter;
    filter.is_brief = true;
    auto rows = co_await access_->service->list_functions(std::move(filter), soon());
    if (!rows) {
      findings_.push_back({"rights", Health::failed, rows.error().describe(), after_refused_list(rows.error())});
      findings_.push_back(not_looked_at("functions", "they cannot be listed"));
      findings_.push_back(not_looked_at("quotas", "functions cannot be listed"));
      co_return;
    }
    findings_.push_back(
        {"rights", Health::ok,
         "may list functions of project " + inputs_.connection.project_id + "; what else it may, only doing it tells"});
    findings_.push_back(judge_project(*rows, inputs_.snapshot, inputs_));
    auto quotas = co_await access_->service->list_quotas(soon());
    if (quotas) {
      findings_.push_back(judge_quotas(*quotas));
    } else {
      findings_.push_back({"quotas", Health::unknown, quotas.error().describe()});
    }
  }

  ServiceCheckInputs inputs_;
  AccessPorts ports_;
  std::unique_ptr<ServiceAccess> access_;
  Findings findings_;
};

}  // namespace

awaitable<Findings> check_service(ServiceCheckInputs inputs, boost::asio::any_io_executor executor, WorkerPool& pool,
                                  Clock& clock) {
  Logger log = inputs.log;
  AccessPorts ports{std::move(executor), pool, clock, std::move(log)};
  ServiceChecks checks(std::move(inputs), std::move(ports));
  co_return co_await checks.run();
}

}  // namespace fgsync::cli
