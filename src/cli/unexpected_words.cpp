#include "cli/unexpected_words.hpp"

#include <algorithm>
#include <cctype>
#include <string_view>

#include "base/enumerate.hpp"
#include "base/nearest.hpp"

namespace fgsync::cli {
namespace {

using help::CommandShape;
using help::ProgramShape;
using help::WordShape;

const WordShape* find_flag(const CommandShape& command, std::string_view name) {
  for (const WordShape& flag : command.flags) {
    if (std::find(flag.names.begin(), flag.names.end(), name) != flag.names.end()) return &flag;
  }
  return nullptr;
}

const CommandShape* find_command(const ProgramShape& program, std::string_view name) {
  const auto found = std::find_if(program.commands.begin(), program.commands.end(),
                                  [&](const CommandShape& command) { return command.name == name; });
  return found == program.commands.end() ? nullptr : &*found;
}

/// `plan and sync`, of the commands that have a flag.
std::string commands_with(const ProgramShape& program, std::string_view flag) {
  std::vector<std::string> names;
  for (const CommandShape& command : program.commands) {
    if (find_flag(command, flag) != nullptr) names.push_back(command.name);
  }
  return enumerate(names);
}

std::string describe_flag(const ProgramShape& program, const CommandShape& command, const std::string& flag) {
  const std::string start = command.name + " has no flag " + flag;
  std::vector<std::string_view> own;
  for (const WordShape& word : command.flags) own.insert(own.end(), word.names.begin(), word.names.end());
  if (const std::string others = commands_with(program, flag); !others.empty())
    return start + "; it is one of " + others;
  if (const auto meant = nearest(flag, own)) return start + "; did you mean " + *meant + "?";
  return start;
}

/// The flag in a word: `--name` of `--name=value`, `-n` of `-nvalue`.
std::string flag_in(const std::string& word) {
  return word.starts_with("--") ? word.substr(0, word.find('=')) : word.substr(0, 2);
}

bool is_flag(const std::string& word) {
  return word.size() > 1 && word.front() == '-' && std::isdigit(static_cast<unsigned char>(word[1])) == 0;
}

/// How many words a command takes; nothing: any number.
std::optional<std::size_t> most_positionals(const CommandShape& command) {
  const bool is_open = std::any_of(command.positionals.begin(), command.positionals.end(),
                                   [](const WordShape& word) { return word.may_repeat; });
  return is_open ? std::nullopt : std::optional(command.positionals.size());
}

}  // namespace

std::optional<std::string> describe_unexpected(const ProgramShape& program, const std::vector<std::string>& words) {
  const CommandShape* const command = words.empty() ? nullptr : find_command(program, words.front());
  if (command == nullptr) return std::nullopt;
  const auto most = most_positionals(*command);
  std::size_t positionals = 0;
  for (std::size_t i = 1; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (word == "--") break;
    if (!is_flag(word)) {
      if (most && ++positionals > *most) return command->name + " does not take \"" + word + "\"";
      continue;
    }
    const std::string name = flag_in(word);
    const WordShape* const flag = find_flag(*command, name);
    if (flag == nullptr) return describe_flag(program, *command, name);
    const bool has_value = word != name;
    if (flag->takes != help::Takes::nothing && !has_value) ++i;
  }
  return std::nullopt;
}

}  // namespace fgsync::cli
