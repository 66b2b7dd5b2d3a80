#include "cli/selection.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>

#include "cli/shell_word.hpp"
#include "manifest/environment.hpp"
#include "tests/support/temp_directory.hpp"

using namespace fgsync;
using cli::Candidate;
using cli::Selection;
using Names = std::set<std::string>;
using Strings = std::vector<std::string>;

namespace {

Candidate candidate(const std::string& name, const std::map<std::string, std::string>& labels = {}) {
  return {.name = name, .labels = labels, .paths = {"/r/manifests/" + name + ".yaml", "/r/code/" + name}};
}

/// The selection that flags make.
Selection selection(const Strings& names, const std::optional<std::string>& selector = {},
                    const std::optional<std::string>& since = {}) {
  cli::Options options;
  options.names = names;
  options.selector = selector;
  options.since = since;
  return **cli::selection_of(options);
}

/// What is selected of a, b and c when these paths changed.
Names changed(const Strings& paths) {
  return cli::select({candidate("a"), candidate("b"), candidate("c")}, selection({}, {}, "HEAD"), paths);
}

std::string name_problem(const Strings& names, const Names& known) {
  const auto checked = cli::check_names(selection(names), known);
  return checked ? "no problem" : checked.error().describe();
}

manifest::Diagnostic diagnostic(const std::string& file, int line) {
  manifest::Diagnostic one;
  one.position = {file, line, 1};
  return one;
}

manifest::Function function(const std::string& name, const std::string& file, int line = 4) {
  manifest::Function one;
  one.name = name;
  one.position = {file, line, 9};
  return one;
}

manifest::Rejected refused(const std::string& name, int line) {
  manifest::Rejected one;
  one.name = name;
  one.position = {"two.yaml", line, 1};
  return one;
}

}  // namespace

TEST_CASE("selection: without a flag there is none") {
  const auto none = cli::selection_of(cli::Options{});
  REQUIRE(none);
  CHECK_FALSE(none->has_value());
}

TEST_CASE("selection: a bad selector is named with its place") {
  cli::Options options;
  options.selector = "team in media";
  CHECK(cli::selection_of(options).error().describe() ==
        "--selector \"team in media\": column 9: expected ( after in, found \"media\"");
}

TEST_CASE("selection: several names are ored, several criteria are anded") {
  const std::vector<Candidate> all = {candidate("a", {{"team", "x"}}), candidate("b", {{"team", "y"}}),
                                      candidate("c", {{"team", "x"}})};
  CHECK(select(all, selection({"a", "b"}), {}) == Names{"a", "b"});
  CHECK(select(all, selection({}, "team=x"), {}) == Names{"a", "c"});
  CHECK(select(all, selection({"a", "b"}, "team=x"), {}) == Names{"a"});
  CHECK(select(all, selection({"a", "b"}, "team=x", "HEAD"), {"/r/code/b/f", "/r/code/c/f"}).empty());
  CHECK(select(all, selection({"a", "c"}, "team=x", "HEAD"), {"/r/code/b/f", "/r/code/c/f"}) == Names{"c"});
}

TEST_CASE("selection: since means the manifest, the code, and whatever is below it") {
  CHECK(changed({}).empty());
  CHECK(changed({"/r/manifests/a.yaml"}) == Names{"a"});
  CHECK(changed({"/r/code/b/deep/index.py"}) == Names{"b"});
  CHECK(changed({"/r/code/c"}) == Names{"c"});
  CHECK(changed({"/r/fgsync.yaml", "/r/code/ab/x", "/r/code/a.txt", "/r/manifests/a.yaml.orig"}).empty());
  CHECK(changed({"/r/code/a-b", "/r/code/a.txt", "/r/code/a/x"}) == Names{"a"});
}

TEST_CASE("selection: a changed link or submodule on the way to a path is a change of it") {
  CHECK(changed({"/r/manifests"}) == Names{"a", "b", "c"});
  CHECK(changed({"/r/cod"}).empty());
}

TEST_CASE("selection: a function with other files is selected by them, too") {
  Candidate patched = candidate("a");
  patched.paths.push_back("/r/environments/prod.yaml");
  CHECK(select({patched, candidate("b")}, selection({}, {}, "HEAD"), {"/r/environments/prod.yaml"}) == Names{"a"});
}

