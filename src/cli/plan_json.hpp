#pragma once

#include <string>

#include "cli/plan_text.hpp"
#include "manifest/diagnostic.hpp"
#include "plan/model.hpp"
#include "reconcile/report.hpp"

namespace fgsync::cli {

/// The version of the JSON output. Consumers must refuse a major that they do not know.
inline constexpr const char* kFormatVersion = "0.2.0";

/// The plan as one JSON document (docs/plan-format.md), ending with a line break.
std::string render_plan_json(const plan::Plan& plan, const PlanContext& context,
                             const manifest::Diagnostics& diagnostics);

/// The plan and, under `results`, what became of each function.
std::string render_sync_json(const plan::Plan& plan, const PlanContext& context,
                             const manifest::Diagnostics& diagnostics, const reconcile::Report& report);

/// `{"functions": 3, "errors": […], "warnings": […]}` for `validate`.
std::string render_diagnostics_json(const manifest::Diagnostics& diagnostics, std::size_t functions,
                                    const std::optional<Selection>& selection);

}  // namespace fgsync::cli
