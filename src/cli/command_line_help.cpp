#include "cli/command_line_help.hpp"

#include <unistd.h>

#include <iostream>

#include "cli/characters.hpp"
#include "cli/exit_code.hpp"
#include "cli/options.hpp"
#include "cli/screen.hpp"
#include "help/help_text.hpp"

namespace fgsync::cli {
namespace {

const help::CommandShape* find_command(const help::ProgramShape& program, const std::vector<std::string>& words) {
  for (const help::CommandShape& command : program.commands) {
    if (!words.empty() && command.name == words.front()) return &command;
  }
  return nullptr;
}

}  // namespace

std::vector<std::string> words_of(int argc, char** argv) {
  std::vector<std::string> words;
  for (int i = 1; i < argc; ++i) words.emplace_back(argv[i]);
  if (words.empty() || words.front() != "help") return words;
  words.erase(words.begin());
  words.emplace_back("--help");
  return words;
}

int show_help(const std::vector<std::string>& words) {
  constexpr std::size_t kUnknown = 80;
  const std::size_t columns = screen_of(STDOUT_FILENO).columns.value_or(kUnknown);
  const help::ProgramShape program = command_line_shape();
  const help::CommandShape* const command = find_command(program, words);
  std::cout << (command == nullptr ? help::render_overview(program, columns)
                                   : help::render_help(program.name, *command, columns));
  return kOk;
}

int usage_error(const std::string& message, const std::vector<std::string>& words) {
  const help::ProgramShape program = command_line_shape();
  const help::CommandShape* const command = find_command(program, words);
  std::cerr << "fgsync: " << shown_lines(message, Charset::utf8) << "\nTry: fgsync "
            << (command == nullptr ? "" : command->name + " ") << "--help\n";
  return kUsage;
}

}  // namespace fgsync::cli
