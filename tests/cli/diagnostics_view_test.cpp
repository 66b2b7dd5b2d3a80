#include "cli/diagnostics_view.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace fgsync;
using nlohmann::json;

namespace {

manifest::Diagnostic unknown_key() {
  manifest::Diagnostic diagnostic;
  diagnostic.code = "unknown_key";
  diagnostic.position = {"/r/manifests/a.yaml", 8, 3};
  diagnostic.field = "spec.memroy_size";
  diagnostic.message = "unknown key";
  diagnostic.hint = "did you mean memory_size?";
  diagnostic.source_line = "  memroy_size: 256";
  return diagnostic;
}

manifest::Diagnostic warning() {
  manifest::Diagnostic diagnostic;
  diagnostic.severity = manifest::Severity::warning;
  diagnostic.code = "not_documented";
  diagnostic.position.file = "/elsewhere/b.yaml";
  diagnostic.message = "is not documented";
  return diagnostic;
}

/// Where a position stands in a line, counted as SARIF does.
int column(const std::string& line, int bytes) {
  manifest::Diagnostic diagnostic;
  diagnostic.source_line = line;
  diagnostic.position.column = bytes;
  return cli::utf16_column(diagnostic);
}

json sarif(const manifest::Diagnostics& diagnostics, const std::string& root = "/r") {
  return json::parse(cli::render_sarif(diagnostics, root));
}

json location(const std::string& file, const std::string& root) {
  manifest::Diagnostic diagnostic = unknown_key();
  diagnostic.position.file = file;
  return sarif({diagnostic}, root)["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"];
}

}  // namespace

TEST_CASE("github: one command for each mistake") {
  CHECK(cli::render_github({unknown_key(), warning()}) ==
        "::error file=/r/manifests/a.yaml,line=8,col=3,title=fgsync unknown_key::spec.memroy_size: unknown key%0Ahint: "
        "did you mean memory_size?\n"
        "::warning file=/elsewhere/b.yaml,title=fgsync not_documented::is not documented\n");
  CHECK(cli::render_github({}).empty());
}

TEST_CASE("github: what would end a command or a property is escaped") {
  manifest::Diagnostic diagnostic = unknown_key();
  diagnostic.position.file = "a:b,c%d\ne.yaml";
  diagnostic.field = "";
  diagnostic.message = "100%, found \"x::y\"\r\n::error::no";
  diagnostic.hint = "";
  CHECK(cli::render_github({diagnostic}) ==
        "::error file=a%3Ab%2Cc%25d%0Ae.yaml,line=8,col=3,title=fgsync unknown_key::100%25, found "
        "\"x::y\"%0D%0A::error::no\n");
}

TEST_CASE("sarif: the whole document") {
  CHECK(sarif({unknown_key(), warning()}) == json::parse(R"({
    "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
    "version": "2.1.0",
    "runs": [{
      "tool": {"driver": {
        "name": "fgsync",
        "semanticVersion": ")" FGSYNC_VERSION R"(",
        "rules": [
          {"id": "not_documented", "shortDescription": {"text": "Not documented."}},
          {"id": "unknown_key", "shortDescription": {"text": "A key is none that fgsync knows."}}
        ]
      }},
      "columnKind": "utf16CodeUnits",
      "originalUriBaseIds": {"%SRCROOT%": {"uri": "file:///r/"}},
      "results": [
        {
          "ruleId": "unknown_key",
          "ruleIndex": 1,
          "level": "error",
          "message": {"text": "spec.memroy_size: unknown key\nhint: did you mean memory_size?"},
          "locations": [{"physicalLocation": {
            "artifactLocation": {"uri": "manifests/a.yaml", "uriBaseId": "%SRCROOT%"},
            "region": {"startLine": 8, "startColumn": 3}
          }}]
        },
        {
          "ruleId": "not_documented",
          "ruleIndex": 0,
          "level": "warning",
          "message": {"text": "is not documented"},
          "locations": [{"physicalLocation": {"artifactLocation": {"uri": "file:///elsewhere/b.yaml"}}}]
        }
      ]
    }]
  })"));
}

TEST_CASE("sarif: without a mistake there is an empty list of results") {
  const json run = sarif({})["runs"][0];
  CHECK(run["results"] == json::array());
  CHECK(run["tool"]["driver"]["rules"] == json::array());
}

TEST_CASE("sarif: every result names a rule that is there, each rule once") {
  manifest::Diagnostics diagnostics;
  for (const auto* code : {"missing", "wrong_type", "missing", "brand_new_code", "bad_syntax"}) {
    diagnostics.push_back(unknown_key());
    diagnostics.back().code = code;
  }
  const json run = sarif(diagnostics)["runs"][0];
  const json& rules = run["tool"]["driver"]["rules"];
  CHECK(rules.size() == 4);
  for (const json& result : run["results"]) {
    CHECK(rules.at(result["ruleIndex"].get<std::size_t>())["id"] == result["ruleId"]);
  }
  CHECK(rules[1] == json{{"id", "brand_new_code"}, {"shortDescription", {{"text", "Brand new code."}}}});
}

TEST_CASE("sarif: files are URIs relative to the root, others are absolute") {
  CHECK(location("/r/a b/\xc3\xa4#?%.yaml", "/r") ==
        json{{"uri", "a%20b/%C3%A4%23%3F%25.yaml"}, {"uriBaseId", "%SRCROOT%"}});
  CHECK(location("/r/x/../a.yaml", "/r/") == json{{"uri", "a.yaml"}, {"uriBaseId", "%SRCROOT%"}});
  CHECK(location("/r2/a.yaml", "/r") == json{{"uri", "file:///r2/a.yaml"}});
  CHECK(location("/r/a.yaml", "/") == json{{"uri", "r/a.yaml"}, {"uriBaseId", "%SRCROOT%"}});
  CHECK(sarif({}, "/my root")["runs"][0]["originalUriBaseIds"]["%SRCROOT%"]["uri"] == "file:///my%20root/");
}

TEST_CASE("sarif: columns count UTF-16 code units") {
  CHECK(column("abc: d", 1) == 1);
  CHECK(column("abc: d", 6) == 6);
  CHECK(column("\xc3\xa4\xe2\x82\xac: d", 8) == 5);  // ä and €
  CHECK(column("\xf0\x9f\x98\x80: d", 7) == 5);      // one character beyond 16 bits
  CHECK(column("", 4) == 4);
  CHECK(column("ab", 9) == 9);
  CHECK(column("ab", 0) == 1);
}

TEST_CASE("sarif: bytes that are no UTF-8 are replaced") {
  manifest::Diagnostic diagnostic = unknown_key();
  diagnostic.message = "bad \xff byte";
  CHECK(sarif({diagnostic})["runs"][0]["results"][0]["message"]["text"].get<std::string>().find("bad \xEF\xBF\xBD") !=
        std::string::npos);
}