TEST_CASE("selection: paths are made absolute, and links are followed beside what is named") {
  const test::TempDirectory directory;
  const std::string root = std::filesystem::canonical(directory.path()).string();
  std::filesystem::create_directories(root + "/shared/code");
  std::filesystem::create_symlink("shared", root + "/link");
  manifest::Function one = function("a", root + "/link/a.yaml");
  one.code.path = root + "/link/../link/code/";
  CHECK(cli::candidates_of({one}, nullptr).at(0).paths ==
        Strings{root + "/link/a.yaml", root + "/shared/a.yaml", root + "/link/code", root + "/shared/code"});
  one.position.file = "manifests/a.yaml";
  one.code.path = "";
  CHECK(cli::candidates_of({one}, nullptr).at(0).paths ==
        Strings{(std::filesystem::current_path() / "manifests/a.yaml").string()});
}

TEST_CASE("selection: a change of the environment's file chooses all, a patch that was removed may be behind it") {
  manifest::Environment environment;
  environment.path = "/r/environments/prod.yaml";
  environment.patches["patched"] = {};
  const auto candidates =
      cli::candidates_of({function("plain", "/r/a.yaml"), function("patched", "/r/b.yaml")}, &environment);
  CHECK(select(candidates, selection({}, {}, "HEAD"), {"/r/environments/prod.yaml"}) == Names{"patched", "plain"});
}

TEST_CASE("selection: a name that no manifest has is an error with the likely one") {
  CHECK(name_problem({"orders"}, {"orders", "thumbs"}) == "no problem");
  CHECK(name_problem({"ordrs", "thumbs"}, {"orders", "thumbs"}) ==
        "there is no manifest of \"ordrs\" (did you mean orders?)");
  CHECK(name_problem({"x\n", "orders", "thumb"}, {"orders", "thumbs"}) ==
        "there is no manifest of \"x?\", and none of \"thumb\" (did you mean thumbs?)");
}

TEST_CASE("selection: its flags are what a shell takes") {
  CHECK(selection({"a", "b"}, "team in (x,y)", "HEAD~1").flags() ==
        "--name a --name b --selector 'team in (x,y)' --since 'HEAD~1'");
  CHECK(selection({}, "team=x").flags() == "--selector team=x");
  CHECK(cli::shell_word("it's") == "'it'\\''s'");
  CHECK(cli::shell_word("") == "''");
}

TEST_CASE("selection: of mistakes only those are left out that are surely of other functions") {
  const std::vector<manifest::SourceText> texts = {
      {.path = "two.yaml", .text = "a\nb\nc\nd: name\n--- # second\nf\ng\nname\n...\n---\nk\n"},
      {.path = "one.yaml", .text = "a\n---not a mark\n----\n"},
  };
  const std::vector<manifest::Function> functions = {function("other", "two.yaml", 4), function("mine", "one.yaml", 2)};
  const std::vector<manifest::Rejected> rejected = {refused("another", 8), refused("", 11)};
  const auto lines_left = [&](const Names& names) {
    manifest::Diagnostics all;
    for (const int line : {0, 1, 4, 5, 8, 9, 10, 11}) all.push_back(diagnostic("two.yaml", line));
    for (const int line : {1, 3}) all.push_back(diagnostic("one.yaml", line));
    all.push_back(diagnostic("fgsync.yaml", 1));
    Strings left;
    for (const auto& one : cli::concerning(names, all, functions, rejected, texts)) {
      left.push_back(one.position.file.substr(0, 3) + std::to_string(one.position.line));
    }
    return left;
  };
  CHECK(lines_left({"mine"}) == Strings{"two0", "two9", "two10", "two11", "one1", "one3", "fgs1"});
  CHECK(lines_left({"other"}) == Strings{"two0", "two1", "two4", "two9", "two10", "two11", "fgs1"});
  CHECK(lines_left({"another", "mine"}) ==
        Strings{"two0", "two5", "two8", "two9", "two10", "two11", "one1", "one3", "fgs1"});
}
