#include "cli/help_groups.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "cli/manual_sections.hpp"
#include "cli/options.hpp"

using namespace fgsync;

TEST_CASE("help: each command has a purpose of one line, an example of itself, and a heading") {
  for (const help::CommandShape& command : cli::command_line_shape().commands) {
    INFO(command.name);
    CHECK(command.purpose.ends_with('.'));
    CHECK(command.example.starts_with("fgsync " + command.name));
    CHECK_FALSE(command.group.empty());
  }
}

TEST_CASE("help: flags of several commands stand under a heading, and every one says what it is for") {
  std::map<std::string, int> commands_of;
  const help::ProgramShape program = cli::command_line_shape();
  for (const help::CommandShape& command : program.commands) {
    for (const help::WordShape& flag : command.flags) ++commands_of[flag.names.back()];
  }
  for (const help::CommandShape& command : program.commands) {
    for (const help::WordShape& flag : command.flags) {
      INFO(command.name << " " << flag.names.back());
      CHECK_FALSE(flag.purpose.empty());
      const bool needs_heading = commands_of[flag.names.back()] > 1 && flag.names.back() != "--help";
      CHECK((!needs_heading || !flag.group.empty()));
    }
  }
}

TEST_CASE("help: headings come in the same order in each command, and Options last") {
  help::CommandShape command;
  for (const char* name : {"--other", "--region", "--output", "--root"}) {
    command.flags.push_back({{name}, help::Takes::nothing, {}, false, "Something"});
  }
  help::ProgramShape program{{}, {command}};
  cli::group_for_help(program);
  std::string order;
  for (const help::WordShape& flag : program.commands.front().flags)
    order += flag.names.back() + " " + flag.group + ";";
  CHECK(order == "--root Source;--output Output;--region Connection;--other ;");
}

TEST_CASE("manual: the exit codes are those of docs/cli.md") {
  std::ifstream file(std::filesystem::path(FGSYNC_SOURCE_DIR) / "docs/cli.md");
  std::vector<std::string> documented;
  bool is_in_table = false;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("## ")) is_in_table = line == "## Exit codes";
    if (is_in_table && line.starts_with("| ") && std::isdigit(static_cast<unsigned char>(line[2])) != 0) {
      documented.push_back(line.substr(2, line.find(" |", 2) - 2));
    }
  }
  std::vector<std::string> in_manual;
  for (const help::ManualSection& section : cli::manual_sections()) {
    if (section.title != "Exit status") continue;
    for (const auto& entry : section.entries) in_manual.push_back(entry.first);
  }
  CHECK(in_manual.size() > 5);
  CHECK(in_manual == documented);
}
