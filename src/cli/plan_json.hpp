#pragma once

#include <string>

#include "cli/plan_text.hpp"
#include "manifest/diagnostic.hpp"
#include "plan/model.hpp"
#include "reconcile/report.hpp"

namespace fgsync::cli {

/// The version of the JSON output. Consumers must refuse a major that they do not know.
inline constexpr const char* kFormatVersion = "1.0.0";

/// Before the digest over the whole plan, in its member `checksum`: SHA-256 over the document without that member, in
/// the order it has and without white space between.
inline constexpr const char* kChecksumPrefix = "sha256:";

/// The plan as one JSON document (docs/plan-format.md), ending with a line break.
std::string render_plan_json(const plan::Plan& plan, const PlanContext& context,
                             const manifest::Diagnostics& diagnostics);

/// The plan and, under `results`, what became of each function.
std::string render_sync_json(const plan::Plan& plan, const PlanContext& context,
                             const manifest::Diagnostics& diagnostics, const reconcile::Report& report);

// Parts of the document as objects on one line each, for forms that are made of lines. Keys are those of the document.
std::string change_json(const plan::FunctionPlan& function);
std::string blocked_json(const plan::Blocked& blocked, const std::string& address);
std::string error_json(const Error& error);
std::string diagnostic_json(const manifest::Diagnostic& diagnostic);
std::string summary_json(const plan::Summary& summary);
std::string result_json(const reconcile::FunctionReport& report);
/// Any text as a JSON string, with its quotes.
std::string text_json(const std::string& text);

/// `{"functions": 3, "errors": […], "warnings": […]}` for `validate`.
std::string render_diagnostics_json(const manifest::Diagnostics& diagnostics, std::size_t functions,
                                    const std::optional<Selection>& selection);

}  // namespace fgsync::cli
