#pragma once

#include <cstddef>
#include <string>

#include "cli/finding.hpp"
#include "cli/paint.hpp"
#include "cli/screen.hpp"

namespace fgsync::cli {

/// `ok`, `warning`, `failed`, `unknown`.
std::string_view name_of(Health health);

std::size_t count_of(const Findings& findings, Health health);

/// A line for each, with what to do behind it, and one with counts.
std::string render_findings_text(const Findings& findings, const Paint& paint, const Screen& screen);

/// docs/plan-format.md. `at` is ISO 8601, UTC.
std::string render_findings_json(const Findings& findings, const std::string& at);

}  // namespace fgsync::cli
