#include "cli/next_steps.hpp"

#include <algorithm>
#include <utility>

#include "functiongraph/error_map.hpp"

namespace fgsync::cli {
namespace {

using reconcile::FunctionReport;
using reconcile::Outcome;

constexpr std::size_t kShownNames = 5;
constexpr const char* kGoOn = "run fgsync sync again: it goes on where it stopped";

/// One for each kind of error; the message itself says what is special about this one.
std::string after_failure(const Error& error) {
  if (functiongraph::is_credential_refusal(error))
    return "give credentials that may do this, then run fgsync sync again";
  switch (error.kind) {
    case ErrorKind::invalid:
      return error.remote ? "correct what the service refuses, then run fgsync sync again"
                          : "correct it, then run fgsync sync again";
    case ErrorKind::not_found: return "look at fgsync plan: something that is needed is not there";
    case ErrorKind::conflict: return "find out who else writes to it, then run fgsync sync again";
    case ErrorKind::unauthorized: return "give credentials that may do this, then run fgsync sync again";
    case ErrorKind::throttled: return "run fgsync sync again later, or lower spec.budget in fgsync.yaml";
    case ErrorKind::transient:
    case ErrorKind::timed_out: return kGoOn;
    case ErrorKind::unknown_effect: return "run fgsync sync again: it looks first whether the step took effect";
    case ErrorKind::cancelled: return kGoOn;
    case ErrorKind::corrupt:
      return "run fgsync sync again; if it stays, what stands at the other end is not the service";
    case ErrorKind::internal: return "run fgsync sync again; if it stays, please report it";
  }
  return kGoOn;
}

std::string names_of(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), kShownNames); ++i) text += (i == 0 ? "" : ", ") + names[i];
  if (names.size() > kShownNames) text += " and " + std::to_string(names.size() - kShownNames) + " more";
  return text;
}

}  // namespace

std::vector<std::string> next_steps(const FunctionReport& report) {
  std::vector<std::string> steps;
  if (report.outcome == Outcome::failed && report.error) steps.push_back(after_failure(*report.error));
  if (report.outcome == Outcome::interrupted) steps.emplace_back(kGoOn);
  for (const plan::Blocked& blocked : report.blocked)
    steps.insert(steps.end(), blocked.next.begin(), blocked.next.end());
  return steps;
}

std::vector<std::string> next_steps(const reconcile::Report& report) {
  std::vector<std::pair<std::string, std::vector<std::string>>> all;
  for (const FunctionReport& function : report.functions) {
    for (const std::string& step : next_steps(function)) {
      const auto known = std::find_if(all.begin(), all.end(), [&](const auto& entry) { return entry.first == step; });
      if (known == all.end()) {
        all.push_back({step, {function.name}});
      } else {
        known->second.push_back(function.name);
      }
    }
  }
  std::vector<std::string> lines;
  lines.reserve(all.size());
  for (const auto& [step, names] : all) lines.push_back(step + " (" + names_of(names) + ")");
  return lines;
}

}  // namespace fgsync::cli
