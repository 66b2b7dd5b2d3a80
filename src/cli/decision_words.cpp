#include "cli/decision_words.hpp"

namespace fgsync::cli {
namespace {

/// Holds and suspensions have the same fields for this.
template <class Decision>
std::string who_and_why(const Decision& decision) {
  return decision.who + " since " + decision.at + (decision.reason.empty() ? "" : ": " + decision.reason);
}

}  // namespace

std::vector<std::string> decision_words(const std::string& function, const reconcile::Kept& kept) {
  std::vector<std::string> words;
  if (kept.suspension) {
    words.push_back("It is suspended by " + who_and_why(*kept.suspension) + "; that stays until: fgsync resume " +
                    function);
  }
  if (kept.hold) {
    words.push_back("Fingerprint " + kept.hold->fingerprint + " is held by " + who_and_why(*kept.hold) +
                    "; that stays until: fgsync release " + function);
  }
  return words;
}

}  // namespace fgsync::cli
