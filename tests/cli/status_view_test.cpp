#include "cli/status_view.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

using namespace fgsync;
using nlohmann::json;

namespace {

constexpr std::int64_t kNow = 1'795'336'127;  // 2026-11-22T08:28:47Z

std::vector<cli::FunctionStatus> two() {
  cli::FunctionStatus synced;
  synced.name = "orders-api";
  synced.condition = cli::Condition::synced;
  synced.code = "applied";
  synced.reason = "as its manifest says";
  synced.since = "2026-11-22T06:00:00Z";
  synced.observed_at = kNow - 240;
  synced.last_applied.emplace();
  synced.last_applied->fingerprint = "77e1d2c3b4a5";
  synced.last_applied->remote_digest.hex = std::string(128, '7');
  synced.version = "v1.4.0";
  synced.aliases = {{"prod", "v1.4.0"}, {"stage", ""}};
  synced.newest.emplace();
  synced.newest->event = "applied";
  synced.newest->at = synced.since;
  synced.newest->actor = "jane@build-7";
  synced.last_success = synced.newest;
  synced.last_failure = synced.newest;
  synced.last_failure->event = "failed";
  synced.last_failure->at = "2026-11-20T06:00:00Z";
  synced.last_failure->detail = "503";
  cli::FunctionStatus unknown;
  unknown.name = "thumbnail";
  unknown.code = "never_applied";
  unknown.reason = "this state has never seen it applied";
  unknown.is_suspended = true;
  unknown.hold = state::HoldEntry{"thumbnail", "0123456789ab", "wrong totals", "jane", "2026-11-22T08:00:00Z"};
  return {synced, unknown};
}

cli::StatusContext context() {
  cli::StatusContext context;
  context.state_directory = "/var/lib/fgsync";
  context.has_state = true;
  context.now = kNow;
  return context;
}

std::string text(cli::Columns columns, std::optional<std::size_t> width = std::nullopt) {
  return cli::render_status_text(two(), context(), columns, cli::Paint(false), cli::Screen{width});
}

}  // namespace

TEST_CASE("status as text: a table and the counts") {
  CHECK(text(cli::Columns::few) ==
        "NAME        CONDITION  SINCE  REASON\n"
        "orders-api  Synced     2 h    as its manifest says\n"
        "thumbnail   Unknown    -      this state has never seen it applied\n"
        "\n2 functions: 1 Unknown, 1 Synced.\n");
}

TEST_CASE("status as a wide table: when it was observed, what was applied, by whom") {
  CHECK(text(cli::Columns::wide) ==
        "NAME        CONDITION  SINCE  OBSERVED  APPLIED  VERSION  ALIASES            DIGEST        FINGERPRINT   "
        "STOPPED         LAST ERROR  BY            REASON\n"
        "orders-api  Synced     2 h    4 min     2 h      v1.4.0   prod=v1.4.0,stage  777777777777  77e1d2c3b4a5  "
        "-               2 d         jane@build-7  as its manifest says\n"
        "thumbnail   Unknown    -      never     -        -        -                  -             -             "
        "suspended,held  -           -             this state has never seen it applied\n"
        "\n2 functions: 1 Unknown, 1 Synced.\n");
}

TEST_CASE("status on a narrow terminal: reasons go to lines of their own, which fit") {
  CHECK(text(cli::Columns::few, 30) ==
        "NAME        CONDITION  SINCE\n"
        "orders-api  Synced     2 h\n"
        "  as its manifest says\n"
        "thumbnail   Unknown    -\n"
        "  this state has never seen it\n"
        "  applied\n"
        "\n2 functions: 1 Unknown, 1\n  Synced.\n");
}

TEST_CASE("status on a terminal too narrow for a table: a block for each function") {
  CHECK(text(cli::Columns::few, 20) ==
        "orders-api\n"
        "  CONDITION: Synced\n"
        "  SINCE: 2 h\n"
        "  REASON: as its\n"
        "    manifest says\n"
        "thumbnail\n"
        "  CONDITION: Unknown\n"
        "  SINCE: -\n"
        "  REASON: this state\n"
        "    has never seen\n"
        "    it applied\n"
        "\n2 functions: 1\n  Unknown, 1 Synced.\n");
}

