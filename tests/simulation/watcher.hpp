#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "plan/model.hpp"
#include "tests/simulation/remote.hpp"
#include "tests/simulation/wishes.hpp"

namespace fgsync::simulation {

/// Something that must never be.
struct Violation {
  std::string rule;  ///< which promise was broken; the same for all ways of breaking it
  std::string text;
};

/// How a run is configured, as the promises depend on it.
struct RunFacts {
  bool prunes = false;
  bool writes_markers = true;
  std::size_t max_delete = 1;
  int prune_after = 2;
};

/// Sees every request that reaches the service, and what it does to it, and knows what was promised. What it knows of
/// the past comes from what it saw, never from the engine's state.
class Watcher {
 public:
  Watcher(Remote& remote, const Wishes& wishes) : remote_(remote), wishes_(wishes) {}

  /// Until a plan is given, nothing may be changed.
  void begin_run(const RunFacts& facts);
  void allow(const plan::Plan& plan);
  /// It was applied to its end.
  void end_run();

  void before(const Operation& operation);
  void after(const Operation& operation, bool was_done);
  /// The engine has read that part of a function (`/config`, `/versions`, `/aliases`), as it is now.
  void on_read(const http::Request& request);
  /// What the engine knows of the function may be outdated from here on, and nobody can blame it.
  void disturb(const std::string& function);
  /// Whose function it is may look different to the engine from here on: it was made by hand, its mark was changed.
  void disown(const std::string& function) { facts_[function].has_doubtful_owner = true; }
  void on_lost_state();

  void fail(std::string rule, std::string text);
  [[nodiscard]] const std::optional<Violation>& violation() const { return violation_; }
  /// Whether the function may look like somebody else's for a reason.
  [[nodiscard]] bool may_look_foreign(const std::string& function) const;
  /// Whether we may have made it without learning that, and its manifest was gone before we could.
  [[nodiscard]] bool may_be_unknown(const std::string& function) const;

 private:
  /// What is known of one function.
  struct Facts {
    bool is_ours = false;  ///< we made it or took it over
    bool has_doubtful_owner = false;
    bool was_protected = false;        ///< by the last manifest, and a run came to its end with it
    bool has_unsure_creation = false;  ///< nothing on the service, and perhaps nobody else, knows that we made it
    int missing_runs = 0;
    std::set<std::string> our_versions;
    std::set<std::string> outdated;  ///< parts that were changed by others since the engine read them
    bool is_disturbed = false;       ///< in this run
  };

  void check_owner(const Operation& operation, const RemoteFunction& there);
  void check_deletion(const Operation& operation);
  void check_version_deletion(const Operation& operation, const RemoteFunction& there);
  void check_alias_deletion(const Operation& operation);
  void check_publish(const Operation& operation, const RemoteFunction& there);
  void check_aliases(const Operation& operation, const RemoteFunction& now);
  void check_alias_target(const Operation& operation, const RemoteFunction& now);
  [[nodiscard]] bool is_as_wished(const Wish& wish, const std::string& digest, int memory,
                                  const std::string& user_data) const;

  Remote& remote_;
  const Wishes& wishes_;
  RunFacts run_;
  std::map<std::string, std::set<std::string>> allowed_;
  std::map<std::string, Facts> facts_;
  std::size_t deleted_ = 0;
  std::map<std::string, std::optional<RemoteFunction>> before_;
  bool lost_state_ = false;
  std::optional<Violation> violation_;
};

}  // namespace fgsync::simulation
