// What the store remembers besides what was applied last: history, holds, what nobody can read back.
#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "state/sqlite_snapshot.hpp"
#include "state/sqlite_store.hpp"
#include "tests/support/run.hpp"
#include "tests/support/temp_directory.hpp"

namespace fgsync::state {
namespace {

using test::TempDirectory;

const Scope kPlace{"https://example.com", "p1", "shop", "/src"};

std::unique_ptr<Store> reopen(const std::string& directory, const Scope& scope = kPlace) {
  auto store = open_sqlite_store(directory, scope);
  if (!store) throw std::runtime_error(store.error().describe());
  return std::move(*store);
}

template <class T>
T wait_for(boost::asio::awaitable<Result<T>> call) {
  auto result = test::run(std::move(call));
  if (!result) throw std::runtime_error(result.error().describe());
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

HistoryEntry happened(const std::string& function, const std::string& event) {
  HistoryEntry entry;
  entry.function = function;
  entry.at = "2026-01-01T00:00:00Z";
  entry.actor = "ana@laptop";
  entry.event = event;
  entry.detail = "publish v2";
  entry.revision = "4f2c9e1";
  entry.plan_id = "0123456789ab";
  entry.digest_before = "aa";
  entry.digest_after = "bb";
  entry.took_ms = 41;
  return entry;
}

std::vector<std::string> events_of(const std::vector<HistoryEntry>& entries) {
  std::vector<std::string> events;
  for (const HistoryEntry& entry : entries) events.push_back(entry.function + ": " + entry.event);
  return events;
}

using Rows = std::vector<std::string>;

TEST_CASE("history: the newest first, of one function or of all, as many as are asked for") {
  const TempDirectory directory;
  {
    const auto store = reopen(directory.path());
    wait_for(store->append_history(happened("a", "applied")));
    wait_for(store->append_history(happened("b", "applied")));
    wait_for(store->append_history(happened("a", "failed")));
  }
  const auto store = reopen(directory.path());
  CHECK(events_of(wait_for(store->history("", 10))) == Rows{"a: failed", "b: applied", "a: applied"});
  CHECK(events_of(wait_for(store->history("a", 10))) == Rows{"a: failed", "a: applied"});
  CHECK(events_of(wait_for(store->history("", 1))) == Rows{"a: failed"});
  CHECK(wait_for(store->history("c", 10)).empty());
}

TEST_CASE("history: an entry keeps who, from what, and how long") {
  const auto store = reopen("");
  wait_for(store->append_history(happened("a", "applied")));
  const auto entry = wait_for(store->history("a", 1)).at(0);
  CHECK(entry.at == "2026-01-01T00:00:00Z");
  CHECK(entry.actor == "ana@laptop");
  CHECK(entry.detail == "publish v2");
  CHECK(entry.revision == "4f2c9e1");
  CHECK(entry.plan_id == "0123456789ab");
  CHECK(entry.digest_before == "aa");
  CHECK(entry.digest_after == "bb");
  CHECK(entry.took_ms == 41);
}

TEST_CASE("history: another scope has its own") {
  const TempDirectory directory;
  wait_for(reopen(directory.path())->append_history(happened("a", "applied")));
  auto elsewhere = kPlace;
  elsewhere.project_id = "p2";
  CHECK(wait_for(reopen(directory.path(), elsewhere)->history("", 10)).empty());
}

TEST_CASE("holds: one for each function, until it is removed") {
  const TempDirectory directory;
  wait_for(reopen(directory.path())->put_hold({"a", "aaaaaaaaaaaa", "", "ana", "2026-01-01T00:00:00Z"}));
  wait_for(reopen(directory.path())->put_hold({"a", "bbbbbbbbbbbb", "too slow", "ben", "2026-01-02T00:00:00Z"}));
  const auto holds = wait_for(reopen(directory.path())->holds());
  REQUIRE(holds.size() == 1);
  CHECK(holds[0].function == "a");
  CHECK(holds[0].fingerprint == "bbbbbbbbbbbb");
  CHECK(holds[0].reason == "too slow");
  CHECK(holds[0].who == "ben");
  CHECK(holds[0].at == "2026-01-02T00:00:00Z");
  wait_for(reopen(directory.path())->remove_hold("a"));
  CHECK(wait_for(reopen(directory.path())->holds()).empty());
}

TEST_CASE("suspensions: one for each function of a project, until it is removed") {
  const TempDirectory directory;
  wait_for(reopen(directory.path())->put_suspension({"a", "", "ana", "2026-01-01T00:00:00Z"}));
  wait_for(reopen(directory.path())->put_suspension({"a", "audit", "ben", "2026-01-02T00:00:00Z"}));
  wait_for(reopen(directory.path())->put_suspension({"b", "", "ben", "2026-01-02T00:00:00Z"}));
  auto elsewhere = kPlace;
  elsewhere.project_id = "p2";
  CHECK(wait_for(reopen(directory.path(), elsewhere)->suspensions()).empty());
  const auto suspensions = wait_for(reopen(directory.path())->suspensions());
  REQUIRE(suspensions.size() == 2);
  CHECK(suspensions[0].function == "a");
  CHECK(suspensions[0].reason == "audit");
  CHECK(suspensions[0].who == "ben");
  CHECK(suspensions[0].at == "2026-01-02T00:00:00Z");
  wait_for(reopen(directory.path())->remove_suspension("a"));
  wait_for(reopen(directory.path())->remove_suspension("never-there"));
  const auto left = wait_for(reopen(directory.path())->suspensions());
  REQUIRE(left.size() == 1);
  CHECK(left[0].function == "b");
}

TEST_CASE("known code: what others zipped is remembered once, for every scope") {
  const TempDirectory directory;
  const KnownCode known{ContentDigest{"cc"}, RemoteDigest{"dd"}};
  wait_for(reopen(directory.path())->put_known_code(known));
  wait_for(reopen(directory.path())->put_known_code(known));
  auto elsewhere = kPlace;
  elsewhere.project_id = "p2";
  CHECK(wait_for(reopen(directory.path(), elsewhere)->known_code()) == std::vector{known});
}

TEST_CASE("inventory: everything about a function survives reopening") {
  InventoryEntry entry;
  entry.name = "a";
  entry.is_protected = true;
  entry.awaits_mark = true;
  entry.missing_runs = 2;
  entry.is_held_back = true;
  entry.aliases = {"prod", "test"};
  entry.previous_versions = {{"prod", "v1"}};
  entry.alias_wishes = {{"prod", "v2"}};
  entry.foreign_changes = {1'700'000'000, 1'700'000'100};
  entry.refused_publish = InventoryEntry::RefusedPublish{"key", "why"};
  entry.sighting = InventoryEntry::Sighting{"row", "desired", 1'700'000'000};
  const TempDirectory directory;
  wait_for(reopen(directory.path())->put_inventory(entry));
  CHECK(wait_for(reopen(directory.path())->inventory()) == std::vector{entry});
}

TEST_CASE("inventory: several are written at once, and one is taken out") {
  const auto store = reopen("");
  InventoryEntry a;
  a.name = "a";
  InventoryEntry b;
  b.name = "b";
  wait_for(store->put_inventories({a, b}));
  CHECK(wait_for(store->inventory()) == std::vector{a, b});
  wait_for(store->remove_inventory("a"));
  wait_for(store->remove_inventory("never-there"));
  CHECK(wait_for(store->inventory()) == std::vector{b});
}

TEST_CASE("store: what many functions write at the same time is all there, each with an id of its own") {
  constexpr int kFunctions = 50;
  const TempDirectory directory;
  std::set<std::int64_t> ids;
  {
    const auto store = reopen(directory.path());
    boost::asio::io_context loop;
    auto begin = [&](int i) -> boost::asio::awaitable<void> {
      Intent intent{0, "f" + std::to_string(i), "import", "now"};
      auto id = co_await store->begin_intent(std::move(intent));
      if (id) ids.insert(*id);
    };
    for (int i = 0; i < kFunctions; ++i) boost::asio::co_spawn(loop, begin(i), boost::asio::detached);
    loop.run();
  }
  CHECK(ids.size() == kFunctions);
  CHECK(wait_for(reopen(directory.path())->open_intents()).size() == kFunctions);
}

TEST_CASE("secret key: made once, and another state has another one") {
  const TempDirectory directory;
  const TempDirectory elsewhere;
  const Secret key = wait_for(reopen(directory.path())->secret_key());
  CHECK(key.reveal().size() == 64);
  CHECK(wait_for(reopen(directory.path())->secret_key()).reveal() == key.reveal());
  CHECK(wait_for(reopen(elsewhere.path())->secret_key()).reveal() != key.reveal());
}

TEST_CASE("flush: the database has everything, also without its log") {
  const TempDirectory directory;
  const TempDirectory copy;
  const auto store = reopen(directory.path());
  InventoryEntry entry;
  entry.name = "a";
  wait_for(store->put_inventory(entry));
  wait_for(store->flush());
  std::filesystem::copy_file(directory / "state.db", copy / "state.db");
  CHECK(wait_for(reopen(copy.path())->inventory()) == std::vector{entry});
}

TEST_CASE("set aside: the damaged file stays under another name, and a new state begins") {
  const TempDirectory directory;
  for (int round = 1; round <= 2; ++round) {
    directory.write("state.db", "no database " + std::to_string(round));
    REQUIRE_FALSE(open_sqlite_store(directory.path(), kPlace));
    const auto name = set_aside(directory.path());
    REQUIRE(name);
    CHECK(*name == (directory / "state.db.set-aside-") + std::to_string(round));
    CHECK(wait_for(reopen(directory.path())->inventory()).empty());
    std::filesystem::remove(directory / "state.db");
  }
  std::ifstream first(directory / "state.db.set-aside-1");
  CHECK(std::string(std::istreambuf_iterator<char>(first), {}) == "no database 1");
}

TEST_CASE("set aside: the log goes with its database") {
  const TempDirectory directory;
  directory.write("state.db", "x");
  directory.write("state.db-wal", "log");
  const auto name = set_aside(directory.path());
  REQUIRE(name);
  CHECK_FALSE(std::filesystem::exists(directory / "state.db-wal"));
  CHECK(std::filesystem::exists(*name + "-wal"));
}

}  // namespace

TEST_CASE("decisions: they stay when the manifests come from elsewhere, and are ended from there, too") {
  const TempDirectory directory;
  const auto here = [&] { return reopen(directory.path()); };
  auto moved = kPlace;
  moved.root = "another/folder";
  moved.environment = ",prod";  // what has none, as `here`, and another
  const auto there = [&] { return reopen(directory.path(), moved); };
  wait_for(here()->put_suspension({"*", "freeze", "ana", "2026-01-01T00:00:00Z"}));
  wait_for(here()->put_hold({"a", "aaaaaaaaaaaa", "old", "ana", "2026-01-01T00:00:00Z"}));
  REQUIRE(wait_for(there()->suspensions()).size() == 1);
  REQUIRE(wait_for(there()->holds()).size() == 1);
  const auto seen = state::read_snapshot(directory.path(), moved);
  REQUIRE(seen);
  REQUIRE(*seen);
  CHECK((*seen)->suspensions.size() == 1);
  CHECK((*seen)->holds.size() == 1);
  wait_for(there()->put_hold({"a", "bbbbbbbbbbbb", "new", "ben", "2026-01-02T00:00:00Z"}));
  const auto holds = wait_for(here()->holds());
  REQUIRE(holds.size() == 1);
  CHECK(holds[0].reason == "new");
  wait_for(there()->remove_suspension("*"));
  wait_for(here()->remove_hold("a"));
  CHECK(wait_for(here()->suspensions()).empty());
  CHECK(wait_for(there()->holds()).empty());
}

TEST_CASE("decisions: of an environment, they say nothing of another, nor of what has none") {
  const TempDirectory directory;
  const auto of = [&](const char* environment) {
    auto place = kPlace;
    place.environment = environment;
    return reopen(directory.path(), place);
  };
  wait_for(of("prod")->put_suspension({"a", "freeze", "ana", "2026-01-01T00:00:00Z"}));
  wait_for(of("prod")->put_hold({"a", "aaaaaaaaaaaa", "old", "ana", "2026-01-01T00:00:00Z"}));
  for (const char* other : {"", "test", "pro", "prod2", ",test"}) {
    INFO(other);
    CHECK(wait_for(of(other)->suspensions()).empty());
    CHECK(wait_for(of(other)->holds()).empty());
    wait_for(of(other)->remove_suspension("a"));
    wait_for(of(other)->remove_hold("a"));
  }
  wait_for(of("test")->put_suspension({kAllFunctions, "pause", "ana", "2026-01-01T00:00:00Z"}));
  CHECK(wait_for(of("")->suspensions()).size() == 1);
  wait_for(of("prod")->remove_suspension(kAllFunctions));
  for (const char* same : {"prod", ",prod", "a,prod,z"}) {
    INFO(same);
    CHECK(wait_for(of(same)->suspensions()).size() == 1);
    CHECK(wait_for(of(same)->holds()).size() == 1);
  }
}

}  // namespace fgsync::state
