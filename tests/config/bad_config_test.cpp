// What the loader says about every mistake it knows: each case changes one place of the base configuration.
#include <algorithm>
#include <catch2/catch.hpp>
#include <utility>
#include <vector>

#include "tests/config/support.hpp"

namespace fgsync::config::test {
namespace {

struct Case {
  std::string_view old_text;
  std::string_view new_text;
  std::string_view expected;
};

/// The errors; that a key is not acted on yet is a matter of its own.
std::string errors_with(std::string_view old_text, std::string_view new_text) {
  LoadedConfig loaded = load("conf/fgsync.yaml", with(old_text, new_text));
  std::erase_if(loaded.diagnostics, [](const auto& diagnostic) { return diagnostic.code == "not_acted_on"; });
  return listing(loaded);
}

void check(const std::vector<Case>& cases) {
  for (const Case& c : cases) {
    CAPTURE(c.old_text, c.new_text);
    CHECK(errors_with(c.old_text, c.new_text) == c.expected);
  }
}

using Cases = std::vector<std::pair<std::string_view, std::string_view>>;

void check_instead_of(std::string_view old_text, const std::string& key, const Cases& cases) {
  for (const auto& [text, expected] : cases) {
    CAPTURE(text);
    CHECK(errors_with(old_text, key + std::string(text) + "\n") == expected);
  }
}

/// Whole keys of spec.
void check_key(const Cases& cases) {
  check_instead_of("  markers: off\n", "  ", cases);
}

void check_credentials(const Cases& cases) {
  check_instead_of("  credentials:\n    token_file: /run/credentials/token\n", "  credentials: ", cases);
}

void check_sources(const Cases& cases) {
  check_instead_of("  sources:\n    - directory: manifests\n    - directory: more\n", "  sources: ", cases);
}

}  // namespace

TEST_CASE("config: mistakes in the document and the connection are reported at their place, in plain words") {
  check({
      {"name: media-prod", "name: media]prod",
       "4:9 invalid_value: metadata.name: must be 1 to 63 letters, digits, -, _ or ., starting with a letter or digit, "
       "found \"media]prod\""},
      {"name: media-prod", "nmae: x", "4:3 unknown_key: metadata.nmae: unknown key [did you mean name?]"},
      {"name: media-prod", "name: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
       "4:9 invalid_value: metadata.name: must be 1 to 63 letters, digits, -, _ or ., starting with a letter or digit, "
       "found \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…\""},
      {"  name: media-prod\n", "  - media-prod\n", "4:3 wrong_type: metadata: must be a mapping, found a list"},
      {"region: cn-north-4", "region: cn north",
       "7:11 invalid_value: spec.region: must be a region such as cn-north-4, found \"cn north\""},
      {"region: cn-north-4", "regoin: cn-north-4", "7:3 unknown_key: spec.regoin: unknown key [did you mean region?]"},
      {"region: cn-north-4",
       "region: a\n"
       "  region: b",
       "8:3 duplicate_key: spec.region: the key stands here again; it is already at conf/fgsync.yaml:7:3 [keep one of "
       "them]"},
      {"46b6f338fc3445b8846c71dfb1fb0000", "my/project",
       "8:15 invalid_value: spec.project_id: must be a project id: 1 to 64 letters, digits, - or _, found "
       "\"my/project\""},
      {"project_id:", "project:", "8:3 unknown_key: spec.project: unknown key [did you mean project_id?]"},
      {"https://functiongraph", "http://functiongraph",
       "6:13 invalid_value: spec.endpoint: must be https://HOST or https://HOST:PORT without a path (http only for "
       "this machine: localhost, 127.x, [::1]), found \"http://functiongraph.cn-north-4.myhuaweicloud.com\""},
      {"https://functiongraph.cn-north-4.myhuaweicloud.com", "https://bot:geheim@fg.example.org",
       "6:13 invalid_value: spec.endpoint: must be https://HOST or https://HOST:PORT without a path (http only for "
       "this machine: localhost, 127.x, [::1]), found \"https://***@fg.example.org\""},
      {"ca_file: certs/ca.pem", "ca_file:", "9:3 wrong_type: spec.ca_file: must be text, found nothing"},
      {"ca_file: certs/ca.pem", "ca_file: ''", "9:12 invalid_value: spec.ca_file: must be a path, found \"\""},
      {"ca_file: certs/ca.pem", "ca_file: !x a",
       "9:12 wrong_type: spec.ca_file: has the YAML tag \"!x\", which is not supported [leave the tag out; put text "
       "that starts with `!` in quotes]"},
      {"state_directory:", "state:", "15:3 unknown_key: spec.state: unknown key [did you mean state_directory?]"},
      {"  sources:\n"
       "    - directory: manifests\n"
       "    - directory: more\n",
       "  directory: manifests\n", "12:3 unknown_key: spec.directory: unknown key [did you mean sources?]"},
      {"markers: off", "environment: prod", "18:3 unknown_key: spec.environment: unknown key [did you mean sources?]"},
      {"markers: off", "1: 2",
       "18:3 unknown_key: spec.1: unknown key [`fgsync schema` lists the known keys of each kind]"},
      {"markers: off",
       "? [a]\n"
       "  : b",
       "18:5 wrong_type: spec: a key must be text, found a list"},
      {"kind: Config", "kind: Function",
       "1:1 unknown_value: kind: must be Config in this file, found \"Function\" [functions stand in files of their "
       "own, in one of the directories of spec.sources]"},
      {"kind: Config", "kind: Konfig",
       "2:7 unknown_value: kind: must be Function, Config or Environment, found \"Konfig\" [did you mean Config?]"},
      {"kind: Config\n", "", "1:1 missing: kind: is missing [write `kind: Function`, Config or Environment]"},
      {"apiVersion: fgsync/v1", "apiVersion: fgsync/v2",
       "1:13 unknown_api_version: apiVersion: must be fgsync/v1, found \"fgsync/v2\" [this version of fgsync knows "
       "only fgsync/v1]"},
      {"spec:\n",
       "spec:\n"
       "  - a\n"
       "spek:\n",
       "6:3 wrong_type: spec: must be a mapping, found a list\n"
       "7:1 unknown_key: spek: unknown key [did you mean spec?]"},
      {"spec:\n", "spek:\n",
       "1:1 missing: spec: is missing\n"
       "5:1 unknown_key: spek: unknown key [did you mean spec?]"},
  });
}

TEST_CASE("config: credentials are exactly one of five kinds, each complete") {
  check_credentials({
      {"{}",
       "10:3 missing: spec.credentials: must have exactly one of token_file, aksk, profile, iam or metadata, found "
       "none"},
      {"{token: abc}",
       "10:3 missing: spec.credentials: must have exactly one of token_file, aksk, profile, iam or metadata, found "
       "none\n"
       "10:17 unknown_key: spec.credentials.token: unknown key [known keys are token_file, aksk, profile, iam, "
       "metadata]"},
      {"{token_file: a, metadata: {}}",
       "10:3 too_many: spec.credentials: must have exactly one of token_file, aksk, profile, iam or metadata, found "
       "token_file and metadata"},
      {"{token_file: ''}", "10:29 invalid_value: spec.credentials.token_file: must be a path, found \"\""},
      {"{token_file: [a]}", "10:29 wrong_type: spec.credentials.token_file: must be text, found a list"},
      {"[token_file]", "10:16 wrong_type: spec.credentials: must be a mapping, found a list"},
      {"token", "10:16 wrong_type: spec.credentials: must be a mapping"},
      {"{aksk: {ak_file: a}}", "10:17 missing: spec.credentials.aksk.sk_file: is missing"},
      {"{aksk: {}}",
       "10:17 missing: spec.credentials.aksk.ak_file: is missing\n"
       "10:17 missing: spec.credentials.aksk.sk_file: is missing"},
      {"{aksk: {ak_file: a, sk_file: b, sk: c}}",
       "10:48 unknown_key: spec.credentials.aksk.sk: unknown key [known keys are ak_file, sk_file, "
       "security_token_file]"},
      {"{profile: basic}", "10:26 wrong_type: spec.credentials.profile: must be a mapping"},
      {"{profile: {section: [a]}}", "10:36 wrong_type: spec.credentials.profile.section: must be text, found a list"},
      {"{iam: {domain: acme, user: bot}}", "10:17 missing: spec.credentials.iam.password_file: is missing"},
      {"{iam: {endpoint: 'http://iam.example.org', domain: acme, user: bot, password_file: p}}",
       "10:33 invalid_value: spec.credentials.iam.endpoint: must be https://HOST or https://HOST:PORT without a path "
       "(http only for this machine: localhost, 127.x, [::1]), found \"http://iam.example.org\""},
      {"{iam: {domain: acme, user: bot, password: geheim, password_file: p}}",
       "10:48 unknown_key: spec.credentials.iam.password: unknown key [known keys are endpoint, domain, user, "
       "password_file, agency]"},
      {"{iam: {domain: acme, user: bot, password_file: p, agency: {domain: acme}}}",
       "10:66 missing: spec.credentials.iam.agency.name: is missing"},
      {"{metadata: true}", "10:27 wrong_type: spec.credentials.metadata: must be a mapping"},
  });
}

TEST_CASE("config: a source is a directory or a repository") {
  check_sources({
      {"[{}]", "12:13 missing: spec.sources[0]: must have exactly one of directory or git, found none"},
      {"[manifests]",
       "12:13 wrong_type: spec.sources[0]: must be a mapping, found \"manifests\" [write `sources[0]: {directory: "
       "\"manifests\"}`]"},
      {"manifests", "12:12 wrong_type: spec.sources: must be a list, found \"manifests\""},
      {"[{directory: a, git: {url: 'https://h/r'}}]",
       "12:13 too_many: spec.sources[0]: must have exactly one of directory or git, found directory and git"},
      {"[{directory: ''}]", "12:25 invalid_value: spec.sources[0].directory: must be a path, found \"\""},
      {"[{path: manifests}]",
       "12:13 missing: spec.sources[0]: must have exactly one of directory or git, found none\n"
       "12:14 unknown_key: spec.sources[0].path: unknown key [did you mean directory?]"},
      {"[{directory: a, environment: ''}]",
       "12:41 invalid_value: spec.sources[0].environment: must be 1 to 63 letters, digits, -, _ or ., starting with a "
       "letter or digit, found \"\""},
      {"[{directory: a, environment: ../prod}]",
       "12:41 invalid_value: spec.sources[0].environment: must be 1 to 63 letters, digits, -, _ or ., starting with a "
       "letter or digit, found \"../prod\""},
      {"[{directory: a, env: prod}]",
       "12:28 unknown_key: spec.sources[0].env: unknown key [did you mean environment?]"},
      {"[{git: 'https://h/r'}]",
       "12:19 wrong_type: spec.sources[0].git: must be a mapping, found \"https://h/r\" in quotes"},
      {"[{git: {branch: main}}]", "12:14 missing: spec.sources[0].git.url: is missing"},
      {"[{git: {url: git.example.org}}]",
       "12:25 invalid_value: spec.sources[0].git.url: must be the URL of a repository: https://HOST/PATH (http only "
       "for this machine), "
       "ssh://git@HOST/PATH, git@HOST:PATH or file:///PATH, found \"git.example.org\""},
      {"[{git: {url: 'http://git.example.org/r.git'}}]",
       "12:25 invalid_value: spec.sources[0].git.url: must be the URL of a repository: https://HOST/PATH (http only "
       "for this machine), "
       "ssh://git@HOST/PATH, git@HOST:PATH or file:///PATH, found \"http://git.example.org/r.git\""},
      {"[{git: {url: 'https://git.example.org'}}]",
       "12:25 invalid_value: spec.sources[0].git.url: must be the URL of a repository: https://HOST/PATH (http only "
       "for this machine), "
       "ssh://git@HOST/PATH, git@HOST:PATH or file:///PATH, found \"https://git.example.org\""},
      {"[{git: {url: 'https://bot:geheim@git.example.org/r.git'}}]",
       "12:25 login_in_url: spec.sources[0].git.url: must not hold a user name or a password [write the user as "
       "credentials.username, and name the file with the password as credentials.password_file]"},
      {"[{git: {url: 'https://ghp_geheim@git.example.org/r.git'}}]",
       "12:25 login_in_url: spec.sources[0].git.url: must not hold a user name or a password [write the user as "
       "credentials.username, and name the file with the password as credentials.password_file]"},
      {"[{git: {url: 'ssh://git:geheim@git.example.org/r.git'}}]",
       "12:25 login_in_url: spec.sources[0].git.url: must not hold a user name or a password [write the user as "
       "credentials.username, and name the file with the password as credentials.password_file]"},
      {"[{git: {url: 'htps://bot:geheim@git.example.org/r.git'}}]",
       "12:25 invalid_value: spec.sources[0].git.url: must be the URL of a repository: https://HOST/PATH (http only "
       "for this machine), "
       "ssh://git@HOST/PATH, git@HOST:PATH or file:///PATH, found \"htps://***@git.example.org/r.git\""},
      {"[{git: {url: 'https://bot:ge/heim@git.example.org/r.git'}}]",
       "12:25 invalid_value: spec.sources[0].git.url: must be the URL of a repository: https://HOST/PATH (http only "
       "for this machine), "
       "ssh://git@HOST/PATH, git@HOST:PATH or file:///PATH, found \"https://***@git.example.org/r.git\""},
      {"[{git: {url: 'htps://bot:geheim-geheim-geheim-geheim-geheim-geheim-geheim-geheim@git.example.org/r.git'}}]",
       "12:25 invalid_value: spec.sources[0].git.url: must be the URL of a repository: https://HOST/PATH (http only "
       "for this machine), "
       "ssh://git@HOST/PATH, git@HOST:PATH or file:///PATH, found \"htps://***\""},
      {"[{git: {url: 'https://h/r', branch: main, tag: v1}}]",
       "12:59 too_many: spec.sources[0].git.tag: stands beside branch [keep one of branch, tag and commit]"},
      {"[{git: {url: 'https://h/r', branch: main, tag: v1, commit: 9fceb02d0ae598e95dc970b74767f19372d61af8}}]",
       "12:59 too_many: spec.sources[0].git.tag: stands beside branch [keep one of branch, tag and commit]\n"
       "12:71 too_many: spec.sources[0].git.commit: stands beside branch [keep one of branch, tag and commit]"},
      {"[{git: {url: 'https://h/r', commit: 9fceb02}}]",
       "12:48 invalid_value: spec.sources[0].git.commit: must be a full commit id of 40 or 64 lower-case hex digits, "
       "found \"9fceb02\""},
      {"[{git: {url: 'https://h/r', branch: -x}}]",
       "12:48 invalid_value: spec.sources[0].git.branch: must be the name of a branch or tag, found \"-x\""},
      {"[{git: {url: 'https://h/r', ref: main}}]",
       "12:40 unknown_key: spec.sources[0].git.ref: unknown key [did you mean branch?]"},
      {"[{git: {url: 'https://h/r', path: ../x}}]",
       "12:46 invalid_value: spec.sources[0].git.path: must be a relative path inside the repository, without .., "
       "found \"../x\""},
      {"[{git: {url: 'https://h/r', path: /x}}]",
       "12:46 invalid_value: spec.sources[0].git.path: must be a relative path inside the repository, without .., "
       "found \"/x\""},
      {"[{git: {url: 'https://h/r', interval: 1ms}}]",
       "12:50 invalid_value: spec.sources[0].git.interval: must be a duration from 1s to 168h, such as 5m, found "
       "\"1ms\""},
      {"[{git: {url: 'https://h/r', credentials: {username: bot}}}]",
       "12:40 missing: spec.sources[0].git.credentials.password_file: is missing"},
      {"[{git: {url: 'git@h:r', credentials: {username: bot, password_file: p}}}]",
       "12:49 does_not_fit: spec.sources[0].git.credentials: does not go with an SSH URL [name the private key as "
       "ssh_key_file]"},
      {"[{git: {url: 'https://h/r', ssh_key_file: k, known_hosts_file: h}}]",
       "12:54 does_not_fit: spec.sources[0].git.ssh_key_file: goes only with an SSH URL [for https there is "
       "credentials]\n"
       "12:75 does_not_fit: spec.sources[0].git.known_hosts_file: goes only with an SSH URL [for https there is "
       "credentials]"},
      {"[{git: {url: 'https://h/r', verify: {}}}]",
       "12:40 missing: spec.sources[0].git.verify: must have exactly one of allowed_signers_file or gpg_keyring_file, "
       "found none"},
      {"[{git: {url: 'https://h/r', verify: {allowed_signers_file: a, gpg_keyring_file: b}}}]",
       "12:40 too_many: spec.sources[0].git.verify: must have exactly one of allowed_signers_file or gpg_keyring_file, "
       "found allowed_signers_file and gpg_keyring_file"},
  });
}

TEST_CASE("config: mistakes in the daemon's keys") {
  check_key({
      {"intervals: {sweep: 5}",
       "18:22 invalid_value: spec.intervals.sweep: must be a duration from 1s to 168h, such as 5m, found \"5\""},
      {"intervals: {sweep: 500ms}",
       "18:22 invalid_value: spec.intervals.sweep: must be a duration from 1s to 168h, such as 5m, found \"500ms\""},
      {"intervals: {full_refresh: 169h}",
       "18:29 invalid_value: spec.intervals.full_refresh: must be a duration from 1s to 168h, such as 5m, found "
       "\"169h\""},
      {"intervals: {debounce: 2m}",
       "18:25 invalid_value: spec.intervals.debounce: must be a duration from 0ms to 1m, such as 200ms, found \"2m\""},
      {"intervals: {sweeps: 5m}", "18:15 unknown_key: spec.intervals.sweeps: unknown key [did you mean sweep?]"},
      {"intervals: 5m", "18:14 wrong_type: spec.intervals: must be a mapping, found \"5m\""},
      {"control: {socket: ''}", "18:21 invalid_value: spec.control.socket: must be a path, found \"\""},
      {"control: {socket: "
       "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
       "}",
       "18:21 out_of_range: spec.control.socket: must have at most 107 bytes together with the folder of this file, "
       "found 115"},
      {"control: {tcp: {listen: '127.0.0.1:9465'}}", "18:13 missing: spec.control.tcp.token_file: is missing"},
      {"control: {tcp: {token_file: t}}", "18:13 missing: spec.control.tcp.listen: is missing"},
      {"control: {tcp: {listen: '127.0.0.1:9465', token_file: t, cert_file: c}}",
       "18:13 missing: spec.control.tcp.key_file: is missing beside cert_file"},
      {"control: {tcp: {listen: '127.0.0.1:9465', token_file: t, key_file: c}}",
       "18:13 missing: spec.control.tcp.cert_file: is missing beside key_file"},
      {"control: {tcp: {listen: '0.0.0.0:9465', token_file: t}}",
       "18:27 insecure: spec.control.tcp.listen: can be reached from other machines, to which tokens must not travel "
       "in the clear, found \"0.0.0.0:9465\" [add cert_file and key_file, or listen on 127.0.0.1]"},
      {"control: {tcp: {listen: 9465, token_file: t}}",
       "18:27 invalid_value: spec.control.tcp.listen: must be an address and a port, such as 127.0.0.1:9464 or "
       "[::1]:9464, found \"9465\""},
      {"metrics: {}", "18:3 missing: spec.metrics.listen: is missing"},
      {"metrics: {listen: '127.0.0.1'}",
       "18:21 invalid_value: spec.metrics.listen: must be an address and a port, such as 127.0.0.1:9464 or [::1]:9464, "
       "found \"127.0.0.1\""},
      {"metrics: {listen: '127.0.0.1:65536'}",
       "18:21 invalid_value: spec.metrics.listen: must be an address and a port, such as 127.0.0.1:9464 or [::1]:9464, "
       "found \"127.0.0.1:65536\""},
      {"metrics: {listen: '::1:80'}",
       "18:21 invalid_value: spec.metrics.listen: must be an address and a port, such as 127.0.0.1:9464 or [::1]:9464, "
       "found \"::1:80\""},
      {"metrics: {listen: ':80'}",
       "18:21 invalid_value: spec.metrics.listen: must be an address and a port, such as 127.0.0.1:9464 or [::1]:9464, "
       "found \":80\""},
      {"log: {level: verbose}",
       "18:16 unknown_value: spec.log.level: must be error, warn, info or debug, found \"verbose\""},
      {"log: {format: xml}", "18:17 unknown_value: spec.log.format: must be logfmt or json, found \"xml\""},
      {"log: debug", "18:8 wrong_type: spec.log: must be a mapping, found \"debug\""},
      {"mode: dry-run", "18:9 unknown_value: spec.mode: must be enforce or observe, found \"dry-run\""},
      {"mode: Observe",
       "18:9 unknown_value: spec.mode: must be enforce or observe, found \"Observe\" [did you mean observe?]"},
      {"mode: true", "18:9 unknown_value: spec.mode: must be enforce or observe, found \"true\""},
  });
}

TEST_CASE("config: mistakes in limits and guards") {
  check_key({
      {"budget: {requests_per_second: -1}",
       "18:33 out_of_range: spec.budget.requests_per_second: must be between 0 and 10000, found -1"},
      {"budget: {requests_per_second: 1.5}",
       "18:33 wrong_type: spec.budget.requests_per_second: must be a whole number, found \"1.5\""},
      {"budget: {concurrency: 0}", "18:25 out_of_range: spec.budget.concurrency: must be between 1 and 256, found 0"},
      {"budget: {bytes_in_flight: 24}",
       "18:29 invalid_value: spec.budget.bytes_in_flight: must be a size from 1MiB to 64GiB, such as 24MiB, found "
       "\"24\""},
      {"budget: {bytes_in_flight: 24MB}",
       "18:29 invalid_value: spec.budget.bytes_in_flight: must be a size from 1MiB to 64GiB, such as 24MiB, found "
       "\"24MB\""},
      {"budget: {bytes_in_flight: 1KiB}",
       "18:29 invalid_value: spec.budget.bytes_in_flight: must be a size from 1MiB to 64GiB, such as 24MiB, found "
       "\"1KiB\""},
      {"budget: {bytes_in_flight: 65GiB}",
       "18:29 invalid_value: spec.budget.bytes_in_flight: must be a size from 1MiB to 64GiB, such as 24MiB, found "
       "\"65GiB\""},
      {"guards: {prune: yes}", "18:19 wrong_type: spec.guards.prune: must be true or false, found \"yes\""},
      {"guards: {prune_after: 0}", "18:25 out_of_range: spec.guards.prune_after: must be between 1 and 100, found 0"},
      {"guards: {max_delete: -1}", "18:24 out_of_range: spec.guards.max_delete: must be between 0 and 10000, found -1"},
      {"guards: {max_change: 30}",
       "18:24 invalid_value: spec.guards.max_change: must be a percentage from 1% to 100%, such as 30%, found \"30\""},
      {"guards: {max_change: 0%}",
       "18:24 invalid_value: spec.guards.max_change: must be a percentage from 1% to 100%, such as 30%, found \"0%\""},
      {"guards: {max_change: 101%}",
       "18:24 invalid_value: spec.guards.max_change: must be a percentage from 1% to 100%, such as 30%, found "
       "\"101%\""},
      {"guards: {confirm_delete: a}", "18:28 wrong_type: spec.guards.confirm_delete: must be a list, found \"a\""},
      {"guards: {confirm_delete: [9x]}",
       "18:29 invalid_value: spec.guards.confirm_delete[0]: must be 1 to 60 letters, digits, - or _, starting with a "
       "letter and ending with a letter or digit, found \"9x\""},
      {"guards: {self_heal: 'true'}",
       "18:23 wrong_type: spec.guards.self_heal: must be true or false, found \"true\" in quotes [write it without "
       "quotes]"},
      {"guards: {selfheal: true}", "18:12 unknown_key: spec.guards.selfheal: unknown key [did you mean self_heal?]"},
      {"guards: [prune]", "18:11 wrong_type: spec.guards: must be a mapping, found a list"},
      {"prune: true", "18:3 unknown_key: spec.prune: unknown key [did you mean guards?]"},
      {"import_via: api", "18:15 unknown_value: spec.import_via: must be auto, import or create, found \"api\""},
      {"import_via: [auto]", "18:15 wrong_type: spec.import_via: must be text, found a list"},
      {"markers: maybe", "18:12 invalid_value: spec.markers: must be on or off, found \"maybe\""},
      {"markers: [on]", "18:12 wrong_type: spec.markers: must be text, found a list"},
      {"fingerprint_key_file:", "18:3 wrong_type: spec.fingerprint_key_file: must be text, found nothing"},
      {"fingerprint_key_file: ''", "18:25 invalid_value: spec.fingerprint_key_file: must be a path, found \"\""},
  });
}

TEST_CASE("config: more mistakes in limits and guards") {
  check({
      {"parallel: 4", "parallel: 0", "16:13 out_of_range: spec.parallel: must be between 1 and 256, found 0"},
      {"parallel: 4", "parallel: 257", "16:13 out_of_range: spec.parallel: must be between 1 and 256, found 257"},
      {"parallel: 4", "parallel: many", "16:13 wrong_type: spec.parallel: must be a whole number, found \"many\""},
      {"parallel: 4", "parallel: '4'",
       "16:13 wrong_type: spec.parallel: must be a whole number, found \"4\" in quotes [write it without quotes]"},
      {"timeouts: {call: 30s, upload: 5m}", "timeouts: {call: 30}",
       "17:20 invalid_value: spec.timeouts.call: must be a duration from 100ms to 24h, such as 30s, found \"30\""},
      {"timeouts: {call: 30s, upload: 5m}", "timeouts: {call: 25h}",
       "17:20 invalid_value: spec.timeouts.call: must be a duration from 100ms to 24h, such as 30s, found \"25h\""},
      {"timeouts: {call: 30s, upload: 5m}", "timeouts: {calls: 30s}",
       "17:14 unknown_key: spec.timeouts.calls: unknown key [did you mean call?]"},
  });
}

TEST_CASE("config: mistakes in secrets") {
  check_key({
      {"secrets: {allow_env: FN_*}", "18:24 wrong_type: spec.secrets.allow_env: must be a list, found \"FN_*\""},
      {"secrets: {allow_env: ['*']}",
       "18:25 invalid_value: spec.secrets.allow_env[0]: must be the name of a variable, or its beginning and a *, such "
       "as FN_*, found \"*\""},
      {"secrets: {allow_env: [FN_*_X]}",
       "18:25 invalid_value: spec.secrets.allow_env[0]: must be the name of a variable, or its beginning and a *, such "
       "as FN_*, found \"FN_*_X\""},
      {"secrets: {allow_env: ['FN-X']}",
       "18:25 invalid_value: spec.secrets.allow_env[0]: must be the name of a variable, or its beginning and a *, such "
       "as FN_*, found \"FN-X\""},
      {"secrets: {allow_env: [1X]}",
       "18:25 invalid_value: spec.secrets.allow_env[0]: must be the name of a variable, or its beginning and a *, such "
       "as FN_*, found \"1X\""},
      {"secrets: {allow_env: [FGSYNC_TOKEN]}",
       "18:25 reserved_name: spec.secrets.allow_env[0]: must not name what fgsync and other tools for the service take "
       "credentials from, found \"FGSYNC_TOKEN\" [give the secrets of functions variables of their own, such as "
       "FN_DB_PASSWORD]"},
      {"secrets: {allow_env: ['HUAWEICLOUD_SDK_*', 'OS_*']}",
       "18:25 reserved_name: spec.secrets.allow_env[0]: must not name what fgsync and other tools for the service take "
       "credentials from, found \"HUAWEICLOUD_SDK_*\" [give the secrets of functions variables of their own, such as "
       "FN_DB_PASSWORD]\n"
       "18:46 reserved_name: spec.secrets.allow_env[1]: must not name what fgsync and other tools for the service take "
       "credentials from, found \"OS_*\" [give the secrets of functions variables of their own, such as "
       "FN_DB_PASSWORD]"},
      {"secrets: {allow_directories: [/]}",
       "18:33 reserved_name: spec.secrets.allow_directories[0]: must not be /, which would allow every file of this "
       "machine [name a folder that holds nothing but secrets of functions]"},
      {"secrets: {allow_directories: ['']}",
       "18:33 invalid_value: spec.secrets.allow_directories[0]: must be a path, found \"\""},
      {"secrets: {allow_files: [a]}",
       "18:13 unknown_key: spec.secrets.allow_files: unknown key [known keys are allow_env, allow_directories]"},
      {"secrets: true", "18:12 wrong_type: spec.secrets: must be a mapping, found \"true\""},
      {"allow_env: [FN_*]", "18:3 unknown_key: spec.allow_env: unknown key [did you mean secrets?]"},
  });
}

TEST_CASE("config: sources in one repository say the same about it") {
  check_key({
      {"targets: [{name: eu, sources: [{git: {url: 'https://h/r', path: a}}, {git: {url: 'https://h/r', path: b, "
       "verify: {allowed_signers_file: s}}}]}]",
       "18:116 does_not_fit: spec.targets[0].sources[1].git.verify: says something else about verify than another "
       "source in the same repository: conf/fgsync.yaml:18:40 [say the same in both]"},
      {"targets: [{name: eu, sources: [{git: {url: 'https://h/r', interval: 1m}}, {git: {url: 'https://h/r'}}]}]",
       "18:83 does_not_fit: spec.targets[0].sources[1].git: says something else about interval than another source in "
       "the same repository: conf/fgsync.yaml:18:40 [say the same in both]"},
      // Another reference makes another one.
      {"targets: [{name: eu, sources: [{git: {url: 'https://h/r', tag: a, interval: 1m}}, {git: {url: "
       "'https://h/r', branch: a}}, x]}]",
       "18:125 wrong_type: spec.targets[0].sources[2]: must be a mapping, found \"x\" [write `sources[2]: {directory: "
       "\"x\"}`]"},
  });
}

TEST_CASE("config: mistakes in targets") {
  check_key({
      {"targets: eu", "18:12 wrong_type: spec.targets: must be a list, found \"eu\""},
      {"targets: [eu]", "18:13 wrong_type: spec.targets[0]: must be a mapping, found \"eu\""},
      {"targets: [{region: eu-de}]", "18:13 missing: spec.targets[0].name: is missing"},
      {"targets: [{name: 'e u'}]",
       "18:20 invalid_value: spec.targets[0].name: must be a target's name: 1 to 63 letters, digits, -, _ or ., "
       "starting with a letter or digit, found \"e u\""},
      {"targets: [{name: eu}, {name: us}, {name: eu}]",
       "18:44 duplicate_name: spec.targets[2].name: another target is called \"eu\": conf/fgsync.yaml:18:20 [give each "
       "a name of its own]"},
      {"targets: [{name: eu, regoin: eu-de}]",
       "18:24 unknown_key: spec.targets[0].regoin: unknown key [did you mean region?]"},
      {"targets: [{name: eu, mode: observe}]",
       "18:24 unknown_key: spec.targets[0].mode: unknown key [`fgsync schema` lists the known keys of each kind]"},
      {"targets: [{name: eu, parallel: 0}]",
       "18:34 out_of_range: spec.targets[0].parallel: must be between 1 and 256, found 0"},
      {"targets: [{name: eu, credentials: {}}]",
       "18:24 missing: spec.targets[0].credentials: must have exactly one of token_file, aksk, profile, iam or "
       "metadata, found none"},
      {"targets: [{name: eu, sources: [{git: {url: 'https://a:b@h/r'}}]}]",
       "18:46 login_in_url: spec.targets[0].sources[0].git.url: must not hold a user name or a password [write the "
       "user as credentials.username, and name the file with the password as credentials.password_file]"},
      {"targets: [{name: eu, control: {socket: s}}]",
       "18:24 unknown_key: spec.targets[0].control: unknown key [`fgsync schema` lists the known keys of each kind]"},
      {"targets: [{name: eu, secrets: {allow_env: [HW_ACCESS_KEY]}}]",
       "18:46 reserved_name: spec.targets[0].secrets.allow_env[0]: must not name what fgsync and other tools for the "
       "service take credentials from, found \"HW_ACCESS_KEY\" [give the secrets of functions variables of their own, "
       "such as FN_DB_PASSWORD]"},
  });
}

TEST_CASE("config: what may be a secret is in no part of any message") {
  const std::string long_password = "geheim-geheim-geheim-geheim-geheim-geheim-geheim-geheim-geheim-geheim";
  for (const char* const text :
       {"sources: [{git: {url: 'https://bot:geheim@git.example.org/r.git'}}]",
        "sources: [{git: {url: 'https://geheim@git.example.org/r.git'}}]",
        "sources: [{git: {url: 'ssh://bot:geheim@git.example.org/r.git'}}]",
        "sources: [{git: {url: 'htps://bot:geheim@git.example.org/r.git'}}]",
        "sources: [{git: {url: 'https://bot:geh/geheim@git.example.org/r.git'}}]",
        "sources: ['https://bot:geheim@git.example.org/r.git']", "sources: https://bot:geheim@git.example.org/r.git",
        "endpoint: https://bot:geheim@fg.example.org", "ca_file: [https://bot:geheim@fg.example.org]",
        "https://bot:geheim@fg.example.org: a", "credentials: geheim", "credentials: {token: geheim}",
        "credentials: {token: geheim, token_file: []}", "credentials: {iam: {user: bot, password: geheim}}",
        "credentials: {aksk: geheim}", "sources: [{git: {url: 'https://h/r', credentials: {password: geheim}}}]"}) {
    for (const std::string& secret : {std::string("geheim"), long_password}) {
      std::string changed = text;
      changed.replace(changed.rfind("geheim"), 6, secret);
      CAPTURE(changed);
      const LoadedConfig loaded =
          load("fgsync.yaml", "apiVersion: fgsync/v1\nkind: Config\nspec:\n  " + changed + "\n");
      CHECK(manifest::has_error(loaded.diagnostics));
      for (const auto& diagnostic : loaded.diagnostics) CHECK_THAT(to_text(diagnostic), !Catch::Contains("geheim"));
    }
  }
}

}  // namespace fgsync::config::test
