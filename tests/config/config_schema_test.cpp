#include "config/config_schema.hpp"

#include <catch2/catch.hpp>
#include <functional>
#include <regex>
#include <set>

#include "config/value_shapes.hpp"
#include "tests/config/support.hpp"

namespace fgsync::config::test {
namespace {

using manifest::NameRule;
using manifest::schema::Field;
using manifest::schema::Shape;

/// Calls `look` for every field, with its path.
void visit(const Shape& shape, const std::string& path,
           const std::function<void(const std::string&, const Field&)>& look) {
  if (shape.items != nullptr) visit(*shape.items, path + "[]", look);
  for (const Field& field : fields_of(shape)) {
    const std::string name = path.empty() ? std::string(field.key) : path + "." + std::string(field.key);
    look(name, field);
    visit(field.shape, name, look);
  }
}

/// What the loader says of the field with its own example.
std::string problems_of_example(const Field& field) {
  const std::string text = std::string(field.key) + ": " + std::string(field.example) + "\n";
  const auto parsed = manifest::yaml::parse(text);
  if (parsed.problem) return parsed.problem->message;
  const manifest::yaml::Lines lines("example", text);
  manifest::yaml::Report report(lines);
  const auto& root = parsed.documents.at(0);
  const Shape mapping = manifest::schema::mapping_of(std::span(&field, 1));
  check(report, {.node = root, .field = {}, .key = root->mark}, mapping);
  std::string problems;
  for (const auto& diagnostic : report.take()) problems += summary(diagnostic) + "\n";
  return problems;
}

struct RuleCase {
  const NameRule& rule;
  std::vector<std::string_view> good;
  std::vector<std::string_view> bad;
};

const std::string kLong(64, 'a');
const std::string kHash40 = "9fceb02d0ae598e95dc970b74767f19372d61af8";
const std::string kHash64 = kHash40 + "9fceb02d0ae598e95dc970b7";

/// What a pattern can say as well as the rule itself.
std::vector<RuleCase> rule_cases() {
  return {
      {kSourceId, {"a", "9", "media-prod", "a.b_c"}, {"", "-a", ".a", "a b", "ä", "a]", kLong}},
      {kRegion, {"cn-north-4", "a"}, {"", "-a", "cn north", "a.b", kLong}},
      {kProjectId, {"46b6f338", "-_", kLong}, {"", "a/b", "a b", "a."}},
      {kTargetName, {"eu"}, {"", "e u"}},
      {kEndpoint,
       {"https://fg.example.org", "https://fg.example.org/", "https://fg.example.org:8443", "http://localhost:8080",
        "http://127.0.0.1:1", "http://[::1]:8080", "https://[2001:db8::1]", "https://fg", "https://fg:65535/"},
       {"",
        "fg.example.org",
        "ftp://fg",
        "http://fg.example.org",
        "https://",
        "https://fg.example.org/v2",
        "https://user@fg",
        "https://user:pw@fg",
        "https://fg:0",
        "https://fg:65536",
        "https://fg:99999",
        "https://fg:",
        "https://fg:80x",
        "https://fg?a",
        "https://f g",
        "http://localhost.example.org",
        "http://127.evil.org",
        "http://127.0.0.1.evil",
        "http://127.",
        "https://[::1",
        "https://[::1]x",
        "HTTPS://fg",
        "https://fg//"}},
      {kSwitch, {"on", "off", "true", "false"}, {"", "On", "yes", "1", "onn"}},
      {kTimeout, {"100ms", "30s", "5m", "24h", "1440m"}, {"", "30", "30 s", "1.5s", "-1s", "1h30m", "1d", "30S", "s"}},
      {kInterval, {"1s", "5m", "168h"}, {"", "5", "m"}},
      {kDebounce, {"0ms", "0s", "200ms", "1m"}, {"", "0"}},
      {kSize, {"1MiB", "24MiB", "64GiB", "1048576B"}, {"", "24", "24MB", "24mib", "MiB", "-1MiB"}},
      {kPercentage, {"1%", "30%", "100%"}, {"", "%", "0%", "101%", "030%", "30", "30 %", "-3%"}},
      {kAddress,
       {"127.0.0.1:9464", "0.0.0.0:1", "[::1]:9464", "localhost:0", "host.example.org:65535"},
       {"", "9464", ":80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "::1:80", "[::1]", "[::1:80", "a b:80",
        "http://a:80", "a:00"}},
      {kGitUrl,
       {"https://git.example.org/fns.git", "https://git.example.org:8443/a/b", "ssh://git@git.example.org/fns.git",
        "ssh://git.example.org:22/fns", "git@git.example.org:fns.git", "file:///srv/fns.git", "http://localhost/a",
        "http://127.0.0.1:8080/a.git", "http://[::1]:80/a"},
       {"", "git.example.org", "http://git.example.org/r", "http://127.example.org/r", "http://localhost/",
        "http://localhost.example.org/r", "http://localhost:x/r", "https://git.example.org", "https://git.example.org/",
        "https:///r", "file://r", "file:///", "git@host:", "git@:r", "/srv/fns.git", "https://h/a b", "htps://h/r"}},
      {kPingUrl,
       {"https://ping.example.org", "https://ping.example.org/a?b=c", "http://127.0.0.1:80/x", "https://h:8443/"},
       {"", "ping.example.org", "http://ping.example.org/a", "https://u@h/a", "https://h/a#b", "https://h/a b",
        "ftp://h/"}},
      {kGitReference,
       {"main", "release/1.2", "v1.4.0", "feature/a+b", "user@work"},
       {"", "-x", "/x", ".x", "a b", "a~1", "a^", "a:b", "a?", "a*", "a["}},
      {kGitCommit, {kHash40, kHash64}, {"", "9fceb02", "9FCEB02D0AE598E95DC970B74767F19372D61AF8", "main"}},
      {kPathInRepository, {"prod", "a/b", "a..b", "...", "./a", "a/..b"}, {"", "/a", "..", "../a", "a/..", "a/../b"}},
      {kVariablePattern, {"FN_*", "DB_PASSWORD", "_x", "A*"}, {"", "*", "FN_*_X", "FN-X", "1X", "A**", "A B"}},
  };
}

}  // namespace

TEST_CASE("config schema: every key says what it means, with an example that is valid") {
  visit(document_shape(), "", [](const std::string& path, const Field& field) {
    CAPTURE(path);
    CHECK(field.doc.ends_with('.'));
    CHECK_FALSE(field.example.empty());
    CHECK(problems_of_example(field).empty());
  });
}

TEST_CASE("config schema: a default that is a single value is a valid one") {
  visit(document_shape(), "", [](const std::string& path, const Field& field) {
    if (field.fallback.empty() || field.fallback.find(' ') != std::string_view::npos || field.fallback == "none")
      return;
    CAPTURE(path);
    Field with_default = field;
    with_default.example = field.fallback;
    CHECK(problems_of_example(with_default).empty());
  });
}

TEST_CASE("config schema: a target takes the keys from endpoint to fingerprint_key_file, and a name") {
  const auto keys_of = [](const Shape& shape) {
    std::vector<std::string> keys;
    for (const Field& field : fields_of(shape)) keys.emplace_back(field.key);
    return keys;
  };
  const auto find = [](const Shape& shape, std::string_view key) -> const Shape& {
    for (const Field& field : fields_of(shape)) {
      if (field.key == key) return field.shape;
    }
    FAIL("no such key");
    return shape;
  };
  const Shape& spec = find(document_shape(), "spec");
  auto expected = keys_of(spec);
  REQUIRE(expected.size() == 22);
  CHECK(std::vector<std::string>(expected.end() - 6, expected.end()) ==
        std::vector<std::string>{"mode", "control", "metrics", "log", "ping_url", "targets"});
  expected.resize(16);
  CHECK(expected.front() == "endpoint");
  CHECK(expected.back() == "fingerprint_key_file");
  expected.insert(expected.begin(), "name");
  CHECK(keys_of(*find(spec, "targets").items) == expected);
}

TEST_CASE("config schema: every key is acted on") {
  std::set<std::string> later;
  visit(document_shape(), "", [&later](const std::string& path, const Field& field) {
    const bool is_in_target = path.find("targets[]") != std::string::npos;
    if (field.effect == Field::Effect::later && !is_in_target) later.insert(path);
  });
  CHECK(later.empty());
}

TEST_CASE("config schema: the patterns for editors say the same as the rules of the loader") {
  for (const RuleCase& c : rule_cases()) {
    CAPTURE(c.rule.expected, c.rule.pattern);
    REQUIRE(c.rule.pattern.starts_with('^'));
    REQUIRE(c.rule.pattern.ends_with('$'));
    const std::regex pattern{std::string(c.rule.pattern)};
    for (const std::string_view good : c.good) {
      CAPTURE(good);
      CHECK(c.rule.is_valid(good));
      CHECK(std::regex_search(std::string(good), pattern));
    }
    for (const std::string_view bad : c.bad) {
      CAPTURE(bad);
      CHECK_FALSE(c.rule.is_valid(bad));
      CHECK_FALSE(std::regex_search(std::string(bad), pattern));
    }
  }
}

TEST_CASE("config schema: what only the loader can refuse") {
  CHECK_FALSE(kTimeout.is_valid("99ms"));
  CHECK_FALSE(kTimeout.is_valid("25h"));
  CHECK_FALSE(kInterval.is_valid("999ms"));
  CHECK_FALSE(kDebounce.is_valid("61s"));
  CHECK_FALSE(kSize.is_valid("1048575B"));
  CHECK_FALSE(kSize.is_valid("65GiB"));
  for (const auto* bad : {"a..b", "a//b", "a/.b", "a@{b", "a.", "a/", "a.lock", "@"}) {
    CAPTURE(bad);
    CHECK_FALSE(kGitReference.is_valid(bad));
  }
}

TEST_CASE("config schema: a login in a URL is seen, wherever a URL can hold one") {
  for (const auto* url : {"https://bot:pw@h/r", "https://token@h/r", "ssh://git:pw@h/r", "https://a@b:c@h/r"}) {
    CAPTURE(url);
    CHECK(has_login(url));
  }
  for (const auto* url :
       {"https://h/r", "https://h:8443/r", "ssh://git@h/r", "git@h:r", "file:///a:b@c", "https://h/@scope/r"}) {
    CAPTURE(url);
    CHECK_FALSE(has_login(url));
  }
}

}  // namespace fgsync::config::test
