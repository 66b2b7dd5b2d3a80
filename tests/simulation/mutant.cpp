#include "tests/simulation/mutant.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "tests/support/all_bytes.hpp"

namespace fgsync::simulation {
namespace {

using http::Method;
using nlohmann::json;

constexpr std::array<std::string_view, 10> kNames{
    "none",           "republish", "alias_gap",   "hidden_version", "forgotten_intents",
    "forgotten_mark", "no_cap",    "early_prune", "wrong_target",   "extra_step"};

bool is_call(const http::Request& request, Method method, std::string_view part) {
  return request.method == method && request.target.find(part) != std::string::npos;
}

}  // namespace

std::string_view name_of(Mutant mutant) {
  return kNames.at(static_cast<std::size_t>(mutant));
}

std::optional<Mutant> mutant_named(std::string_view name) {
  const auto found = std::find(kNames.begin(), kNames.end(), name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<Mutant>(found - kNames.begin());
}

boost::asio::awaitable<Result<http::Response>> MutantClient::send(http::Request request, Deadline deadline) {
  request = test::as_received(std::move(request));
  if (mutant_ == Mutant::republish && is_call(request, Method::post, "/versions")) {
    co_return co_await publish(std::move(request), deadline);
  }
  if (mutant_ == Mutant::alias_gap && is_call(request, Method::put, "/aliases/")) {
    co_return co_await move_alias(std::move(request), deadline);
  }
  if (mutant_ == Mutant::forgotten_mark && is_call(request, Method::put, "/config")) {
    auto body = json::parse(request.body);
    body["description"] = "";
    request.body = body.dump();
  }
  if (mutant_ == Mutant::wrong_target && is_call(request, Method::put, "/aliases/")) {
    auto body = json::parse(request.body);
    body["version"] = "latest";
    body.erase("additional_version_weights");
    request.body = body.dump();
  }
  const bool is_list = is_call(request, Method::get, "/versions");
  auto response = co_await inner_.send(std::move(request), deadline);
  if (mutant_ == Mutant::hidden_version && is_list && response && response->status == 200) {
    auto body = json::parse(response->body, nullptr, false);
    if (body.is_object() && body["versions"].size() > 1) {
      body["versions"].erase(body["versions"].size() - 1);
      body["count"] = body["versions"].size();
      response->body = body.dump();
    }
  }
  co_return response;
}

boost::asio::awaitable<Result<http::Response>> MutantClient::publish(http::Request request, Deadline deadline) {
  auto response = co_await inner_.send(request, deadline);
  if (response && response->status < 500) co_return response;
  auto body = json::parse(request.body);
  body["version"] = body["version"].get<std::string>() + "-again";
  request.body = body.dump();
  co_return co_await inner_.send(std::move(request), deadline);
}

boost::asio::awaitable<Result<http::Response>> MutantClient::move_alias(http::Request request, Deadline deadline) {
  http::Request removal = request;
  removal.method = Method::del;
  removal.body.clear();
  auto removed = co_await inner_.send(std::move(removal), deadline);
  auto body = json::parse(request.body);
  const auto slash = request.target.rfind('/');
  body["name"] = request.target.substr(slash + 1);
  request.target.resize(slash);
  request.method = Method::post;
  request.body = body.dump();
  co_return co_await inner_.send(std::move(request), deadline);
}

}  // namespace fgsync::simulation
