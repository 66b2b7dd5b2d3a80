// What a tree went through at random, with looks at it in between at random, is told completely; and after all of it
// every directory that is there is watched, under the path it has now and no other.

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <set>
#include <sstream>

#include "tests/source/watching.hpp"

namespace fgsync::source::test {
namespace {

namespace fs = std::filesystem;
using Contents = std::map<std::string, std::string>;

/// The paths below `m` and what they hold, directories nothing.
Contents contents() {
  Contents found;
  if (!fs::is_directory("m")) return found;
  for (const auto& entry : fs::recursive_directory_iterator("m")) {
    std::ostringstream text;
    if (entry.is_regular_file()) text << std::ifstream(entry.path()).rdbuf();
    found[entry.path().string()] = text.str();
  }
  return found;
}

class RandomChanges {
 public:
  explicit RandomChanges(unsigned seed) : random_(seed) {}

  std::size_t below(std::size_t end) { return std::uniform_int_distribution<std::size_t>(0, end - 1)(random_); }

  void make_one() {
    std::error_code may_fail;  // a directory into itself, a file over a directory
    switch (below(9)) {
      case 0:
      case 1:
      case 2: std::ofstream(directory() + "/" + name()) << ++written_; break;
      case 3: fs::create_directories(directory() + "/d" + name() + "/d" + name(), may_fail); break;
      case 4: fs::remove_all(entry(), may_fail); break;
      case 5:
      case 6: fs::rename(entry(), directory() + "/d" + name(), may_fail); break;
      case 7: fs::rename(entry(), "outside" + name(), may_fail); break;
      default: fs::rename("outside" + name(), directory() + "/d" + name(), may_fail);
    }
  }

 private:
  std::string name() { return std::to_string(below(3)); }
  std::string entry() { return pick(false); }
  std::string directory() { return pick(true); }
  std::string pick(bool is_directory) {
    std::vector<std::string> found;
    if (is_directory || below(10) == 0) found.emplace_back("m");
    for (const auto& [path, text] : contents()) {
      if (!is_directory || fs::is_directory(path)) found.push_back(path);
    }
    return found.empty() ? "m" : found[below(found.size())];
  }

  std::mt19937 random_;
  int written_ = 0;
};

/// Whether the path, or a directory above it, was told.
bool is_told(const std::set<std::string>& told, const std::string& path) {
  if (told.contains("everything")) return true;
  for (fs::path above = path; !above.empty(); above = above.parent_path()) {
    if (told.contains(above.string())) return true;
  }
  return false;
}

std::set<std::string> words_of(const std::vector<std::string>& batches) {
  std::set<std::string> words;
  for (const std::string& batch : batches) {
    std::istringstream text(batch);
    for (std::string word; text >> word;) words.insert(word);
  }
  return words;
}

void check_told(const Contents& before, const Contents& after, const std::set<std::string>& told) {
  for (const auto& [path, text] : before) {
    INFO(path << " was there");
    const auto now = after.find(path);
    if (now == after.end() || now->second != text) CHECK(is_told(told, path));
  }
  for (const auto& [path, text] : after) {
    INFO(path << " is there");
    if (!before.contains(path)) CHECK(is_told(told, path));
  }
}

void check_watched(Watching& watching) {
  for (const auto& [path, text] : contents()) {
    if (!fs::is_directory(path)) continue;
    INFO(path << " must be watched");
    watching.tree.write(path + "/probe");
    CHECK(watching.tell_all() == std::vector<std::string>{path + "/probe"});
    fs::remove(path + "/probe");
    watching.tell_all();
  }
  for (const auto& entry : fs::recursive_directory_iterator(".")) {
    if (entry.path().string().starts_with("./m/") || !entry.is_regular_file()) continue;
    INFO(entry.path() << " must not be watched");
    std::ofstream(entry.path()) << "changed";
    CHECK(watching.tell_all().empty());
  }
}

}  // namespace

TEST_CASE("watcher: whatever happens to a tree is told, and what is there then is watched") {
  const auto seed = GENERATE(range(0U, 20U));
  CAPTURE(seed);
  RandomChanges random(seed);
  Watching w;
  fs::create_directory("m");
  for (int i = 0; i < 8; ++i) random.make_one();
  w.watch({"m"});
  Contents before = contents();
  for (int round = 0; round < 4; ++round) {
    std::set<std::string> told;
    const bool loses_events = random.below(8) == 0;
    for (int i = 0; i < 12; ++i) {
      random.make_one();
      if (random.below(3) == 0) w.settle();
      if (random.below(8) == 0) told.merge(words_of(w.tell_all()));
      if (loses_events && i == 6) w.inotify->loses_events = true;
    }
    told.merge(words_of(w.tell_all()));
    Contents after = contents();
    check_told(before, after, told);
    before = std::move(after);
  }
  if (fs::is_directory("m")) check_watched(w);
}

}  // namespace fgsync::source::test
