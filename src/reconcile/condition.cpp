#include "reconcile/condition.hpp"

namespace fgsync::reconcile {

std::string_view name_of(Condition condition) {
  switch (condition) {
    case Condition::synced: return "Synced";
    case Condition::progressing: return "Progressing";
    case Condition::blocked: return "Blocked";
    case Condition::held: return "Held";
    case Condition::suspended: return "Suspended";
    case Condition::failed: return "Failed";
    case Condition::unknown: return "Unknown";
  }
  return "Unknown";
}

}  // namespace fgsync::reconcile
