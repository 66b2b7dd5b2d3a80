#include "config/secrets.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <map>

#include "config/secret_checks.hpp"
#include "tests/config/support.hpp"
#include "tests/support/temp_directory.hpp"

namespace fgsync::config::test {
namespace {

namespace fs = std::filesystem;
using fgsync::test::TempDirectory;
using manifest::SecretReference;

Environment environment_of(std::map<std::string, std::string> variables) {
  return [variables = std::move(variables)](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
}

SecretReference from_env(std::string name) {
  return {.kind = SecretReference::Kind::environment,
          .source = std::move(name),
          .revision = std::nullopt,
          .position = {.file = "f.yaml", .line = 3, .column = 5}};
}

SecretReference from_file(std::string path) {
  return {.kind = SecretReference::Kind::file,
          .source = std::move(path),
          .revision = std::nullopt,
          .position = {.file = "f.yaml", .line = 3, .column = 5}};
}

/// The secret, or `KIND: MESSAGE`.
std::string outcome(const SecretReference& reference, const SecretPolicy& policy, const Environment& environment) {
  const auto secret = resolve(reference, environment, policy);
  if (secret) return secret->reveal();
  CHECK(secret.error().position == reference.position);
  return std::string(name_of(secret.error().kind)) + ": " + secret.error().message;
}

std::string outcome_of_variable(const std::string& name, std::vector<std::string> allowed,
                                const std::string& value = "hunter2") {
  SecretPolicy policy;
  policy.allow_env = std::move(allowed);
  return outcome(from_env(name), policy, environment_of({{name, value}}));
}

/// A folder of secrets that is allowed, beside one that is not.
struct Folders {
  Folders() {
    fs::create_directory(root / "secrets");
    fs::create_directory(root / "other");
    root.write("secrets/db", "hunter2\n");
    root.write("other/own", "token");
    policy.allow_directories = {root / "secrets"};
  }
  [[nodiscard]] std::string read(const std::string& name) const { return outcome(from_file(root / name), policy, {}); }
  [[nodiscard]] std::string read_text(std::string_view text) const {
    root.write("secrets/text", text);
    return read("secrets/text");
  }

  TempDirectory root;
  SecretPolicy policy;
};

}  // namespace

TEST_CASE("secrets: a variable is read when its name or a pattern is allowed") {
  CHECK(outcome_of_variable("FN_DB", {"FN_DB"}) == "hunter2");
  CHECK(outcome_of_variable("FN_DB", {"X", "FN_*"}) == "hunter2");
  CHECK(outcome_of_variable("FN_", {"FN_*"}) == "hunter2");
  CHECK(outcome_of_variable("FN_DB", {"FN_DB"}, "two words\n") == "two words\n");
}

TEST_CASE("secrets: without an allow-list nothing is allowed") {
  CHECK(
      outcome_of_variable("FN_DB", {}) ==
      "invalid: from_env FN_DB is not allowed: no variable is, before spec.secrets.allow_env in fgsync.yaml lists it");
  const Folders folders;
  CHECK(outcome(from_file("/etc/hostname"), {}, {}) ==
        "invalid: from_file /etc/hostname is not allowed: no file is, before spec.secrets.allow_directories in "
        "fgsync.yaml lists its directory");
}

TEST_CASE("secrets: a variable that no pattern matches is not read") {
  const std::string expected =
      " is not allowed: it is not among spec.secrets.allow_env in fgsync.yaml; add it there, or rename it";
  CHECK(outcome_of_variable("DB", {"FN_*"}) == "invalid: from_env DB" + expected);
  CHECK(outcome_of_variable("FN", {"FN_*"}) == "invalid: from_env FN" + expected);
  CHECK(outcome_of_variable("XFN_DB", {"FN_*"}) == "invalid: from_env XFN_DB" + expected);
  CHECK(outcome_of_variable("fn_db", {"FN_*"}) == "invalid: from_env fn_db" + expected);
  CHECK(outcome_of_variable("FN_DB2", {"FN_DB"}) == "invalid: from_env FN_DB2" + expected);
}

TEST_CASE("secrets: fgsync's own variables are never allowed, whatever the patterns say") {
  for (const std::string name : {"FGSYNC_TOKEN",
                                 "FGSYNC_ENDPOINT",
                                 "FGSYNC_STATE",
                                 "FGSYNC_PROJECT_ID",
                                 "HUAWEICLOUD_SDK_AK",
                                 "HUAWEICLOUD_SDK_SK",
                                 "HUAWEICLOUD_SDK_SECURITY_TOKEN",
                                 "HUAWEICLOUD_SDK_ID_TOKEN_FILE",
                                 "HUAWEICLOUD_SDK_CREDENTIALS_FILE",
                                 "HUAWEICLOUD_SDK_PROJECT_ID",
                                 "HUAWEICLOUD_SDK_REGION_FGS_CN_NORTH_4",
                                 "HC_CONTAINER_CREDENTIALS_FULL_URI",
                                 "HC_CONTAINER_AUTHORIZATION_TOKEN_FILE",
                                 "HW_ACCESS_KEY",
                                 "HW_SECRET_KEY",
                                 "HW_SECURITY_TOKEN",
                                 "HW_SHARED_CONFIG_FILE",
                                 "HW_ASSUME_ROLE_AGENCY_NAME",
                                 "OS_PASSWORD",
                                 "OS_ACCESS_KEY",
                                 "OTC_SDK_AK",
                                 "OTC_SDK_SK",
                                 "STATE_DIRECTORY",
                                 "CREDENTIALS_DIRECTORY"}) {
    CAPTURE(name);
    CHECK(is_own_variable(name));
    CHECK(outcome_of_variable(name, {name, name.substr(0, 1) + "*"}) ==
          "invalid: from_env " + name +
              " is not allowed: fgsync or a tool for the same service takes its own settings and credentials from it; "
              "put the function's secret into a variable of its own");
  }
  CHECK_FALSE(is_own_variable("FN_DB"));
  CHECK_FALSE(is_own_variable("DB_PASSWORD"));
}

TEST_CASE("secrets: a variable that is not set, or empty, is not available") {
  SecretPolicy policy;
  policy.allow_env = {"FN_*"};
  const std::string expected = "not_found: from_env FN_DB is not available here: the variable is not set";
  CHECK(outcome(from_env("FN_DB"), policy, environment_of({})) == expected);
  CHECK(outcome(from_env("FN_DB"), policy, environment_of({{"FN_DB", ""}})) == expected);
}

TEST_CASE("secrets: a value must be text of at most 64 KiB") {
  CHECK(outcome_of_variable("A", {"A"}, std::string(65'536, 'x')).size() == 65'536);
  CHECK(outcome_of_variable("A", {"A"}, std::string(65'537, 'x')) == "invalid: from_env A must hold at most 64 KiB");
  CHECK(outcome_of_variable("A", {"A"}, "a\xFFz") == "invalid: from_env A must hold UTF-8 text without NUL bytes");
}

TEST_CASE("secrets: a file in an allowed directory is read, without the line break at its end") {
  const Folders folders;
  CHECK(folders.read("secrets/db") == "hunter2");
  CHECK(folders.read_text("a") == "a");
  CHECK(folders.read_text("a\n\n") == "a\n");
  CHECK(folders.read_text("a\r\n") == "a");
  CHECK(folders.read_text("a\r") == "a\r");
  CHECK(folders.read_text(" a b ") == " a b ");
  fs::create_directories(folders.root / "secrets/deep/er");
  folders.root.write("secrets/deep/er/x", "deep");
  CHECK(folders.read("secrets/deep/er/x") == "deep");
  CHECK(folders.read("secrets/deep/../db") == "hunter2");
}

TEST_CASE("secrets: what is in a file must be text, not empty and at most 64 KiB") {
  const Folders folders;
  const std::string name = "from_file " + folders.root / "secrets/text";
  CHECK(folders.read_text("") == "invalid: " + name + " must not be empty");
  CHECK(folders.read_text("\n") == "invalid: " + name + " must not be empty");
  CHECK(folders.read_text(std::string(65'536, 'x')).size() == 65'536);
  CHECK(folders.read_text(std::string(65'537, 'x')) == "invalid: " + name + " must hold at most 64 KiB");
  CHECK(folders.read_text(std::string(1'000'000, 'x')) == "invalid: " + name + " must hold at most 64 KiB");
  CHECK(folders.read_text(std::string_view("a\0b", 3)) ==
        "invalid: " + name + " must hold UTF-8 text without NUL bytes");
  CHECK(folders.read_text("\xC3(") == "invalid: " + name + " must hold UTF-8 text without NUL bytes");
}

TEST_CASE("secrets: a file outside of the allowed directories is not read, however it is named") {
  const Folders folders;
  fs::create_symlink(folders.root / "other/own", folders.root / "secrets/link");
  fs::create_directory_symlink(folders.root / "other", folders.root / "secrets/folder");
  fs::create_directory(folders.root / "secrets-more");
  folders.root.write("secrets-more/x", "x");
  const std::string expected =
      " lies in none of spec.secrets.allow_directories in fgsync.yaml; move it into one of them, or add its directory "
      "there";
  const auto refused = [&](const std::string& name, const std::string& place) {
    CAPTURE(name);
    const bool is_same = name == place;
    CHECK(folders.read(name) == "invalid: from_file " + folders.root / name + " is not allowed: " +
                                    (is_same ? "it" : "it is " + folders.root / place + ", which") + expected);
  };
  refused("other/own", "other/own");
  refused("secrets-more/x", "secrets-more/x");
  refused("secrets/../other/own", "other/own");
  refused("secrets/link", "other/own");
  refused("secrets/folder/own", "other/own");
  refused("secrets", "secrets");
  refused("nowhere/x", "nowhere/x");
}

TEST_CASE("secrets: an allowed directory may itself be a link, and holds for what it leads to") {
  Folders folders;
  fs::create_directory_symlink(folders.root / "secrets", folders.root / "alias");
  folders.policy.allow_directories = {folders.root / "alias"};
  CHECK(folders.read("alias/db") == "hunter2");
  CHECK(folders.read("secrets/db") == "hunter2");
}

TEST_CASE("secrets: a link inside of the allowed directory is followed, as systemd and Kubernetes make them") {
  const Folders folders;
  fs::create_directory(folders.root / "secrets/..data");
  folders.root.write("secrets/..data/key", "rotated");
  fs::create_symlink("..data/key", folders.root / "secrets/key");
  CHECK(folders.read("secrets/key") == "rotated");
}

TEST_CASE("secrets: the root directory allows nothing") {
  Folders folders;
  folders.policy.allow_directories = {"/"};
  CHECK_THAT(folders.read("secrets/db"), Catch::Contains("is not allowed"));
}

TEST_CASE("secrets: fgsync's own files are never allowed, under no name") {
  Folders folders;
  folders.root.write("secrets/token", "token");
  folders.policy.own_files = {folders.root / "secrets/token", folders.root / "secrets/not-there"};
  fs::create_symlink("token", folders.root / "secrets/soft");
  fs::create_hard_link(folders.root / "secrets/token", folders.root / "secrets/hard");
  const std::string expected =
      " is not allowed: fgsync takes its own credentials from that file; put the function's secret into a file of its "
      "own";
  for (const std::string name : {"secrets/token", "secrets/soft", "secrets/hard", "secrets/not-there"}) {
    CAPTURE(name);
    CHECK(folders.read(name) == "invalid: from_file " + folders.root / name + expected);
  }
}

TEST_CASE("secrets: what is not there is not available; what is no file is refused") {
  const Folders folders;
  CHECK(folders.read("secrets/absent") ==
        "not_found: from_file " + folders.root / "secrets/absent" + " is not available here: there is no such file");
  fs::create_directory(folders.root / "secrets/folder");
  CHECK(folders.read("secrets/folder") ==
        "invalid: from_file " + folders.root / "secrets/folder" + " must be a regular file");
  REQUIRE(::mkfifo((folders.root / "secrets/pipe").c_str(), 0600) == 0);
  CHECK(folders.read("secrets/pipe") ==
        "invalid: from_file " + folders.root / "secrets/pipe" + " must be a regular file");
  fs::create_symlink("loop", folders.root / "secrets/loop");
  CHECK_THAT(folders.read("secrets/loop"), Catch::Contains("is not allowed: where it is cannot be told"));
}

TEST_CASE("secrets: a file that may not be read says so") {
  if (::geteuid() == 0) return;  // who may read everything
  const Folders folders;
  fs::permissions(folders.root / "secrets/db", fs::perms::none);
  CHECK(folders.read("secrets/db") == "internal: from_file " + folders.root / "secrets/db" +
                                          " cannot be read: Permission denied; check the rights of the file and its "
                                          "directories");
}

TEST_CASE("secrets: whether a reference is allowed can be asked without reading it") {
  const Folders folders;
  CHECK(is_allowed(from_file(folders.root / "secrets/db"), folders.policy));
  CHECK(is_allowed(from_file(folders.root / "secrets/absent"), folders.policy));
  CHECK_FALSE(is_allowed(from_file(folders.root / "other/own"), folders.policy));
  SecretPolicy policy;
  policy.allow_env = {"FN_*"};
  CHECK(is_allowed(from_env("FN_DB"), policy));
  CHECK_FALSE(is_allowed(from_env("DB"), policy));
}

TEST_CASE("secrets: the policy knows every file that the configuration names as its own") {
  const LoadedConfig loaded = load("/c/fgsync.yaml", with("  markers: off\n", R"(  fingerprint_key_file: fp
  secrets: {allow_env: ["FN_*"], allow_directories: [fn]}
  control: {tcp: {listen: "127.0.0.1:1", token_file: control, cert_file: public, key_file: tls}}
  targets:
    - name: a
      credentials: {aksk: {ak_file: ak, sk_file: sk, security_token_file: st}}
      sources: [{git: {url: "https://h/r", credentials: {username: bot, password_file: git}}}]
    - name: b
      credentials: {iam: {domain: acme, user: bot, password_file: pw}}
      sources: [{git: {url: "git@h:r", ssh_key_file: ssh}}]
    - name: c
      credentials: {profile: {file: ~/profile}}
)"));
  REQUIRE_FALSE(manifest::has_error(loaded.diagnostics));
  const auto environment = environment_of({{"HOME", "/home/me"}, {"HW_SHARED_CONFIG_FILE", "/hw.json"}});
  const SecretPolicy policy = secret_policy_of(loaded.config, environment);
  CHECK(policy.allow_env == std::vector<std::string>{"FN_*"});
  CHECK(policy.allow_directories == std::vector<std::string>{"/c/fn"});
  CHECK(policy.own_files == std::vector<std::string>{"/hw.json", "/home/me/.huaweicloud/credentials",
                                                     "/home/me/.hcloud/config.json", "/run/credentials/token", "/c/fp",
                                                     "/c/ak", "/c/sk", "/c/st", "/c/git", "/c/pw", "/c/ssh",
                                                     "/home/me/profile", "/c/control", "/c/tls"});
}

TEST_CASE("secrets: a function that names a forbidden secret is rejected, the others stay") {
  manifest::LoadResult loaded;
  loaded.functions.resize(3);
  loaded.functions[0].name = "good";
  loaded.functions[0].extra->encrypted_user_data = {{"DB", from_env("FN_DB")}};
  loaded.functions[1].name = "bad";
  loaded.functions[1].code.path = "code/bad";
  loaded.functions[1].extra->encrypted_user_data = {
      {"A", from_env("FGSYNC_TOKEN")}, {"B", from_env("FN_DB")}, {"C", from_file("/etc/hostname")}};
  loaded.functions[2].name = "plain";
  SecretPolicy policy;
  policy.allow_env = {"FN_*"};
  reject_forbidden_secrets(loaded, policy);
  REQUIRE(loaded.functions.size() == 2);
  CHECK(loaded.functions[0].name == "good");
  CHECK(loaded.functions[1].name == "plain");
  REQUIRE(loaded.rejected.size() == 1);
  CHECK(loaded.rejected[0].name == "bad");
  CHECK(loaded.rejected[0].code_path == "code/bad");
  REQUIRE(loaded.diagnostics.size() == 2);
  CHECK(to_text(loaded.diagnostics[0]) ==
        "f.yaml:3:5: error: spec.encrypted_user_data.A: from_env FGSYNC_TOKEN is not allowed: fgsync or a tool for the "
        "same service takes its own settings and credentials from it; put the function's secret into a variable of its "
        "own\n");
  CHECK(loaded.diagnostics[1].code == "secret_not_allowed");
  CHECK(loaded.diagnostics[1].field == "spec.encrypted_user_data.C");
}

}  // namespace fgsync::config::test
