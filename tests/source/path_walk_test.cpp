#include "source/path_walk.hpp"

#include <catch2/catch.hpp>

#include "tests/source/temp_tree.hpp"

namespace fgsync::source::test {
namespace {

/// What is looked up below the tree on the way, and how it ends.
std::string walk(const TempTree& tree, const std::string& path) {
  std::string text;
  const std::string root = tree.absolute();
  const PathEnd end = walk_path(path, [&](const std::string& directory, const std::string& name) {
    if (directory.starts_with(root)) text += join(directory, name).substr(root.size() + 1) + ' ';
  });
  const char* const kinds[] = {"missing", "file", "directory"};
  return text + kinds[static_cast<int>(end.kind)];
}

}  // namespace

TEST_CASE("path walk: names are looked up one after the other, links where they lead") {
  const TempTree tree;
  tree.write("v1/m/a.yaml");
  tree.link("v1", "relative");
  tree.link(tree.absolute("v1/m"), "absolute");
  tree.link("../v1/./m/../m", "links/dots");
  tree.link("links/dots/a.yaml", "file");
  tree.link("nowhere/x", "dangling");
  tree.link("circle", "circle");
  struct Case {
    const char* path;
    const char* walk;
  };
  for (const Case& example : {
           Case{"v1/m/a.yaml", "v1 v1/m v1/m/a.yaml file"},
           Case{"v1//m/./", "v1 v1/m directory"},
           Case{"v1/../v1", "v1 v1 directory"},
           Case{"relative/m", "relative v1 v1/m directory"},
           Case{"absolute/a.yaml", "absolute v1 v1/m v1/m/a.yaml file"},
           Case{"file", "file links links/dots v1 v1/m v1/m v1/m/a.yaml file"},
           Case{"none/m", "none missing"},
           Case{"v1/m/a.yaml/x", "v1 v1/m v1/m/a.yaml missing"},
           Case{"dangling", "dangling nowhere missing"},
       }) {
    INFO(example.path);
    CHECK(walk(tree, tree.absolute(example.path)) == example.walk);
  }
  CHECK_THAT(walk(tree, tree.absolute("circle")), Catch::EndsWith("missing"));
}

TEST_CASE("path walk: the root of all is a directory without a name") {
  const PathEnd end = walk_path("/..", [](const std::string&, const std::string&) { FAIL("nothing to look up"); });
  CHECK(end.kind == PathEnd::Kind::directory);
  CHECK(end.name.empty());
}

}  // namespace fgsync::source::test
