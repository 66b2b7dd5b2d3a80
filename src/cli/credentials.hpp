#pragma once

#include <optional>
#include <string>
#include <variant>

#include "base/result.hpp"
#include "base/secret.hpp"
#include "config/config.hpp"
#include "config/environment.hpp"
#include "functiongraph/request_signer.hpp"
#include "http/client.hpp"

namespace fgsync::cli {

// Who to be on the service. What a file holds is not read here but by whoever sends it, again and again.

struct Nobody {};
struct GivenToken {
  Secret token;  ///< of FGSYNC_TOKEN
};
struct GivenKey {
  functiongraph::AccessKey key;  ///< of HUAWEICLOUD_SDK_AK and the like
};

using CredentialChoice = std::variant<Nobody, GivenToken, GivenKey, config::TokenFile, config::AccessKey,
                                      config::Profile, config::IamUser, config::InstanceMetadata>;

struct ChosenCredentials {
  CredentialChoice choice;
  /// With an access key: whose token to use where the gateway takes no signed request because it is too large.
  std::optional<config::IamUser> for_large_bodies;
  std::optional<http::Endpoint> iam;  ///< where tokens are made; present when either needs it
};

/// Environment > fgsync.yaml > the profile file of the SDKs, if it is there. Error `invalid` saying what is missing or
/// half given; whether files that are named can be read is checked. A service on this machine may go without.
Result<ChosenCredentials> choose_credentials(const config::Config& config, const config::Environment& environment,
                                             const http::Endpoint& endpoint, const std::string& region);

/// The profile file with its `~/` written out and its defaults filled in.
config::Profile resolve_profile(const config::Profile& profile, const config::Environment& environment);

/// HOME, else what the system knows of the user; empty when neither does.
std::string home_directory(const config::Environment& environment);

}  // namespace fgsync::cli
