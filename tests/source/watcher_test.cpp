// Real directories and the real inotify. What is written is in the kernel's queue when the call returns, so nothing
// here waits for anything.

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <boost/system/system_error.hpp>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <functional>

#include "tests/source/watching.hpp"

namespace fgsync::source::test {
namespace {

namespace fs = std::filesystem;
using Strings = std::vector<std::string>;
using std::chrono::milliseconds;

const Strings kNothing;
const Strings kEverything{"everything"};

void append(const std::string& path, const std::string& text = "more\n") {
  std::ofstream(path, std::ios::app) << text;
}

std::size_t open_descriptors() {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator("/proc/self/fd"), fs::directory_iterator()));
}

/// Watches `m`, which holds a few files.
struct WatchingFiles : Watching {
  explicit WatchingFiles(WatcherSettings settings = {}) : Watching(settings) {
    for (const auto* path : {"m/a.yaml", "m/b.yaml", "m/sub/c.yaml", "m/sub/deep/d.yaml"}) tree.write(path);
    watch({"m"});
  }
};

}  // namespace

TEST_CASE("watcher: what there is at the beginning is no change") {
  WatchingFiles w;
  CHECK(w.tell_all() == kNothing);
}

TEST_CASE("watcher: a change is told by its path") {
  struct Case {
    const char* what;
    std::function<void(const TempTree&)> change;
    Strings told;
  };
  const std::vector<Case> cases{
      {"written", [](const TempTree& tree) { tree.write("m/a.yaml", "c: d\n"); }, {"m/a.yaml"}},
      {"appended to, deep", [](const TempTree&) { append("m/sub/deep/d.yaml"); }, {"m/sub/deep/d.yaml"}},
      {"created", [](const TempTree& tree) { tree.write("m/sub/new.yaml"); }, {"m/sub/new.yaml"}},
      {"removed", [](const TempTree&) { fs::remove("m/a.yaml"); }, {"m/a.yaml"}},
      {"renamed", [](const TempTree&) { fs::rename("m/a.yaml", "m/z.yaml"); }, {"m/a.yaml m/z.yaml"}},
      {"moved in", [](const TempTree&) { fs::rename("outside.yaml", "m/in.yaml"); }, {"m/in.yaml"}},
      {"moved out", [](const TempTree&) { fs::rename("m/a.yaml", "out.yaml"); }, {"m/a.yaml"}},
      {"made executable", [](const TempTree&) { ::chmod("m/a.yaml", 0755); }, {"m/a.yaml"}},
      {"cut by path", [](const TempTree&) { fs::resize_file("m/a.yaml", 1); }, {"m/a.yaml"}},
      {"hard link", [](const TempTree&) { fs::create_hard_link("outside.yaml", "m/h.yaml"); }, {"m/h.yaml"}},
      {"link", [](const TempTree& tree) { tree.link("a.yaml", "m/l.yaml"); }, {"m/l.yaml"}},
      {"hidden, but real", [](const TempTree& tree) { tree.write("m/.env", "X=1\n"); }, {"m/.env"}},
      {"directory", [](const TempTree&) { fs::create_directory("m/empty"); }, {"m/empty"}},
      {"several", [](const TempTree& tree) { tree.write("m/b.yaml"), tree.write("m/a.yaml"); }, {"m/a.yaml m/b.yaml"}},
  };
  for (const Case& example : cases) {
    INFO(example.what);
    WatchingFiles w;
    w.tree.write("outside.yaml");
    example.change(w.tree);
    CHECK(w.tell_all() == example.told);
    CHECK(w.tell_all() == kNothing);
  }
}

TEST_CASE("watcher: a change is told when it has been quiet for the debounce, and not earlier") {
  WatchingFiles w;
  w.tree.write("m/a.yaml");
  CHECK(w.told() == kNothing);
  w.clock.advance(milliseconds(150));
  w.tree.write("m/b.yaml");
  CHECK(w.told() == kNothing);
  const auto second = w.clock.now();
  CHECK(w.tell_all() == Strings{"m/a.yaml m/b.yaml"});
  CHECK(w.clock.now() == second + milliseconds(200));
}

TEST_CASE("watcher: changes that never end are told after the longest delay") {
  WatchingFiles w;
  const auto began = w.clock.now();
  Strings told;
  for (; told.empty() && w.clock.now() < began + std::chrono::minutes(1); w.clock.advance(milliseconds(100))) {
    append("m/a.yaml");
    told = w.told();
  }
  CHECK(told == Strings{"m/a.yaml"});
  CHECK(w.clock.now() == began + milliseconds(5000 + 100));
}

