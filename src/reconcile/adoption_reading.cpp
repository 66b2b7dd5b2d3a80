// What is read of a function that is taken over: the settings of latest, versions, aliases, what has calls of its own,
// what calls it, and the code.
#include <algorithm>
#include <utility>

#include "base/worker_pool.hpp"
#include "package/unpack.hpp"
#include "reconcile/adopted_code.hpp"
#include "reconcile/adoption.hpp"
#include "reconcile/outcome.hpp"

namespace fgsync::reconcile {
namespace {

using boost::asio::awaitable;
using functiongraph::FunctionUrn;
using Kind = manifest::Code::Kind;

constexpr std::size_t kDigestDigits = 128;  // of SHA-512

/// Refused for good: the function can be described all the same.
bool is_refusal(const Error& error) {
  const bool is_forbidden = error.kind == ErrorKind::unauthorized && error.remote && error.remote->http_status == 403;
  return error.kind == ErrorKind::invalid || error.kind == ErrorKind::not_found || error.kind == ErrorKind::conflict ||
         is_forbidden;
}

/// What a service's link leads to.
struct Link {
  http::Endpoint endpoint;
  std::string target;
};

/// The query is a signature: it stands in no message.
Result<Link> parse_link(const std::string& text) {
  const std::size_t scheme = text.find("://");
  const std::size_t path = scheme == std::string::npos ? scheme : text.find('/', scheme + 3);
  if (path == std::string::npos) {
    return fail(ErrorKind::invalid, "the service answered a link to the code that is none");
  }
  auto endpoint = http::parse_endpoint(text.substr(0, path));
  if (!endpoint) return fail(with_context(std::move(endpoint).error(), "the link to the code"));
  const std::string target = text.substr(path);
  const bool is_clean = std::all_of(target.begin(), target.end(), [](char c) { return c > ' ' && c < 0x7F; });
  if (!is_clean) return fail(ErrorKind::invalid, "the service answered a link to the code that is none");
  return Link{std::move(*endpoint), target.substr(0, target.find('#'))};
}

Error bad_download(const Link& link, int status) {
  const std::string what =
      "the code's download from " + link.endpoint.to_string() + " was answered " + std::to_string(status);
  constexpr int kServerError = 500;
  return {status >= kServerError ? ErrorKind::transient : ErrorKind::invalid, what};
}

}  // namespace

awaitable<bool> Adopter::may_try_again(Error error, int failures) {
  const Next next = next_after_read(error, failures, Backoff{}, random_);
  if (next.kind == Next::Kind::stop) co_return false;
  ports_.log.warn("waiting to read again", {kv("error", error.describe()), kv("wait_ms", next.wait.count())});
  co_await ports_.clock.sleep_until(ports_.clock.now() + next.wait);
  co_return true;
}

awaitable<Result<std::vector<functiongraph::FunctionRow>>> Adopter::list() {
  functiongraph::FunctionFilter all;
  all.is_brief = true;
  for (int failures = 1;; ++failures) {
    auto rows = co_await ports_.service.list_functions(all, ports_.clock.in(settings_.call_timeout));
    if (rows) co_return rows;
    if (!co_await may_try_again(rows.error(), failures)) co_return rows;
  }
}

awaitable<Result<plan::ObservedFunction>> Adopter::observe(FunctionUrn urn) {
  for (int failures = 1;; ++failures) {
    auto observed = co_await observe_once(urn);
    if (observed) co_return observed;
    if (!co_await may_try_again(observed.error(), failures)) co_return observed;
  }
}

awaitable<Result<plan::ObservedFunction>> Adopter::observe_once(FunctionUrn urn) {
  const Deadline deadline = ports_.clock.in(settings_.call_timeout);
  auto detail = co_await ports_.service.show_config(urn, deadline);
  if (!detail) co_return fail(std::move(detail).error());
  auto versions = co_await ports_.service.list_versions(urn, deadline);
  if (!versions) co_return fail(std::move(versions).error());
  plan::ObservedFunction observed{std::move(*detail), std::move(*versions), {}};
  auto aliases = co_await observe_aliases(urn, observed, deadline);
  if (!aliases) co_return fail(std::move(aliases).error());
  auto tags = co_await ports_.service.list_tags(urn, deadline);
  if (!tags) co_return fail(std::move(tags).error());
  observed.tags = std::move(tags->tags);
  auto async = co_await ports_.service.show_async_config(urn, deadline);
  if (!async) co_return fail(std::move(async).error());
  observed.async_config = std::move(*async);
  auto reserved = co_await ports_.service.list_reserved_instances(urn, deadline);
  if (!reserved) co_return fail(std::move(reserved).error());
  observed.reserved_instances = std::move(*reserved);
  co_return observed;
}

/// Lists leave strategies out.
awaitable<Result<void>> Adopter::observe_aliases(FunctionUrn urn, plan::ObservedFunction& observed, Deadline deadline) {
  auto listed = co_await ports_.service.list_aliases(urn, deadline);
  if (!listed) co_return fail(std::move(listed).error());
  for (const functiongraph::Alias& row : *listed) {
    auto name = functiongraph::AliasUrn::of(urn, row.name);
    if (!name) co_return fail(std::move(name).error());
    auto alias = co_await ports_.service.show_alias(std::move(*name), deadline);
    if (!alias) co_return fail(std::move(alias).error());
    observed.aliases.push_back(std::move(*alias));
  }
  co_return Result<void>();
}

/// Manifests have no triggers: what calls the function is told, so that nobody takes the manifest for all there is.
awaitable<Result<std::vector<std::string>>> Adopter::trigger_remarks(const plan::ObservedFunction& observed) const {
  std::vector<std::string> remarks;
  if (ports_.triggers == nullptr) co_return remarks;
  const FunctionUrn urn = observed.detail.row.urn;
  std::vector<std::pair<std::string, functiongraph::QualifiedUrn>> places{{"latest", urn}};
  for (const functiongraph::Alias& alias : observed.aliases) {
    auto name = functiongraph::AliasUrn::of(urn, alias.name);
    if (name) places.emplace_back("the alias " + alias.name, *name);
  }
  for (const functiongraph::Version& version : observed.versions) {
    auto name = functiongraph::VersionUrn::of(urn, version.name);
    if (name) places.emplace_back("the version " + version.name, *name);
  }
  for (const auto& [place, qualified] : places) {
    auto triggers = co_await ports_.triggers->list_triggers(qualified, ports_.clock.in(settings_.call_timeout));
    if (!triggers) co_return fail(std::move(triggers).error());
    std::string kinds;
    for (const functiongraph::Trigger& trigger : *triggers) kinds += (kinds.empty() ? "" : ", ") + trigger.type_code;
    if (!kinds.empty()) remarks.push_back("the triggers of " + place + " (" + kinds + ")");
  }
  co_return remarks;
}

awaitable<Result<Adopter::Code>> Adopter::fetch_code(const plan::ObservedFunction& observed) {
  const auto& row = observed.detail.row;
  const auto& facts = *row.facts;
  Code code;
  code.named.place = kAdoptedCode;
  const bool has_digest = row.digest.hex.size() == kDigestDigits;
  const auto& image = observed.detail.config.custom_image;
  if (facts.code_type == "Custom-Image-Swr" || (image && image->enabled)) {
    code.named.kind = Kind::image;
    code.named.place = image ? image->image : "";
    if (!code.named.place.empty()) co_return code;
    co_return fail(ErrorKind::invalid, "it runs an image, and the service does not tell which");
  }
  if (facts.code_type == "obs") {
    code.named.kind = Kind::obs;
    code.named.place = facts.code_url;
    code.named.digest = row.digest.hex;
    if (!facts.code_url.empty() && has_digest) co_return code;
    co_return fail(ErrorKind::invalid, "its code is an object, and the service does not tell which");
  }
  if (!has_digest) {
    code.named.missing = "there is no digest by which it could be recognised";
    co_return code;
  }
  auto bytes = co_await export_code(row.urn, row.digest);
  if (bytes) {
    code.bytes = std::move(*bytes);
  } else if (is_refusal(bytes.error())) {
    code.named.missing = bytes.error().describe();
  } else {
    co_return fail(std::move(bytes).error());
  }
  co_return code;
}

awaitable<Result<std::string>> Adopter::export_code(FunctionUrn urn, RemoteDigest digest) {
  for (int failures = 1;; ++failures) {
    auto bytes = co_await export_once(urn, digest);
    if (bytes) co_return bytes;
    if (!co_await may_try_again(bytes.error(), failures)) co_return bytes;
  }
}

/// The documents contradict each other about what an export answers: whatever it is, the digest tells what the code is.
awaitable<Result<std::string>> Adopter::export_once(FunctionUrn urn, RemoteDigest digest) {
  functiongraph::ExportRequest by_type;
  by_type.type = "code";
  auto exported =
      co_await ports_.service.export_function(urn, std::move(by_type), ports_.clock.in(settings_.upload_timeout));
  if (!exported && exported.error().kind == ErrorKind::invalid) {
    exported = co_await ports_.service.export_function(urn, ports_.clock.in(settings_.upload_timeout));
  }
  if (!exported) co_return fail(std::move(exported).error());
  std::string bytes = std::move(exported->package);
  if (bytes.empty()) {
    auto downloaded = co_await download(std::move(exported->link));
    if (!downloaded) co_return fail(std::move(downloaded).error());
    bytes = std::move(*downloaded);
  }
  auto find = [bytes = std::move(bytes), digest]() mutable -> Result<std::string> {
    if (sha512_hex(bytes) == digest.hex) return std::move(bytes);
    if (bytes.starts_with("PK")) {
      auto entry = package::find_entry(bytes, digest);
      if (entry || entry.error().kind == ErrorKind::corrupt) return entry;
    }
    return fail(ErrorKind::conflict, "what was exported is not the code that the service lists, by its digest");
  };
  co_return co_await offload(ports_.pool, std::move(find));
}

awaitable<Result<std::string>> Adopter::download(std::string text) {
  auto link = parse_link(text);
  if (!link) co_return fail(std::move(link).error());
  auto client = connect_(link->endpoint);
  if (!client) co_return fail(std::move(client).error());
  http::Request request;
  request.target = link->target;
  const Deadline deadline = ports_.clock.in(settings_.upload_timeout);
  auto response = co_await (*client)->send(std::move(request), deadline);
  if (!response) co_return fail(with_context(std::move(response).error(), "the code's download"));
  constexpr int kFine = 200;
  if (response->status != kFine) {
    Error error = bad_download(*link, response->status);
    error.remote = RemoteFacts{response->status, "", "", std::nullopt};
    co_return fail(std::move(error));
  }
  co_return std::move(response->body);
}

}  // namespace fgsync::reconcile
