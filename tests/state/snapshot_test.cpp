#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "state/sqlite_snapshot.hpp"
#include "state/sqlite_store.hpp"
#include "tests/support/run.hpp"
#include "tests/support/temp_directory.hpp"

namespace fgsync::state {
namespace {

using test::TempDirectory;

const Scope kScope{"https://example.com", "p1", "/src", "manifests"};

template <class T>
T good(boost::asio::awaitable<Result<T>> call) {
  auto result = test::run(std::move(call));
  if (!result) throw std::runtime_error(result.error().describe());
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

HistoryEntry event(const std::string& function, const std::string& what, const std::string& at) {
  HistoryEntry entry;
  entry.function = function;
  entry.event = what;
  entry.at = at;
  return entry;
}

Snapshot snapshot_of(const std::string& directory) {
  auto snapshot = read_snapshot(directory, kScope);
  REQUIRE(snapshot.has_value());
  REQUIRE(snapshot->has_value());
  return std::move(**snapshot);
}

TEST_CASE("snapshot: without a state there is none, and none is made") {
  const TempDirectory directory;
  const std::string place = directory.path() + "/state";
  const auto snapshot = read_snapshot(place, kScope);
  REQUIRE(snapshot.has_value());
  CHECK_FALSE(snapshot->has_value());
  CHECK_FALSE(std::filesystem::exists(place));
}

TEST_CASE("snapshot: another scope's state is none") {
  const TempDirectory directory;
  Scope other = kScope;
  other.project_id = "p2";
  REQUIRE(open_sqlite_store(directory.path(), other));
  const auto snapshot = read_snapshot(directory.path(), kScope);
  REQUIRE(snapshot.has_value());
  CHECK_FALSE(snapshot->has_value());
}

TEST_CASE("snapshot: what the store wrote is read beside it, while it is open") {
  const TempDirectory directory;
  auto store = open_sqlite_store(directory.path(), kScope);
  REQUIRE(store);
  InventoryEntry entry;
  entry.name = "orders";
  entry.fingerprint = "0123456789ab";
  entry.config = {{"timeout", "30"}};
  entry.aliases = {"prod"};
  entry.is_protected = true;
  good((*store)->put_inventory(entry));
  good((*store)->put_suspension({"orders", "incident", "jane", "2026-11-22T09:00:00Z"}));
  good((*store)->put_hold({"orders", "77e1d2c3b4a5", "why", "jane", "2026-11-22T09:00:00Z"}));
  const auto id = good((*store)->begin_intent({0, "orders", "publish v1", "2026-11-22T09:01:00Z"}));
  good((*store)->end_intent(id, "done"));
  good((*store)->begin_intent({0, "orders", "publish v2", "2026-11-22T09:02:00Z"}));

  const Snapshot snapshot = snapshot_of(directory.path());
  REQUIRE(snapshot.inventory.size() == 1);
  CHECK(snapshot.inventory.front() == entry);
  REQUIRE(snapshot.holds.size() == 1);
  CHECK(snapshot.holds.front().who == "jane");
  REQUIRE(snapshot.suspensions.size() == 1);
  CHECK(snapshot.suspensions.front().reason == "incident");
  REQUIRE(snapshot.open_intents.size() == 1);
  CHECK(snapshot.open_intents.front().step == "publish v2");
  const auto names = read_inventory_names(directory.path(), kScope);
  REQUIRE(names.has_value());
  CHECK(*names == std::vector<std::string>{"orders"});
}

TEST_CASE("snapshot: in which other environments a function was applied, and whether one protects it") {
  const TempDirectory directory;
  const auto apply_in = [&directory](Scope scope, bool is_protected, bool awaits_mark = false) {
    InventoryEntry entry;
    entry.name = "orders";
    entry.is_protected = is_protected;
    entry.awaits_mark = awaits_mark;
    auto store = open_sqlite_store(directory.path(), std::move(scope));
    REQUIRE(store);
    good((*store)->put_inventory(entry));
  };
  Scope other = kScope;
  apply_in(other, true);  // this one itself
  other.environment = "stage";
  apply_in(other, false);
  other.environment = "prod";
  apply_in(other, false);
  other.root = "/elsewhere";
  apply_in(other, true);
  other.environment = "adopted";
  apply_in(other, true, true);
  other.environment = "foreign";
  other.project_id = "p2";
  apply_in(other, true);

  const auto elsewhere = read_elsewhere(directory.path(), kScope, "orders");
  REQUIRE(elsewhere.has_value());
  CHECK(*elsewhere == std::vector<AppliedElsewhere>{{"prod", true}, {"stage", false}});
  CHECK(read_elsewhere(directory.path(), kScope, "others").value().empty());
  CHECK(read_elsewhere(directory.path() + "/none", kScope, "orders").value().empty());
}

TEST_CASE("snapshot: of each function's history the newest entry, and the first failure in a row") {
  const TempDirectory directory;
  auto store = open_sqlite_store(directory.path(), kScope);
  REQUIRE(store);
  good((*store)->append_history(event("a", "failed", "1")));
  good((*store)->append_history(event("a", "applied", "2")));
  good((*store)->append_history(event("a", "failed", "3")));
  good((*store)->append_history(event("b", "failed", "4")));
  good((*store)->append_history(event("a", "failed", "5")));
  good((*store)->append_history(event("b", "applied", "6")));
  good((*store)->append_history(event("c", "failed", "7")));

  const Snapshot snapshot = snapshot_of(directory.path());
  REQUIRE(snapshot.newest.size() == 3);
  CHECK(snapshot.newest[0].at == "5");
  CHECK(snapshot.newest[1].at == "6");
  CHECK(snapshot.newest[2].at == "7");
  REQUIRE(snapshot.last_applied.size() == 2);
  CHECK(snapshot.last_applied[0].at == "2");
  CHECK(snapshot.last_applied[1].at == "6");
  REQUIRE(snapshot.last_failed.size() == 3);
  CHECK(snapshot.last_failed[0].at == "5");
  CHECK(snapshot.last_failed[1].at == "4");
  CHECK(snapshot.failing_since == std::map<std::string, std::string>{{"a", "3"}, {"c", "7"}});
}

TEST_CASE("snapshot: a directory that cannot be written, with any name, can be read") {
  const TempDirectory directory;
  const std::string place = directory.path() + "/100% ?#state";
  {
    auto store = open_sqlite_store(place, kScope);
    REQUIRE(store);
    InventoryEntry entry;
    entry.name = "orders";
    good((*store)->put_inventory(entry));
  }
  namespace fs = std::filesystem;
  fs::permissions(place, fs::perms::owner_read | fs::perms::owner_exec);
  CHECK(snapshot_of(place).inventory.size() == 1);
  fs::permissions(place, fs::perms::owner_all);
}

TEST_CASE("snapshot: a file that is no state is an error, and stays as it is") {
  const TempDirectory directory;
  const std::string file = directory.path() + "/state.db";
  std::ofstream(file) << std::string(5000, 'x');
  const auto snapshot = read_snapshot(directory.path(), kScope);
  REQUIRE_FALSE(snapshot.has_value());
  CHECK(snapshot.error().kind == ErrorKind::corrupt);
  CHECK(std::filesystem::file_size(file) == 5000);
}

}  // namespace
}  // namespace fgsync::state
