#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/json.hpp"

namespace fgsync::emulator {

/// A type of triggers, and what the documents say about it.
struct TriggerKind {
  enum class Disabling { allowed, refused };

  std::string_view code;  ///< `trigger_type_code`
  std::string_view initial_status;
  Disabling disabling;
  std::vector<std::string_view> required;  ///< texts in `event_data`
  /// Texts of `event_data` that together may occur once on what the trigger calls; empty: no such rule is known.
  std::vector<std::string_view> identity;
  FaultKind invalid;
  FaultKind exists;
};

/// Nothing when there is no such type.
const TriggerKind* find_trigger_kind(std::string_view code);

/// Checks `event_data` of a create request: the documented types of its fields, what the type of trigger requires, and
/// the values of a timer's schedule.
std::optional<Fault> check_event_data(const TriggerKind& kind, const JsonObject& event_data);

/// Whether two triggers of a kind are about the same source. Never without an identity.
bool is_same_source(const TriggerKind& kind, const JsonObject& a, const JsonObject& b);

}  // namespace fgsync::emulator
