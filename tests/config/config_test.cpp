#include "config/config.hpp"

#include <catch2/catch.hpp>

#include "config/value_shapes.hpp"

namespace fgsync::config::test {
namespace {

constexpr std::string_view kBase =
    "apiVersion: fgsync/v1\n"
    "kind: Config\n"
    "metadata:\n"
    "  name: media-prod\n"
    "spec:\n"
    "  endpoint: https://functiongraph.cn-north-4.myhuaweicloud.com\n"
    "  region: cn-north-4\n"
    "  project_id: 46b6f338fc3445b8846c71dfb1fb0000\n"
    "  ca_file: certs/ca.pem\n"
    "  credentials:\n"
    "    token_file: /run/credentials/token\n"
    "  sources:\n"
    "    - directory: manifests\n"
    "    - directory: more\n"
    "  state_directory: ../state\n"
    "  parallel: 4\n"
    "  timeouts: {call: 30s, upload: 5m}\n"
    "  markers: off\n";

std::string with(std::string_view old_text, std::string_view new_text) {
  std::string text(kBase);
  return text.replace(text.find(old_text), old_text.size(), new_text);
}

std::string listing(const LoadedConfig& loaded) {
  std::string text;
  for (const auto& diagnostic : loaded.diagnostics) {
    if (!text.empty()) text += '\n';
    text += std::to_string(diagnostic.position.line) + ":" + std::to_string(diagnostic.position.column) + " " +
            diagnostic.code + ": " + summary(diagnostic);
    if (!diagnostic.hint.empty()) text += " [" + diagnostic.hint + "]";
  }
  return text;
}

std::string listing_with(std::string_view old_text, std::string_view new_text) {
  return listing(load("conf/fgsync.yaml", with(old_text, new_text)));
}

struct Case {
  std::string_view old_text;
  std::string_view new_text;
  std::string_view expected;
};

void check(const std::vector<Case>& cases) {
  for (const Case& c : cases) {
    CAPTURE(c.old_text, c.new_text);
    CHECK(listing_with(c.old_text, c.new_text) == c.expected);
  }
}

}  // namespace

TEST_CASE("config: every key is read, relative paths against the file's folder") {
  const LoadedConfig loaded = load("conf/fgsync.yaml", std::string(kBase));
  REQUIRE(listing(loaded).empty());
  const Config& config = loaded.config;
  CHECK(config.name == "media-prod");
  CHECK(config.endpoint == "https://functiongraph.cn-north-4.myhuaweicloud.com");
  CHECK(config.region == "cn-north-4");
  CHECK(config.project_id == "46b6f338fc3445b8846c71dfb1fb0000");
  CHECK(config.ca_file == "conf/certs/ca.pem");
  CHECK(config.token_file == "/run/credentials/token");
  CHECK(config.source_directories == std::vector<std::string>{"conf/manifests", "conf/more"});
  CHECK(config.state_directory == "state");
  CHECK(config.parallel == 4);
  CHECK(config.call_timeout == std::chrono::seconds(30));
  CHECK(config.upload_timeout == std::chrono::minutes(5));
  CHECK(config.markers == false);
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
  CHECK_FALSE(config.token_file);
  CHECK(config.source_directories.empty());
  CHECK_FALSE(config.state_directory);
  CHECK_FALSE(config.parallel);
  CHECK_FALSE(config.call_timeout);
  CHECK_FALSE(config.upload_timeout);
  CHECK_FALSE(config.markers);
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

TEST_CASE("config: mistakes are reported at their place, in plain words") {
  check({
      {"name: media-prod", "name: media]prod",
       "4:9 invalid_value: metadata.name: must be 1 to 63 letters, digits, -, _ or ., starting with a letter or digit, "
       "found \"media]prod\""},
      {"name: media-prod", "nmae: x", "4:3 unknown_key: metadata.nmae: unknown key [did you mean name?]"},
      {"region: cn-north-4", "region: cn north",
       "7:11 invalid_value: spec.region: must be a region such as cn-north-4, found \"cn north\""},
      {"region: cn-north-4", "regoin: cn-north-4", "7:3 unknown_key: spec.regoin: unknown key [did you mean region?]"},
      {"region: cn-north-4", "region: a\n  region: b",
       "8:3 duplicate_key: spec.region: the key stands here again; it is already at conf/fgsync.yaml:7:3 [keep one of "
       "them]"},
      {"46b6f338fc3445b8846c71dfb1fb0000", "my/project",
       "8:15 invalid_value: spec.project_id: must be a project id: 1 to 64 letters, digits, - or _, found "
       "\"my/project\""},
      {"ca_file: certs/ca.pem", "ca_file:", "9:3 wrong_type: spec.ca_file: must be text, found nothing"},
      {"ca_file: certs/ca.pem", "ca_file: ''", "9:12 wrong_type: spec.ca_file: must be a path, found nothing"},
      {"    token_file: /run/credentials/token\n", "    aksk: {ak_file: a}\n",
       "11:5 not_supported_yet: spec.credentials.aksk: is not supported by this version of fgsync"},
      {"    token_file: /run/credentials/token\n", "    token: abc\n",
       "10:3 missing: spec.credentials.token_file: is missing\n"
       "11:5 unknown_key: spec.credentials.token: unknown key [the known key is token_file]"},
      {"    token_file: /run/credentials/token\n", "    token_file: a\n    metadata: {}\n",
       "10:3 out_of_range: spec.credentials: must have exactly one entry, found 2\n"
       "12:5 not_supported_yet: spec.credentials.metadata: is not supported by this version of fgsync"},
      {"    - directory: manifests\n", "    - git: {url: x}\n",
       "13:7 not_supported_yet: spec.sources[0].git: is not supported by this version of fgsync"},
      {"    - directory: manifests\n", "    - manifests\n",
       "13:7 wrong_type: spec.sources[0]: must be a mapping, found \"manifests\""},
      {"    - directory: manifests\n", "    - {}\n", "13:7 missing: spec.sources[0].directory: is missing"},
      {"  sources:\n    - directory: manifests\n    - directory: more\n", "  sources: manifests\n",
       "12:12 wrong_type: spec.sources: must be a list, found \"manifests\""},
      {"parallel: 4", "parallel: 0", "16:13 out_of_range: spec.parallel: must be between 1 and 256, found 0"},
      {"parallel: 4", "parallel: many", "16:13 wrong_type: spec.parallel: must be a whole number, found \"many\""},
      {"call: 30s", "call: 30",
       "17:20 wrong_type: spec.timeouts.call: must be a duration, found \"30\" [a number and ms, s, m or h: 30s]"},
      {"call: 30s", "call: -1s",
       "17:20 wrong_type: spec.timeouts.call: must be a duration, found \"-1s\" [a number and ms, s, m or h: 30s]"},
      {"call: 30s", "call: 25h",
       "17:20 out_of_range: spec.timeouts.call: must be between 100ms and 24h, found \"25h\""},
      {"call: 30s", "calls: 30s", "17:14 unknown_key: spec.timeouts.calls: unknown key [did you mean call?]"},
      {"markers: off", "markers: maybe", "18:12 unknown_value: spec.markers: must be on or off, found \"maybe\""},
      {"markers: off", "guards: {prune: true}\n  mode: observe",
       "18:3 not_supported_yet: spec.guards: is not supported by this version of fgsync\n"
       "19:3 not_supported_yet: spec.mode: is not supported by this version of fgsync"},
      {"kind: Config", "kind: Function",
       "1:1 unknown_value: kind: must be Config in this file, found \"Function\" [functions stand in files of their "
       "own, "
       "in one of the directories of spec.sources]"},
      {"kind: Config", "kind: Konfig",
       "2:7 unknown_value: kind: must be Function or Config, found \"Konfig\" [did you mean Config?]"},
      {"apiVersion: fgsync/v1", "apiVersion: fgsync/v2",
       "1:13 unknown_api_version: apiVersion: must be fgsync/v1, found \"fgsync/v2\" [this version of fgsync knows "
       "only "
       "fgsync/v1]"},
      {"spec:\n", "spec:\n  - a\nspek:\n",
       "6:3 wrong_type: spec: must be a mapping, found a list\n"
       "7:1 unknown_key: spek: unknown key [did you mean spec?]"},
  });
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
  CHECK(
      listing_with("https://functiongraph", "http://functiongraph") ==
      "6:13 invalid_value: spec.endpoint: must be https://HOST or https://HOST:PORT without a path (http only for this "
      "machine: localhost, 127.x, [::1]), found \"http://functiongraph.cn-north-4.myhuaweicloud.com\"");
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

TEST_CASE("config: a file holds exactly one kind: Config") {
  CHECK(listing(load("f", "")) == "0:0 empty: the file holds no kind: Config");
  CHECK(listing(load("f", "a: [\n")).starts_with("2:1 bad_syntax: not valid YAML"));
  CHECK(listing(load("f", std::string(kBase) + "---\n" + std::string(kBase))) ==
        "20:1 duplicate_name: a second kind: Config in this file");
  CHECK(listing(load("f", "a: b\n")) == "1:1 missing: apiVersion: is missing [write `apiVersion: fgsync/v1`]");
}

}  // namespace fgsync::config::test
