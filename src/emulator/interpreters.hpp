#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"

namespace fgsync::emulator {

/// A program that runs functions.
struct Interpreter {
  std::string program;  ///< the real one, behind wrappers and links
  std::string version;  ///< as it calls itself
};

struct Interpreters {
  std::optional<Interpreter> python;
  std::optional<Interpreter> node;

  /// `Python by /usr/bin/python3 (3.11.2), Node.js by nothing: there is no node on PATH`
  [[nodiscard]] std::string describe() const;
};

/// Looks for `python3` and `node` in the absolute folders of `PATH` and asks each who it is. `environment` is this
/// process's own: wrappers need it. One that does not answer is as good as absent.
Interpreters find_interpreters(const std::vector<std::string>& environment, const Clock& clock);

}  // namespace fgsync::emulator