TEST_CASE("watcher: no timer runs while nothing changes") {
  WatchingFiles w;
  w.settle();
  CHECK_FALSE(w.clock.advance_to_next_sleeper());
  w.tree.write("m/a.yaml");
  CHECK(w.tell_all() == Strings{"m/a.yaml"});
  CHECK_FALSE(w.clock.advance_to_next_sleeper());
}

TEST_CASE("watcher: an atomic replacement is one change of the target") {
  WatchingFiles w;
  w.tree.write("m/.a.yaml.Xq2", "c: d\n");
  fs::rename("m/.a.yaml.Xq2", "m/a.yaml");
  CHECK(w.tell_all() == Strings{"m/a.yaml"});
}

TEST_CASE("watcher: a file that comes and goes is no change, one that goes and comes is") {
  WatchingFiles w;
  w.tree.write("m/new.yaml");
  fs::remove("m/new.yaml");
  CHECK(w.tell_all() == kNothing);
  fs::remove("m/a.yaml");
  w.tree.write("m/a.yaml");
  CHECK(w.tell_all() == Strings{"m/a.yaml"});
  w.tree.write("m/new.yaml");
  fs::rename("m/new.yaml", "m/a.yaml");
  fs::remove("m/a.yaml");
  CHECK(w.tell_all() == Strings{"m/a.yaml"});
}

TEST_CASE("watcher: a directory that comes and goes is no change, whenever that is seen") {
  const bool is_seen = GENERATE(true, false);
  WatchingFiles w;
  w.tree.write("m/x/y/f.yaml");
  if (is_seen) w.settle();
  fs::remove_all("m/x");
  CHECK(w.tell_all() == kNothing);
}

TEST_CASE("watcher: what editors leave beside the file is not told, nor does it delay what is") {
  WatchingFiles w;
  for (const auto* path : {"m/.a.yaml.swp", "m/4913", "m/a.yaml~", "m/#a.yaml#", "m/.goutputstream-X2Y3Z1"}) {
    w.tree.write(path);
  }
  w.tree.link("user@host.123", "m/.#a.yaml");
  CHECK(w.tell_all() == kNothing);
  w.tree.write("m/a.yaml");
  w.settle();
  const auto written = w.clock.now();
  w.clock.advance(milliseconds(100));
  append("m/.a.yaml.swp");
  CHECK(w.tell_all() == Strings{"m/a.yaml"});
  CHECK(w.clock.now() == written + milliseconds(200));
}

TEST_CASE("watcher: vim's way to save is one change of the file") {
  WatchingFiles w;
  w.tree.write("m/4913");
  fs::remove("m/4913");
  fs::rename("m/a.yaml", "m/a.yaml~");
  w.tree.write("m/a.yaml", "c: d\n");
  fs::remove("m/a.yaml~");
  CHECK(w.tell_all() == Strings{"m/a.yaml"});
}

TEST_CASE("watcher: what git does in its own directory is not told") {
  WatchingFiles w;
  w.tree.write("m/.git/HEAD");
  w.tree.write("m/.git/objects/ab/cd");
  CHECK(w.tell_all() == kNothing);
  append("m/.git/HEAD");
  w.tree.write("m/sub/.git", "gitdir: ../x\n");
  CHECK(w.tell_all() == kNothing);
}

TEST_CASE("watcher: files in a directory that comes later are told, however early they were made") {
  SECTION("before its watch") {
    WatchingFiles w;
    w.tree.write("m/x/y/z/f.yaml");
    w.tree.write("m/x/g.yaml");
    w.tree.write("m/x/y/h.yaml~");
    CHECK(w.tell_all() == Strings{"m/x m/x/g.yaml m/x/y m/x/y/z m/x/y/z/f.yaml"});
  }
  SECTION("after its watch") {
    WatchingFiles w;
    fs::create_directories("m/x/y/z");
    CHECK(w.tell_all() == Strings{"m/x m/x/y m/x/y/z"});
    w.tree.write("m/x/y/z/f.yaml");
    CHECK(w.tell_all() == Strings{"m/x/y/z/f.yaml"});
  }
  SECTION("in the same quiet time") {
    WatchingFiles w;
    fs::create_directories("m/x/y");
    w.settle();
    w.tree.write("m/x/y/f.yaml");
    w.settle();
    w.tree.write("m/x/y/z/g.yaml");
    CHECK(w.tell_all() == Strings{"m/x m/x/y m/x/y/f.yaml m/x/y/z m/x/y/z/g.yaml"});
  }
  SECTION("moved in with them") {
    WatchingFiles w;
    w.tree.write("outside/y/f.yaml");
    fs::rename("outside", "m/x");
    CHECK(w.tell_all() == Strings{"m/x m/x/y m/x/y/f.yaml"});
    append("m/x/y/f.yaml");
    CHECK(w.tell_all() == Strings{"m/x/y/f.yaml"});
  }
}

