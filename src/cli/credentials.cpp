#include "cli/credentials.hpp"

#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include "functiongraph/regions.hpp"

namespace fgsync::cli {
namespace {

using config::Environment;
using Choice = std::optional<std::string>;

constexpr const char* kAk = "HUAWEICLOUD_SDK_AK";
constexpr const char* kSk = "HUAWEICLOUD_SDK_SK";
constexpr const char* kSecurityToken = "HUAWEICLOUD_SDK_SECURITY_TOKEN";
constexpr const char* kProfileVariable = "HUAWEICLOUD_SDK_CREDENTIALS_FILE";

bool is_one_word(const std::string& text) {
  return std::none_of(text.begin(), text.end(), [](char c) { return c < '!' || c > '~'; });
}

tl::unexpected<Error> refuse_value(const std::string& name) {
  return fail(ErrorKind::invalid, "the value of " + name +
                                      " holds characters that no token or key has; it must be one line without "
                                      "blanks");
}

/// What the environment gives; nothing when it gives none.
Result<std::optional<CredentialChoice>> given_by(const Environment& environment) {
  if (Choice token = environment("FGSYNC_TOKEN")) {
    if (!is_one_word(*token)) return refuse_value("FGSYNC_TOKEN");
    return CredentialChoice(GivenToken{Secret(*std::move(token))});
  }
  Choice id = environment(kAk);
  Choice secret = environment(kSk);
  Choice security_token = environment(kSecurityToken);
  if (!id && !secret) return std::nullopt;
  if (!id || !secret) {
    const std::string given = id ? kAk : kSk;
    const std::string missing = id ? kSk : kAk;
    return fail(ErrorKind::invalid, given + " is set, " + missing + " is not: an access key needs both");
  }
  for (const auto& [name, value] :
       {std::pair(kAk, id), std::pair(kSk, secret), std::pair(kSecurityToken, security_token)}) {
    if (value && !is_one_word(*value)) return refuse_value(name);
  }
  functiongraph::AccessKey key;
  key.id = *std::move(id);
  key.secret = Secret(*std::move(secret));
  key.security_token = Secret(std::move(security_token).value_or(""));
  return CredentialChoice(GivenKey{std::move(key)});
}

CredentialChoice configured(const config::Credentials& credentials) {
  return std::visit([](const auto& choice) { return CredentialChoice(choice); }, credentials);
}

/// The profile file of the SDKs, when somebody named it or has one.
std::optional<CredentialChoice> usual_profile(const Environment& environment, const http::Endpoint& endpoint) {
  const bool is_named = environment(kProfileVariable).has_value();
  if (!is_named && endpoint.is_loopback()) return std::nullopt;
  config::Profile profile = resolve_profile({}, environment);
  std::error_code unreadable;
  const bool is_there = std::filesystem::exists(profile.file.value_or(""), unreadable);
  if (!is_named && !is_there) return std::nullopt;
  return CredentialChoice(std::move(profile));
}

struct NamedFile {
  std::string what;
  std::string path;
};

std::vector<NamedFile> files_of(const CredentialChoice& choice) {
  if (const auto* token = std::get_if<config::TokenFile>(&choice)) return {{"token file", token->path}};
  if (const auto* profile = std::get_if<config::Profile>(&choice))
    return {{"profile file", profile->file.value_or("")}};
  if (const auto* user = std::get_if<config::IamUser>(&choice)) return {{"password file", user->password_file}};
  if (const auto* key = std::get_if<config::AccessKey>(&choice)) {
    std::vector<NamedFile> files{{"file of the access key's id", key->ak_file},
                                 {"file of the secret key", key->sk_file}};
    if (key->security_token_file) files.push_back({"file of the security token", *key->security_token_file});
    return files;
  }
  return {};
}

/// A file that is missing is the mistake of a person, and better said now than once for every function.
Result<void> are_readable(const CredentialChoice& choice) {
  for (const NamedFile& file : files_of(choice)) {
    if (::access(file.path.c_str(), R_OK) == 0) continue;
    return fail(ErrorKind::invalid,
                "cannot read the " + file.what + " " + file.path + ": " + std::generic_category().message(errno));
  }
  return {};
}

/// IAM's endpoint without the `/v3` that is often written behind it: the paths of its calls have it.
Result<http::Endpoint> parse_iam_endpoint(std::string text) {
  while (text.ends_with('/')) text.pop_back();
  if (text.ends_with("/v3")) text.resize(text.size() - 3);
  auto endpoint = http::parse_endpoint(text);
  if (!endpoint) return fail(with_context(std::move(endpoint).error(), "IAM"));
  return endpoint;
}

Result<http::Endpoint> resolve_iam(const config::IamUser& user, const Environment& environment,
                                   const http::Endpoint& endpoint, const std::string& region) {
  if (const Choice given = environment("HUAWEICLOUD_SDK_IAM_ENDPOINT")) return parse_iam_endpoint(*given);
  if (user.endpoint) return parse_iam_endpoint(*user.endpoint);
  const Choice where = region.empty() ? functiongraph::region_of(endpoint) : Choice(region);
  if (!where) {
    return fail(ErrorKind::invalid,
                "no IAM endpoint: set spec.credentials.iam.endpoint in fgsync.yaml, or give the region");
  }
  auto endpoints = functiongraph::endpoints_of(*where);
  if (!endpoints) return fail(std::move(endpoints).error());
  return parse_iam_endpoint(endpoints->iam);
}

Result<CredentialChoice> choose(const config::Config& config, const Environment& environment,
                                const http::Endpoint& endpoint) {
  auto given = given_by(environment);
  if (!given) return fail(std::move(given).error());
  if (*given) return **std::move(given);
  if (config.credentials) {
    auto choice = configured(*config.credentials);
    if (const auto* profile = std::get_if<config::Profile>(&choice)) return resolve_profile(*profile, environment);
    return choice;
  }
  if (auto profile = usual_profile(environment, endpoint)) return *std::move(profile);
  if (endpoint.is_loopback()) return Nobody{};
  return fail(ErrorKind::invalid,
              "no credentials: set FGSYNC_TOKEN to an IAM token of the project, set HUAWEICLOUD_SDK_AK and "
              "HUAWEICLOUD_SDK_SK, or set spec.credentials in fgsync.yaml");
}

/// Of an access key, whichever way it is given.
bool signs(const CredentialChoice& choice) {
  return std::holds_alternative<GivenKey>(choice) || std::holds_alternative<config::AccessKey>(choice) ||
         std::holds_alternative<config::Profile>(choice) || std::holds_alternative<config::InstanceMetadata>(choice);
}

}  // namespace

Result<ChosenCredentials> choose_credentials(const config::Config& config, const Environment& environment,
                                             const http::Endpoint& endpoint, const std::string& region) {
  auto choice = choose(config, environment, endpoint);
  if (!choice) return fail(std::move(choice).error());
  auto readable = are_readable(*choice);
  if (!readable) return fail(std::move(readable).error());

  ChosenCredentials chosen{std::move(*choice), std::nullopt, std::nullopt};
  const config::IamUser* user = std::get_if<config::IamUser>(&chosen.choice);
  if (signs(chosen.choice) && config.credentials) {
    if (const auto* other = std::get_if<config::IamUser>(&*config.credentials)) {
      chosen.for_large_bodies = *other;
      user = other;
    }
  }
  if (user == nullptr) return chosen;
  auto iam = resolve_iam(*user, environment, endpoint, region);
  if (!iam) return fail(std::move(iam).error());
  chosen.iam = std::move(*iam);
  return chosen;
}

config::Profile resolve_profile(const config::Profile& profile, const Environment& environment) {
  config::Profile resolved = profile;
  std::string path = resolved.file.value_or(environment(kProfileVariable).value_or("~/.huaweicloud/credentials"));
  if (path.starts_with("~/")) path = home_directory(environment) + path.substr(1);
  resolved.file = std::move(path);
  return resolved;
}

std::string home_directory(const Environment& environment) {
  if (const Choice home = environment("HOME")) return *home;
  const passwd* user = ::getpwuid(::getuid());  // NOLINT(concurrency-mt-unsafe): one thread at this point
  return user != nullptr && user->pw_dir != nullptr ? user->pw_dir : "";
}

}  // namespace fgsync::cli
