#include "cli/decision_words.hpp"

#include "base/printable.hpp"

namespace fgsync::cli {
namespace {

constexpr std::size_t kMaxLine = 4000;

/// Holds and suspensions have the same fields for this.
template <class Decision>
std::string who_and_why(const Decision& decision) {
  return decision.who + " since " + decision.at + (decision.reason.empty() ? "" : ": " + decision.reason);
}

}  // namespace

std::string decision_lines(const std::string& function, const reconcile::Kept& kept, const std::string& indent) {
  std::string text;
  if (kept.suspension) {
    text += printable(indent + "It is suspended by " + who_and_why(*kept.suspension) +
                          "; that stays until: fgsync resume " + function,
                      kMaxLine) +
            "\n";
  }
  if (kept.hold) {
    text += printable(indent + "Fingerprint " + kept.hold->fingerprint + " is held by " + who_and_why(*kept.hold) +
                          "; that stays until: fgsync release " + function,
                      kMaxLine) +
            "\n";
  }
  return text;
}

}  // namespace fgsync::cli
