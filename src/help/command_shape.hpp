#pragma once

#include <string>
#include <vector>

// NOLINTNEXTLINE(readability-identifier-naming): CLI11's name
namespace CLI {
class App;
}

namespace fgsync::help {

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
  std::string value{};  ///< how help names the value: `FILE`, `text|json`; empty of what takes none
  std::string group{};  ///< the heading it stands under; empty: `Options`
  bool is_required = false;
};

struct CommandShape {
  std::string name;
  std::string purpose;  ///< one line
  std::vector<WordShape> flags;
  std::vector<WordShape> positionals;  ///< in order
  std::string example{};               ///< a whole command; empty: none
  std::string note{};                  ///< said after the flags; empty: nothing
  std::string group{};                 ///< the heading it stands under in the list of commands
};

/// The whole command line, as it is declared: what completion, help and the manual show is what parsing takes. A
/// program without commands has one without a name.
struct ProgramShape {
  std::vector<WordShape> flags;  ///< that stand before a command
  std::vector<CommandShape> commands;
  std::string name{};
  std::string purpose{};  ///< one line
};

/// The declarations as data. Of a command's description the first line is its purpose, and a line that begins with
/// `Example: ` its example. What help shows for the value of an option says what it takes: `a|b` a choice, `DIR`,
/// `FILE`, and `NAME` a function.
ProgramShape shape_of(const CLI::App& program);

}  // namespace fgsync::help
