#pragma once

#include <cstddef>
#include <string>

#include "cli/plan_text.hpp"
#include "manifest/diagnostic.hpp"
#include "plan/model.hpp"
#include "reconcile/report.hpp"

namespace fgsync::cli {

/// What GitHub takes as a comment: 65 536 characters. Bytes are counted here, of which there are never fewer, and
/// something is left for a line that a script adds.
inline constexpr std::size_t kMaxComment = 65'000;

/// The plan for a pull request. The first line is a marker by which a script finds its own comment again. What does not
/// fit in `max_bytes` is left out by whole functions, the least dangerous ones, and a line says how many.
std::string render_plan_markdown(const plan::Plan& plan, const PlanContext& context,
                                 const manifest::Diagnostics& diagnostics, Unchanged unchanged,
                                 std::size_t max_bytes = kMaxComment);

/// The same of a sync: what became of each function, what needs attention first.
std::string render_sync_markdown(const plan::Plan& plan, const PlanContext& context,
                                 const manifest::Diagnostics& diagnostics, const reconcile::Report& report,
                                 std::size_t max_bytes = kMaxComment);

}  // namespace fgsync::cli
