#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/secret.hpp"
#include "base/worker_pool.hpp"
#include "functiongraph/function_graph.hpp"
#include "functiongraph/triggers.hpp"
#include "plan/planner.hpp"
#include "state/store.hpp"

namespace fgsync::reconcile {

/// What reconciling works through. All borrowed; they outlive the reconciler.
struct Ports {
  functiongraph::FunctionGraph& service;
  state::Store& store;
  Clock& clock;
  WorkerPool& pool;
  Logger log;
  functiongraph::Triggers* triggers = nullptr;  ///< null: whether something calls a function is not known
  /// Reads the value of an encrypted variable, or says why it may not be had. Called on the pool. Empty: nobody can.
  std::function<Result<Secret>(const manifest::SecretReference&)> read_secret = {};
};

/// How much is read of a function that the list shows unchanged.
enum class Refresh {
  list,  ///< nothing, if it was read in full not too long ago
  full,
};

/// By which call new functions are made.
enum class ImportVia {
  automatic,  ///< import, and create where the endpoint refuses that
  import,
  create,
};

/// How functions are found on the service.
enum class Lookup {
  list,     ///< by listing all
  by_name,  ///< each by itself: for a few of many. Nothing is learned of the others then
};

/// Whether a function of ours without a manifest is one run closer to being deleted. `begun_anew`: nothing may be
/// deleted now, and runs are counted from the first when that ends.
enum class MissingRuns { counted, not_counted, begun_anew };

/// Whether a failure that the history ends with is written again when it comes again.
enum class RepeatedFailures { written, left_out };

struct Settings {
  plan::PlanOptions plan;
  std::string root;  ///< absolute; code directories may not leave it
  std::size_t parallel = 8;
  std::chrono::milliseconds call_timeout{30'000};
  std::chrono::milliseconds upload_timeout{300'000};
  std::chrono::milliseconds run_timeout{600'000};  ///< of retries, together
  std::uint64_t random_seed = 0;
  /// Whether the manifests are all of the source: only then may a missing one mean something.
  bool is_whole_source = true;
  /// The whole source was meant, but not all of it can be read, and why: what no manifest wants is left alone, and said
  /// to be.
  std::optional<std::string> unread = {};
  /// Functions whose manifest has an error: what depends on them waits.
  std::vector<std::string> rejected;
  /// Functions that are not in this run and not as they should be, and what is with each, such as "is Held": what
  /// depends on them waits.
  std::map<std::string, std::string> unready = {};
  /// Functions of the source that another run works on: neither planned nor missed.
  std::set<std::string> elsewhere = {};
  Lookup lookup = Lookup::list;
  MissingRuns missing_runs = MissingRuns::counted;
  RepeatedFailures repeated_failures = RepeatedFailures::written;
  ImportVia import_via = ImportVia::automatic;
  Refresh refresh = Refresh::full;
  std::chrono::seconds full_refresh{3600};  ///< how long a full reading is trusted
  std::optional<int> max_delete;            ///< functions that one run deletes at most; absent: see plan::GuardInputs
  std::optional<std::string> no_deletes;    ///< why this run must delete no function
  std::string actor;                        ///< for the history: who runs this
  std::string revision;                     ///< of the source; empty when it has none
  /// Where what is applied comes from, for the descriptions of versions: `commit 4f2c9e1b03aa by Ada`. May be empty.
  std::string origin = {};
  /// Where `revision` is empty: how to find it. Asked on the pool, only by a run that changes something. May be empty.
  std::function<Result<std::string>()> find_revision;
  /// Whether another run of this process works on that function right now: the steps of it that have no end are not
  /// interrupted ones. Empty: nobody does.
  std::function<bool(const std::string&)> is_under_way = {};
  /// Under which secrets count for fingerprints, the same on every machine. Empty: only their revisions count.
  Secret fingerprint_key;
};

}  // namespace fgsync::reconcile
