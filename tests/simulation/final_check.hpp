#pragma once

#include <set>
#include <string>

#include "plan/model.hpp"
#include "plan/planner.hpp"
#include "tests/simulation/remote.hpp"
#include "tests/simulation/watcher.hpp"
#include "tests/simulation/wishes.hpp"

namespace fgsync::simulation {

/// When all is quiet: each function is as its manifest says, or the plan says why not, for a reason that there is.
class FinalCheck {
 public:
  /// Whether the manifests can ask for what the past forbids, such as a version that has other code.
  enum class Asks { the_possible, anything };

  FinalCheck(Remote& remote, const Wishes& wishes, Watcher& watcher)
      : remote_(remote), wishes_(wishes), watcher_(watcher) {}

  void run(const plan::Plan& plan, const plan::PlanOptions& options, Asks asks);

 private:
  void find_waiting(const plan::Plan& plan);
  void check(const plan::FunctionPlan& planned, const Wish& wish);
  void check_gone(const std::string& name, const plan::FunctionPlan* planned);
  void check_settings(const std::string& name, const Wish& wish, const RemoteFunction& there);
  void check_version(const plan::FunctionPlan& planned, const Wish& wish, const RemoteFunction& there);
  [[nodiscard]] bool is_marked_ours(const std::string& name) const;
  void check_reason(const plan::FunctionPlan& planned, const plan::Blocked& blocked);
  void differs(const std::string& name, const std::string& what);

  Remote& remote_;
  const Wishes& wishes_;
  Watcher& watcher_;
  const plan::PlanOptions* options_ = nullptr;
  Asks asks_ = Asks::anything;
  std::set<std::string> waiting_;
};

}  // namespace fgsync::simulation