TEST_CASE("watcher: a directory that is renamed is watched under its new name only") {
  WatchingFiles w;
  fs::rename("m/sub", "m/other");
  CHECK(w.tell_all() == Strings{"m/other m/other/c.yaml m/other/deep m/other/deep/d.yaml m/sub"});
  append("m/other/deep/d.yaml");
  CHECK(w.tell_all() == Strings{"m/other/deep/d.yaml"});
}

TEST_CASE("watcher: a directory that is moved out is not watched any more") {
  WatchingFiles w;
  fs::rename("m/sub", "out");
  CHECK(w.tell_all() == Strings{"m/sub"});
  append("out/c.yaml");
  append("out/deep/d.yaml");
  CHECK(w.tell_all() == kNothing);
}

TEST_CASE("watcher: a directory that is removed and made again is watched, told apart or at once") {
  const bool is_told_between = GENERATE(true, false);
  WatchingFiles w;
  fs::remove_all("m/sub");
  if (is_told_between) CHECK(w.tell_all() == Strings{"m/sub m/sub/c.yaml m/sub/deep m/sub/deep/d.yaml"});
  w.tree.write("m/sub/c.yaml");
  if (is_told_between) {
    CHECK(w.tell_all() == Strings{"m/sub m/sub/c.yaml"});
  } else {
    CHECK(w.tell_all() == Strings{"m/sub m/sub/c.yaml m/sub/deep m/sub/deep/d.yaml"});
  }
  append("m/sub/c.yaml");
  CHECK(w.tell_all() == Strings{"m/sub/c.yaml"});
}

TEST_CASE("watcher: directories that changed places before anybody looked are watched where they are") {
  WatchingFiles w;
  w.tree.write("m/x/f.yaml");
  fs::remove_all("m/x");
  w.tree.write("m/x/g.yaml");
  fs::rename("m/sub/deep", "m/x/deep");
  fs::rename("m/x", "m/y");
  w.tell_all();
  for (const auto* path : {"m/y/g.yaml", "m/y/deep/d.yaml", "m/sub/c.yaml"}) {
    append(path);
    CHECK(w.tell_all() == Strings{path});
  }
}

TEST_CASE("watcher: a directory that became a link before anybody looked is not followed") {
  WatchingFiles w;
  w.tree.write("outside/sub/f.yaml");
  fs::create_directories("m/x/sub");
  fs::remove_all("m/x");
  w.tree.link("../outside", "m/x");
  w.tell_all();
  append("outside/sub/f.yaml");
  CHECK(w.tell_all() == kNothing);
}

TEST_CASE("watcher: a mounted config map's swap is noticed") {
  const auto fill = [](const TempTree& tree) {
    tree.write("m/..2026_1/x.yaml");
    tree.link("..2026_1", "m/..data");
    tree.link("..data/x.yaml", "m/x.yaml");
  };
  const auto swap = [](const TempTree& tree) {
    tree.write("m/..2026_2/x.yaml", "c: d\n");
    tree.link("..2026_2", "m/..data_tmp");
    fs::rename("m/..data_tmp", "m/..data");
    fs::remove_all("m/..2026_1");
  };
  SECTION("by who watches the directory") {
    Watching w;
    fill(w.tree);
    w.watch({"m"});
    swap(w.tree);
    CHECK(w.tell_all() == kEverything);
    append("m/x.yaml");
    CHECK(w.tell_all() == Strings{"m/..2026_2/x.yaml"});
  }
  SECTION("by who watches a file") {
    Watching w;
    fill(w.tree);
    w.watch({"m/x.yaml"});
    swap(w.tree);
    CHECK(w.tell_all() == Strings{"m/x.yaml"});
    append("m/..2026_2/x.yaml");
    CHECK(w.tell_all() == Strings{"m/x.yaml"});
  }
}

