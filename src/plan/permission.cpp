// What speaks against touching a function at all, whatever it needs.
#include <algorithm>

#include "plan/function_planner.hpp"
#include "plan/marker.hpp"

namespace fgsync::plan {

/// Without its secrets a function is only looked at.
bool FunctionPlanner::lacks_secrets() {
  for (const auto& [key, mark] : desired_.secrets) {
    if (!mark.failure) continue;
    const std::string what = "the secret " + key + " is not available here: " + mark.failure->message;
    if (options_.needs_secrets || mark.failure->kind == ErrorKind::invalid) {
      block("secret_unavailable", what, function_.extra->encrypted_user_data.at(key).position);
    } else {
      plan_.notes.push_back({"secret_unavailable", what});
    }
  }
  return !plan_.blocked.empty();
}

/// A suspended function shows what it would need, and gets nothing of it.
void FunctionPlanner::hold_back() {
  if (plan_.steps.empty()) return;
  std::string held;
  for (const Step& step : plan_.steps) held += (held.empty() ? "" : ", ") + describe(step.action);
  plan_.steps.clear();
  const std::string resume = "fgsync resume " + function_.name;
  if (inputs_.suspension == nullptr) {
    return block("suspended", "is suspended by its manifest; held back: " + held + "; take suspend: true out to go on",
                 function_.position);
  }
  const std::string who = inputs_.suspension->to_string();
  if (function_.handling.is_suspended) {
    return block("suspended",
                 "is suspended by its manifest, and by " + who + "; held back: " + held +
                     "; to go on, take suspend: true out, and: " + resume,
                 function_.position, {resume});
  }
  block("suspended", "is suspended by " + who + "; held back: " + held + "; it goes on with " + resume,
        function_.position, {resume});
}

/// Whoever undoes our work again and again will not be convinced by doing it once more.
bool FunctionPlanner::stop_fighting() {
  const bool puts_back = std::any_of(plan_.steps.begin(), plan_.steps.end(),
                                     [](const Step& step) { return step.reason == Reason::drifted; });
  if (!puts_back || inputs_.foreign_changes + 1 < kMaxForeignChanges) return false;
  plan_.steps.clear();
  block("another_writer",
        "somebody else changed this function for the " + std::to_string(inputs_.foreign_changes + 1) +
            (inputs_.foreign_changes + 1 == 3 ? "rd" : "th") +
            " time within an hour, and fgsync stops putting it back until an hour has passed: find out who, or say "
            "self_heal: false in its manifest",
        function_.position);
  return true;
}

/// What somebody rolled back stays away until the code changes: here by memory or, from another machine, by the mark
/// at an alias.
bool FunctionPlanner::is_held() {
  const Hold* hold = nullptr;
  Hold marked;
  for (const Hold& known : inputs_.holds) {
    if (known.fingerprint == desired_.fingerprint) hold = &known;
  }
  if (hold == nullptr && inputs_.observed) {
    for (const functiongraph::Alias& alias : observed().aliases) {
      if (split_hold(alias.description).marker != desired_.fingerprint) continue;
      marked = {desired_.fingerprint, "", "the mark at the alias " + alias.name};
      hold = &marked;
      break;
    }
  }
  if (hold == nullptr) return false;
  block("held",
        "is held by " + hold->who + (hold->reason.empty() ? "" : ": " + hold->reason) +
            "; it goes on when its code or settings change, or with fgsync release " + function_.name,
        function_.position, {"fgsync release " + function_.name});
  return true;
}

bool FunctionPlanner::may_touch() {
  const auto owner = split_owner(observed().detail.row.description).marker;
  // Another source's marker speaks louder than our memory: it was written after we looked last.
  const bool is_ours = owner
                           ? owner == options_.source_id
                           : (inputs_.last_applied && !inputs_.last_applied->awaits_mark) || inputs_.has_import_of_ours;
  if (!is_ours && !function_.handling.adopt && options_.adoption == Adoption::only_ours) {
    const std::string who =
        owner ? "is managed by the source \"" + *owner + "\"" : "exists on the service and is not managed by fgsync";
    block("not_managed", who + "; take it over with adopt: true in its manifest, or with --adopt", function_.position,
          {"fgsync sync --adopt"});
    return false;
  }
  is_adoption_ = !is_ours;
  const functiongraph::FunctionDetail& detail = observed().detail;
  check_immutable("runtime", detail.config.runtime, function_.runtime, function_.runtime_position);
  if (!detail.row.app.empty()) check_immutable("app", detail.row.app, function_.app, function_.app_position);
  const std::string& type = detail.row.facts->type;
  if (function_.extra->type && !type.empty()) check_immutable("type", type, *function_.extra->type, function_.position);
  return plan_.blocked.empty();
}

void FunctionPlanner::check_immutable(const std::string& field, const std::string& there, const std::string& wanted,
                                      const SourcePosition& position) {
  if (there == wanted) return;
  const std::string what =
      field + " cannot be changed in place: the service has " + there + ", the manifest says " + wanted;
  if (function_.handling.on_change != manifest::Handling::OnChange::recreate) {
    block("immutable_field", what + "; give the function a new name, or delete the old one by hand first", position);
  } else if (function_.handling.is_protected) {
    block("immutable_field", what + ", and protect: true forbids to delete the function and make it anew", position);
  } else if (!observed().aliases.empty()) {
    block("immutable_field",
          what + ", and a function with aliases is not deleted to be made anew: whoever calls " +
              observed().aliases.front().name + " would find nothing; remove its aliases first",
          position);
  } else if (inputs_.has_triggers) {
    block("immutable_field",
          what +
              ", and a function that triggers call is not deleted to be made anew: they would go with it; delete "
              "them first, or give the function a new name",
          position);
  } else if (options_.recreation == Recreation::forbidden) {
    block("needs_recreate", what + "; --allow-recreate deletes the function and makes it anew", position,
          {"fgsync sync --allow-recreate"});
  } else {
    must_recreate_ = true;
  }
}

}  // namespace fgsync::plan
