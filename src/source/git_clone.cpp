// Ancestry in a shallow clone: the commits since the date of the one seen before are fetched, which is all that is
// needed unless clocks differ. A server that cannot do that is asked for 16 and then 256 commits, and after that it is
// left unknown. Nothing depends on the older commit being here, so the clone can be thrown away at any time.
#include "source/git_clone.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/clock.hpp"
#include "source/git_answer.hpp"

namespace fgsync::source {
namespace {

namespace fs = std::filesystem;

constexpr const char* kTip = "refs/fgsync/tip";
constexpr std::size_t kManyPacks = 20;
constexpr std::uintmax_t kHardlyAnySpace = 1U << 20U;

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

/// Whether the server, of a kind or configuration that gives out only what it advertises, has no such commit to offer.
bool is_refused_by_id(const std::string& errors) {
  return contains(errors, "not our ref") || contains(errors, "unadvertised object") ||
         contains(errors, "couldn't find remote ref");
}

bool is_leftover(const fs::path& path) {
  const std::string name = path.filename().string();
  return name.ends_with(".lock") || name.starts_with("tmp_") || name.starts_with(".tmp-");
}

/// The packs, and what is about to be one.
struct Packs {
  std::size_t count = 0;
  std::uintmax_t bytes = 0;
  std::uintmax_t largest_bytes = 0;
};

Packs packs_of(const fs::path& clone) {
  Packs packs;
  std::error_code failed;
  for (fs::directory_iterator next(clone / "objects/pack", failed), end; !failed && next != end;
       next.increment(failed)) {
    std::error_code unknown;
    const auto size = next->file_size(unknown);
    if (unknown) continue;
    packs.count += next->path().extension() == ".pack" ? 1 : 0;
    packs.bytes += size;
    packs.largest_bytes = std::max(packs.largest_bytes, size);
  }
  return packs;
}

std::string since(std::int64_t seconds) {
  return "--shallow-since=" + to_iso8601(std::chrono::system_clock::time_point(std::chrono::seconds(seconds)));
}

}  // namespace

std::string name_of_reference(const RepositorySettings& settings) {
  switch (settings.kind) {
    case RepositorySettings::Reference::head: return "HEAD";
    case RepositorySettings::Reference::branch: return "refs/heads/" + settings.reference;
    case RepositorySettings::Reference::tag: return "refs/tags/" + settings.reference;
    case RepositorySettings::Reference::commit: break;
  }
  return {};
}

GitClone::GitClone(std::string directory, const RepositorySettings& settings, const GitAccess& access,
                   const GitProgram& git)
    : directory_(std::move(directory)), settings_(settings), access_(access), git_(git) {}

/// What the clone is of: another URL or another hash makes another clone.
std::string GitClone::origin(const std::string& commit_id) const {
  return settings_.url + "\n" + (commit_id.size() == 64 ? "sha256" : "sha1") + "\n";
}

bool GitClone::is_usable(const std::string& commit_id) const {
  std::ifstream file(directory_ + "/fgsync-origin", std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  return text == origin(commit_id);
}

void GitClone::remove_leftovers() const {
  std::vector<fs::path> found;
  std::error_code failed;
  for (fs::recursive_directory_iterator next(directory_, failed), end; !failed && next != end; next.increment(failed)) {
    if (is_leftover(next->path())) found.push_back(next->path());
  }
  for (const fs::path& path : found) fs::remove(path, failed);
}

void GitClone::discard() const {
  std::error_code ignored;
  fs::remove_all(directory_, ignored);
}

Result<void> GitClone::replace(const GitClone& other) const {
  other.discard();
  std::error_code failed;
  fs::rename(directory_, other.directory_, failed);
  if (failed) return fail(ErrorKind::transient, other.directory_ + " cannot be replaced: " + failed.message());
  return {};
}

Error GitClone::explain(const ChildEnd& end, Talks talks) const {
  if (auto known = explain_known(end, talks, settings_, access_)) return *std::move(known);
  if (packs_of(directory_).largest_bytes >= settings_.max_bytes) return explain_too_large(settings_, access_);
  // git does not always say so.
  std::error_code failed;
  const auto space = fs::space(settings_.directory, failed);
  if (!failed && space.available < kHardlyAnySpace) {
    return Error(ErrorKind::transient, "there is no space left for " + settings_.directory + "; free some");
  }
  return explain_unknown(end, access_);
}

Result<ChildEnd> GitClone::try_run(std::vector<std::string> arguments) const {
  arguments.insert(arguments.begin(), "--git-dir=" + directory_);
  return git_.run(std::move(arguments));
}

Result<std::string> GitClone::run(std::vector<std::string> arguments) const {
  auto end = try_run(std::move(arguments));
  if (!end) return fail(std::move(end).error());
  if (end->signal || end->exit_code != 0) return fail(explain(*end, Talks::no));
  return std::move(end->output);
}

Result<void> GitClone::run_in(const std::string& work_tree, const std::string& index,
                              std::vector<std::string> arguments) const {
  const std::array<std::string, 2> places{"--git-dir=" + directory_, "--work-tree=" + work_tree};
  arguments.insert(arguments.begin(), places.begin(), places.end());
  auto end = git_.run(std::move(arguments), {"GIT_INDEX_FILE=" + index});
  if (!end) return fail(std::move(end).error());
  if (end->signal || end->exit_code != 0) return fail(explain(*end, Talks::no));
  return {};
}

Result<void> GitClone::make(const std::string& commit_id) const {
  discard();
  auto end =
      git_.run({"init", "--quiet", "--bare",
                "--template=", commit_id.size() == 64 ? "--object-format=sha256" : "--object-format=sha1", directory_});
  if (!end) return fail(std::move(end).error());
  if (end->signal || end->exit_code != 0) return fail(explain(*end, Talks::no));
  std::ofstream file(directory_ + "/fgsync-origin", std::ios::binary);
  file << origin(commit_id);
  file.close();
  if (!file) return fail(ErrorKind::transient, directory_ + "/fgsync-origin cannot be written; is the disk full?");
  return {};
}

Result<bool> GitClone::holds(const std::string& commit_id) const {
  auto end = try_run({"rev-parse", "--verify", "--quiet", std::string(kTip) + "^{commit}"});
  if (!end) return fail(std::move(end).error());
  return !end->signal && end->exit_code == 0 && without_line_break(end->output) == commit_id;
}

Result<std::string> GitClone::fetched_object() const {
  auto name = run({"rev-parse", "--verify", "--quiet", kTip});
  if (!name) return name;
  return without_line_break(*std::move(name));
}

Result<ChildEnd> GitClone::fetch_from(const std::string& source, const std::string& depth) const {
  return try_run({"fetch", "--quiet", "--force", "--no-tags", "--no-recurse-submodules", "--no-write-fetch-head",
                  "--no-auto-maintenance", depth, "--end-of-options", settings_.url, "+" + source + ":" + kTip});
}

Error GitClone::explain_missing(const std::string& commit_id) const {
  if (settings_.kind == RepositorySettings::Reference::commit) {
    return Error(ErrorKind::invalid, access_.shown_url + ": there is no commit " + commit_id +
                                         ", or the server gives out branches and tags only; check the id, or name "
                                         "a branch or tag");
  }
  return Error(ErrorKind::conflict,
               access_.shown_url + ": " + name_of_reference(settings_) + " is not at " + commit_id + " any more");
}

/// By its id, so that nothing else is meant than what look() saw. A tag by its name, for its own signature.
Result<void> GitClone::fetch_tip(const std::string& commit_id, const std::string& depth) const {
  const std::string name = name_of_reference(settings_);
  const bool is_tag = settings_.kind == RepositorySettings::Reference::tag;
  auto end = fetch_from(is_tag ? name : commit_id, depth);
  if (!end) return fail(std::move(end).error());
  if (end->exit_code != 0 && !end->signal && is_refused_by_id(end->errors)) {
    if (is_tag || name.empty()) return fail(explain_missing(commit_id));
    end = fetch_from(name, depth);
    if (!end) return fail(std::move(end).error());
    if (is_refused_by_id(end->errors)) return fail(explain_missing(commit_id));
  }
  if (end->signal || end->exit_code != 0) {
    Error error = explain(*end, Talks::yes);
    remove_leftovers();  // which may be large
    return fail(std::move(error));
  }
  auto is_here = holds(commit_id);
  if (!is_here) return fail(std::move(is_here).error());
  if (!*is_here) return fail(explain_missing(commit_id));
  return {};
}

Result<void> GitClone::fetch(const std::string& commit_id, const std::optional<SeenCommit>& seen) const {
  if (!is_usable(commit_id)) {
    auto made = make(commit_id);
    if (!made) return made;
  }
  if (seen && seen->id != commit_id) {
    auto fetched = fetch_tip(commit_id, since(seen->committed_at));
    // It may have failed for the date: the server cannot do it, all is older, or it is too much.
    const auto kind = fetched ? ErrorKind::internal : fetched.error().kind;
    if (kind != ErrorKind::corrupt && kind != ErrorKind::transient && kind != ErrorKind::invalid) return fetched;
    remove_leftovers();
  }
  return fetch_tip(commit_id, "--depth=1");
}

Result<bool> GitClone::is_ancestor(const std::string& older, const std::string& newer) const {
  auto known = try_run({"cat-file", "-e", older + "^{commit}"});
  if (!known) return fail(std::move(known).error());
  if (known->signal || known->exit_code != 0) return false;
  auto end = try_run({"merge-base", "--is-ancestor", older, newer});
  if (!end) return fail(std::move(end).error());
  if (end->signal || end->exit_code > 1) return fail(explain(*end, Talks::no));
  return end->exit_code == 0;
}

Result<bool> GitClone::is_shallow() const {
  const auto answer = run({"rev-parse", "--is-shallow-repository"});
  if (!answer) return fail(answer.error());
  return without_line_break(*answer) == "true";
}

Result<bool> GitClone::follows(const std::string& commit_id, const SeenCommit& seen) const {
  // Of repositories with different hashes, nothing follows from the other.
  if (seen.id.size() != commit_id.size()) return false;
  auto found = is_ancestor(seen.id, commit_id);
  for (const char* depth : {"--depth=16", "--depth=256"}) {
    if (!found || *found) return found;
    const auto has_more = is_shallow();
    if (!has_more || !*has_more) return has_more;
    auto fetched = fetch_tip(commit_id, depth);
    if (!fetched && fetched.error().kind == ErrorKind::invalid) return false;  // too large: then it stays unknown
    if (!fetched) return fail(std::move(fetched).error());
    found = is_ancestor(seen.id, commit_id);
  }
  return found;
}

/// Cuts the history off behind the tip, which is what a new clone would have, and drops what is not needed then. The
/// older commit that ancestry is about is not: its date is. All is well without that, so failures are not worth a word.
void GitClone::tidy() const {
  const Packs packs = packs_of(directory_);
  if (packs.count < 2 || (packs.count < kManyPacks && packs.bytes < settings_.max_bytes / 2)) return;
  const auto tip = run({"rev-parse", "--verify", "--quiet", std::string(kTip) + "^{commit}"});
  if (!tip) return;
  const std::string temporary = directory_ + "/shallow.new";
  std::ofstream file(temporary, std::ios::binary);
  file << *tip;
  file.close();
  std::error_code failed;
  if (file) fs::rename(temporary, directory_ + "/shallow", failed);
  if (file && !failed) static_cast<void>(try_run({"repack", "-a", "-d", "-q"}));
}

}  // namespace fgsync::source