TEST_CASE("watcher: a root that is a link follows it when it is re-pointed") {
  const auto* const root = GENERATE("current", "current/m");
  Watching w;
  w.tree.write("v1/m/a.yaml");
  w.tree.write("v2/m/a.yaml");
  w.tree.link("v1", "current");
  w.watch({root});
  append("v1/m/a.yaml");
  CHECK(w.tell_all() == Strings{"current/m/a.yaml"});
  w.tree.link("v2", "next");
  fs::rename("next", "current");
  CHECK(w.tell_all() == kEverything);
  append("v1/m/a.yaml");
  CHECK(w.tell_all() == kNothing);
  append("v2/m/a.yaml");
  CHECK(w.tell_all() == Strings{"current/m/a.yaml"});
}

TEST_CASE("watcher: links in a circle are a root that is missing, until they are not") {
  Watching w;
  w.tree.link("b", "a");
  w.tree.link("a", "b");
  w.watch({"a"});
  CHECK(w.tell_all() == kNothing);
  fs::remove("b");
  fs::create_directory("b");
  CHECK(w.tell_all() == kEverything);
  w.tree.write("b/f.yaml");
  CHECK(w.tell_all() == Strings{"a/f.yaml"});
}

TEST_CASE("watcher: a root that is missing is found when it comes") {
  SECTION("step by step") {
    Watching w;
    w.watch({"x/y/m"});
    fs::create_directory("x");
    CHECK(w.tell_all() == kNothing);
    fs::create_directory("x/y");
    CHECK(w.tell_all() == kNothing);
    fs::create_directory("x/y/m");
    CHECK(w.tell_all() == kEverything);
    w.tree.write("x/y/m/a.yaml");
    CHECK(w.tell_all() == Strings{"x/y/m/a.yaml"});
  }
  SECTION("at once") {
    Watching w;
    w.watch({"x/y/m"});
    w.tree.write("x/y/m/sub/a.yaml");
    CHECK(w.tell_all() == kEverything);
    append("x/y/m/sub/a.yaml");
    CHECK(w.tell_all() == Strings{"x/y/m/sub/a.yaml"});
  }
}

TEST_CASE("watcher: a root that goes and comes again is watched again") {
  const bool is_told_between = GENERATE(true, false);
  WatchingFiles w;
  SECTION("removed") {
    fs::remove_all("m");
    if (is_told_between) CHECK(w.tell_all() == kEverything);
  }
  SECTION("moved away") {
    fs::rename("m", "gone");
    if (is_told_between) {
      CHECK(w.tell_all() == kEverything);
      append("gone/a.yaml");
      append("gone/sub/c.yaml");
      CHECK(w.tell_all() == kNothing);
    }
  }
  w.tree.write("m/sub/new.yaml");
  CHECK(w.tell_all() == kEverything);
  append("m/sub/new.yaml");
  CHECK(w.tell_all() == Strings{"m/sub/new.yaml"});
}

TEST_CASE("watcher: a directory above the root that is swapped for another one is noticed") {
  Watching w;
  w.tree.write("app/m/a.yaml");
  w.tree.write("app.new/m/a.yaml");
  w.watch({"app/m"});
  fs::rename("app", "app.old");
  fs::rename("app.new", "app");
  CHECK(w.tell_all() == kEverything);
  append("app.old/m/a.yaml");
  CHECK(w.tell_all() == kNothing);
  append("app/m/a.yaml");
  CHECK(w.tell_all() == Strings{"app/m/a.yaml"});
}

