#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "emulator/fault_rules.hpp"
#include "manifest/diagnostic.hpp"

/// Scenario files: fault rules as YAML, or as JSON, which is YAML (docs/emulator-faults.md).
namespace fgsync::emulator {

/// A value, or every mistake of the text with its place.
template <class T>
using Read = tl::expected<T, manifest::Diagnostics>;

/// `file` stands in the mistakes.
Read<FaultPlan> read_scenario(std::string_view text, const std::string& file);

/// One rule, the same as an entry of `rules`; a rule without a name is called `name`.
Read<FaultRule> read_fault_rule(std::string_view text, const std::string& file, const std::string& name);

/// `250ms`, `2s`, `1m`, at most an hour; nothing when it is no duration.
std::optional<std::chrono::milliseconds> parse_pause(std::string_view text);

/// As JSON that read_scenario() reads as the same plan.
std::string render(const FaultPlan& plan);
std::string render(const FaultRule& rule);

}  // namespace fgsync::emulator
