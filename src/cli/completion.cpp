// The scripts are data and a few lines that walk over it: per command its flags, which of them take a value, and what.
// Nothing in them is expanded by the shell that did not come from here: names of functions are compared, never
// evaluated.
#include "cli/completion.hpp"

#include <algorithm>

namespace fgsync::cli {

using help::CommandShape;
using help::ProgramShape;
using help::Takes;
using help::WordShape;

namespace {

std::string joined(const std::vector<std::string>& words, const std::string& between) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : between) + word;
  return text;
}

bool is_long(const std::string& flag) {
  return flag.starts_with("--");
}

/// In single quotes, for all three shells.
std::string quoted(const std::string& text) {
  std::string result = "'";
  for (const char letter : text) result += letter == '\'' ? std::string("'\\''") : std::string(1, letter);
  return result + "'";
}

/// The word by which the scripts name what is offered.
std::string kind_of(const WordShape& word) {
  switch (word.takes) {
    case Takes::nothing:
    case Takes::text: return "text";
    case Takes::choice: return "choice";
    case Takes::file: return "file";
    case Takes::directory: return "directory";
    case Takes::function: return "function";
  }
  return "text";
}

// ---- bash

std::string bash_names(const std::vector<WordShape>& flags, bool only_with_value) {
  std::string text;
  for (const WordShape& flag : flags) {
    if (only_with_value && flag.takes == Takes::nothing) continue;
    text += (text.empty() ? "" : " ") + joined(flag.names, " ");
  }
  return text;
}

/// The case of each flag that takes a value.
std::string bash_values(const CommandShape& command) {
  std::string text;
  for (const WordShape& flag : command.flags) {
    if (flag.takes == Takes::nothing) continue;
    std::string pattern;
    for (const std::string& name : flag.names) pattern += (pattern.empty() ? "" : "|") + command.name + ":" + name;
    text += "    " + pattern + ") kind=" + kind_of(flag);
    if (flag.takes == Takes::choice) text += " choices=" + quoted(joined(flag.choices, " "));
    text += " ;;\n";
  }
  return text;
}

/// The case of each positional word, by its number; the last one may stand for all that follow.
std::string bash_positionals(const CommandShape& command) {
  std::string text;
  for (std::size_t i = 0; i < command.positionals.size(); ++i) {
    const WordShape& word = command.positionals[i];
    text += "    " + command.name + ":" + (word.may_repeat ? "*" : std::to_string(i)) + ") kind=" + kind_of(word);
    if (word.takes == Takes::choice) text += " choices=" + quoted(joined(word.choices, " "));
    text += " ;;\n";
  }
  return text;
}

constexpr const char* kBashHead = R"sh(# Completes fgsync in bash. Made by `fgsync completion bash`; to use it:
#   fgsync completion bash > ~/.local/share/bash-completion/completions/fgsync

_fgsync_reply() {
  local word
  while IFS= read -r word; do
    [[ -n $word && $word == "$1"* ]] && COMPREPLY+=("$word")
  done
}

_fgsync() {
  local cur=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} command=${COMP_WORDS[1]}
  local flags='' valued='' kind='' choices='' i position=0 program=${COMP_WORDS[0]/#\~/${HOME:-}}
  COMPREPLY=()
  # --flag=value comes as three words.
  if [[ $cur == '=' ]]; then
    cur=''
  elif [[ $previous == '=' ]] && (( COMP_CWORD > 2 )); then
    previous=${COMP_WORDS[COMP_CWORD-2]}
  fi
  if (( COMP_CWORD == 1 )); then
)sh";

constexpr const char* kBashTail = R"sh(  esac
  if [[ " $valued " == *" $previous "* ]]; then
    case $command:$previous in
@VALUES@    esac
  elif [[ $cur == -* ]]; then
    _fgsync_reply "$cur" < <(printf '%s\n' $flags)
    return
  else
    for (( i = 2; i < COMP_CWORD; ++i )); do
      if [[ ${COMP_WORDS[i]} == '=' || " $valued " == *" ${COMP_WORDS[i]} "* ]]; then
        [[ ${COMP_WORDS[i+1]} == '=' ]] || (( ++i ))
      elif [[ ${COMP_WORDS[i]} != -* ]]; then
        (( ++position ))
      fi
    done
    case $command:$position in
@POSITIONALS@    esac
  fi
  case $kind in
    choice) _fgsync_reply "$cur" < <(printf '%s\n' $choices) ;;
    file) compopt -o filenames 2>/dev/null; _fgsync_reply '' < <(compgen -f -- "$cur") ;;
    directory) compopt -o filenames 2>/dev/null; _fgsync_reply '' < <(compgen -d -- "$cur") ;;
    function) _fgsync_reply "$cur" < <("$program" __complete functions "${COMP_WORDS[@]:2:COMP_CWORD-2}" 2>/dev/null) ;;
  esac
}

complete -F _fgsync fgsync
)sh";

void replace(std::string& text, const std::string& what, const std::string& by) {
  text.replace(text.find(what), what.size(), by);
}

// ---- zsh

/// What `_arguments` would take for syntax.
std::string zsh_text(const std::string& text) {
  std::string result;
  for (const char letter : text) {
    if (letter == '[' || letter == ']' || letter == ':' || letter == '\\') result += '\\';
    result += letter;
  }
  return result;
}

std::string zsh_value(const WordShape& word) {
  switch (word.takes) {
    case Takes::nothing: return "";
    case Takes::text: return ":value: ";
    case Takes::choice: return ":value:(" + joined(word.choices, " ") + ")";
    case Takes::file: return ":file:_files";
    case Takes::directory: return ":directory:_files -/";
    case Takes::function: return ":function:_fgsync_functions";
  }
  return "";
}