TEST_CASE("status as text: reasons are broken beside a table that leaves room for them") {
  CHECK(text(cli::Columns::few, 62).find("has never seen it\n                              applied\n") !=
        std::string::npos);
}

TEST_CASE("status as text: no direction is turned, what is no UTF-8 is replaced, and ASCII is ASCII") {
  auto statuses = two();
  statuses.front().reason =
      "a\xe2\x80\xae"
      "b \xff \xe2\x86\x92";
  const cli::Paint paint(false);
  const auto utf8 = cli::render_status_text(statuses, context(), cli::Columns::few, paint, cli::Screen{});
  CHECK(utf8.find("a?b \xef\xbf\xbd \xe2\x86\x92\n") != std::string::npos);
  const cli::Screen plain{std::nullopt, cli::Charset::ascii};
  const auto ascii = cli::render_status_text(statuses, context(), cli::Columns::few, paint, plain);
  CHECK(ascii.find("a?b ? ->\n") != std::string::npos);
}

TEST_CASE("status says when no state is used, and who uses it") {
  auto around = context();
  around.running = "fgsync sync, process 4711";
  CHECK(cli::render_status_text({}, around, cli::Columns::few, cli::Paint(false), cli::Screen{}) ==
        "No functions.\nThe state is in use by fgsync sync, process 4711.\n");
  around.state_directory.clear();
  CHECK(cli::render_status_text({}, around, cli::Columns::few, cli::Paint(false), cli::Screen{}) ==
        "No functions.\nNo state is used (--no-state), so nothing is known but the manifests.\n");
}

TEST_CASE("status as text: what comes from elsewhere cannot command the terminal") {
  auto statuses = two();
  statuses.front().reason = "refused\n\x1b[2Jgone";
  const auto shown = cli::render_status_text(statuses, context(), cli::Columns::few, cli::Paint(false), cli::Screen{});
  CHECK(shown.find('\x1b') == std::string::npos);
  CHECK(shown.find("refused??[2Jgone\n") != std::string::npos);
}

TEST_CASE("status as JSON") {
  auto around = context();
  around.max_age_s = 60;
  const json document = json::parse(cli::render_status_json(two(), around));
  CHECK(document["at"] == "2026-11-22T08:28:47Z");
  CHECK(document["max_age_s"] == 60);
  CHECK(document["state"] == json{{"directory", "/var/lib/fgsync"}, {"known", true}, {"in_use_by", nullptr}});
  CHECK(document["summary"]["Synced"] == 1);
  CHECK(document["summary"]["Failed"] == 0);
  const json& synced = document["functions"][0];
  CHECK(synced["address"] == "orders-api");
  CHECK(synced["condition"] == "Synced");
  CHECK(synced["code"] == "applied");
  CHECK(synced["observed_at"] == "2026-11-22T08:24:47Z");
  CHECK(synced["stale"] == true);
  CHECK(synced["last_applied"]["fingerprint"] == "77e1d2c3b4a5");
  CHECK(synced["last_applied"]["at"] == "2026-11-22T06:00:00Z");
  CHECK(synced["last_applied"]["version"] == "v1.4.0");
  CHECK(synced["last_applied"]["aliases"] == json{{"prod", "v1.4.0"}, {"stage", nullptr}});
  CHECK(synced["last_event"]["actor"] == "jane@build-7");
  CHECK(synced["last_error"]["detail"] == "503");
  CHECK(synced["held"].is_null());
  CHECK(synced["suspended"] == false);
  const json& unknown = document["functions"][1];
  CHECK(unknown["since"].is_null());
  CHECK(unknown["observed_at"].is_null());
  CHECK(unknown["last_applied"].is_null());
  CHECK(unknown["stale"] == true);
  CHECK(unknown["last_error"].is_null());
  CHECK(unknown["held"] == json{{"fingerprint", "0123456789ab"},
                                {"reason", "wrong totals"},
                                {"who", "jane"},
                                {"at", "2026-11-22T08:00:00Z"}});
  CHECK(unknown["suspended"] == true);
}

TEST_CASE("ages are shown in the unit that says enough") {
  CHECK(cli::shown_age(-5) == "0 s");
  CHECK(cli::shown_age(119) == "119 s");
  CHECK(cli::shown_age(120) == "2 min");
  CHECK(cli::shown_age(7200) == "2 h");
  CHECK(cli::shown_age(172'800) == "2 d");
}
