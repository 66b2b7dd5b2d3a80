#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/worker_pool.hpp"
#include "cli/options.hpp"
#include "cli/source_trees.hpp"
#include "daemon/desired_state.hpp"
#include "daemon/repository_follower.hpp"
#include "daemon/signal.hpp"
#include "source/watcher.hpp"

namespace fgsync::cli {

struct LiveSourcePorts {
  boost::asio::any_io_executor executor;
  Clock& clock;
  WorkerPool& pool;
  Logger log;
};

/// The sources of a target while they change: directories that are watched, repositories that are followed.
class LiveSources final : public daemon::DesiredState {
 public:
  /// Error `invalid`: the configuration names a repository that cannot be used.
  static Result<std::unique_ptr<LiveSources>> open(const Options& options, const config::Config& config,
                                                   const std::string& state_directory, LiveSourcePorts ports);
  LiveSources(const LiveSources&) = delete;
  LiveSources& operator=(const LiveSources&) = delete;
  ~LiveSources() override;

  boost::asio::awaitable<Result<std::shared_ptr<const daemon::Wanted>>> load() override;
  boost::asio::awaitable<daemon::SourceChange> next_change() override;
  [[nodiscard]] std::vector<daemon::SourceView> sources() const override;
  void stop() override;

  /// Begins to watch and to follow.
  void start();
  /// After `stop`: until nothing is under way any more.
  boost::asio::awaitable<void> join();
  /// Looks at the repositories now.
  void hurry();

  /// What the state is about: the same for the same sources.
  [[nodiscard]] const SourcesName& name() const { return name_; }

 private:
  struct Repository;

  LiveSources(config::Config config, LiveSourcePorts ports);
  [[nodiscard]] std::vector<SourceTree> trees() const;
  boost::asio::awaitable<void> watch_directories();
  void watch_what_is_wanted(const daemon::Wanted& wanted);
  void note_problems(const std::map<std::string, std::string>& problems);
  void spawn(boost::asio::awaitable<void> work);
  void note_commit();

  LiveSourcePorts ports_;
  TreeReader reader_;
  SourcesName name_;
  std::vector<SourceTree> directories_;
  std::vector<std::unique_ptr<Repository>> repositories_;
  std::unique_ptr<source::Watcher> watcher_;
  std::map<std::string, std::string> problems_;  ///< by what the source is called
  daemon::SourceChange pending_;
  daemon::Signal changed_;
  daemon::Signal ended_;
  daemon::Signal first_tries_;
  std::optional<daemon::WallTime> read_at_;
  const daemon::Wanted* watched_ = nullptr;  ///< whose code is watched; only compared
  std::stop_source stop_;                    ///< of git that is running
  std::size_t tasks_ = 0;
  bool is_reading_ = false;
  bool is_stopping_ = false;
};

}  // namespace fgsync::cli
