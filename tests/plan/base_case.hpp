#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "plan/marker.hpp"
#include "plan/planner.hpp"
#include "plan/side_settings.hpp"

namespace fgsync::test {

// A function that is exactly as its manifest says: tests change only what matters to them.

inline const std::string kOurArchive(128, 'a');
inline const std::string kOtherArchive(128, 'b');

inline manifest::Function wanted_function() {
  manifest::Function function;
  function.name = "thumb";
  function.runtime = "Python3.9";
  function.handler = "index.handler";
  function.memory_size = 256;
  function.timeout = std::chrono::seconds(30);
  function.description = "Makes thumbnails";
  function.user_data = {{"BUCKET", "photos"}};
  function.position = {"m.yaml", 4, 9};
  function.version = manifest::WantedVersion{"v1.0.0", false, "First", {"m.yaml", 20, 11}};
  manifest::WantedAlias alias;
  alias.name = "prod";
  alias.version = "current";
  alias.position = {"m.yaml", 23, 13};
  alias.version_position = {"m.yaml", 24, 16};
  function.aliases = {alias};
  return function;
}

inline functiongraph::FunctionUrn urn() {
  return *functiongraph::FunctionUrn::parse("urn:fss:cn-north-4:p1:function:default:thumb");
}

/// Everything that the planner looks at, in agreement.
struct Case {
  plan::Desired desired;
  Boxed<plan::ObservedFunction> observed;
  std::optional<plan::LastApplied> last;
  plan::PlanOptions options;
  bool has_open_import = false;
  std::vector<plan::Hold> holds;
  std::set<std::string> versions_in_use;
  int foreign_changes = 0;
  bool has_triggers = false;
  std::optional<plan::Suspension> suspension;
  std::vector<RemoteDigest> known_code;

  Case() {
    desired.function = wanted_function();
    desired.contents.digest = ContentDigest{"c1"};
    desired.archive_digest = ArchiveDigest{kOurArchive};
    refresh();
    options.source_id = "shop";

    const auto config = plan::desired_config(desired.function, "shop");
    functiongraph::FunctionRow row{urn(),        "thumb", "default", RemoteDigest{kOurArchive}, 100, config.description,
                                   "latest-1@a", {}};
    functiongraph::Version version{"v1.0.0", RemoteDigest{kOurArchive}, config,
                                   plan::with_fingerprint("First", desired.fingerprint, RemoteDigest{kOurArchive})};
    functiongraph::Alias alias{"prod", "v1.0.0", "", {}};
    observed = plan::ObservedFunction{{std::move(row), config}, {std::move(version)}, {std::move(alias)}};
  }

  /// After a change to the manifest or the content.
  void refresh() { desired.fingerprint = plan::fingerprint_of(desired.contents.digest, desired.function); }

  /// The inventory as after a successful apply of what is desired now.
  void remember() {
    plan::LastApplied applied;
    applied.urn = urn().text();
    applied.content_digest = desired.contents.digest;
    applied.remote_digest = observed->detail.row.digest;
    applied.fingerprint = desired.fingerprint;
    applied.config = plan::comparable_fields(plan::desired_config(desired.function, std::nullopt), desired.function);
    applied.config.merge(plan::wanted_side_fields(desired.function));
    last = applied;
  }

  /// New code: other content, other archive.
  void change_code() {
    desired.contents.digest = ContentDigest{"c2"};
    desired.archive_digest = ArchiveDigest{kOtherArchive};
    refresh();
  }

  functiongraph::FunctionConfig& observed_config() { return observed->detail.config; }

  [[nodiscard]] plan::FunctionPlan run() const {
    const plan::Inputs inputs{desired,         observed,     last,
                              has_open_import, holds,        versions_in_use,
                              foreign_changes, has_triggers, suspension ? &*suspension : nullptr,
                              &known_code};
    return plan::plan_function(inputs, options);
  }
};

inline std::vector<std::string> steps_of(const plan::FunctionPlan& plan) {
  std::vector<std::string> steps;
  for (const plan::Step& step : plan.steps) steps.push_back(plan::describe(step.action));
  return steps;
}

inline std::vector<std::string> blocked_of(const plan::FunctionPlan& plan) {
  std::vector<std::string> messages;
  for (const plan::Blocked& blocked : plan.blocked) messages.push_back(blocked.message);
  return messages;
}

using Texts = std::vector<std::string>;

}  // namespace fgsync::test