TEST_CASE("watcher: a root that somebody still has open when it is removed is noticed") {
  WatchingFiles w;
  const int fd = ::open("m", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  fs::remove_all("m");
  w.tree.write("m/new.yaml");
  CHECK(w.tell_all() == kEverything);
  append("m/new.yaml");
  CHECK(w.tell_all() == Strings{"m/new.yaml"});
  ::close(fd);
}

TEST_CASE("watcher: of a single file all is told, of its neighbours nothing") {
  Watching w;
  w.tree.write("d/fgsync.yaml");
  w.watch({"d/fgsync.yaml"});
  w.tree.write("d/other.yaml");
  CHECK(w.tell_all() == kNothing);
  const std::vector<std::function<void()>> changes{
      [] { append("d/fgsync.yaml"); },     [] { fs::rename("d/other.yaml", "d/fgsync.yaml"); },
      [] { fs::remove("d/fgsync.yaml"); }, [&w] { w.tree.write("d/fgsync.yaml"); },
      [] { fs::remove_all("d"); },         [&w] { w.tree.write("d/fgsync.yaml"); },
      [] { append("d/fgsync.yaml"); },
  };
  for (std::size_t i = 0; i < changes.size(); ++i) {
    INFO(i);
    changes[i]();
    CHECK(w.tell_all() == Strings{"d/fgsync.yaml"});
  }
}

TEST_CASE("watcher: a file that becomes a directory, and back") {
  Watching w;
  w.tree.write("x");
  w.watch({"x"});
  fs::remove("x");
  w.tree.write("x/a.yaml");
  CHECK(w.tell_all() == kEverything);
  append("x/a.yaml");
  CHECK(w.tell_all() == Strings{"x/a.yaml"});
  fs::remove_all("x");
  w.tree.write("x");
  CHECK(w.tell_all() == kEverything);
  append("x");
  CHECK(w.tell_all() == Strings{"x"});
}

TEST_CASE("watcher: two roots that lead to one directory are both told") {
  Watching w;
  w.tree.write("real/sub/a.yaml");
  w.tree.link("real", "link");
  w.watch({"real", "link", "real/sub"});
  append("real/sub/a.yaml");
  CHECK(w.tell_all() == Strings{"link/sub/a.yaml real/sub/a.yaml"});
  w.tree.write("real/sub/new/b.yaml");
  CHECK(w.tell_all() == Strings{"link/sub/new link/sub/new/b.yaml real/sub/new real/sub/new/b.yaml"});
}

TEST_CASE("watcher: a directory in which a root is waited for is still watched for all else") {
  WatchingFiles w;
  w.watch({"m", "m/sub/missing"});
  append("m/sub/c.yaml");
  CHECK(w.tell_all() == Strings{"m/sub/c.yaml"});
}

TEST_CASE("watcher: other roots take the place of those before, also while somebody waits") {
  WatchingFiles w;
  w.tree.write("n/x.yaml");
  w.settle();
  w.watch({"n/", "m/sub"});
  append("m/a.yaml");
  append("m/sub/c.yaml");
  append("m/sub/deep/d.yaml");
  append("n/x.yaml");
  CHECK(w.tell_all() == Strings{"m/sub/c.yaml m/sub/deep/d.yaml n/x.yaml"});
  w.watch({});
  append("n/x.yaml");
  CHECK(w.tell_all() == kNothing);
}

TEST_CASE("watcher: the watches of the roots before are given back, those of the others stay") {
  WatchingFiles w;
  w.watch({"m", "m/sub"});
  w.inotify->removed.clear();
  w.watch({"m"});
  CHECK(w.inotify->removed.empty());
  append("m/sub/deep/d.yaml");
  CHECK(w.tell_all() == Strings{"m/sub/deep/d.yaml"});
  w.watch({});
  // m, sub and deep, and all directories on the way to m.
  const std::string above = w.tree.absolute("m");
  CHECK(w.inotify->removed.size() == 3 + static_cast<std::size_t>(std::count(above.begin(), above.end(), '/')));
}

TEST_CASE("watcher: changes before new roots are not forgotten") {
  WatchingFiles w;
  append("m/a.yaml");
  w.watch({"m", "n"});
  append("m/b.yaml");
  CHECK(w.tell_all() == Strings{"m/a.yaml m/b.yaml"});
}

TEST_CASE("watcher: when events were lost everything is told, and watched as it is now") {
  WatchingFiles w;
  w.settle();
  w.inotify->loses_events = true;
  fs::rename("m/sub", "out");
  w.tree.write("m/new/deep/e.yaml");
  CHECK(w.tell_all() == kEverything);
  append("out/c.yaml");
  append("out/deep/d.yaml");
  CHECK(w.tell_all() == kNothing);
  append("m/new/deep/e.yaml");
  append("m/a.yaml");
  CHECK(w.tell_all() == Strings{"m/a.yaml m/new/deep/e.yaml"});
}

TEST_CASE("watcher: when the end of a directory that could not be read was lost, it is no problem any more") {
  WatchingFiles w;
  w.inotify->refused_path = w.tree.absolute("m/secret");
  fs::create_directory("m/secret");
  w.tell_all();
  w.inotify->loses_events = true;
  fs::remove("m/secret");
  CHECK(w.tell_all() == kEverything);
  CHECK(w.watcher->problem().empty());
}

TEST_CASE("watcher: when events of a root's going were lost, it is found out") {
  WatchingFiles w;
  w.settle();
  w.inotify->loses_events = true;
  fs::rename("m", "out");
  w.tree.write("m/new.yaml");
  CHECK(w.tell_all() == kEverything);
  append("out/a.yaml");
  CHECK(w.tell_all() == kNothing);
  append("m/new.yaml");
  CHECK(w.tell_all() == Strings{"m/new.yaml"});
}

TEST_CASE("watcher: more paths than the limit are everything") {
  WatcherSettings settings;
  settings.max_paths = 3;
  WatchingFiles w(settings);
  for (const auto* path : {"m/1", "m/2", "m/3"}) w.tree.write(path);
  CHECK(w.tell_all() == Strings{"m/1 m/2 m/3"});
  for (const auto* path : {"m/4", "m/5", "m/6", "m/7"}) w.tree.write(path);
  CHECK(w.tell_all() == kEverything);
  w.tree.write("m/8");
  CHECK(w.tell_all() == Strings{"m/8"});
}

TEST_CASE("watcher: without watches left the rest is watched, and the problem says what to do") {
  Watching w;
  w.tree.write("m/a.yaml");
  w.watch({"m"});
  CHECK(w.watcher->problem().empty());
  w.inotify->watches_left = 1;
  w.tree.write("m/x/f.yaml");
  CHECK(w.tell_all() == Strings{"m/x m/x/f.yaml"});
  w.tree.write("m/x/y/f.yaml");
  w.tree.write("m/z/f.yaml");
  CHECK(w.tell_all() == kEverything);
  CHECK(w.watcher->problem() == "changes in " + w.tree.absolute("m/x/y") +
                                    " and in 1 more places are noticed by periodic scans only: there are not enough "
                                    "inotify watches; raise the sysctl fs.inotify.max_user_watches");
  append("m/a.yaml");
  append("m/x/f.yaml");
  CHECK(w.tell_all() == Strings{"m/a.yaml m/x/f.yaml"});

  // Asked for the same again, it tries again, and tells nothing when it fails again: who is told may ask again.
  w.watch({"m"});
  CHECK(w.tell_all() == kNothing);
  w.inotify->watches_left = 10;
  w.watch({"m"});
  CHECK(w.watcher->problem().empty());
  w.tell_all();
  append("m/x/y/f.yaml");
  CHECK(w.tell_all() == Strings{"m/x/y/f.yaml"});
}

TEST_CASE("watcher: a root without a watch is a problem, and tried again") {
  WatchingFiles w;
  w.tree.write("n/x.yaml");
  w.inotify->watches_left = 0;
  w.watch({"m", "n"});
  CHECK(w.tell_all() == kEverything);
  CHECK_THAT(w.watcher->problem(), Catch::Contains(w.tree.absolute("n") + " are noticed by periodic scans only"));
  w.watch({"m", "n"});
  CHECK(w.tell_all() == kNothing);
  w.inotify->watches_left = 10;
  w.watch({"m", "n"});
  CHECK(w.watcher->problem().empty());
  CHECK(w.tell_all() == kEverything);
  append("n/x.yaml");
  CHECK(w.tell_all() == Strings{"n/x.yaml"});
}

TEST_CASE("watcher: a directory that cannot be read is a problem until it can") {
  WatchingFiles w;
  w.inotify->refused_path = w.tree.absolute("m/secret");
  w.tree.write("m/secret/f.yaml");
  CHECK(w.tell_all() == Strings{"m/secret"});
  CHECK(w.watcher->problem() == "changes in " + w.tree.absolute("m/secret") +
                                    " are noticed by periodic scans only: it cannot be watched: Permission denied");
  append("m/a.yaml");
  CHECK(w.tell_all() == Strings{"m/a.yaml"});
  w.inotify->refused_path.clear();
  ::chmod("m/secret", 0700);
  CHECK(w.tell_all() == Strings{"m/secret m/secret/f.yaml"});
  CHECK(w.watcher->problem().empty());
  append("m/secret/f.yaml");
  CHECK(w.tell_all() == Strings{"m/secret/f.yaml"});
}

TEST_CASE("watcher: a directory that cannot be read is no problem any more when it has gone") {
  WatchingFiles w;
  w.inotify->refused_path = w.tree.absolute("m/sub/secret");
  fs::create_directory("m/sub/secret");
  w.tell_all();
  CHECK_FALSE(w.watcher->problem().empty());
  SECTION("alone") {
    fs::remove_all("m/sub/secret");
  }
  SECTION("with its parent") {
    fs::rename("m/sub", "out");
  }
  SECTION("with the root") {
    fs::rename("m", "out");
  }
  SECTION("because nobody asks for it") {
    w.watch({});
  }
  w.tell_all();
  CHECK(w.watcher->problem().empty());
}

TEST_CASE("watcher: when events cannot be read everything is told once, and the problem says so") {
  WatchingFiles w;
  w.settle();
  w.inotify->read_error = EIO;
  append("m/a.yaml");
  CHECK(w.tell_all() == kEverything);
  CHECK_THAT(w.watcher->problem(), Catch::Contains("events cannot be read: Input/output error"));
  append("m/b.yaml");
  CHECK(w.tell_all() == kNothing);
}

TEST_CASE("watcher: large trees are gone through in turns, then everything is told once") {
  Watching w;
  for (int i = 0; i < 800; ++i) fs::create_directories("m/" + std::to_string(i % 20) + '/' + std::to_string(i));
  w.watch({"m"});
  w.tree.write("m/7/new.yaml");
  CHECK(w.tell_all() == kEverything);
  for (int i = 0; i < 800; ++i) w.tree.write("m/" + std::to_string(i % 20) + '/' + std::to_string(i) + "/f.yaml");
  const Strings told = w.tell_all();
  REQUIRE(told.size() == 1);
  CHECK(std::count(told[0].begin(), told[0].end(), ' ') == 800 - 1);
}

TEST_CASE("watcher: what is being gone through is told when all of it has been") {
  WatcherSettings settings;
  settings.debounce = milliseconds(0);
  WatchingFiles w(settings);
  w.settle();
  for (int i = 0; i < 300; ++i) w.tree.write("m/x/" + std::to_string(i) + "/f.yaml");
  CHECK(w.tell_all().size() == 1);
}

TEST_CASE("watcher: stop ends the wait, and all later ones") {
  WatchingFiles w;
  SECTION("while nothing changes") {
    w.settle();
  }
  SECTION("while it waits for quiet") {
    append("m/a.yaml");
    w.settle();
  }
  SECTION("before anybody waits") {}
  CHECK_FALSE(w.has_ended);
  w.watcher->stop();
  CHECK(w.told() == kNothing);
  CHECK(w.has_ended);
  CHECK_FALSE(w.failure);
}

TEST_CASE("watcher: a cancelled wait ends, and what was gathered is told to the next one") {
  WatchingFiles w;
  const bool has_changes = GENERATE(true, false);
  if (has_changes) append("m/a.yaml");
  w.settle();
  if (GENERATE(true, false)) w.clock.advance(milliseconds(200));  // at the same time as it was due
  w.cancel();
  CHECK(w.told() == kNothing);
  REQUIRE(w.failure);
  CHECK_THROWS_AS(std::rethrow_exception(w.failure), boost::system::system_error);
  append("m/b.yaml");
  w.ask_again();
  CHECK(w.tell_all() == Strings{has_changes ? "m/a.yaml m/b.yaml" : "m/b.yaml"});
}

TEST_CASE("watcher: the descriptor is not inherited, does not block, and is closed") {
  const std::size_t before = open_descriptors();
  {
    Watching w;
    const int fd = w.inotify->descriptor();
    CHECK((::fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
    CHECK((::fcntl(fd, F_GETFL) & O_NONBLOCK) != 0);
    CHECK(open_descriptors() > before);
  }
  CHECK(open_descriptors() == before);
}

TEST_CASE("watcher: the one for the program works on the kernel's inotify") {
  boost::asio::io_context loop;
  fgsync::test::SimulatedClock clock;
  const TempTree tree;
  const auto watcher = make_inotify_watcher(loop.get_executor(), clock, {});
  REQUIRE(watcher);
  (*watcher)->watch({tree.absolute()});
  CHECK((*watcher)->problem().empty());
}

}  // namespace fgsync::source::test
