#include "reconcile/report.hpp"

namespace fgsync::reconcile {

std::string_view name_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::unchanged: return "unchanged";
    case Outcome::done: return "done";
    case Outcome::failed: return "failed";
    case Outcome::blocked: return "blocked";
    case Outcome::skipped: return "skipped";
    case Outcome::interrupted: return "interrupted";
  }
  return "failed";
}

}  // namespace fgsync::reconcile
