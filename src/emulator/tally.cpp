#include "emulator/tally.hpp"

namespace fgsync::emulator {

void Tally::count(std::string_view operation, int status, std::string_view fault) {
  auto& counts = operations_[operation];
  for (auto* each : {&all_, &counts}) {
    ++each->requests;
    if (status >= 400) ++each->refused;
  }
  if (fault.empty()) return;
  ++faulty_;
  ++faults_[fault];
}

std::string Tally::text() const {
  std::string text = std::to_string(all_.requests) + " requests, " + std::to_string(all_.refused) +
                     " of them refused, " + std::to_string(faulty_) + " with an injected fault\n";
  for (const auto& [name, counts] : operations_) {
    text += "  " + (name.empty() ? "no operation" : std::string(name)) + ": " + std::to_string(counts.requests);
    if (counts.refused > 0) text += ", " + std::to_string(counts.refused) + " refused";
    text += "\n";
  }
  for (const auto& [kind, count] : faults_)
    text += "  fault " + std::string(kind) + ": " + std::to_string(count) + "\n";
  return text;
}

}  // namespace fgsync::emulator
