#include "tests/simulation/remote.hpp"

#include <array>

namespace fgsync::simulation {
namespace {

using nlohmann::json;

constexpr std::string_view kProject = "/v2/p1";
constexpr std::string_view kUrn = "urn:fss:cn-north-4:p1:function:default:";

std::string text_in(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// No variables are sometimes an empty object.
std::string user_data_in(const json& object) {
  const std::string text = text_in(object, "user_data");
  return text == "{}" ? "" : text;
}

/// The part of a target behind the URN's function name, and that name before it.
struct Target {
  std::string function;
  std::string rest;  ///< `:v1`, `/aliases/prod`
};

Target target_of(const std::string& path) {
  const auto at = path.find(kUrn);
  if (at == std::string::npos) return {"", path};
  const auto start = at + kUrn.size();
  const auto end = path.find_first_of(":/?", start);
  if (end == std::string::npos) return {path.substr(start), ""};
  return {path.substr(start, end - start), path.substr(end)};
}

Operation named(Operation::Kind kind, std::string function, std::string name = "") {
  return Operation{kind, std::move(function), std::move(name)};
}

}  // namespace

std::optional<json> Remote::send(http::Method method, const std::string& path, const json& body) {
  http::Request request;
  request.method = method;
  request.target = std::string(kProject) + path;
  if (!body.is_null()) request.body = body.dump();
  const http::Response response = service_.handle(request, clock_.wall_now());
  if (response.status >= 300) return std::nullopt;
  return response.body.empty() ? json::object() : json::parse(response.body);
}

std::optional<RemoteFunction> Remote::find(const std::string& name) {
  const auto config = send(http::Method::get, path_of(name, "/config"));
  if (!config) return std::nullopt;
  RemoteFunction function;
  function.digest = text_in(*config, "digest");
  function.handler = text_in(*config, "handler");
  function.description = text_in(*config, "description");
  function.user_data = user_data_in(*config);
  function.memory = config->value("memory_size", 0);
  function.timeout = config->value("timeout", 0);
  if (const auto strategy = config->find("strategy_config"); strategy != config->end() && strategy->is_object()) {
    function.instances = strategy->value("concurrency", -1);
  }
  const auto versions = send(http::Method::get, path_of(name, "/versions"));
  for (const json& row : (*versions)["versions"]) {
    const std::string version = text_in(row, "version");
    if (version == "latest") continue;
    function.versions[version] = {text_in(row, "digest"), row.value("memory_size", 0), user_data_in(row)};
  }
  const auto aliases = send(http::Method::get, path_of(name, "/aliases"));
  for (const json& row : *aliases) {
    RemoteAlias alias{text_in(row, "version"), {}};
    const auto weights = row.find("additional_version_weights");
    if (weights != row.end() && weights->is_object()) {
      for (const auto& [version, percent] : weights->items()) alias.weights[version] = percent.get<int>();
    }
    function.aliases[text_in(row, "name")] = std::move(alias);
  }
  return function;
}

std::map<std::string, std::string> Remote::tags_of(const std::string& name) {
  std::map<std::string, std::string> tags;
  const auto answer = send(http::Method::get, "/functions/" + urn_of(name) + "/tags");
  if (!answer) return tags;
  for (const json& tag : answer->value("tags", json::array())) tags[text_in(tag, "key")] = text_in(tag, "value");
  return tags;
}

std::optional<int> Remote::async_age_of(const std::string& name) {
  const auto answer = send(http::Method::get, path_of(name, "/async-invoke-config"));
  if (!answer || !answer->contains("max_async_event_age_in_seconds")) return std::nullopt;
  return (*answer)["max_async_event_age_in_seconds"].get<int>();
}

std::vector<std::string> Remote::names() {
  std::vector<std::string> names;
  const auto answer = send(http::Method::get, "/fgs/functions?maxitems=400");
  for (const json& row : (*answer)["functions"]) names.push_back(text_in(row, "func_name"));
  return names;
}

std::string Operation::effect() const {
  constexpr std::array<std::string_view, 13> kNames{
      "create",       "code",           "config",          "instances", "publish", "alias", "alias",
      "delete alias", "delete version", "delete function", "tags",      "async",   "other"};
  const std::string text(kNames.at(static_cast<std::size_t>(kind)));
  return name.empty() ? text : text + " " + name;
}

std::string function_of(const http::Request& request) {
  return target_of(request.target).function;
}

std::optional<Operation> operation_of(const http::Request& request) {
  using Kind = Operation::Kind;
  using http::Method;
  if (request.method == Method::get) return std::nullopt;
  const Target target = target_of(request.target);
  const auto body = json::parse(request.body, nullptr, false);
  const auto in_body = [&body](const char* key) { return body.is_object() ? text_in(body, key) : std::string(); };
  if (target.function.empty()) {
    const bool creates = request.method == Method::post && request.target.starts_with("/v2/p1/fgs/functions");
    return named(creates ? Kind::create : Kind::other, in_body("func_name"));
  }
  const std::string& rest = target.rest;
  constexpr std::string_view kAliases = "/aliases/";
  if (rest.starts_with(kAliases)) {
    return named(request.method == Method::del ? Kind::delete_alias : Kind::update_alias, target.function,
                 rest.substr(kAliases.size()));
  }
  if (rest == "/code") return named(Kind::code, target.function);
  if (rest == "/config") return named(Kind::config, target.function);
  if (rest == "/config-max-instance") return named(Kind::instances, target.function);
  if (rest == "/versions") return named(Kind::publish, target.function, in_body("version"));
  if (rest == "/aliases") return named(Kind::create_alias, target.function, in_body("name"));
  if (rest.starts_with("/tags/")) return named(Kind::tags, target.function);
  if (rest == "/async-invoke-config") return named(Kind::async, target.function);
  if (request.method == Method::del && rest.empty()) return named(Kind::delete_function, target.function);
  if (request.method == Method::del && rest.starts_with(":!")) {
    return named(Kind::delete_alias, target.function, rest.substr(2));
  }
  if (request.method == Method::del && rest.starts_with(":") && rest.find('/') == std::string::npos) {
    return named(Kind::delete_version, target.function, rest.substr(1));
  }
  return named(Kind::other, target.function, rest);
}

}  // namespace fgsync::simulation
