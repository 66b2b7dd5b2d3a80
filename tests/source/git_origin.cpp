#include "tests/source/git_origin.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "source/child_process.hpp"

namespace fgsync::source::test {
namespace {

namespace fs = std::filesystem;

std::string path_variable() {
  return std::string("PATH=") + std::getenv("PATH");
}

}  // namespace

GitOrigin::GitOrigin(const Strings& init_options) {
  variables_ = {path_variable(),
                "HOME=" + tree_.absolute("home"),
                "GIT_CONFIG_NOSYSTEM=1",
                "GIT_AUTHOR_NAME=Ann Author",
                "GIT_AUTHOR_EMAIL=ann@example.com",
                "GIT_COMMITTER_NAME=Carl Committer",
                "GIT_COMMITTER_EMAIL=carl@example.com"};
  fs::create_directories("home");
  fs::create_directories("origin");
  Strings arguments{"init", "-q", "-b", "main"};
  arguments.insert(arguments.end(), init_options.begin(), init_options.end());
  git(arguments);
  settings_.url = "file://" + tree_.absolute("origin");
  settings_.directory = tree_.absolute("state/follower");
  settings_.inherited_environment = {path_variable()};
}

std::string GitOrigin::git(const Strings& arguments, const std::string& directory) const {
  auto environment = variables_;
  // Sixty minutes after the one before: git's dates have seconds, and tests are faster.
  const std::string date = std::to_string(1'767'225'600 + hour_ * 3600) + " +0000";
  environment.push_back("GIT_AUTHOR_DATE=" + date);
  environment.push_back("GIT_COMMITTER_DATE=" + date);
  auto end = run_child(
      {.program = "git", .arguments = arguments, .directory = directory, .environment = std::move(environment)},
      {.deadline = clock_.in(std::chrono::minutes(1))}, clock_);
  if (!end) throw std::runtime_error(end.error().describe());
  if (end->exit_code != 0) throw std::runtime_error(arguments.front() + ": " + end->errors);
  if (end->output.ends_with('\n')) end->output.pop_back();
  return end->output;
}

std::string GitOrigin::commit(const std::string& subject, const Strings& options) {
  ++hour_;
  git({"add", "--all"});
  Strings arguments{"commit", "-q", "--allow-empty", "-m", subject};
  arguments.insert(arguments.end(), options.begin(), options.end());
  git(arguments);
  return git({"rev-parse", "HEAD"});
}

std::string GitOrigin::commit_file(const std::string& path, const std::string& text) {
  tree_.write("origin/" + path, text);
  return commit();
}

std::unique_ptr<Repository> GitOrigin::repository() const {
  auto made = make_git_repository(settings_, clock_);
  if (!made) throw std::runtime_error(made.error().describe());
  return *std::move(made);
}

Checkout GitOrigin::check_out() const {
  const auto made = repository();
  const auto id = made->look();
  if (!id) throw std::runtime_error(id.error().describe());
  auto checkout = made->check_out(*id);
  if (!checkout) throw std::runtime_error(checkout.error().describe());
  return *std::move(checkout);
}

Error GitOrigin::problem() const {
  const auto made = make_git_repository(settings_, clock_);
  if (!made) return made.error();
  const auto id = (*made)->look();
  if (!id) return id.error();
  const auto checkout = (*made)->check_out(*id);
  return checkout ? Error(ErrorKind::internal, "no problem") : checkout.error();
}

std::string GitOrigin::folder(const std::string& name) const {
  return name.empty() ? settings_.directory : settings_.directory + "/" + name;
}

std::string text_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::vector<std::string> names_in(const std::string& path) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(path)) names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace fgsync::source::test
