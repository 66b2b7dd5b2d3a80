#include "cli/live_sources.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <filesystem>
#include <random>
#include <set>
#include <utility>

#include "config/environment.hpp"
#include "functiongraph/percent_encoding.hpp"

namespace fgsync::cli {

namespace fs = std::filesystem;
using boost::asio::awaitable;

namespace {

source::RepositorySettings settings_of(const config::GitSource& git, const std::string& directory,
                                       std::stop_token stop) {
  using Settings = source::RepositorySettings;
  Settings settings;
  settings.url = git.url;
  if (git.reference) {
    settings.reference = git.reference->name;
    switch (git.reference->kind) {
      case config::GitSource::Reference::Kind::branch: settings.kind = Settings::Reference::branch; break;
      case config::GitSource::Reference::Kind::tag: settings.kind = Settings::Reference::tag; break;
      case config::GitSource::Reference::Kind::commit: settings.kind = Settings::Reference::commit; break;
    }
  }
  if (git.credentials) {
    settings.username = git.credentials->username;
    settings.password_file = git.credentials->password_file;
  }
  settings.ssh_key_file = git.ssh_key_file.value_or("");
  settings.known_hosts_file = git.known_hosts_file.value_or("");
  if (git.verify) {
    const bool is_ssh = git.verify->kind == config::GitSource::Verification::Kind::allowed_signers;
    settings.verify = is_ssh ? Settings::Verify::allowed_signers : Settings::Verify::gpg_keyring;
    settings.verify_file = git.verify->file;
  }
  settings.directory = directory;
  settings.stop = std::move(stop);
  settings.inherited_environment = config::process_environment_block();
  return settings;
}

/// A name for a folder that says whose it is, and is another one for another reference.
std::string folder_of(const config::GitSource& git) {
  using Kind = config::GitSource::Reference::Kind;
  std::string reference = git.reference ? git.reference->name : "HEAD";
  if (git.reference && git.reference->kind == Kind::tag) reference = "tag:" + reference;
  if (git.reference && git.reference->kind == Kind::commit) reference = "commit:" + reference;
  const std::string text = git.url + "#" + reference;
  std::string name;
  for (const char c : text) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.';
    name += is_plain ? c : '-';
  }
  constexpr std::size_t kMost = 80;
  if (name.size() > kMost) name = name.substr(name.size() - kMost);
  return name + "-" + std::to_string(std::hash<std::string>{}(text) % 100'000U);
}

std::string absolute(const std::string& path) {
  std::error_code ignored;
  return fs::absolute(path, ignored).lexically_normal().string();
}

}  // namespace

/// A repository with the places in it that are sources.
struct LiveSources::Repository {
  config::GitSource git;
  std::vector<std::pair<std::string, std::optional<std::string>>> places;  ///< path inside, and environment
  std::unique_ptr<source::Repository> repository;
  std::unique_ptr<daemon::RepositoryFollower> follower;

