#include "cli/credentials.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <map>
#include <string>
#include <variant>

#include "tests/support/temp_directory.hpp"

namespace fgsync::cli::test {
namespace {

using fgsync::test::TempDirectory;
using Variables = std::map<std::string, std::string>;

http::Endpoint remote() {
  return *http::parse_endpoint("https://functiongraph.cn-north-4.myhuaweicloud.com");
}
http::Endpoint local() {
  return *http::parse_endpoint("http://127.0.0.1:1");
}

/// Everything that the choice depends on, and what a case changes of it.
struct Inputs {
  config::Config config;
  Variables variables{{"HOME", "/nowhere"}};
  http::Endpoint endpoint = remote();
  std::string region = "cn-north-4";

  [[nodiscard]] Result<ChosenCredentials> choose() const {
    const config::Environment environment = [this](const std::string& name) -> std::optional<std::string> {
      const auto found = variables.find(name);
      return found == variables.end() ? std::nullopt : std::optional(found->second);
    };
    return choose_credentials(config, environment, endpoint, region);
  }
  [[nodiscard]] std::string problem() const {
    const auto chosen = choose();
    return chosen ? "" : chosen.error().describe();
  }
};

template <class Choice>
bool is(const Result<ChosenCredentials>& chosen) {
  return chosen && std::holds_alternative<Choice>(chosen->choice);
}

config::IamUser some_user(const TempDirectory& directory) {
  config::IamUser user;
  user.domain = "acme";
  user.user = "deployer";
  user.password_file = directory / "password";
  return user;
}

}  // namespace

TEST_CASE("credentials: a token of the environment wins over a key of it, and both over the file") {
  const TempDirectory directory;
  directory.write("token", "from-file\n");
  Inputs inputs;
  inputs.config.credentials = config::TokenFile{directory / "token"};
  CHECK(is<config::TokenFile>(inputs.choose()));
  inputs.variables["HUAWEICLOUD_SDK_AK"] = "AK";
  inputs.variables["HUAWEICLOUD_SDK_SK"] = "SK";
  CHECK(is<GivenKey>(inputs.choose()));
  inputs.variables["FGSYNC_TOKEN"] = "from-variable";
  const auto chosen = inputs.choose();
  REQUIRE(is<GivenToken>(chosen));
  CHECK(std::get<GivenToken>(chosen->choice).token.reveal() == "from-variable");
}

TEST_CASE("credentials: a key of the environment has its security token with it") {
  Inputs inputs;
  inputs.variables = {{"HUAWEICLOUD_SDK_AK", "AK"}, {"HUAWEICLOUD_SDK_SK", "SK"}};
  CHECK(std::get<GivenKey>(inputs.choose()->choice).key.security_token.is_empty());
  inputs.variables["HUAWEICLOUD_SDK_SECURITY_TOKEN"] = "ST";
  const auto key = std::get<GivenKey>(inputs.choose()->choice).key;
  CHECK(key.id == "AK");
  CHECK(key.secret.reveal() == "SK");
  CHECK(key.security_token.reveal() == "ST");
}

TEST_CASE("credentials: half a key is a mistake that is named") {
  Inputs inputs;
  inputs.variables["HUAWEICLOUD_SDK_AK"] = "AK";
  CHECK(inputs.problem() == "HUAWEICLOUD_SDK_AK is set, HUAWEICLOUD_SDK_SK is not: an access key needs both");
  inputs.variables = {{"HUAWEICLOUD_SDK_SK", "SK"}};
  CHECK(inputs.problem() == "HUAWEICLOUD_SDK_SK is set, HUAWEICLOUD_SDK_AK is not: an access key needs both");
}

TEST_CASE("credentials: what no token and no key can be is refused without being shown") {
  for (const char* name :
       {"FGSYNC_TOKEN", "HUAWEICLOUD_SDK_AK", "HUAWEICLOUD_SDK_SK", "HUAWEICLOUD_SDK_SECURITY_TOKEN"}) {
    for (const char* value : {"s3cr3t s3cr3t", "s3cr3t\n", "\"s3cr3t\x7f\"", "s3cr3t\xc3\xa9"}) {
      Inputs inputs;
      inputs.variables = {{"HUAWEICLOUD_SDK_AK", "AK"}, {"HUAWEICLOUD_SDK_SK", "SK"}};
      inputs.variables[name] = value;
      CAPTURE(name, value);
      CHECK(inputs.problem() == std::string("the value of ") + name +
                                    " holds characters that no token or key has; it must be one line without blanks");
    }
  }
}

TEST_CASE("credentials: none at all is a mistake, but not for a service on this machine") {
  Inputs inputs;
  CHECK(inputs.problem() ==
        "no credentials: set FGSYNC_TOKEN to an IAM token of the project, set HUAWEICLOUD_SDK_AK and "
        "HUAWEICLOUD_SDK_SK, or set spec.credentials in fgsync.yaml");
  inputs.endpoint = local();
  CHECK(is<Nobody>(inputs.choose()));
}

TEST_CASE("credentials: a file that is named but cannot be read is an error, not a run without it") {
  const TempDirectory directory;
  directory.write("there", "x");
  const std::string missing = directory / "missing";
  const std::string there = directory / "there";
  const struct {
    config::Credentials credentials;
    std::string what;
  } cases[] = {
      {config::TokenFile{missing}, "token file"},
      {config::AccessKey{missing, there, std::nullopt}, "file of the access key's id"},
      {config::AccessKey{there, missing, std::nullopt}, "file of the secret key"},
      {config::AccessKey{there, there, missing}, "file of the security token"},
      {config::Profile{missing, std::nullopt}, "profile file"},
      {config::IamUser{std::nullopt, "acme", "bot", missing, std::nullopt}, "password file"},
  };
  for (const auto& each : cases) {
    for (const auto& endpoint : {remote(), local()}) {
      Inputs inputs;
      inputs.endpoint = endpoint;
      inputs.config.credentials = each.credentials;
      CHECK(inputs.problem() == "cannot read the " + each.what + " " + missing + ": No such file or directory");
    }
  }
}

TEST_CASE("credentials: the profile file of the SDKs is used when nothing else is given") {
  const TempDirectory home;
  std::filesystem::create_directory(home / ".huaweicloud");
  home.write(".huaweicloud/credentials", "[basic]\nak = A\nsk = S\n");
  Inputs inputs;
  inputs.variables["HOME"] = home.path();
  const auto chosen = inputs.choose();
  REQUIRE(is<config::Profile>(chosen));
  CHECK(std::get<config::Profile>(chosen->choice).file == home.path() + "/.huaweicloud/credentials");

  SECTION("but a service on this machine does not get it unasked") {
    inputs.endpoint = local();
    CHECK(is<Nobody>(inputs.choose()));
    inputs.variables["HUAWEICLOUD_SDK_CREDENTIALS_FILE"] = home.path() + "/.huaweicloud/credentials";
    CHECK(is<config::Profile>(inputs.choose()));
  }
  SECTION("and fgsync.yaml wins over it") {
    inputs.config.credentials = config::InstanceMetadata{};
    CHECK(is<config::InstanceMetadata>(inputs.choose()));
  }
}

TEST_CASE("credentials: a profile's tilde is the home directory") {
  const TempDirectory home;
  home.write("mine", "");
  Inputs inputs;
  inputs.variables["HOME"] = home.path();
  inputs.config.credentials = config::Profile{"~/mine", "global"};
  const auto chosen = inputs.choose();
  REQUIRE(is<config::Profile>(chosen));
  const auto& profile = std::get<config::Profile>(chosen->choice);
  CHECK(profile.file == home.path() + "/mine");
  CHECK(profile.section == "global");
}

TEST_CASE("credentials: tokens are made where the environment, the file or the region says") {
  const TempDirectory directory;
  directory.write("password", "p");
  Inputs inputs;
  inputs.config.credentials = some_user(directory);
  CHECK(inputs.choose()->iam->to_string() == "https://iam.cn-north-4.myhuaweicloud.com");
  inputs.region = "";
  CHECK(inputs.choose()->iam->to_string() == "https://iam.cn-north-4.myhuaweicloud.com");
  std::get<config::IamUser>(*inputs.config.credentials).endpoint = "https://iam.example.org";
  CHECK(inputs.choose()->iam->to_string() == "https://iam.example.org");
  inputs.variables["HUAWEICLOUD_SDK_IAM_ENDPOINT"] = "https://iam.eu-de.otc.t-systems.com/v3/";
  CHECK(inputs.choose()->iam->to_string() == "https://iam.eu-de.otc.t-systems.com");
}

TEST_CASE("credentials: where tokens are made has to be known") {
  const TempDirectory directory;
  directory.write("password", "p");
  Inputs inputs;
  inputs.config.credentials = some_user(directory);
  inputs.region = "";
  inputs.endpoint = *http::parse_endpoint("https://fg.example.org");
  CHECK(inputs.problem() == "no IAM endpoint: set spec.credentials.iam.endpoint in fgsync.yaml, or give the region");
}

TEST_CASE("credentials: beside a key, an IAM user of the file is kept for what is too large to be signed") {
  const TempDirectory directory;
  directory.write("password", "p");
  Inputs inputs;
  inputs.config.credentials = some_user(directory);
  CHECK_FALSE(inputs.choose()->for_large_bodies);
  inputs.variables["HUAWEICLOUD_SDK_AK"] = "AK";
  inputs.variables["HUAWEICLOUD_SDK_SK"] = "SK";
  const auto chosen = inputs.choose();
  REQUIRE(is<GivenKey>(chosen));
  REQUIRE(chosen->for_large_bodies);
  CHECK(chosen->for_large_bodies->user == "deployer");
  CHECK(chosen->iam);
  inputs.variables["FGSYNC_TOKEN"] = "t";
  CHECK_FALSE(inputs.choose()->for_large_bodies);
}

}  // namespace fgsync::cli::test
