#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/worker_pool.hpp"
#include "functiongraph/function_graph.hpp"
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
};

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
  /// Functions whose manifest has an error: what depends on them waits.
  std::vector<std::string> rejected;
};

}  // namespace fgsync::reconcile
