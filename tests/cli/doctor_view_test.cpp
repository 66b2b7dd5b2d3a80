#include "cli/doctor_view.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace fgsync;
using cli::Health;

namespace {

cli::Findings four() {
  return {{"git", Health::ok, "git version 2.39.5"},
          {"state", Health::warning, "/var/lib/fgsync, 3 MiB free", "free some space"},
          {"credentials", Health::failed, "refused", "get new ones"},
          {"quotas", Health::unknown, "not looked at: functions cannot be listed"}};
}

}  // namespace

TEST_CASE("doctor as text: a line for each with a sign, a word and what to do, and the counts") {
  CHECK(cli::render_findings_text(four(), cli::Paint(false), cli::Screen{}) ==
        "+ ok       git          git version 2.39.5\n"
        "! warning  state        /var/lib/fgsync, 3 MiB free; next: free some space\n"
        "x failed   credentials  refused; next: get new ones\n"
        "? unknown  quotas       not looked at: functions cannot be listed\n"
        "\nDoctor: 1 ok, 1 warning, 1 failed, 1 unknown.\n");
}

TEST_CASE("doctor as text: what comes from elsewhere cannot command the terminal") {
  auto findings = four();
  findings[0].text = "git\n  \x1b[2J\n";
  const auto text = cli::render_findings_text(findings, cli::Paint(false), cli::Screen{});
  CHECK(text.find('\x1b') == std::string::npos);
  CHECK(text.find("git ?[2J\n") != std::string::npos);
}

TEST_CASE("doctor on a narrow terminal: what is said stands below the check") {
  const auto text = cli::render_findings_text(four(), cli::Paint(false), cli::Screen{20});
  CHECK(text.find("! warning  state\n  /var/lib/fgsync, 3\n  MiB free; next:\n  free some space\n") !=
        std::string::npos);
}

TEST_CASE("doctor as text: no direction is turned, and ASCII is ASCII") {
  auto findings = four();
  findings[0].text =
      "a\xe2\x80\xae"
      "b \xe2\x80\xa6";
  const auto text = cli::render_findings_text(findings, cli::Paint(false), cli::Screen{{}, cli::Charset::ascii});
  CHECK(text.find("a?b ...\n") != std::string::npos);
}

TEST_CASE("doctor as JSON: every check with its result, and all counts") {
  const auto document = nlohmann::json::parse(cli::render_findings_json(four(), "2026-11-22T08:28:47Z"));
  CHECK(document["at"] == "2026-11-22T08:28:47Z");
  CHECK(document["summary"] == nlohmann::json{{"ok", 1}, {"warning", 1}, {"failed", 1}, {"unknown", 1}});
  REQUIRE(document["checks"].size() == 4);
  CHECK(document["checks"][1] == nlohmann::json{{"check", "state"},
                                                {"result", "warning"},
                                                {"text", "/var/lib/fgsync, 3 MiB free"},
                                                {"next", "free some space"}});
  CHECK(document["checks"][0]["next"].is_null());
}
