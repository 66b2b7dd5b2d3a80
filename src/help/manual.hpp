#pragma once

#include <string>
#include <utility>
#include <vector>

#include "help/command_shape.hpp"

namespace fgsync::help {

/// A part of a manual page that the declarations do not hold: exit codes, environment, files.
struct ManualSection {
  std::string title;                                         ///< `EXIT STATUS`
  std::string text;                                          ///< said first; may be empty
  std::vector<std::pair<std::string, std::string>> entries;  ///< a term and its meaning
};

/// One page in the markup of man(7). `file` is its name: `fgsync-plan.1`.
struct ManualPage {
  std::string file;
  std::string markup;
};

/// What stands below each page.
struct ManualFoot {
  std::string version;  ///< `fgsync 1.2.3`
  std::string date;     ///< `2026-11-23`
};

/// The page of the program and one of each of its commands. `sections` stand in the page of the program, to which the
/// others refer. `foot` is said below each.
std::vector<ManualPage> render_manual(const ProgramShape& program, const std::vector<ManualSection>& sections,
                                      const ManualFoot& foot);

}  // namespace fgsync::help
