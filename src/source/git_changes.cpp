// Asks the git program, with plumbing options that make its answers independent of the user's configuration, and that
// keep a repository from naming programs to run. What remains are clean filters: git applies them to files that it has
// to compare, and a repository cannot bring them along, for they stand in .git/config or in the user's configuration.
#include "source/git_changes.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <iterator>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/printable.hpp"
#include "source/child_process.hpp"
#include "source/git_answer.hpp"

namespace fgsync::source {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kFromMergeBase = "...";
constexpr std::size_t kShownRevision = 100;
constexpr std::size_t kShownMessage = 300;

std::string quoted(const std::string& text) {
  return "\"" + printable(text, kShownRevision) + "\"";
}

Error invalid(std::string message) {
  return Error(ErrorKind::invalid, std::move(message));
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

/// What stands in single quotes first: git names the repository like this.
std::optional<std::string> quoted_place(std::string_view text) {
  const std::size_t begin = text.find('\'');
  const std::size_t end = begin == std::string_view::npos ? begin : text.find('\'', begin + 1);
  if (end == std::string_view::npos) return std::nullopt;
  return printable(text.substr(begin + 1, end - begin - 1), kShownMessage);
}

/// A revision as a person gives it.
struct Wanted {
  std::string revision;
  bool is_from_merge_base = false;
};

Result<Wanted> parse_revision(const std::string& text) {
  Wanted wanted{.revision = text, .is_from_merge_base = text.ends_with(kFromMergeBase)};
  if (wanted.is_from_merge_base) wanted.revision.resize(text.size() - kFromMergeBase.size());
  if (wanted.revision.empty()) return fail(invalid(quoted(text) + " is no revision: name a commit, a branch or a tag"));
  if (wanted.revision.starts_with('-') || contains(wanted.revision, std::string_view("\0", 1))) {
    return fail(invalid(quoted(text) + " is no revision"));
  }
  return wanted;
}

/// git in one folder, until one deadline.
class Git {
 public:
  Git(std::string directory, const GitSettings& settings, const Clock& clock)
      : directory_(std::move(directory)),
        environment_(git_environment(settings.inherited_environment)),
        limits_{.deadline = clock.in(settings.time_limit)},
        clock_(clock) {}

  Result<void> check_work_tree();
  Result<std::string> resolve(const std::string& revision);
  Result<std::string> merge_base(const std::string& revision, const std::string& commit);
  /// The commit; empty when there is none.
  Result<std::string> head();
  /// Whether a tracked file below the folder differs from the commit.
  Result<bool> differs_from(const std::string& commit);
  /// NUL-separated paths, relative to the folder.
  Result<std::string> list(std::vector<std::string> arguments);

 private:
  Result<ChildEnd> run(std::vector<std::string> arguments);
  std::string hint_of_shallow_clone();
  [[nodiscard]] Error explain(const ChildEnd& end) const;

  std::string directory_;
  std::vector<std::string> environment_;
  ChildLimits limits_;
  const Clock& clock_;
};

Result<ChildEnd> Git::run(std::vector<std::string> arguments) {
  static constexpr std::array<const char*, 9> kAlways{
      "--no-pager",     "-c", "core.fsmonitor=false",      "-c", "core.hooksPath=/dev/null", "-c",
      "diff.external=", "-c", "diff.autoRefreshIndex=true"};
  arguments.insert(arguments.begin(), kAlways.begin(), kAlways.end());
  auto end = run_child(
      {.program = "git", .arguments = std::move(arguments), .directory = directory_, .environment = environment_},
      limits_, clock_);
  if (end) return end;
  if (end.error().kind == ErrorKind::not_found) {
    return fail(invalid("git is not installed, or not in PATH"));
  }
  return end;
}

Error Git::explain(const ChildEnd& end) const {
  if (end.signal) return invalid("git was killed by signal " + std::to_string(*end.signal));
  if (contains(end.errors, "not a git repository")) {
    return invalid(directory_ + " is not in a git repository");
  }
  if (contains(end.errors, "dubious ownership")) {
    const std::string place = quoted_place(end.errors).value_or(directory_);
    return invalid("git refuses " + place + ", which belongs to another user; if you trust it: git config --global " +
                   "--add safe.directory " + place);
  }
  const std::string complaint = first_complaint(end.errors);
  return invalid("git failed" +
                 (complaint.empty() ? " with exit code " + std::to_string(end.exit_code) : ": " + complaint));
}

Result<void> Git::check_work_tree() {
  auto end = run({"rev-parse", "--is-inside-work-tree"});
  if (!end) return fail(std::move(end).error());
  if (end->signal || end->exit_code != 0) return fail(explain(*end));
  if (end->output != "true\n") return fail(invalid(directory_ + " is in a git repository, but not in its work tree"));
  return {};
}

Result<std::string> Git::resolve(const std::string& revision) {
  // Behind a text to search for, everything is text.
  const std::string peeled = revision.starts_with(":/") ? revision : revision + "^{commit}";
  auto end = run({"rev-parse", "--verify", "--quiet", "--end-of-options", peeled});
  if (!end) return fail(std::move(end).error());
  if (end->signal) return fail(explain(*end));
  std::string commit = without_line_break(std::move(end->output));
  if (end->exit_code == 0 && is_object_name(commit)) return commit;
  if (contains(revision, "..")) {
    return fail(invalid(quoted(revision) + " is no revision; a range has too many: name its beginning, or REV... for " +
                        "the merge base of REV and HEAD"));
  }
  return fail(invalid("git knows no commit " + quoted(revision) + hint_of_shallow_clone()));
}

/// CI systems often fetch only the newest commit, and then the others are missing for no visible reason.
std::string Git::hint_of_shallow_clone() {
  const auto end = run({"rev-parse", "--is-shallow-repository"});
  if (!end || end->output != "true\n") return {};
  return ": this is a shallow clone, which lacks older commits; fetch them, with git fetch --unshallow or with " +
         std::string("fetch-depth: 0 of actions/checkout");
}

Result<std::string> Git::merge_base(const std::string& revision, const std::string& commit) {
  auto end = run({"merge-base", commit, "HEAD"});
  if (!end) return fail(std::move(end).error());
  std::string base = without_line_break(std::move(end->output));
  if (!end->signal && end->exit_code == 0 && is_object_name(base)) return base;
  if (end->signal || end->exit_code != 1) return fail(explain(*end));
  return fail(invalid("git finds no merge base of " + quoted(revision) + " and HEAD" + hint_of_shallow_clone()));
}

Result<std::string> Git::head() {
  auto end = run({"rev-parse", "--verify", "--quiet", "--end-of-options", "HEAD^{commit}"});
  if (!end) return fail(std::move(end).error());
  std::string commit = without_line_break(std::move(end->output));
  return !end->signal && end->exit_code == 0 && is_object_name(commit) ? commit : std::string();
}

Result<bool> Git::differs_from(const std::string& commit) {
  auto end = run({"diff", "--quiet", "--no-renames", "--no-ext-diff", "--no-textconv", "--ignore-submodules=none",
                  commit, "--", "."});
  if (!end) return fail(std::move(end).error());
  if (end->signal || end->exit_code > 1) return fail(explain(*end));
  return end->exit_code == 1;
}

Result<std::string> Git::list(std::vector<std::string> arguments) {
  auto end = run(std::move(arguments));
  if (!end) return fail(std::move(end).error());
  if (end->signal || end->exit_code != 0) return fail(explain(*end));
  return std::move(end->output);
}

void add_paths(const fs::path& root, std::string_view listed, std::vector<std::string>& paths) {
  while (!listed.empty()) {
    const std::size_t end = std::min(listed.find('\0'), listed.size());
    std::string_view path = listed.substr(0, end);
    if (path.ends_with('/')) path.remove_suffix(1);  // a repository in the work tree
    if (!path.empty()) paths.push_back((root / path).string());
    listed.remove_prefix(std::min(end + 1, listed.size()));
  }
}

Result<std::vector<std::string>> list_changes(Git& git, const fs::path& root, const Wanted& wanted) {
  auto usable = git.check_work_tree();
  if (!usable) return fail(std::move(usable).error());
  auto commit = git.resolve(wanted.revision);
  if (commit && wanted.is_from_merge_base) commit = git.merge_base(wanted.revision, *commit);
  if (!commit) return fail(std::move(commit).error());
  const auto tracked = git.list({"diff", "--name-only", "-z", "--relative", "--no-renames", "--no-ext-diff",
                                 "--no-textconv", "--ignore-submodules=none", *commit, "--"});
  if (!tracked) return fail(tracked.error());
  const auto untracked = git.list({"ls-files", "--others", "--exclude-standard", "-z"});
  if (!untracked) return fail(untracked.error());

  std::vector<std::string> paths;
  add_paths(root, *tracked, paths);
  add_paths(root, *untracked, paths);
  std::sort(paths.begin(), paths.end());
  paths.erase(std::unique(paths.begin(), paths.end()), paths.end());
  return paths;
}

/// Whether a variable is not about one repository. Whoever runs us from a hook has GIT_DIR and others set.
bool is_for_every_repository(std::string_view variable) {
  static constexpr std::array<std::string_view, 8> kKept{
      "PATH=", "LD_LIBRARY_PATH=", "HOME=", "XDG_CONFIG_HOME=", "TMPDIR=", "USER=", "LOGNAME=", "SUDO_UID="};
  // The user's own configuration, of which safe.directory matters; in CI it is often given like this.
  static constexpr std::array<std::string_view, 7> kKeptOfGit{"GIT_EXEC_PATH=",
                                                              "GIT_CONFIG_GLOBAL=",
                                                              "GIT_CONFIG_COUNT=",
                                                              "GIT_CONFIG_KEY_",
                                                              "GIT_CONFIG_VALUE_",
                                                              "GIT_CEILING_DIRECTORIES=",
                                                              "GIT_DISCOVERY_ACROSS_FILESYSTEM="};
  const auto begins = [variable](std::string_view prefix) { return variable.starts_with(prefix); };
  return std::any_of(kKept.begin(), kKept.end(), begins) || std::any_of(kKeptOfGit.begin(), kKeptOfGit.end(), begins);
}

}  // namespace

std::vector<std::string> git_environment(const std::vector<std::string>& inherited) {
  std::vector<std::string> environment;
  std::copy_if(inherited.begin(), inherited.end(), std::back_inserter(environment), is_for_every_repository);
  environment.insert(environment.end(), {
                                            "LC_ALL=C",
                                            "GIT_CONFIG_NOSYSTEM=1",
                                            "GIT_TERMINAL_PROMPT=0",
                                            "GIT_OPTIONAL_LOCKS=0",
                                            "GIT_PAGER=cat",
                                            // A partial clone must not fetch what it lacks.
                                            "GIT_ALLOW_PROTOCOL=none",
                                            "GIT_NO_LAZY_FETCH=1",
                                        });
  return environment;
}

Result<std::string> current_revision(const std::string& root, const GitSettings& settings, const Clock& clock) {
  Git git(root, settings, clock);
  auto commit = git.head();
  // Without git there is no revision, which is no mistake here.
  if (!commit && commit.error().kind == ErrorKind::invalid) return std::string();
  if (!commit || commit->empty()) return commit;
  auto differs = git.differs_from(*commit);
  if (!differs) return fail(std::move(differs).error());
  if (*differs) return *commit + "-dirty";
  const auto untracked = git.list({"ls-files", "--others", "--exclude-standard", "-z", "--", "."});
  if (!untracked) return fail(untracked.error());
  return untracked->empty() ? *commit : *commit + "-dirty";
}

Result<std::vector<std::string>> changed_since(const std::string& root, const std::string& revision,
                                               const GitSettings& settings, const Clock& clock) {
  const auto wanted = parse_revision(revision);
  if (!wanted) return fail(wanted.error());
  std::error_code failed;
  const fs::path real_root = fs::canonical(root.empty() ? "." : root, failed);
  if (failed) return fail(invalid("the root " + root + " cannot be read: " + failed.message()));
  Git git(real_root.string(), settings, clock);
  return list_changes(git, real_root, *wanted);
}

}  // namespace fgsync::source
