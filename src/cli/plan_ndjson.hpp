#pragma once

#include <memory>
#include <ostream>
#include <string>

#include "base/clock.hpp"
#include "cli/plan_text.hpp"
#include "cli/progress.hpp"
#include "manifest/diagnostic.hpp"
#include "plan/model.hpp"
#include "reconcile/report.hpp"

namespace fgsync::cli {

/// The plan as events (docs/plan-format.md), one JSON object a line: version, diagnostic, planned_change, and
/// change_summary at the end.
std::string render_plan_ndjson(const plan::Plan& plan, const PlanContext& context,
                               const manifest::Diagnostics& diagnostics);

/// Writes how a sync goes, each event as it happens and not later: apply_start, apply_progress, apply_complete and
/// apply_errored. Functions of which nothing was begun have their last event only.
std::unique_ptr<ShownProgress> make_ndjson_progress(std::ostream& out, const Clock& clock);

/// The last event of a sync: change_summary with what became of the functions.
std::string render_sync_end_ndjson(const reconcile::Report& report, std::chrono::system_clock::time_point now,
                                   std::chrono::milliseconds took);

}  // namespace fgsync::cli
