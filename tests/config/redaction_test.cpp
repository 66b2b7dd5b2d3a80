#include "config/redaction.hpp"

#include <catch2/catch.hpp>

namespace fgsync::config::test {

TEST_CASE("redaction: what may be a login in a URL is hidden, everything else stays") {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"", ""},
      {"no URL: a@b", "no URL: a@b"},
      {"url: https://h/r", "url: https://h/r"},
      {"url: https://h:8443/r", "url: https://h:8443/r"},
      {"url: https://[::1]:8443/r", "url: https://[::1]:8443/r"},
      {"url: https://bot:pw@h/r", "url: https://***@h/r"},
      {"url: https://token@h/r # a@b", "url: https://***@h/r # a@b"},
      {"url: https://bot:p@w@h/r", "url: https://***@h/r"},
      {"url: https://bot:p/w@h/r", "url: https://***@h/r"},
      {"url: \"https://bot:pw@h/r\"", "url: \"https://***@h/r\""},
      {"a: https://bot:pw@h/r b: ssh://x:y@z/r", "a: https://***@h/r b: ssh://***@z/r"},
      {"found \"https://bot:half-a-pass…\"", "found \"https://***\""},
      {"found \"https://half-a-tok…\"", "found \"https://***\""},
      {"found \"https://h/a-long-path…\"", "found \"https://h/a-long-path…\""},
      {"https://bot:pw", "https://***"},
      {"found \"https://bot:p/half…\"", "found \"https://***\""},
      {"://", "://"},
  };
  for (const auto& [text, expected] : cases) {
    CAPTURE(text);
    CHECK(without_logins(text) == expected);
  }
}

TEST_CASE("redaction: our own words in a message stay as they are") {
  manifest::Diagnostics diagnostics(1);
  diagnostics[0].field = "spec.endpoint";
  diagnostics[0].message = "must be https://HOST:PORT, found \"https://bot:pw@h\"";
  diagnostics[0].source_line = "  endpoint: https://bot:pw@h";
  redact(diagnostics);
  CHECK(diagnostics[0].message == "must be https://HOST:PORT, found \"https://***@h\"");
  CHECK(diagnostics[0].source_line == "  endpoint: https://***@h");
}

TEST_CASE("redaction: of credentials neither a value nor the line is shown, by no diagnostic of that line") {
  manifest::Diagnostics diagnostics(3);
  diagnostics[0].code = "wrong_type";
  diagnostics[0].field = "spec.credentials";
  diagnostics[0].message = "must be a mapping, found \"MIIabc\"";
  diagnostics[1].field = "spec.region";
  diagnostics[2].field = "spec.region";
  for (auto& diagnostic : diagnostics) diagnostic.source_line = "spec: {credentials: MIIabc, region: a b}";
  for (auto& diagnostic : diagnostics) diagnostic.position.line = 3;
  diagnostics[2].position.line = 4;
  redact(diagnostics);
  CHECK(diagnostics[0].message == "must be a mapping");
  CHECK(diagnostics[0].source_line.empty());
  CHECK(diagnostics[1].source_line.empty());
  CHECK_FALSE(diagnostics[2].source_line.empty());
}

}  // namespace fgsync::config::test
