#include "cli/completion.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <string>

#include "cli/options.hpp"

using namespace fgsync;
using help::Takes;

namespace {

help::ProgramShape one_command() {
  help::CommandShape plan{"plan", "Show what sync would do: all of it.", {}, {}};
  plan.flags = {{{"-o", "--output"}, Takes::choice, {"text", "json"}, false, "it's a [form]"},
                {{"--root"}, Takes::directory, {}, false, "Root"},
                {{"-n", "--name"}, Takes::function, {}, true, "Function"},
                {{"--all"}, Takes::nothing, {}, false, "All"}};
  plan.positionals = {{{"PATH"}, Takes::file, {}, true, "Where"}};
  return {{{{"--version"}, Takes::nothing, {}, false, "Version"}}, {plan}};
}

bool contains(const std::string& text, const std::string& part) {
  INFO(text);
  CHECK(text.find(part) != std::string::npos);
  return text.find(part) != std::string::npos;
}

const help::CommandShape& command_of(const help::ProgramShape& program, const std::string& name) {
  for (const auto& command : program.commands) {
    if (command.name == name) return command;
  }
  FAIL("there is no command " << name);
  return program.commands.front();
}

const help::WordShape& flag_of(const help::CommandShape& command, const std::string& name) {
  for (const auto& flag : command.flags) {
    if (std::find(flag.names.begin(), flag.names.end(), name) != flag.names.end()) return flag;
  }
  FAIL(command.name << " has no flag " << name);
  return command.flags.front();
}

}  // namespace

TEST_CASE("completion for bash: flags, those with a value, and what the value is") {
  const std::string script = cli::render_bash_completion(one_command());
  contains(script, "flags='-o --output --root -n --name --all'\n");
  contains(script, "valued='-o --output --root -n --name' ;;\n");
  contains(script, "plan:-o|plan:--output) kind=choice choices='text json' ;;\n");
  contains(script, "plan:--root) kind=directory ;;\n");
  contains(script, "plan:-n|plan:--name) kind=function ;;\n");
  contains(script, "plan:*) kind=file ;;\n");
  contains(script, "printf '%s\\n' plan --version)");
}

TEST_CASE("completion for zsh: what a description says is no syntax") {
  const std::string script = cli::render_zsh_completion(one_command());
  contains(script, "'(-o --output)--output=[it'\\''s a \\[form\\]]:value:(text json)'");
  contains(script, "'*-n+[Function]:function:_fgsync_functions'");
  contains(script, "'plan:Show what sync would do\\: all of it.'");
  contains(script, "'*:file:_files'");
}

TEST_CASE("completion for fish: flags belong to their command") {
  const std::string script = cli::render_fish_completion(one_command());
  contains(script,
           "complete -c fgsync -n '__fish_seen_subcommand_from plan' -s o -l output -x -a 'text json' -d "
           "'it'\\''s a [form]'\n");
  contains(script, "-l root -x -a '(__fish_complete_directories)'");
  contains(script, "complete -c fgsync -n '__fish_seen_subcommand_from plan' -F\n");
}

TEST_CASE("the shape of the command line is that of its declarations") {
  const help::ProgramShape program = cli::command_line_shape();
  const auto& plan = command_of(program, "plan");
  CHECK(flag_of(plan, "-o").takes == Takes::choice);
  const std::vector<std::string> forms{"text", "json", "markdown", "ndjson", "junit"};
  CHECK(flag_of(plan, "-o").choices == forms);
  CHECK(flag_of(command_of(program, "sync"), "-o").choices == forms);
  CHECK(flag_of(plan, "--out").takes == Takes::file);
  CHECK(flag_of(plan, "--refresh").choices == std::vector<std::string>{"list", "full"});
  CHECK(flag_of(plan, "--root").takes == Takes::directory);
  CHECK(flag_of(plan, "--ca-file").takes == Takes::file);
  CHECK(flag_of(plan, "--name").takes == Takes::function);
  CHECK(flag_of(plan, "--all").takes == Takes::nothing);
  CHECK(flag_of(plan, "--parallel").takes == Takes::text);
  CHECK(plan.positionals.at(0).may_repeat);
  CHECK(plan.positionals.at(0).takes == Takes::file);
  CHECK(command_of(program, "rollback").positionals.at(0).takes == Takes::function);
  CHECK(command_of(program, "completion").positionals.at(0).choices == std::vector<std::string>{"bash", "zsh", "fish"});
}
