#include "cli/pinger.hpp"

#include <utility>

#include "config/environment.hpp"

namespace fgsync::cli {

Pinger::Pinger(std::unique_ptr<http::HttpClient> client, std::string target, Clock& clock, Logger log)
    : client_(std::move(client)), target_(std::move(target)), clock_(clock), log_(std::move(log)) {}

Result<std::unique_ptr<Pinger>> Pinger::open(const std::string& url, boost::asio::any_io_executor executor,
                                             Clock& clock, WorkerPool& pool, Logger log) {
  const auto host = url.find("://") + 3;
  const auto path = url.find_first_of("/?", host);
  auto endpoint = http::parse_endpoint(url.substr(0, path));
  if (!endpoint) return fail(with_context(std::move(endpoint).error(), "spec.ping_url"));
  std::string target = path == std::string::npos ? "/" : url.substr(path);
  if (target.front() == '?') target.insert(0, "/");
  http::ClientOptions options;
  options.pool = &pool;
  options.advice = "Check spec.ping_url";
  const auto variable = [environment = config::process_environment()](const char* name) { return environment(name); };
  auto proxy = http::proxy_of(*endpoint, variable);
  if (!proxy) return fail(std::move(proxy).error());
  options.proxy = std::move(*proxy);
  auto client = http::make_beast_client(std::move(executor), std::move(*endpoint), std::move(options));
  if (!client) return fail(std::move(client).error());
  return std::unique_ptr<Pinger>(new Pinger(std::move(*client), std::move(target), clock, std::move(log)));
}

boost::asio::awaitable<void> Pinger::ping() {
  constexpr std::chrono::milliseconds kPatience{10'000};
  if (is_under_way_) co_return;
  is_under_way_ = true;
  http::Request request;
  request.target = target_;
  auto answer = co_await client_->send(std::move(request), clock_.in(kPatience));
  is_under_way_ = false;
  if (!answer) {
    log_.warn("ping failed", {kv("error", answer.error().describe())});
  } else if (answer->status / 100 != 2) {
    log_.warn("ping was refused", {kv("status", answer->status)});
  } else {
    log_.debug("ping sent", {kv("status", answer->status)});
  }
}

}  // namespace fgsync::cli
