#include "cli/history_view.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace fgsync;
using nlohmann::json;

namespace {

state::HistoryEntry applied() {
  state::HistoryEntry entry;
  entry.function = "orders";
  entry.at = "2026-11-22T08:28:47Z";
  entry.actor = "jane@build-7";
  entry.event = "applied";
  entry.detail = "update code, publish v2";
  entry.revision = std::string(40, 'c') + "-dirty";
  entry.plan_id = "20ac3045ceea";
  entry.digest_before = std::string(128, 'a');
  entry.digest_after = std::string(128, 'b');
  entry.took_ms = 12;
  return entry;
}

}  // namespace

TEST_CASE("the history as text: what happened, and below it by whom, of what and how long") {
  auto released = applied();
  released.event = "released";
  released.detail.clear();
  released.revision.clear();
  released.plan_id.clear();
  released.digest_after = released.digest_before;
  CHECK(cli::render_history_text({applied(), released}, cli::Screen{}) ==
        "2026-11-22T08:28:47Z  applied     orders: update code, publish v2\n"
        "                                  by jane@build-7, revision cccccccccccc-dirty, plan 20ac3045ceea, "
        "code sha512:aaaaaaaaaaaa… → sha512:bbbbbbbbbbbb…, 12 ms\n"
        "2026-11-22T08:28:47Z  released    orders\n"
        "                                  by jane@build-7, 12 ms\n");
}

TEST_CASE("the history cannot command the terminal") {
  auto entry = applied();
  entry.detail = "no\x1b[31m\nthanks";
  CHECK(cli::render_history_text({entry}, cli::Screen{}).find("orders: no?[31m?thanks\n") != std::string::npos);
}

TEST_CASE("the history as JSON holds every field in full") {
  const json document = json::parse(cli::render_history_json({applied()}));
  CHECK(document["entries"][0] == json{{"address", "orders"},
                                       {"at", "2026-11-22T08:28:47Z"},
                                       {"event", "applied"},
                                       {"detail", "update code, publish v2"},
                                       {"actor", "jane@build-7"},
                                       {"revision", std::string(40, 'c') + "-dirty"},
                                       {"plan_id", "20ac3045ceea"},
                                       {"digest_before", std::string(128, 'a')},
                                       {"digest_after", std::string(128, 'b')},
                                       {"took_ms", 12}});
}

TEST_CASE("the history on a narrow terminal, in ASCII: every line fits but for words that cannot be broken") {
  auto entry = applied();
  entry.detail =
      "held: a\xe2\x80\xae"
      "b \xff";
  CHECK(cli::render_history_text({entry}, cli::Screen{30, cli::Charset::ascii}) ==
        "2026-11-22T08:28:47Z  applied\n"
        "  orders: held: a?b ?\n"
        "  by jane@build-7, revision\n"
        "  cccccccccccc-dirty, plan\n"
        "  20ac3045ceea, code\n"
        "  sha512:aaaaaaaaaaaa... ->\n"
        "  sha512:bbbbbbbbbbbb..., 12\n"
        "  ms\n");
}
