#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "functiongraph/function_graph.hpp"
#include "reconcile/journal.hpp"
#include "reconcile/ports.hpp"
#include "state/sqlite_snapshot.hpp"

namespace fgsync::reconcile {

/// What calls a function, and at which of its parts.
struct AttachedTrigger {
  std::string place;  ///< `latest`, `version v1`, `alias prod`
  std::string id;
  std::string type_code;
  std::string status;
  friend bool operator==(const AttachedTrigger&, const AttachedTrigger&) = default;
};

/// A function with all that goes when it is deleted, as it was read.
struct Belongings {
  functiongraph::FunctionUrn urn;
  std::string digest;                          ///< of latest's code
  std::vector<std::string> versions;           ///< sorted
  std::map<std::string, std::string> aliases;  ///< and where each points
  std::vector<AttachedTrigger> triggers;
  friend bool operator==(const Belongings& a, const Belongings& b) {
    return a.urn.text() == b.urn.text() && a.digest == b.digest && a.versions == b.versions && a.aliases == b.aliases &&
           a.triggers == b.triggers;
  }
};

/// What the manifests say about deleting a function.
enum class ManifestWord {
  none,       ///< no manifest wants it
  wants,      ///< one does, and does not protect it
  protects,   ///< `protect: true`
  is_broken,  ///< it has an error, so it may protect it
  unknown,    ///< not all can be read, and one of the others may be meant for it
};

struct RemovalWish {
  std::string function;
  ManifestWord manifest = ManifestWord::none;
  bool includes_unmanaged = false;  ///< also when nothing says that the function is this source's
  bool is_suspended = false;        ///< its manifest says `suspend: true`
  std::string environment = {};     ///< of this run; empty: none
  bool has_environments = false;    ///< the source has some: one of them may own what this state has not applied
  std::vector<state::AppliedElsewhere> elsewhere = {};
};

/// What came of looking. With neither a block nor belongings the function is gone, and only the state knows it still.
struct RemovalOutlook {
  std::string function;
  bool is_wanted = false;  ///< a manifest would bring it back
  bool is_suspended_by_manifest = false;
  Kept kept;  ///< these stay
  std::optional<Belongings> belongings;
  std::optional<std::string> blocked;  ///< why it stays
  std::string next;                    ///< what a person can do about that
};

/// Deleting functions because a person says so. Errors are those of the ports; a failed read is one, and nothing is
/// deleted on it.
class Removals {
 public:
  Removals(Ports ports, Settings settings) : ports_(ports), settings_(std::move(settings)) {}

  /// Looks and judges; changes nothing. Error `not_found` when neither the service nor the state knows the function.
  boost::asio::awaitable<Result<RemovalOutlook>> look(RemovalWish wish);

  /// Reads all of it once more, and deletes it in one call if it is what was shown; then the state forgets it, but for
  /// its hold and its suspension.
  /// `reason` goes to the history. Errors: `conflict` when something changed, `unknown_effect` when the answer was lost
  /// and looking did not show that the function is gone. The call is never made twice.
  boost::asio::awaitable<Result<void>> remove(RemovalOutlook shown, std::string reason);

 private:
  boost::asio::awaitable<Result<std::optional<Belongings>>> read(std::string function);
  boost::asio::awaitable<Result<Belongings>> belongings_of(functiongraph::FunctionRow row);
  boost::asio::awaitable<Result<std::vector<AttachedTrigger>>> triggers_of(functiongraph::FunctionUrn urn,
                                                                           std::vector<std::string> versions,
                                                                           std::vector<std::string> aliases);
  boost::asio::awaitable<Result<bool>> is_left_in_state(std::string function);
  boost::asio::awaitable<Result<void>> remove_unchanged(std::string function, Belongings shown);
  boost::asio::awaitable<Result<void>> send(std::string function, functiongraph::FunctionUrn urn);
  boost::asio::awaitable<Result<void>> forget(std::string function);

  [[nodiscard]] Deadline call_deadline() const { return ports_.clock.in(settings_.call_timeout); }

  Ports ports_;
  Settings settings_;
};

}  // namespace fgsync::reconcile