  [[nodiscard]] std::string name() const { return name_of(git); }
};

LiveSources::LiveSources(config::Config config, LiveSourcePorts ports)
    : ports_(std::move(ports)), reader_(std::move(config)) {}

LiveSources::~LiveSources() = default;

Result<std::unique_ptr<LiveSources>> LiveSources::open(const Options& options, const config::Config& config,
                                                       const std::string& state_directory, LiveSourcePorts ports) {
  std::unique_ptr<LiveSources> sources(new LiveSources(config, std::move(ports)));
  sources->directories_ = directory_trees(options, config);
  sources->name_ = name_of_sources(options, config);
  for (const config::Source& source : config.sources) {
    if (!source.git) continue;
    const config::GitSource& git = *source.git;
    const auto known = std::find_if(
        sources->repositories_.begin(), sources->repositories_.end(),
        [&git](const auto& each) { return each->git.url == git.url && folder_of(each->git) == folder_of(git); });
    const auto environment = options.environment ? options.environment : source.environment;
    if (known != sources->repositories_.end()) {
      (*known)->places.emplace_back(git.path.value_or(""), environment);
      continue;
    }
    auto repository = std::make_unique<Repository>();
    repository->git = git;
    repository->places.emplace_back(git.path.value_or(""), environment);
    const std::string directory = absolute(state_directory) + "/repositories/" + folder_of(git);
    auto made =
        source::make_git_repository(settings_of(git, directory, sources->stop_.get_token()), sources->ports_.clock);
    if (!made) return fail(std::move(made).error());
    repository->repository = std::move(*made);
    daemon::FollowSettings follow;
    follow.where = repository->name();
    follow.is_verified = git.verify.has_value();
    follow.interval = git.interval.value_or(config::Duration(follow.interval));
    follow.random_seed = std::random_device{}();
    LiveSources* const self = sources.get();
    repository->follower = std::make_unique<daemon::RepositoryFollower>(
        *repository->repository, std::move(follow), self->ports_.clock, self->ports_.pool, self->ports_.log,
        [self] { self->note_commit(); });
    sources->repositories_.push_back(std::move(repository));
  }
  if (sources->directories_.empty()) return sources;
  source::WatcherSettings settings;
  settings.debounce = config.intervals.debounce.value_or(config::Duration(settings.debounce));
  auto watcher = source::make_inotify_watcher(sources->ports_.executor, sources->ports_.clock, settings);
  if (watcher) {
    sources->watcher_ = std::move(*watcher);
  } else {
    sources->ports_.log.warn("changes of files are noticed only by sweeps", {kv("error", watcher.error().describe())});
  }
  return sources;
}

void LiveSources::spawn(awaitable<void> work) {
  ++tasks_;
  auto on_end = [this](const std::exception_ptr&) {
    --tasks_;
    ended_.raise();
  };
  boost::asio::co_spawn(ports_.executor, std::move(work), std::move(on_end));
}

void LiveSources::start() {
  for (const auto& repository : repositories_) spawn(repository->follower->run());
  if (!watcher_) return;
  std::vector<std::string> roots;
  for (const SourceTree& tree : directories_) {
    for (const std::string& path : tree.paths) roots.push_back(absolute(path));
  }
  watcher_->watch(std::move(roots));
  spawn(watch_directories());
}

void LiveSources::stop() {
  is_stopping_ = true;
  stop_.request_stop();
  for (const auto& repository : repositories_) repository->follower->stop();
  if (watcher_) watcher_->stop();
  changed_.raise();
}

awaitable<void> LiveSources::join() {
  while (tasks_ > 0) co_await ended_.wait(ports_.clock, std::nullopt);
}

void LiveSources::hurry() {
  for (const auto& repository : repositories_) repository->follower->hurry();
}

void LiveSources::note_commit() {
  pending_.is_everything = true;
  changed_.raise();
}

awaitable<void> LiveSources::watch_directories() {
  while (!is_stopping_) {
    source::Changes changes = co_await watcher_->next();
    if (is_stopping_) co_return;
    pending_.is_everything = pending_.is_everything || changes.is_everything;
    std::move(changes.paths.begin(), changes.paths.end(), std::back_inserter(pending_.paths));
    if (!changes.is_empty() || pending_.is_everything) changed_.raise();
  }
}

awaitable<daemon::SourceChange> LiveSources::next_change() {
  while (!is_stopping_ && !pending_.is_everything && pending_.paths.empty()) {
    co_await changed_.wait(ports_.clock, std::nullopt);
  }
  if (is_stopping_) co_return daemon::SourceChange{};
  co_return std::exchange(pending_, {});
}

std::vector<SourceTree> LiveSources::trees() const {
  std::vector<SourceTree> trees = directories_;
  for (const auto& repository : repositories_) {
    const auto& checkout = repository->follower->checkout();
    if (!checkout) continue;
    for (const auto& [path, environment] : repository->places) {
      SourceTree tree;
      tree.root = checkout->directory;
      tree.paths = {path.empty() ? checkout->directory : checkout->directory + "/" + path};
      tree.environment = environment;
      tree.name = repository->name() + (path.empty() ? "" : ":" + path);
      tree.repository = repository->name();
      tree.revision = checkout->commit.id;
      tree.author = checkout->commit.author;
      tree.lease = checkout->lease;
      if (checkout->is_rewound) tree.no_deletes = "the history of " + repository->name() + " was rewritten";
      trees.push_back(std::move(tree));
    }
  }
  return trees;
}

awaitable<Result<std::shared_ptr<const daemon::Wanted>>> LiveSources::load() {
  using Loaded = Result<std::shared_ptr<const daemon::Wanted>>;
  const auto is_missing = [](const auto& repository) { return !repository->follower->has_tried(); };
  while (!is_stopping_ && std::any_of(repositories_.begin(), repositories_.end(), is_missing)) {
    co_await first_tries_.wait(ports_.clock, ports_.clock.now() + std::chrono::milliseconds(50));
  }
  // The reader remembers: one at a time.
  while (is_reading_) co_await first_tries_.wait(ports_.clock, ports_.clock.now() + std::chrono::milliseconds(5));
  std::vector<SourceTree> wanted_trees = trees();
  std::string missing;
  for (const auto& repository : repositories_) {
    if (!repository->follower->checkout()) missing = repository->follower->view().problem;
  }
  is_reading_ = true;
  auto work = [this, read_trees = std::move(wanted_trees), missing] { return reader_.read(read_trees, missing); };
  TreesRead read = co_await offload(ports_.pool, std::move(work));
  is_reading_ = false;
  read_at_ = ports_.clock.wall_now();
  note_problems(read.problems);
  if (!read.wanted) {
    std::string why = missing;
    for (const auto& [where, problem] : read.problems) why += (why.empty() ? "" : "; ") + problem;
    co_return Loaded(fail(ErrorKind::transient, "no source can be read: " + why));
  }
  watch_what_is_wanted(*read.wanted);
  co_return Loaded(read.wanted);
}

/// Each is told once, and its end, too.
void LiveSources::note_problems(const std::map<std::string, std::string>& problems) {
  for (const auto& [where, problem] : problems) {
    const auto known = problems_.find(where);
    if (known != problems_.end() && known->second == problem) continue;
    ports_.log.warn("source cannot be used whole, nothing is deleted meanwhile",
                    {kv("source", where), kv("error", problem)});
  }
  for (const auto& [where, problem] : problems_) {
    if (!problems.contains(where)) ports_.log.info("source is well again", {kv("source", where)});
  }
  problems_ = problems;
}

/// Code lies where manifests say.
void LiveSources::watch_what_is_wanted(const daemon::Wanted& wanted) {
  if (!watcher_ || watched_ == &wanted) return;
  watched_ = &wanted;
  std::set<std::string> roots;
  std::set<std::string> checkouts;
  for (const auto& repository : repositories_) {
    if (repository->follower->checkout()) checkouts.insert(repository->follower->checkout()->directory);
  }
  for (const SourceTree& tree : directories_) {
    for (const std::string& path : tree.paths) roots.insert(absolute(path));
    const std::string environments = tree.root + "/environments";
    if (tree.environment) roots.insert(environments);
  }
  for (const manifest::Function& function : wanted.functions) {
    const std::string& path = function.code.path;
    if (!path.empty() && !checkouts.contains(function.code.root)) roots.insert(absolute(path));
  }
  watcher_->watch({roots.begin(), roots.end()});
}

std::vector<daemon::SourceView> LiveSources::sources() const {
  std::vector<daemon::SourceView> views;
  for (const SourceTree& tree : directories_) {
    for (const std::string& path : tree.paths) {
      daemon::SourceView view;
      view.kind = "directory";
      view.where = path;
      view.environment = tree.environment.value_or("");
      const auto problem = problems_.find(tree.key());
      if (problem != problems_.end()) view.problem = problem->second;
      if (view.problem.empty() && watcher_) view.problem = watcher_->problem();
      view.checked_at = read_at_;
      views.push_back(std::move(view));
    }
  }
  for (const auto& repository : repositories_) {
    for (const auto& [path, environment] : repository->places) {
      daemon::SourceView view = repository->follower->view();
      if (!path.empty()) view.where += ":" + path;
      view.environment = environment.value_or("");
      const auto problem = problems_.find(view.where);
      if (view.problem.empty() && problem != problems_.end()) view.problem = problem->second;
      views.push_back(std::move(view));
    }
  }
  return views;
}

}  // namespace fgsync::cli
