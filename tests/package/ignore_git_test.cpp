// Compares our matcher with git's, over random rules and trees. git is the reference: what it answers is right.
#include <catch2/catch.hpp>
#include <random>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "package/ignore_rules.hpp"
#include "tests/package/temp_directory.hpp"

using fgsync::package::EntryKind;
using fgsync::package::IgnoreRules;
using fgsync::test::output_of;
using fgsync::test::TempDirectory;

namespace {

constexpr unsigned kSeed = 20261122;
constexpr int kRounds = 60;

/// Draws from few letters, so that rules and paths meet often.
class Generator {
 public:
  explicit Generator(unsigned seed) : random_(seed) {}

  int below(int limit) { return std::uniform_int_distribution<int>(0, limit - 1)(random_); }

  std::string name() {
    std::string text;
    for (int length = 1 + below(3); length > 0; --length) text += "abc.-"[below(5)];
    // `.` and `..` are no names; git reads neither.
    return text.find_first_not_of('.') == std::string::npos ? "a" + text : text;
  }

  std::string path() {
    std::string text = name();
    for (int depth = below(3); depth > 0; --depth) text += '/' + name();
    return text;
  }

  std::string rule() {
    std::string text = below(5) == 0 ? "!" : "";
    if (below(4) == 0) text += '/';
    text += part();
    for (int depth = below(3); depth > 0; --depth) text += '/' + part();
    if (below(4) == 0) text += '/';
    return text;
  }

 private:
  /// One part of a pattern. `**` only stands alone: with letters before it git departs from its own documentation.
  std::string part() {
    switch (below(10)) {
      case 0: return "**";
      case 1: return "*";
      case 2: return "*" + name();
      case 3: return name() + "*";
      case 4: return name() + "*" + name();
      case 5: return "?" + name();
      case 6: return "[a-b]" + name();
      case 7: return "[!a]*";
      case 8: return std::string("\\") + name();
      default: return name();
    }
  }

  std::mt19937 random_;
};

/// The paths and their parents.
std::set<std::string> with_parents(const std::set<std::string>& paths) {
  std::set<std::string> all = paths;
  for (const std::string& path : paths) {
    for (auto slash = path.find('/'); slash != std::string::npos; slash = path.find('/', slash + 1)) {
      all.insert(path.substr(0, slash));
    }
  }
  return all;
}

/// Files of which none is another one's parent.
std::set<std::string> tree(Generator& generator) {
  std::set<std::string> paths;
  for (int i = 0; i < 25; ++i) paths.insert(generator.path());
  std::set<std::string> files;
  for (const std::string& path : paths) {
    const auto next = paths.lower_bound(path + '/');
    if (next == paths.end() || !next->starts_with(path + '/')) files.insert(path);
  }
  return files;
}

std::set<std::string> ignored_by_git(const TempDirectory& place) {
  std::istringstream answer(
      output_of("cd '" + (place / "tree") +
                "' && git init -q . && { git -c core.excludesFile=/dev/null "
                "-c core.ignoreCase=false check-ignore --no-index --stdin < ../paths || true; }"));
  std::set<std::string> paths;
  for (std::string line; std::getline(answer, line);) paths.insert(line);
  return paths;
}

}  // namespace

TEST_CASE("ignore rules: git check-ignore gives the same answers for random rules and paths") {
  Generator generator(kSeed);
  int compared = 0;
  int excluded = 0;
  for (int round = 0; round < kRounds; ++round) {
    const TempDirectory place;
    const std::set<std::string> files = tree(generator);
    std::string rules;
    for (int i = 1 + generator.below(5); i > 0; --i) rules += generator.rule() + '\n';
    std::string list;
    for (const std::string& file : files) place.write("tree/" + file, "");
    for (const std::string& path : with_parents(files)) list += path + '\n';
    place.write("tree/.gitignore", rules);
    place.write("paths", list);
    const std::set<std::string> ignored = ignored_by_git(place);
    IgnoreRules ours;
    ours.add_text(rules);
    for (const std::string& path : with_parents(files)) {
      CAPTURE(kSeed, round, rules, path);
      const auto kind = files.contains(path) ? EntryKind::file : EntryKind::directory;
      CHECK(ours.excludes(path, kind) == ignored.contains(path));
      ++compared;
      excluded += ignored.contains(path) ? 1 : 0;
    }
  }
  // The draw must exercise both answers.
  CHECK(compared > 1000);
  CHECK(excluded > compared / 10);
  CHECK(excluded < compared * 9 / 10);
}
