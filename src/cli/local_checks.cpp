#include "cli/local_checks.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <utility>

#include "base/clock.hpp"
#include "cli/selection.hpp"
#include "cli/session.hpp"
#include "cli/step_words.hpp"
#include "manifest/diagnostic.hpp"
#include "source/child_process.hpp"
#include "state/file_lock.hpp"

namespace fgsync::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t kMiB = std::uintmax_t{1024} * 1024;

std::string shown_size(std::uintmax_t bytes) {
  constexpr std::uintmax_t kGiB = 1024 * kMiB;
  if (bytes >= 10 * kGiB) return std::to_string(bytes / kGiB) + " GiB";
  return std::to_string(bytes / kMiB) + " MiB";
}

/// How much room there is, and whether that is enough.
void judge_room(Finding& finding, const std::string& directory, std::uintmax_t enough) {
  std::error_code failed;
  const auto space = fs::space(directory, failed);
  if (failed) {
    finding.text += ", how much room it has is not known: " + failed.message();
    return;
  }
  finding.text += ", " + shown_size(space.available) + " free";
  if (space.available >= enough) return;
  finding.health = space.available < kMiB ? Health::failed : Health::warning;
  finding.next = "free some space";
}

/// The directory itself, or the nearest one up that exists: there it would be made.
fs::path nearest_existing(fs::path path) {
  std::error_code ignored;
  path = fs::absolute(path, ignored);
  while (!fs::exists(path, ignored) && path.has_relative_path()) path = path.parent_path();
  return path;
}

/// Why no directory can be made there, found by making one and taking it away again; empty when it can.
std::string obstacle_to_making(const fs::path& directory) {
  std::string path = (directory / ".fgsync-doctor-XXXXXX").string();
  if (::mkdtemp(path.data()) == nullptr) return "takes no directory: " + std::generic_category().message(errno);
  ::rmdir(path.c_str());
  return "";
}

/// Why nothing can be written there; empty when it can.
std::string obstacle_to_writing(const fs::path& directory) {
  std::error_code failed;
  if (!fs::is_directory(directory, failed)) return "is no directory";
  if (::access(directory.c_str(), R_OK | W_OK | X_OK) == 0) return "";
  return "cannot be written: " + std::generic_category().message(errno);
}

std::string first_of(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

/// What is in a directory that can be written.
StateFinding look_into(const std::string& directory, const state::Scope& scope) {
  StateFinding found{{"state", Health::ok, directory}, std::nullopt};
  Finding& finding = found.finding;
  auto snapshot = state::read_snapshot(directory, scope);
  if (!snapshot) {
    finding.health = snapshot.error().kind == ErrorKind::invalid ? Health::warning : Health::failed;
    finding.text = snapshot.error().describe();
    return found;
  }
  if (!*snapshot) {
    finding.text += ": nothing is known of this source and project yet";
  } else {
    const std::size_t open_steps = (**snapshot).open_intents.size();
    finding.text += ": " + plural((**snapshot).inventory.size(), "function");
    if (open_steps > 0) finding.text += ", " + plural(open_steps, "interrupted step");
    found.snapshot = std::move(**snapshot);
  }
  if (const auto holder = state::lock_holder(directory)) finding.text += ", in use by " + *holder;
  constexpr std::uintmax_t kEnough = 64 * kMiB;
  judge_room(finding, directory, kEnough);
  return found;
}

}  // namespace

Finding check_configuration(const Workspace& place) {
  Finding finding{"configuration", Health::ok, ""};
  if (place.config.file.empty()) {
    finding.health = Health::warning;
    finding.text = "no fgsync.yaml in " + place.root + ": flags and environment decide";
    finding.next = "make one with metadata.name, so that the source keeps its name wherever it lies";
  } else {
    finding.text = place.config.file;
  }
  finding.text += ", source " + place.source_id;
  if (place.environment) finding.text += ", environment " + place.environment->name;
  if (place.config.mode == config::Mode::observe) finding.text += ", mode observe: nothing is written";
  return finding;
}

Finding check_sources(const Options& options) {
  Finding finding{"sources", Health::ok, ""};
  const auto workspace = load_workspace(options);
  if (!workspace) {
    finding.health = Health::failed;
    finding.text = workspace.error().describe();
    return finding;
  }
  finding.text =
      plural(workspace->functions.size(), "function") + " in " + workspace->shown_source + ", root " + workspace->root;
  if (manifest::has_error(workspace->diagnostics)) {
    finding.health = Health::failed;
    finding.text += "; manifests have mistakes";
    finding.next = "fgsync validate";
  } else if (!workspace->diagnostics.empty()) {
    finding.health = Health::warning;
    finding.text += "; " + plural(workspace->diagnostics.size(), "warning");
    finding.next = "fgsync validate";
  }
  return finding;
}

Finding check_git(const std::string& root) {
  constexpr std::chrono::seconds kPatience{10};
  const SystemClock clock;
  const std::string path = config::process_environment()("PATH").value_or("");
  const source::ChildCommand command{"git", {"--version"}, root, {"PATH=" + path}};
  const auto ended = source::run_child(command, {clock.in(kPatience)}, clock);
  Finding finding{"git", Health::ok, ""};
  if (!ended || ended->exit_code != 0 || ended->signal) {
    finding.health = Health::warning;
    finding.text = ended ? "git --version failed: " + first_of(ended->errors) : ended.error().describe();
    finding.next = "install git: --since and the revisions in the history need it, nothing else does";
    return finding;
  }
  finding.text = first_of(ended->output);
  const auto revision = source_revision(root);
  if (!revision) {
    finding.health = Health::warning;
    finding.text += "; the root's revision cannot be read: " + revision.error().describe();
    finding.next = "git -C " + root + " status";
  } else {
    finding.text += revision->empty() ? ", the root is in no work tree" : ", the root is at " + *revision;
  }
  return finding;
}

Finding check_temporary_space() {
  std::error_code failed;
  const fs::path directory = fs::temp_directory_path(failed);
  Finding finding{"temporary", Health::failed, directory.string(), "set TMPDIR to a directory that can be written"};
  if (failed) {
    finding.text = "there is no directory for temporary files: " + failed.message();
    return finding;
  }
  if (const std::string obstacle = obstacle_to_writing(directory); !obstacle.empty()) {
    finding.text += " " + obstacle;
    return finding;
  }
  finding.health = Health::ok;
  finding.next.clear();
  constexpr std::uintmax_t kEnough = 512 * kMiB;
  judge_room(finding, directory.string(), kEnough);
  return finding;
}

StateFinding check_state(const Connection& target, const Workspace& place) {
  const std::string& directory = target.state_directory;
  StateFinding found{{"state", Health::ok, directory}, std::nullopt};
  Finding& finding = found.finding;
  if (directory.empty()) {
    finding.health = Health::warning;
    finding.text = "none is used (--no-state): all is read each time, and nothing can be held or pruned";
    return found;
  }
  const fs::path there = nearest_existing(directory);
  std::error_code ignored;
  const bool is_there = fs::exists(directory, ignored);
  std::string obstacle = obstacle_to_writing(there);
  if (obstacle.empty() && !is_there) obstacle = obstacle_to_making(there);
  if (!obstacle.empty()) {
    finding.health = Health::failed;
    finding.text = there.string() + " " + obstacle;
    finding.next = "name another place with --state, or correct the rights";
    return found;
  }
  if (is_there) return look_into(directory, scope_of(target, place));
  finding.text += " is not there yet: the first sync makes it";
  return found;
}

}  // namespace fgsync::cli
