// What needs a look in the middle of the work. All else is tested through the watcher.

#include "source/watched_trees.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/source/watching.hpp"

namespace fgsync::source::test {
namespace {

namespace fs = std::filesystem;

void handle_events(Inotify& inotify, WatchedTrees& trees) {
  std::array<char, 4096> buffer{};
  for (std::size_t size = 1; size > 0;) {
    size = inotify.read(buffer).value();
    for (const WatchEvent& event : parse_events({buffer.data(), size})) trees.handle(event);
  }
}

}  // namespace

TEST_CASE("watched trees: a directory that became a link while its turn had not come is not watched through it") {
  const TempTree tree;
  tree.write("m/x/sub/a.yaml");
  tree.write("outside/sub/b.yaml");
  FaultyInotify inotify;
  WatchedTrees trees(inotify, 100);
  trees.set_roots({tree.absolute("m")}, 1);
  REQUIRE(trees.work(1));  // m is gone through
  REQUIRE(trees.work(1));  // m/x is, its directory stands in line
  fs::rename("m/x", "gone");
  tree.link("../outside", "m/x");
  handle_events(inotify, trees);
  while (trees.work(1)) continue;
  trees.take();

  tree.write("outside/sub/b.yaml", "c: d\n");
  handle_events(inotify, trees);
  CHECK_FALSE(trees.has_changes());
  CHECK(trees.problem().empty());
}

TEST_CASE("watched trees: the last directory on the way goes, and the one above it may not be watched") {
  const TempTree tree;
  fs::create_directories("x/y");
  FaultyInotify inotify;
  inotify.refused_path = tree.absolute("x");
  WatchedTrees trees(inotify, 100);
  trees.set_roots({tree.absolute("x/y/m")}, 10);
  CHECK(trees.problem().empty());
  fs::remove("x/y");
  handle_events(inotify, trees);
  trees.work(10);
  CHECK_THAT(trees.problem(), Catch::Contains("Permission denied"));
}

}  // namespace fgsync::source::test