std::string zsh_flags(const std::vector<WordShape>& flags) {
  std::string text;
  for (const WordShape& flag : flags) {
    const std::string excluded = flag.may_repeat ? "*" : "(" + joined(flag.names, " ") + ")";
    for (const std::string& name : flag.names) {
      const char* glue = flag.takes == Takes::nothing ? "" : is_long(name) ? "=" : "+";
      text += " \\\n        " + quoted(excluded + name + glue + "[" + zsh_text(flag.purpose) + "]" + zsh_value(flag));
    }
  }
  return text;
}

std::string zsh_positionals(const CommandShape& command) {
  std::string text;
  for (std::size_t i = 0; i < command.positionals.size(); ++i) {
    const WordShape& word = command.positionals[i];
    text += " \\\n        " + quoted((word.may_repeat ? "*" : std::to_string(i + 1)) + zsh_value(word));
  }
  return text;
}

// ---- fish

std::string fish_value(const WordShape& word) {
  switch (word.takes) {
    case Takes::nothing: return "";
    case Takes::text: return " -x";
    case Takes::choice: return " -x -a " + quoted(joined(word.choices, " "));
    case Takes::file: return " -r -F";
    case Takes::directory: return " -x -a '(__fish_complete_directories)'";
    case Takes::function: return " -x -a '(__fgsync_functions)'";
  }
  return "";
}

std::string fish_names(const WordShape& flag) {
  std::string text;
  for (const std::string& name : flag.names) text += is_long(name) ? " -l " + name.substr(2) : " -s " + name.substr(1);
  return text;
}

}  // namespace

std::string render_bash_completion(const ProgramShape& program) {
  std::string values;
  std::string positionals;
  std::vector<std::string> names;
  for (const CommandShape& command : program.commands) {
    names.push_back(command.name);
    values += bash_values(command);
    positionals += bash_positionals(command);
  }
  std::string tail = kBashTail;
  replace(tail, "@VALUES@", values);
  replace(tail, "@POSITIONALS@", positionals);
  std::string text = kBashHead;
  text += "    _fgsync_reply \"$cur\" < <(printf '%s\\n' " + joined(names, " ") + " " +
          bash_names(program.flags, false) + ")\n    return\n  fi\n  case $command in\n";
  for (const CommandShape& command : program.commands) {
    text += "    " + command.name + ")\n      flags=" + quoted(bash_names(command.flags, false)) +
            "\n      valued=" + quoted(bash_names(command.flags, true)) + " ;;\n";
  }
  return text + tail;
}

std::string render_zsh_completion(const ProgramShape& program) {
  std::string text =
      "#compdef fgsync\n"
      "# Completes fgsync in zsh. Made by `fgsync completion zsh`; to use it, in a folder of $fpath:\n"
      "#   fgsync completion zsh > _fgsync\n\n"
      "_fgsync_functions() {\n"
      "  local -a names\n"
      "  names=(\"${(@f)$(_call_program functions fgsync __complete functions \"${(@q)words[2,CURRENT-1]}\" "
      "2>/dev/null)}\")\n"
      "  compadd -a names\n"
      "}\n\n"
      "_fgsync() {\n"
      "  if (( CURRENT == 2 )); then\n"
      "    local -a commands\n"
      "    commands=(\n";
  for (const CommandShape& command : program.commands) {
    text += "      " + quoted(command.name + ":" + zsh_text(command.purpose)) + "\n";
  }
  text +=
      "    )\n"
      "    _describe -t commands command commands\n"
      "    _arguments" +
      zsh_flags(program.flags) +
      "\n    return\n"
      "  fi\n"
      "  local command=$words[2]\n"
      "  shift words\n"
      "  (( CURRENT-- ))\n"
      "  case $command in\n";
  for (const CommandShape& command : program.commands) {
    text +=
        "    " + command.name + ")\n      _arguments" + zsh_flags(command.flags) + zsh_positionals(command) + " ;;\n";
  }
  return text +
         "  esac\n"
         "}\n\n"
         "if [[ $funcstack[1] == _fgsync ]]; then _fgsync \"$@\"; else compdef _fgsync fgsync; fi\n";
}

std::string render_fish_completion(const ProgramShape& program) {
  std::string text =
      "# Completes fgsync in fish. Made by `fgsync completion fish`; to use it:\n"
      "#   fgsync completion fish > ~/.config/fish/completions/fgsync.fish\n\n"
      "function __fgsync_functions\n"
      "    set -l words (commandline -opc)\n"
      "    fgsync __complete functions $words[3..-1] 2>/dev/null\n"
      "end\n\n"
      "complete -c fgsync -f\n";
  for (const WordShape& flag : program.flags) {
    text += "complete -c fgsync -n __fish_use_subcommand" + fish_names(flag) + " -d " + quoted(flag.purpose) + "\n";
  }
  for (const CommandShape& command : program.commands) {
    text += "complete -c fgsync -n __fish_use_subcommand -a " + command.name + " -d " + quoted(command.purpose) + "\n";
    const std::string within = "complete -c fgsync -n '__fish_seen_subcommand_from " + command.name + "'";
    for (const WordShape& flag : command.flags) {
      text += within + fish_names(flag) + fish_value(flag) + " -d " + quoted(flag.purpose) + "\n";
    }
    for (const WordShape& word : command.positionals) {
      if (word.takes == Takes::file) text += within + " -F\n";
      if (word.takes == Takes::choice) text += within + " -a " + quoted(joined(word.choices, " ")) + "\n";
      if (word.takes == Takes::function) text += within + " -a '(__fgsync_functions)'\n";
    }
  }
  return text;
}

}  // namespace fgsync::cli
