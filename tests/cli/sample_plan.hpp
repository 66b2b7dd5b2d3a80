#pragma once

#include "cli/plan_text.hpp"
#include "manifest/diagnostic.hpp"
#include "plan/model.hpp"
#include "reconcile/report.hpp"

namespace fgsync::test {

/// A plan with every kind of step, blocked, failed, noted and unchanged functions.
plan::Plan sample_plan();
/// Names and texts that try to break out of every form of output: markup, controls, escapes, what is no UTF-8.
plan::Plan hostile_plan();
cli::PlanContext sample_context();
/// The same with names from outside that are as bad.
cli::PlanContext hostile_context();
manifest::Diagnostics sample_diagnostics();
/// What became of the sample plan: everything that can.
reconcile::Report sample_report();

}  // namespace fgsync::test
