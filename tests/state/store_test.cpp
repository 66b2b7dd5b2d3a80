#include "state/store.hpp"

#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>

#include "state/sqlite_store.hpp"
#include "tests/state/child_process.hpp"
#include "tests/support/run.hpp"
#include "tests/support/temp_directory.hpp"

namespace fgsync::state {
namespace {

using test::TempDirectory;

const Scope kScope{"https://example.com", "p1", "/src", "manifests"};

std::unique_ptr<Store> open(const std::string& directory, const Scope& scope = kScope) {
  auto store = open_sqlite_store(directory, scope);
  if (!store) throw std::runtime_error(store.error().describe());
  return std::move(*store);
}

template <class T>
T good(boost::asio::awaitable<Result<T>> call) {
  auto result = test::run(std::move(call));
  if (!result) throw std::runtime_error(result.error().describe());
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

Error opening_error(const std::string& directory) {
  const auto store = open_sqlite_store(directory, kScope);
  REQUIRE_FALSE(store);
  return store.error();
}

InventoryEntry some_entry(const std::string& name = "hello") {
  InventoryEntry entry;
  entry.name = name;
  entry.urn = "urn:fss:r:p1:function:default:" + name;
  entry.content_digest = ContentDigest{"c0"};
  entry.remote_digest = RemoteDigest{"d0"};
  entry.fingerprint = "0123456789ab";
  entry.config = {{"handler", "index.handler"}, {"memory_size", "128"}};
  entry.files = "index.py 0644 12\n";
  return entry;
}

void check_same(const InventoryEntry& a, const InventoryEntry& b) {
  CHECK(a.name == b.name);
  CHECK(a.urn == b.urn);
  CHECK(a.content_digest == b.content_digest);
  CHECK(a.remote_digest == b.remote_digest);
  CHECK(a.fingerprint == b.fingerprint);
  CHECK(a.config == b.config);
  CHECK(a.files == b.files);
}

Intent intent(const std::string& function, const std::string& step) {
  return Intent{0, function, step, "2026-01-01T00:00:00Z"};
}

std::vector<std::string> steps_of(const std::vector<Intent>& intents) {
  std::vector<std::string> steps;
  for (const auto& open_intent : intents) steps.push_back(open_intent.function + ": " + open_intent.step);
  return steps;
}

using Lines = std::vector<std::string>;

// ----- inventory

TEST_CASE("store: a new one is empty") {
  const auto store = open("");
  CHECK(good(store->inventory()).empty());
  CHECK(good(store->code_cache()).empty());
  CHECK(good(store->open_intents()).empty());
}

TEST_CASE("store: the inventory survives reopening") {
  const TempDirectory directory;
  good(open(directory.path())->put_inventory(some_entry()));
  const auto entries = good(open(directory.path())->inventory());
  REQUIRE(entries.size() == 1);
  check_same(entries[0], some_entry());
}

TEST_CASE("store: an entry keeps every byte") {
  InventoryEntry odd = some_entry(std::string("n\0ul", 4));
  odd.urn = "\xff\xfe not UTF-8";
  odd.fingerprint = "";
  odd.config = {{"", ""},
                {"3:abc", "1:x2:yy"},
                {std::string("\0", 1), std::string("\0\0", 2)},
                {"umlaut ü", "line\nbreak"},
                {"'; DROP TABLE inventory; --", "\x80\x81"}};
  odd.files = std::string(1'000'000, 'f') + std::string("\0end", 4);
  const TempDirectory directory;
  good(open(directory.path())->put_inventory(odd));
  const auto entries = good(open(directory.path())->inventory());
  REQUIRE(entries.size() == 1);
  check_same(entries[0], odd);
}

TEST_CASE("store: putting an entry again replaces it") {
  const auto store = open("");
  good(store->put_inventory(some_entry()));
  auto newer = some_entry();
  newer.config = {};
  newer.remote_digest = RemoteDigest{"d1"};
  good(store->put_inventory(newer));
  const auto entries = good(store->inventory());
  REQUIRE(entries.size() == 1);
  check_same(entries[0], newer);
}

TEST_CASE("store: the inventory is sorted by name") {
  const auto store = open("");
  for (const auto* name : {"b", "c", "a"}) good(store->put_inventory(some_entry(name)));
  Lines names;
  for (const auto& entry : good(store->inventory())) names.push_back(entry.name);
  CHECK(names == Lines{"a", "b", "c"});
}

TEST_CASE("store: scopes that differ in anything have nothing in common") {
  const TempDirectory directory;
  good(open(directory.path())->put_inventory(some_entry()));
  good(open(directory.path())->begin_intent(intent("hello", "import")));
  const std::vector<Scope> others{
      {"https://example.org", "p1", "/src", "manifests"},
      {"https://example.com", "p2", "/src", "manifests"},
      {"https://example.com", "p1", "/src2", "manifests"},
      {"https://example.com", "p1", "/src", ""},
  };
  for (const auto& scope : others) {
    const auto other = open(directory.path(), scope);
    CHECK(good(other->inventory()).empty());
    CHECK(good(other->open_intents()).empty());
    auto theirs = some_entry();
    theirs.urn = "theirs";
    good(other->put_inventory(theirs));
    good(other->settle_intents("hello"));
  }
  const auto ours = open(directory.path());
  CHECK(good(ours->inventory()).front().urn == some_entry().urn);
  CHECK(good(ours->open_intents()).size() == 1);
}

// ----- code cache

TEST_CASE("store: the code cache survives reopening, with and without archive digest") {
  const TempDirectory directory;
  const CodeCacheEntry scanned{"code/a", "s1", ContentDigest{"c1"}, std::nullopt, "files a"};
  const CodeCacheEntry zipped{"code/b", "s2", ContentDigest{"c2"}, ArchiveDigest{"z2"}, "files b"};
  good(open(directory.path())->put_code_cache({scanned, zipped}));
  const auto entries = good(open(directory.path())->code_cache());
  REQUIRE(entries.size() == 2);
  CHECK(entries[0].key == "code/a");
  CHECK(entries[0].signature == "s1");
  CHECK(entries[0].content_digest.hex == "c1");
  CHECK_FALSE(entries[0].archive_digest);
  CHECK(entries[0].files == "files a");
  REQUIRE(entries[1].archive_digest);
  CHECK(entries[1].archive_digest->hex == "z2");
}

TEST_CASE("store: a changed directory replaces its entry of the code cache") {
  const auto store = open("");
  good(store->put_code_cache({{"code/a", "s1", ContentDigest{"c1"}, ArchiveDigest{"z1"}, "f"}}));
  good(store->put_code_cache({{"code/a", "s2", ContentDigest{"c2"}, std::nullopt, "f"}}));
  const auto entries = good(store->code_cache());
  REQUIRE(entries.size() == 1);
  CHECK(entries[0].signature == "s2");
  CHECK_FALSE(entries[0].archive_digest);
}

TEST_CASE("store: putting nothing into the code cache changes nothing") {
  const auto store = open("");
  good(store->put_code_cache({}));
  CHECK(good(store->code_cache()).empty());
}

// ----- intents

TEST_CASE("store: an intent is open until it ends") {
  const auto store = open("");
  const auto first = good(store->begin_intent(intent("hello", "import")));
  const auto second = good(store->begin_intent(intent("hello", "publish v1")));
  CHECK(first != second);
  good(store->end_intent(first, "done"));
  const auto still_open = good(store->open_intents());
  REQUIRE(still_open.size() == 1);
  CHECK(still_open[0].id == second);
  CHECK(still_open[0].function == "hello");
  CHECK(still_open[0].step == "publish v1");
  CHECK(still_open[0].started_at == "2026-01-01T00:00:00Z");
}

TEST_CASE("store: open intents survive reopening, in the order in which they began") {
  const TempDirectory directory;
  {
    const auto store = open(directory.path());
    good(store->begin_intent(intent("b", "import")));
    good(store->begin_intent(intent("a", "update code")));
    const auto ended = good(store->begin_intent(intent("c", "import")));
    good(store->end_intent(ended, "cannot connect"));
  }
  CHECK(steps_of(good(open(directory.path())->open_intents())) == Lines{"b: import", "a: update code"});
}

TEST_CASE("store: settling closes a function's intents and no others") {
  const TempDirectory directory;
  {
    const auto store = open(directory.path());
    good(store->begin_intent(intent("a", "import")));
    good(store->begin_intent(intent("a", "publish v1")));
    good(store->begin_intent(intent("b", "import")));
    good(store->settle_intents("a"));
  }
  CHECK(steps_of(good(open(directory.path())->open_intents())) == Lines{"b: import"});
}

TEST_CASE("store: ids of intents are never used again") {
  const TempDirectory directory;
  const auto first = good(open(directory.path())->begin_intent(intent("a", "import")));
  good(open(directory.path())->end_intent(first, "done"));
  CHECK(good(open(directory.path())->begin_intent(intent("a", "import"))) > first);
}

TEST_CASE("store: an intent that has begun survives kill -9") {
  const TempDirectory directory;
  const std::string end = test::in_child([&] {
    const auto store = open(directory.path());
    good(store->put_inventory(some_entry()));
    good(store->begin_intent(intent("hello", "import")));
    ::kill(::getpid(), SIGKILL);
    return std::string("survived");
  });
  REQUIRE(end == "killed by signal 9");
  const auto store = open(directory.path());
  CHECK(steps_of(good(store->open_intents())) == Lines{"hello: import"});
  CHECK(good(store->inventory()).size() == 1);
}

TEST_CASE("store: death at any moment leaves a state that tells what was under way") {
  const TempDirectory directory;
  for (int round = 1; round <= 6; ++round) {
    const std::string end = test::in_child([&]() -> std::string {
      const auto store = open(directory.path());
      good(store->settle_intents("f"));
      // The alarm strikes in the middle of whatever is being done then, and nothing handles it.
      const itimerval after{{0, 0}, {0, 1000 * round}};
      ::setitimer(ITIMER_REAL, &after, nullptr);
      for (int i = 0;; ++i) {
        const auto id = good(store->begin_intent(intent("f", "write " + std::to_string(i))));
        good(store->put_inventory(some_entry("f" + std::to_string(i))));
        good(store->end_intent(id, "done"));
      }
    });
    REQUIRE(end == "killed by signal " + std::to_string(SIGALRM));
    const auto store = open(directory.path());
    CHECK(good(store->open_intents()).size() <= 1);
    for (const auto& entry : good(store->inventory())) check_same(entry, some_entry(entry.name));
  }
}

// ----- files that are no state

TEST_CASE("store: a file that is no database is refused, with what to do") {
  for (const std::string& text : {std::string("hello"), std::string(5000, 'x')}) {
    const TempDirectory directory;
    directory.write("state.db", text);
    const auto error = opening_error(directory.path());
    CHECK(error.kind == ErrorKind::corrupt);
    CHECK(error.message == (directory / "state.db") +
                               " is damaged or no state of fgsync (file is not a database); move it away: everything "
                               "but the history is rebuilt by observing the service");
    std::ifstream file(directory / "state.db");
    CHECK(std::string(std::istreambuf_iterator<char>(file), {}) == text);  // not touched
  }
}

TEST_CASE("store: an empty file becomes a state") {
  const TempDirectory directory;
  directory.write("state.db", "");
  good(open(directory.path())->put_inventory(some_entry()));
  CHECK(good(open(directory.path())->inventory()).size() == 1);
}

TEST_CASE("store: a state with damaged pages is named as damaged") {
  const TempDirectory directory;
  {
    const auto store = open(directory.path());
    for (int i = 0; i < 300; ++i) good(store->put_inventory(some_entry("function-" + std::to_string(i))));
  }
  {
    std::fstream file(directory / "state.db", std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(4096);
    file << std::string(20 * 4096, '\xee');
  }
  const auto error = opening_error(directory.path());
  CHECK(error.kind == ErrorKind::corrupt);
  CHECK_THAT(error.message, Catch::StartsWith((directory / "state.db") + " is damaged"));
}

TEST_CASE("store: the state of a newer fgsync is refused") {
  const TempDirectory directory;
  open(directory.path());
  sqlite3* database = nullptr;
  REQUIRE(sqlite3_open((directory / "state.db").c_str(), &database) == SQLITE_OK);
  REQUIRE(sqlite3_exec(database, "PRAGMA user_version = 6", nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(database);
  const auto error = opening_error(directory.path());
  CHECK(error.kind == ErrorKind::internal);
  CHECK(
      error.message ==
      (directory / "state.db") +
          " was written by a newer fgsync (schema 6), and is left alone: use that one, or give this one a state of its "
          "own with --state");
}

TEST_CASE("store: what an fgsync without environments remembered is kept") {
  const TempDirectory directory;
  {
    const auto store = open(directory.path());
    good(store->put_inventory(some_entry("thumbnail")));
  }
  sqlite3* database = nullptr;
  REQUIRE(sqlite3_open((directory / "state.db").c_str(), &database) == SQLITE_OK);
  const char* const kBackToSchema1 =
      "ALTER TABLE scope RENAME TO newer;"
      "CREATE TABLE scope(id INTEGER PRIMARY KEY, endpoint TEXT, project_id TEXT, source_id TEXT, root TEXT,"
      "                   UNIQUE(endpoint, project_id, source_id, root));"
      "INSERT INTO scope SELECT id, endpoint, project_id, source_id, root FROM newer;"
      "DROP TABLE newer; ALTER TABLE inventory DROP COLUMN more; DROP TABLE history; DROP TABLE hold;"
      "DROP TABLE meta; DROP TABLE suspension; DROP TABLE known_code; PRAGMA user_version = 1;";
  REQUIRE(sqlite3_exec(database, kBackToSchema1, nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(database);

  const auto store = open(directory.path());
  const auto entries = good(store->inventory());
  REQUIRE(entries.size() == 1);
  CHECK(entries[0].name == "thumbnail");
  auto in_environment = kScope;
  in_environment.environment = "prod";
  CHECK(good(open(directory.path(), in_environment)->inventory()).empty());
}

TEST_CASE("store: what an fgsync without suspensions remembered is kept, and functions can be suspended in it") {
  const TempDirectory directory;
  {
    const auto store = open(directory.path());
    good(store->put_inventory(some_entry("thumbnail")));
    good(store->put_hold({"thumbnail", "aaaaaaaaaaaa", "why", "ana", "2026-01-01T00:00:00Z"}));
  }
  sqlite3* database = nullptr;
  REQUIRE(sqlite3_open((directory / "state.db").c_str(), &database) == SQLITE_OK);
  REQUIRE(sqlite3_exec(database, "DROP TABLE suspension; DROP TABLE known_code; PRAGMA user_version = 3;", nullptr,
                       nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(database);

  const auto store = open(directory.path());
  CHECK(good(store->inventory()).size() == 1);
  CHECK(good(store->holds()).size() == 1);
  CHECK(good(store->suspensions()).empty());
  good(store->put_suspension({"thumbnail", "", "ana", "2026-01-01T00:00:00Z"}));
  CHECK(good(store->suspensions()).size() == 1);
  CHECK(good(store->known_code()).empty());
}

// ----- disks that do not want

/// Tests may run as root, to whom everything is permitted.
void become_nobody() {
  if (::geteuid() == 0 && ::setresuid(65534, 65534, 65534) != 0) throw std::runtime_error("setresuid failed");
}

TEST_CASE("store: a directory without write permission is named, with what to do") {
  const TempDirectory directory;
  std::filesystem::permissions(directory.path(), static_cast<std::filesystem::perms>(0555));
  const std::string message = test::in_child([&] {
    become_nobody();
    return opening_error(directory.path()).describe();
  });
  CHECK(message == "cannot use " + (directory / "state.db") +
                       ": unable to open database file; check the disk and the rights, or name another place with "
                       "--state");
}

TEST_CASE("store: a state without write permission is named, with what to do") {
  const TempDirectory directory;
  good(open(directory.path())->put_inventory(some_entry()));
  std::filesystem::permissions(directory / "state.db", static_cast<std::filesystem::perms>(0444));
  std::filesystem::permissions(directory.path(), static_cast<std::filesystem::perms>(0555));
  const std::string message = test::in_child([&] {
    become_nobody();
    const auto store = open_sqlite_store(directory.path(), kScope);
    if (!store) return store.error().describe();
    const auto put = test::run((*store)->put_inventory(some_entry("other")));
    return put ? std::string("written") : put.error().describe();
  });
  CHECK_THAT(message, Catch::StartsWith("cannot use " + (directory / "state.db") + ": "));
  CHECK_THAT(message, Catch::EndsWith("check the disk and the rights, or name another place with --state"));
}

/// No file of this process may grow beyond so many bytes: as good as a full disk.
void limit_file_size(rlim_t bytes) {
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit limit{};
  ::getrlimit(RLIMIT_FSIZE, &limit);
  limit.rlim_cur = bytes;
  ::setrlimit(RLIMIT_FSIZE, &limit);
}

TEST_CASE("store: a full disk is an error, and the state works on once there is room") {
  const TempDirectory directory;
  const std::string story = test::in_child([&]() -> std::string {
    const auto store = open(directory.path());
    good(store->put_inventory(some_entry()));
    limit_file_size(rlim_t{256} * 1024);
    auto big = some_entry("big");
    big.files = std::string(std::size_t{400} * 1024, 'x');
    const auto refused = test::run(store->put_inventory(big));
    if (refused) return "written though the disk is full";
    const auto intent_refused = test::run(store->begin_intent(Intent{0, "big", std::string(400'000, 'x'), ""}));
    if (intent_refused) return "intent written though the disk is full";
    if (good(store->inventory()).size() != 1) return "the old entries cannot be read";
    limit_file_size(RLIM_INFINITY);
    good(store->put_inventory(big));
    if (good(store->inventory()).size() != 2) return "the new entry is not there";
    if (!good(store->open_intents()).empty()) return "an intent that was refused is there";
    return std::string(name_of(refused.error().kind)) + ": " + refused.error().describe();
  });
  CHECK_THAT(story, Catch::StartsWith("internal: cannot "));
  CHECK_THAT(story, Catch::Contains(directory / "state.db"));
  CHECK_THAT(story, Catch::Contains("disk"));
  CHECK(good(open(directory.path())->inventory()).size() == 2);
}

TEST_CASE("store: a state that cannot be created for lack of room says so") {
  const TempDirectory directory;
  const std::string message = test::in_child([&] {
    limit_file_size(0);
    return opening_error(directory.path()).describe();
  });
  CHECK_THAT(message, Catch::StartsWith("cannot "));
  CHECK_THAT(message, Catch::Contains("disk"));
}

TEST_CASE("store: a directory that cannot be made is named") {
  const TempDirectory directory;
  directory.write("file", "x");
  const auto error = opening_error(directory / "file/state");
  CHECK(error.kind == ErrorKind::internal);
  CHECK_THAT(error.message, Catch::StartsWith("cannot create the state directory " + (directory / "file/state")));
  CHECK_THAT(error.message, Catch::EndsWith("choose another with --state, or run with --no-state"));
}

TEST_CASE("store: in memory nothing is left behind, and two have nothing in common") {
  const auto one = open("");
  const auto other = open("");
  good(one->put_inventory(some_entry()));
  CHECK(good(one->inventory()).size() == 1);
  CHECK(good(other->inventory()).empty());
}

TEST_CASE("store: two in one directory see each other's entries") {
  const TempDirectory directory;
  const auto one = open(directory.path());
  const auto other = open(directory.path());
  good(one->put_inventory(some_entry("a")));
  good(other->put_inventory(some_entry("b")));
  CHECK(good(one->inventory()).size() == 2);
}

}  // namespace
}  // namespace fgsync::state
