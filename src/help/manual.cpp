#include "help/manual.hpp"

#include <algorithm>
#include <cctype>

#include "help/help_text.hpp"

namespace fgsync::help {
namespace {

/// Text that man(7) shows as it is: hyphens that can be searched and copied, and nothing that is taken for a macro.
std::string literal(const std::string& text) {
  std::string result;
  for (const char letter : text) {
    if (letter == '\\') {
      result += "\\e";
    } else if (letter == '-') {
      result += "\\-";
    } else if (letter == '\'') {
      result += "\\(aq";
    } else {
      result += letter;
    }
  }
  return result.starts_with('.') ? "\\&" + result : result;
}

std::string bold(const std::string& text) {
  return "\\fB" + literal(text) + "\\fR";
}

std::string italic(const std::string& text) {
  return "\\fI" + literal(text) + "\\fR";
}

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::toupper(letter)); });
  return text;
}

std::string heading(const std::string& title) {
  return ".SH " + upper(title) + "\n";
}

std::string entry(const std::string& term, const std::string& meaning) {
  return ".TP\n" + term + "\n" + (meaning.empty() ? "\\&" : literal(meaning)) + "\n";
}

std::string begin(const std::string& name, const std::string& purpose, const ManualFoot& foot) {
  return ".TH " + upper(literal(name)) + " 1 \"" + foot.date + "\" \"" + foot.version + "\" \"User Commands\"\n" +
         heading("Name") + literal(name) + " \\- " + literal(purpose) + "\n";
}

std::string flag_entry(const WordShape& flag) {
  std::string term;
  for (const std::string& name : flag.names) term += (term.empty() ? "" : ", ") + bold(name);
  return entry(flag.value.empty() ? term : term + " " + italic(flag.value), flag.purpose);
}

std::string synopsis(const std::string& program, const CommandShape& command) {
  const std::string usage = usage_of(program, command);
  const std::size_t name = program.size() + (command.name.empty() ? 0 : 1 + command.name.size());
  return heading("Synopsis") + bold(usage.substr(0, name)) + literal(usage.substr(name)) + "\n";
}

std::string arguments(const CommandShape& command) {
  if (command.positionals.empty()) return "";
  std::string text = heading("Arguments");
  for (const WordShape& word : command.positionals) text += entry(italic(word.names.front()), word.purpose);
  return text;
}

/// The flags under their headings, in the order in which these appear first. Those without one come before: there is
/// no way back from a heading.
std::string options(const std::vector<WordShape>& flags) {
  std::vector<std::string> groups{""};
  for (const WordShape& flag : flags) {
    if (std::find(groups.begin(), groups.end(), flag.group) == groups.end()) groups.push_back(flag.group);
  }
  std::string text = flags.empty() ? "" : heading("Options");
  for (const std::string& group : groups) {
    if (!group.empty()) text += ".SS " + literal(group) + "\n";
    for (const WordShape& flag : flags) {
      if (flag.group == group) text += flag_entry(flag);
    }
  }
  return text;
}

std::string example(const CommandShape& command) {
  if (command.example.empty()) return "";
  return heading("Examples") + ".nf\n" + literal(command.example) + "\n.fi\n";
}

std::string render(const ManualSection& section) {
  std::string text = heading(section.title);
  if (!section.text.empty()) text += literal(section.text) + "\n";
  for (const auto& [term, meaning] : section.entries) text += entry(bold(term), meaning);
  return text;
}

std::string reference(const std::string& page) {
  return "\\fB" + literal(page) + "\\fR(1)";
}

std::string sections_text(const std::vector<ManualSection>& sections) {
  std::string text;
  for (const ManualSection& section : sections) text += render(section);
  return text;
}

ManualPage command_page(const ProgramShape& program, const CommandShape& command, const ManualFoot& foot) {
  const std::string name = program.name + "-" + command.name;
  std::string text = begin(name, command.purpose, foot) + synopsis(program.name, command) + arguments(command) +
                     options(command.flags) + example(command);
  if (!command.note.empty()) text += heading("Notes") + literal(command.note) + "\n";
  text += heading("See also") + reference(program.name) + " for exit codes, environment and files\n";
  return {name + ".1", text};
}

std::string command_list(const ProgramShape& program) {
  std::string text = heading("Commands");
  for (const CommandShape& command : program.commands) {
    text += entry(reference(program.name + "-" + command.name), command.purpose);
  }
  return text;
}

}  // namespace

std::vector<ManualPage> render_manual(const ProgramShape& program, const std::vector<ManualSection>& sections,
                                      const ManualFoot& foot) {
  std::vector<ManualPage> pages;
  std::string text = begin(program.name, program.purpose, foot);
  const CommandShape& first = program.commands.front();
  if (first.name.empty()) {
    text += synopsis(program.name, first) + arguments(first) + options(first.flags) + example(first);
    return {{program.name + ".1", text + sections_text(sections)}};
  }
  text += heading("Synopsis") + bold(program.name) + " " + italic("COMMAND") + literal(" [flags] [ARGUMENT...]") + "\n";
  text += command_list(program) + options(program.flags) + sections_text(sections);
  pages.push_back({program.name + ".1", text});
  for (const CommandShape& command : program.commands) pages.push_back(command_page(program, command, foot));
  return pages;
}

}  // namespace fgsync::help
