#include "source/directory_source.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "source/root.hpp"
#include "tests/source/temp_tree.hpp"

namespace fgsync::source::test {
namespace {

Result<Snapshot> read(const std::vector<std::string>& paths, const std::string& root = ".") {
  return make_directory_source(root, paths)->read();
}

/// The paths of the files, a `*` behind those that were named.
std::vector<std::string> paths_of(const Result<Snapshot>& snapshot) {
  std::vector<std::string> paths;
  for (const File& file : snapshot.value().files) paths.push_back(file.path + (file.is_named ? "*" : ""));
  return paths;
}

std::vector<std::string> failures_of(const Result<Snapshot>& snapshot) {
  std::vector<std::string> texts;
  for (const Failure& failure : snapshot.value().failures) texts.push_back(failure.error.describe());
  return texts;
}

using Strings = std::vector<std::string>;

}  // namespace

TEST_CASE("source: a directory is read recursively, in the byte order of the paths") {
  const TempTree tree;
  for (const auto* path :
       {"m/b.yaml", "m/a.yml", "m/B.yaml", "m/a/z.yaml", "m/a-b.yaml", "m/a.txt", "m/sub/deep/c.yaml"}) {
    tree.write(path, std::string("path: ") + path + "\n");
  }
  const auto snapshot = read({"m"});
  CHECK(paths_of(snapshot) ==
        Strings{"m/B.yaml", "m/a-b.yaml", "m/a.yml", "m/a/z.yaml", "m/b.yaml", "m/sub/deep/c.yaml"});
  CHECK(snapshot->files[3].text == "path: m/a/z.yaml\n");
  CHECK(snapshot->kind == "directory");
  CHECK(snapshot->revision.empty());
  CHECK(snapshot->root == tree.absolute());
  CHECK(snapshot->failures.empty());
}

TEST_CASE("source: hidden files and folders, environments and the configuration are not scanned") {
  const TempTree tree;
  for (const auto* path : {"a.yaml", ".hidden.yaml", ".git/x.yaml", "environments/prod.yaml", "m/environments/x.yaml",
                           "m/b.yaml", "fgsync.yaml", "m/my-environments/c.yaml"}) {
    tree.write(path);
  }
  CHECK(paths_of(read({"."})) == Strings{"a.yaml", "m/b.yaml", "m/my-environments/c.yaml"});
}

TEST_CASE("source: what is not scanned is read when it is given") {
  const TempTree tree;
  tree.write("environments/prod.yaml");
  tree.write(".hidden/a.yaml");
  CHECK(paths_of(read({"environments", ".hidden"})) == Strings{".hidden/a.yaml", "environments/prod.yaml"});
}

TEST_CASE("source: manifests are told by the end of their name, folders are not") {
  const TempTree tree;
  for (const auto* path : {"m/a.YAML", "m/b.yaml~", "m/yaml", "m/c.yaml.bak", "m/folder.yaml/d.yml"}) tree.write(path);
  CHECK(paths_of(read({"m"})) == Strings{"m/folder.yaml/d.yml"});
}

TEST_CASE("source: folders are read 64 deep, and deeper ones are a failure") {
  const TempTree tree;
  std::string folder = "m";
  for (int depth = 1; depth <= 64; ++depth) folder += "/d";
  tree.write(folder + "/a.yaml");
  tree.write(folder + "/d/b.yaml");
  const auto snapshot = read({"m"});
  CHECK(paths_of(snapshot) == Strings{folder + "/a.yaml"});
  CHECK(failures_of(snapshot) == Strings{folder + "/d: lies more than 64 directories deep"});
}

TEST_CASE("source: links are judged by where they end, not by what they pass") {
  const TempTree tree;
  tree.write("root/m/a.yaml");
  tree.link("../../root/m", "root/sub/through-outside");
  tree.link("..", "root/up");
  const auto snapshot = read({"root/sub", "root/up/root/m/a.yaml"}, "root");
  CHECK(paths_of(snapshot) == Strings{"root/sub/through-outside/a.yaml*"});
  CHECK(snapshot->failures.empty());
}

TEST_CASE("source: paths are shown as a person types them") {
  const TempTree tree;
  tree.write("m/a.yaml");
  tree.write("other/x");
  CHECK(paths_of(read({"."})) == Strings{"m/a.yaml"});
  CHECK(paths_of(read({"./m//"})) == Strings{"m/a.yaml"});
  CHECK(paths_of(read({"other/../m"})) == Strings{"other/../m/a.yaml"});
  CHECK(paths_of(read({tree.absolute("m")})) == Strings{tree.absolute("m/a.yaml")});
}

TEST_CASE("source: a file that is given is named, whatever its name") {
  const TempTree tree;
  tree.write("m/a.yaml");
  tree.write("m/b.txt");
  tree.write("m/.c.yaml");
  CHECK(paths_of(read({"m/b.txt", "m/.c.yaml"})) == Strings{"m/.c.yaml*", "m/b.txt*"});
}

TEST_CASE("source: a file that is scanned and named is taken once, as named") {
  const TempTree tree;
  tree.write("m/a.yaml");
  tree.write("m/b.yaml");
  CHECK(paths_of(read({"m", "m/a.yaml", "./m/a.yaml"})) == Strings{"m/a.yaml*", "m/b.yaml"});
  CHECK(paths_of(read({"m/a.yaml", "m"})) == Strings{"m/a.yaml*", "m/b.yaml"});
}

TEST_CASE("source: links within the root are followed, and nothing is taken twice") {
  const TempTree tree;
  tree.write("m/a.yaml");
  tree.write("shared/s.yaml");
  tree.link("../shared", "m/linked");
  tree.link("a.yaml", "m/z.yaml");
  CHECK(paths_of(read({"m"})) == Strings{"m/a.yaml", "m/linked/s.yaml"});
  CHECK(paths_of(read({"m", "shared"})) == Strings{"m/a.yaml", "m/linked/s.yaml"});
}

TEST_CASE("source: links in a circle end") {
  const TempTree tree;
  tree.write("m/a.yaml");
  tree.link(".", "m/self");
  tree.link("..", "m/sub/up");
  tree.link("loop", "m/loop");
  tree.link("loop.yaml", "m/loop.yaml");
  const auto snapshot = read({"m"});
  CHECK(paths_of(snapshot) == Strings{"m/a.yaml"});
  CHECK(failures_of(snapshot) ==
        Strings{"m/loop.yaml: is a link to loop.yaml, which cannot be read: Too many levels of symbolic links"});
}

TEST_CASE("source: a link that leaves the root is a failure that says where it leads") {
  const TempTree tree;
  tree.write("outside/x.yaml");
  tree.write("root/a.yaml");
  tree.link("../outside/x.yaml", "root/link.yaml");
  tree.link(tree.absolute("outside"), "root/dir");
  tree.link("../outside/nothing.yaml", "root/broken.yaml");
  tree.link("../outside/x.yaml", "root/not-a-manifest");
  const auto snapshot = read({"root"}, "root");
  CHECK(paths_of(snapshot) == Strings{"root/a.yaml"});
  CHECK(
      failures_of(snapshot) ==
      Strings{"root/broken.yaml: is a link to ../outside/nothing.yaml, which cannot be read: No such file or directory",
              "root/dir: leads to " + tree.absolute("outside") + ", outside of the root " + tree.absolute("root"),
              "root/link.yaml: leads to " + tree.absolute("outside/x.yaml") + ", outside of the root " +
                  tree.absolute("root")});
}

TEST_CASE("source: a path outside of the root is refused, also when only its name starts like the root") {
  const TempTree tree;
  tree.write("root2/a.yaml");
  tree.write("root/a.yaml");
  CHECK(read({"root2"}, "root").error().describe() ==
        "root2: leads to " + tree.absolute("root2") + ", outside of the root " + tree.absolute("root"));
  CHECK(failures_of(read({"root", "root2/a.yaml"}, "root")).size() == 1);
}

TEST_CASE("source: a file of 1 MiB is taken, a larger one is a failure") {
  const TempTree tree;
  tree.write("m/fits.yaml", std::string(std::size_t{1} << 20U, 'x'));
  tree.write("m/large.yaml", std::string((std::size_t{1} << 20U) + 1, 'x'));
  const auto snapshot = read({"m"});
  CHECK(paths_of(snapshot) == Strings{"m/fits.yaml"});
  CHECK(failures_of(snapshot) == Strings{"m/large.yaml: is larger than 1 MiB: manifests are small"});
}

TEST_CASE("source: what is no regular file is a failure, and nothing waits for it") {
  const TempTree tree;
  tree.write("m/a.yaml");
  REQUIRE(::mkfifo("m/pipe.yaml", 0600) == 0);
  CHECK(failures_of(read({"m"})) == Strings{"m/pipe.yaml: is not a regular file"});
}

TEST_CASE("source: what may not be read is a failure") {
  if (::geteuid() == 0) return;  // may read everything
  const TempTree tree;
  tree.write("m/a.yaml");
  tree.write("m/closed.yaml");
  tree.write("m/dir/b.yaml");
  ::chmod("m/closed.yaml", 0);
  ::chmod("m/dir", 0);
  const auto snapshot = read({"m"});
  ::chmod("m/dir", 0700);
  CHECK(paths_of(snapshot) == Strings{"m/a.yaml"});
  CHECK(failures_of(snapshot) ==
        Strings{"m/closed.yaml: cannot be read: Permission denied", "m/dir: cannot be read: Permission denied"});
}

TEST_CASE("source: an empty directory is an empty source, not an error") {
  const TempTree tree;
  tree.write("m/readme.txt");
  CHECK(paths_of(read({"m"})).empty());
}

TEST_CASE("source: a missing path is a failure beside others, and an error alone") {
  const TempTree tree;
  tree.write("m/a.yaml");
  const auto snapshot = read({"m", "nowhere"});
  CHECK(paths_of(snapshot) == Strings{"m/a.yaml"});
  CHECK(failures_of(snapshot) == Strings{"nowhere: cannot be read: No such file or directory"});

  const auto nothing = read({"nowhere", "never.yaml"});
  REQUIRE_FALSE(nothing);
  CHECK(nothing.error().kind == ErrorKind::invalid);
  CHECK(nothing.error().describe() == "nowhere: cannot be read: No such file or directory");
}

TEST_CASE("source: the configuration is no manifest") {
  const TempTree tree;
  tree.write("fgsync.yaml");
  CHECK(read({"fgsync.yaml"}).error().describe() ==
        "fgsync.yaml: is the configuration, not a manifest: give it with --config");
}

TEST_CASE("source: a directory with a configuration of its own is not entered, the root is") {
  const TempTree tree;
  for (const auto* path :
       {"fgsync.yaml", "a.yaml", "envs/prod/fgsync.yaml", "envs/prod/p.yaml", "envs/prod/sub/q.yaml"}) {
    tree.write(path);
  }
  tree.link("envs/prod", "linked");
  const std::string text =
      "envs/prod/fgsync.yaml: makes this directory a source of its own: run fgsync with --root envs/prod, or keep it "
      "out "
      "of the directories that are read";
  const auto whole = read({"."});
  CHECK(paths_of(whole) == Strings{"a.yaml"});
  CHECK(failures_of(whole) == Strings{text});
  const auto named = read({"./envs/prod/", "a.yaml"});
  CHECK(paths_of(named) == Strings{"a.yaml*"});
  CHECK(failures_of(named) == Strings{text});
  CHECK(paths_of(read({"envs/prod"}, "envs/prod")) == Strings{"envs/prod/p.yaml", "envs/prod/sub/q.yaml"});
}

TEST_CASE("source: a link that leads nowhere is a configuration, too") {
  const TempTree tree;
  tree.write("m/a.yaml");
  tree.link("nowhere", "m/fgsync.yaml");
  CHECK(failures_of(read({"."})).size() == 1);
}

TEST_CASE("source: a root that is no directory is an error") {
  const TempTree tree;
  tree.write("a.yaml");
  CHECK(read({"a.yaml"}, "nowhere").error().describe() == "the root nowhere cannot be read: No such file or directory");
  CHECK(read({"a.yaml"}, "a.yaml").error().describe() == "the root a.yaml is not a directory");
}

TEST_CASE("find_root: the nearest fgsync.yaml, else .git, else the path") {
  const TempTree tree;
  tree.write("a/fgsync.yaml");
  tree.write("a/b/.git/HEAD");
  tree.write("a/b/m/x.yaml");
  tree.write("c/.git", "gitdir: elsewhere\n");
  tree.write("c/d/m/x.yaml");
  tree.link("../../c/d", "a/b/link");
  CHECK(find_root("a/b/m/x.yaml") == tree.absolute("a"));
  CHECK(find_root("a/b/m/") == tree.absolute("a"));
  CHECK(find_root("a") == tree.absolute("a"));
  CHECK(find_root(tree.absolute("a/b/m")) == tree.absolute("a"));
  CHECK(find_root("c/d/m/x.yaml") == tree.absolute("c"));
  CHECK(find_root("a/b/link/m") == tree.absolute("c"));
  CHECK(find_root("c/d/m/../../nowhere/x.yaml") == tree.absolute("c"));
}

TEST_CASE("find_root: without any mark the path itself, or the folder of a file") {
  const TempTree tree;
  tree.write("m/x.yaml");
  CHECK(find_root("m") == tree.absolute("m"));
  CHECK(find_root("m/") == tree.absolute("m"));
  CHECK(find_root("m/x.yaml") == tree.absolute("m"));
  CHECK(find_root(".") == tree.absolute());
  CHECK(find_root("") == tree.absolute());
}

TEST_CASE("find_misnamed_config: another end or letter case of the name, in a directory that find_root looks at") {
  const TempTree tree;
  tree.write("m/x.yaml");
  CHECK_FALSE(misnamed_config_in("."));
  for (const auto* name : {"fgsync.yml", "FGSYNC.yaml", "Fgsync.YML"}) {
    CAPTURE(name);
    tree.write(name);
    CHECK(misnamed_config_in(".") == name);
    CHECK(find_misnamed_config("m/x.yaml") == tree.absolute(name));
    std::filesystem::remove(name);
  }
  for (const auto* name : {"fgsync.yaml", "fgsync.yaml.bak", "xfgsync.yml"}) tree.write(name);
  std::filesystem::create_directory("fgsync.yml");
  CHECK_FALSE(misnamed_config_in("."));
}

TEST_CASE("find_misnamed_config: does not look above a .git") {
  const TempTree tree;
  tree.write("fgsync.yml");
  tree.write("a/.git/HEAD");
  tree.write("a/m/x.yaml");
  CHECK_FALSE(find_misnamed_config("a/m"));
  tree.write("a/fgsync.yml");
  CHECK(find_misnamed_config("a/m") == tree.absolute("a/fgsync.yml"));
}

TEST_CASE("is_inside: follows links before it compares") {
  const TempTree tree;
  tree.write("root/code/a.py");
  tree.write("outside/b.py");
  tree.link("../outside", "root/link");
  CHECK(is_inside("root", "root"));
  CHECK(is_inside("root", "root/code/a.py"));
  CHECK(is_inside("root", "root/code/not-there-yet"));
  CHECK(is_inside("root", "root/../root/code"));
  CHECK_FALSE(is_inside("root", "root/link"));
  CHECK_FALSE(is_inside("root", "root/link/b.py"));
  CHECK_FALSE(is_inside("root", "root/../outside"));
  CHECK_FALSE(is_inside("root", "root2"));
}

}  // namespace fgsync::source::test
