#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "cli/paint.hpp"
#include "cli/plan_blocks.hpp"
#include "cli/screen.hpp"
#include "cli/selection.hpp"
#include "plan/model.hpp"

namespace fgsync::cli {

/// What stands around a plan: where it is from, for what, and what it cost.
struct PlanContext {
  std::string endpoint;
  std::string region;
  std::string project_id;
  std::string source;       ///< the paths of the manifests, as given
  std::string environment;  ///< its name; empty: none
  std::optional<Selection> selection;
  std::string source_id;
  std::chrono::system_clock::time_point observed_at;
  std::uint64_t calls = 0;
  std::chrono::milliseconds took{0};
  /// When the first of the functions that were not read was read last; absent: all were.
  std::optional<std::chrono::system_clock::time_point> trusted_since;
  std::string apply_command;  ///< what does what the plan says; empty where the plan is about to be applied
  bool is_saved = false;      ///< `apply_command` applies exactly this plan, which is in a file
  bool is_complete = true;    ///< false: some manifests could not be used
  bool adopts = false;        ///< --adopt
  std::optional<bool> prune;  ///< --prune, --no-prune; absent: as the configuration says
  bool allows_recreate = false;
};

/// The plan for people: blocked first, then what is deleted, then changes, imports and notes; unchanged ones counted
/// (docs/cli.md). On a narrow screen lines are broken between words, and text stands below the names.
std::string render_plan_text(const plan::Plan& plan, const PlanContext& context, const Paint& paint,
                             Unchanged unchanged, const Screen& screen = {});

/// What stands before the command: `Apply it:`, or `Apply exactly this:`.
std::string apply_words(const PlanContext& context);

/// Whether there is any step.
bool has_changes(const plan::Summary& summary);

/// `1 to import, 2 to publish, 1 blocked`; empty for a plan without functions.
std::string summary_line(const plan::Summary& summary);

}  // namespace fgsync::cli
