#pragma once

#include <string>
#include <vector>

namespace fgsync::cli {

/// What stands after a flag, or in the place of a positional word.
enum class Takes {
  nothing,
  text,    ///< anything; there is nothing to offer
  choice,  ///< one of a few fixed words
  file,    ///< a file or, on the way to it, a directory
  directory,
  function,  ///< the name of a function
};

/// A flag or a positional word, as the command line is declared.
struct WordShape {
  std::vector<std::string> names;  ///< `-o`, `--output`; of a positional word `NAME`
  Takes takes = Takes::nothing;
  std::vector<std::string> choices;
  bool may_repeat = false;
  std::string purpose;  ///< one line
};

struct CommandShape {
  std::string name;
  std::string purpose;  ///< one line
  std::vector<WordShape> flags;
  std::vector<WordShape> positionals;  ///< in order
};

/// The whole command line, as it is declared: what completion offers is what parsing takes.
struct ProgramShape {
  std::vector<WordShape> flags;  ///< that stand before a command
  std::vector<CommandShape> commands;
};

ProgramShape command_line_shape();

}  // namespace fgsync::cli
