#include "config/config.hpp"

#include <catch2/catch.hpp>

#include "config/value_shapes.hpp"
#include "tests/config/support.hpp"

namespace fgsync::config::test {

TEST_CASE("config: every key that is acted on is read, relative paths against the file's folder") {
  const LoadedConfig loaded = load("conf/fgsync.yaml", std::string(kBase));
  REQUIRE(listing(loaded).empty());
  CHECK(loaded.unused.empty());
  const Config& config = loaded.config;
  CHECK(config.file == "conf/fgsync.yaml");
  CHECK(config.name == "media-prod");
  CHECK(config.endpoint == "https://functiongraph.cn-north-4.myhuaweicloud.com");
  CHECK(config.region == "cn-north-4");
  CHECK(config.project_id == "46b6f338fc3445b8846c71dfb1fb0000");
  CHECK(config.ca_file == "conf/certs/ca.pem");
  CHECK(std::get<TokenFile>(config.credentials.value()).path == "/run/credentials/token");
  CHECK(source_directories(config) == std::vector<std::string>{"conf/manifests", "conf/more"});
  CHECK(config.state_directory == "state");
  CHECK(config.parallel == 4);
  CHECK(config.call_timeout == std::chrono::seconds(30));
  CHECK(config.upload_timeout == std::chrono::minutes(5));
  CHECK(config.markers == false);
}

TEST_CASE("config: the keys that nothing acts on yet are read, too, and one warning names them") {
  const LoadedConfig loaded = load("conf/fgsync.yaml", with("  markers: off\n", R"(  markers: on
  intervals: {sweep: 5m, full_refresh: 1h, debounce: 200ms}
  control:
    socket: /run/fgsync/control.sock
    tcp: {listen: 0.0.0.0:9465, token_file: t, cert_file: c.pem, key_file: /k}
  metrics: {listen: 127.0.0.1:9464}
  budget: {requests_per_second: 0, concurrency: 16, bytes_in_flight: 24MiB}
  guards: {prune: true, prune_after: 3, max_delete: 5, max_change: 30%, confirm_delete: [a, b], self_heal: false}
  import_via: create
  secrets: {allow_env: ["FN_*", DB], allow_directories: [secrets, /run/fn]}
  fingerprint_key_file: key
  mode: observe
  log: {level: debug, format: json}
  targets:
    - name: eu
      region: eu-de
      parallel: 2
      guards: {prune: false}
    - name: us
      import_via: auto
)"));
  CHECK(listing(loaded).empty());
  const Config& config = loaded.config;
  CHECK(config.markers == true);
  CHECK(config.intervals.sweep == std::chrono::minutes(5));
  CHECK(config.intervals.full_refresh == std::chrono::hours(1));
  CHECK(config.intervals.debounce == std::chrono::milliseconds(200));
  CHECK(config.control.socket == "/run/fgsync/control.sock");
  REQUIRE(config.control.tcp);
  CHECK(config.control.tcp->listen == "0.0.0.0:9465");
  CHECK(config.control.tcp->token_file == "conf/t");
  CHECK(config.control.tcp->cert_file == "conf/c.pem");
  CHECK(config.control.tcp->key_file == "/k");
  CHECK(config.metrics_listen == "127.0.0.1:9464");
  CHECK(config.budget.requests_per_second == 0);
  CHECK(config.budget.concurrency == 16);
  CHECK(config.budget.bytes_in_flight == 24 * 1024 * 1024);
  CHECK(config.guards.prune == true);
  CHECK(config.guards.prune_after == 3);
  CHECK(config.guards.max_delete == 5);
  CHECK(config.guards.max_change == 30);
  CHECK(config.guards.confirm_delete == std::vector<std::string>{"a", "b"});
  CHECK(config.guards.self_heal == false);
  CHECK(config.import_via == ImportVia::create);
  CHECK(config.secrets.environment == std::vector<std::string>{"FN_*", "DB"});
  CHECK(config.secrets.directories == std::vector<std::string>{"conf/secrets", "/run/fn"});
  CHECK(config.fingerprint_key_file == "conf/key");
  CHECK(config.mode == Mode::observe);
  CHECK(config.log_level == "debug");
  CHECK(config.log_format == "json");
  REQUIRE(config.targets.size() == 2);
  CHECK(config.targets[0].name == "eu");
  CHECK(config.targets[0].region == "eu-de");
  CHECK(config.targets[0].parallel == 2);
  CHECK(config.targets[0].guards.prune == false);
  CHECK(config.targets[1].name == "us");
  CHECK(config.targets[1].import_via == ImportVia::automatic);
}

TEST_CASE("config: a source may be a repository, with everything that belongs to it") {
  const LoadedConfig loaded = load("conf/fgsync.yaml", with("    - directory: manifests\n", R"(    - git:
        url: https://git.example.org/fns.git
        branch: main
        path: prod/eu
        interval: 1m
        credentials: {username: bot, password_file: pw}
        verify: {allowed_signers_file: signers}
      environment: prod
    - git: {url: "git@git.example.org:fns.git", tag: v1, ssh_key_file: /k, known_hosts_file: hosts, verify: {gpg_keyring_file: ring}}
    - git: {url: "file:///srv/fns.git", commit: 9fceb02d0ae598e95dc970b74767f19372d61af8}
    - git: {url: "ssh://git@git.example.org/fns.git"}
)"));
  CHECK(listing(loaded).empty());
  const auto& sources = loaded.config.sources;
  REQUIRE(sources.size() == 5);
  using Reference = GitSource::Reference::Kind;
  using Verification = GitSource::Verification::Kind;
  const GitSource& first = sources[0].git.value();
  CHECK(first.url == "https://git.example.org/fns.git");
  CHECK(first.reference.value().kind == Reference::branch);
  CHECK(first.reference.value().name == "main");
  CHECK(first.path == "prod/eu");
  CHECK(first.interval == std::chrono::minutes(1));
  CHECK(first.credentials.value().username == "bot");
  CHECK(first.credentials.value().password_file == "conf/pw");
  CHECK(first.verify.value().kind == Verification::allowed_signers);
  CHECK(first.verify.value().file == "conf/signers");
  CHECK(sources[0].environment == "prod");
  const GitSource& second = sources[1].git.value();
  CHECK(second.reference.value().kind == Reference::tag);
  CHECK(second.ssh_key_file == "/k");
  CHECK(second.known_hosts_file == "conf/hosts");
  CHECK(second.verify.value().kind == Verification::gpg_keyring);
  CHECK(second.verify.value().file == "conf/ring");
  CHECK(sources[2].git.value().reference.value().kind == Reference::commit);
  CHECK_FALSE(sources[3].git.value().reference);
  CHECK(sources[4].directory == "conf/more");
  CHECK(source_directories(loaded.config) == std::vector<std::string>{"conf/more"});
}

TEST_CASE("config: credentials are one of five kinds") {
  const auto read = [](std::string_view text) {
    const LoadedConfig loaded = load("conf/fgsync.yaml", with("token_file: /run/credentials/token", text));
    REQUIRE_FALSE(manifest::has_error(loaded.diagnostics));
    return loaded.config.credentials.value();
  };
  const auto key = std::get<AccessKey>(read("aksk: {ak_file: a, sk_file: /s, security_token_file: t}"));
  CHECK(key.ak_file == "conf/a");
  CHECK(key.sk_file == "/s");
  CHECK(key.security_token_file == "conf/t");
  CHECK_FALSE(std::get<AccessKey>(read("aksk: {ak_file: a, sk_file: /s}")).security_token_file);
  const auto profile = std::get<Profile>(read("profile: {file: ~/.huaweicloud/credentials, section: basic}"));
  CHECK(profile.file == "~/.huaweicloud/credentials");
  CHECK(profile.section == "basic");
  CHECK(std::get<Profile>(read("profile: {file: p}")).file == "conf/p");
  CHECK_FALSE(std::get<Profile>(read("profile: {}")).file);
  const auto iam =
      std::get<IamUser>(read("iam: {endpoint: \"https://iam.example.org\", domain: acme, user: bot, "
                             "password_file: pw, agency: {domain: other, name: deployer}}"));
  CHECK(iam.endpoint == "https://iam.example.org");
  CHECK(iam.domain == "acme");
  CHECK(iam.user == "bot");
  CHECK(iam.password_file == "conf/pw");
  CHECK(iam.agency.value().domain == "other");
  CHECK(iam.agency.value().name == "deployer");
  CHECK(std::holds_alternative<InstanceMetadata>(read("metadata: {}")));
}

TEST_CASE("config: mode observe and the secrets that are allowed are acted on") {
  CHECK(listing_with("markers: off", "mode: observe\n  secrets: {allow_env: [\"FN_*\"]}").empty());
}

TEST_CASE("config: what is left out is absent") {
  const LoadedConfig loaded = load("/srv/my fns/fgsync.yaml", "apiVersion: fgsync/v1\nkind: Config\nspec: {}\n");
  REQUIRE(listing(loaded).empty());
  const Config& config = loaded.config;
  CHECK(config.name == "my-fns");
  CHECK_FALSE(config.endpoint);
  CHECK_FALSE(config.region);
  CHECK_FALSE(config.project_id);
  CHECK_FALSE(config.ca_file);
  CHECK_FALSE(config.credentials);
  CHECK(config.sources.empty());
  CHECK_FALSE(config.intervals.sweep);
  CHECK_FALSE(config.state_directory);
  CHECK_FALSE(config.control.socket);
  CHECK_FALSE(config.control.tcp);
  CHECK_FALSE(config.metrics_listen);
  CHECK_FALSE(config.parallel);
  CHECK_FALSE(config.budget.requests_per_second);
  CHECK_FALSE(config.call_timeout);
  CHECK_FALSE(config.upload_timeout);
  CHECK_FALSE(config.guards.prune);
  CHECK_FALSE(config.guards.self_heal);
  CHECK_FALSE(config.import_via);
  CHECK_FALSE(config.markers);
  CHECK(config.secrets.environment.empty());
  CHECK(config.secrets.directories.empty());
  CHECK_FALSE(config.fingerprint_key_file);
  CHECK_FALSE(config.mode);
  CHECK_FALSE(config.log_level);
  CHECK(config.targets.empty());
}

TEST_CASE("config: without a folder in the path there is no name to derive") {
  CHECK(load("fgsync.yaml", "apiVersion: fgsync/v1\nkind: Config\nspec: {}\n").config.name.empty());
}

TEST_CASE("config: a source id made of a directory's name contains only what it may") {
  CHECK(source_id_of("media-prod") == "media-prod");
  CHECK(source_id_of("my  functions") == "my-functions");
  CHECK(source_id_of("fünf") == "f-nf");
  CHECK(source_id_of("..a]b") == "a-b");
  CHECK(source_id_of("").empty());
  CHECK(source_id_of("]]").empty());
  CHECK(source_id_of(std::string(100, 'a')).size() == 63);
}

TEST_CASE("config: an endpoint is https, or http to the machine itself") {
  for (const auto* good :
       {"https://fg.example.org", "https://fg.example.org/", "https://fg.example.org:8443", "http://localhost:8080",
        "http://127.0.0.1:1", "http://[::1]:8080", "https://[2001:db8::1]", "https://fg"}) {
    CAPTURE(good);
    CHECK(kEndpoint.is_valid(good));
  }
  for (const auto* bad :
       {"", "fg.example.org", "ftp://fg", "http://fg.example.org", "https://", "https://fg.example.org/v2",
        "https://user@fg", "https://fg:0", "https://fg:65536", "https://fg:", "https://fg:80x", "https://fg?a",
        "https://f g", "http://localhost.example.org", "http://127.evil.org", "http://127.0.0.1.evil", "https://[::1",
        "HTTPS://fg"}) {
    CAPTURE(bad);
    CHECK_FALSE(kEndpoint.is_valid(bad));
  }
}

TEST_CASE("config: durations have a unit") {
  using std::chrono::milliseconds;
  CHECK(parse_duration("200ms") == milliseconds(200));
  CHECK(parse_duration("30s") == milliseconds(30'000));
  CHECK(parse_duration("5m") == milliseconds(300'000));
  CHECK(parse_duration("1h") == milliseconds(3'600'000));
  CHECK(parse_duration("0s") == milliseconds(0));
  for (const auto* bad :
       {"", "s", "30", "30 s", "1.5s", "-1s", "+1s", "1h30m", "1d", "30S", "99999999999999999999s", "9999999999h"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_duration(bad));
  }
}

TEST_CASE("config: sizes and percentages") {
  CHECK(parse_size("24MiB") == 25'165'824);
  CHECK(parse_size("512B") == 512);
  CHECK(parse_size("64KiB") == 65'536);
  CHECK(parse_size("64GiB") == 68'719'476'736);
  for (const auto* bad : {"", "24", "24MB", "24mib", "-1MiB", "1.5MiB", "9999999999GiB", "MiB"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_size(bad));
  }
  CHECK(parse_percentage("1%") == 1);
  CHECK(parse_percentage("100%") == 100);
  for (const auto* bad : {"", "%", "30", "0%", "101%", "030%", "-1%", "30 %", "1.5%"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_percentage(bad));
  }
}

TEST_CASE("config: a file holds exactly one kind: Config") {
  CHECK(listing(load("f", "")) == "0:0 empty: the file holds no kind: Config");
  CHECK(listing(load("f", "a: [\n")).starts_with("2:1 bad_syntax: not valid YAML"));
  CHECK(listing(load("f", std::string(kBase) + "---\n" + std::string(kBase))) ==
        "20:1 duplicate_name: a second kind: Config in this file");
  CHECK(listing(load("f", "a: b\n")) == "1:1 missing: apiVersion: is missing [write `apiVersion: fgsync/v1`]");
}

}  // namespace fgsync::config::test
