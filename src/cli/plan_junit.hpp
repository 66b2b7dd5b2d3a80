#pragma once

#include <string>

#include "cli/plan_text.hpp"
#include "manifest/diagnostic.hpp"
#include "plan/model.hpp"
#include "reconcile/report.hpp"

namespace fgsync::cli {

/// The plan as a JUnit report: a test case for each function, which fails when it is blocked or could not be planned;
/// and one for each mistake in the manifests, which fails. XML 1.0 whatever the texts hold.
std::string render_plan_junit(const plan::Plan& plan, const PlanContext& context,
                              const manifest::Diagnostics& diagnostics);

/// The same of a sync: by what became of each function.
std::string render_sync_junit(const plan::Plan& plan, const PlanContext& context,
                              const manifest::Diagnostics& diagnostics, const reconcile::Report& report);

}  // namespace fgsync::cli
