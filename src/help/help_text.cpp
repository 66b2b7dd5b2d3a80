#include "help/help_text.hpp"

#include <algorithm>
#include <sstream>
#include <utility>
#include <vector>

namespace fgsync::help {
namespace {

constexpr std::size_t kIndent = 2;
constexpr std::size_t kMostTermColumns = 30;

/// A term, `-o, --output text|json`, and what it means.
using Row = std::pair<std::string, std::string>;
using Sections = std::vector<std::pair<std::string, std::vector<Row>>>;

std::vector<std::string> broken(const std::string& text, std::size_t columns) {
  std::vector<std::string> lines(1);
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    if (!lines.back().empty() && lines.back().size() + 1 + word.size() > columns) lines.emplace_back();
    lines.back() += (lines.back().empty() ? "" : " ") + word;
  }
  return lines;
}

std::string paragraph(const std::string& text, std::size_t indent, std::size_t columns) {
  std::string result;
  for (const std::string& line : broken(text, columns - indent)) result += std::string(indent, ' ') + line + "\n";
  return result;
}

std::size_t term_columns(const Sections& sections) {
  std::size_t most = 0;
  for (const auto& [heading, rows] : sections) {
    for (const auto& [term, meaning] : rows) {
      if (term.size() <= kMostTermColumns) most = std::max(most, term.size());
    }
  }
  return most;
}

/// Terms on the left and meanings beside them; below them where there is little room.
std::string render_rows(const std::vector<Row>& rows, std::size_t term_size, std::size_t columns) {
  const std::size_t left = kIndent + term_size + 2;
  const bool is_beside = left + kMostTermColumns <= columns;
  const std::size_t indent = is_beside ? left : 3 * kIndent;
  std::string text;
  for (const auto& [term, meaning] : rows) {
    const std::string head = std::string(kIndent, ' ') + term;
    std::string body = meaning.empty() ? "" : paragraph(meaning, indent, columns);
    const bool shares_line = is_beside && head.size() + 2 <= indent && !body.empty();
    text += shares_line ? body.replace(0, head.size(), head) : head + "\n" + body;
  }
  return text;
}

std::string render(const Sections& sections, std::size_t columns) {
  const std::size_t term_size = term_columns(sections);
  std::string text;
  for (const auto& [heading, rows] : sections) text += "\n" + heading + ":\n" + render_rows(rows, term_size, columns);
  return text;
}

/// The rows under a heading; a new heading comes last.
std::vector<Row>& under(Sections& sections, const std::string& heading) {
  const auto known =
      std::find_if(sections.begin(), sections.end(), [&](const auto& section) { return section.first == heading; });
  return known == sections.end() ? sections.emplace_back(heading, std::vector<Row>()).second : known->second;
}

std::string flag_term(const WordShape& flag) {
  std::string term;
  for (const std::string& name : flag.names) term += (term.empty() ? "" : ", ") + name;
  return flag.value.empty() ? term : term + " " + flag.value;
}

std::string positional_term(const WordShape& word) {
  const std::string name = word.names.front() + (word.may_repeat ? "..." : "");
  return word.is_required ? name : "[" + name + "]";
}

Sections sections_of(const CommandShape& command) {
  Sections sections;
  for (const WordShape& word : command.positionals) {
    under(sections, "Arguments").emplace_back(word.names.front(), word.purpose);
  }
  for (const WordShape& flag : command.flags) {
    under(sections, flag.group.empty() ? "Options" : flag.group).emplace_back(flag_term(flag), flag.purpose);
  }
  return sections;
}

std::size_t readable(std::size_t columns) {
  return std::clamp(columns, kNarrowest, kWidest);
}

}  // namespace

std::string usage_of(const std::string& program, const CommandShape& command) {
  std::string text = program + (command.name.empty() ? "" : " " + command.name) + " [flags]";
  for (const WordShape& word : command.positionals) text += " " + positional_term(word);
  return text;
}

std::string render_overview(const ProgramShape& program, std::size_t columns) {
  columns = readable(columns);
  Sections sections;
  for (const CommandShape& command : program.commands) {
    under(sections, command.group).emplace_back(command.name, command.purpose);
  }
  for (const WordShape& flag : program.flags) under(sections, "Options").emplace_back(flag_term(flag), flag.purpose);
  return paragraph(program.purpose, 0, columns) + "\nUsage:\n" +
         paragraph(program.name + " COMMAND [flags] [ARGUMENT...]", kIndent, columns) + render(sections, columns) +
         "\n" +
         paragraph("'" + program.name + " COMMAND --help' shows the flags of a command with an example.", 0, columns);
}

std::string render_help(const std::string& program, const CommandShape& command, std::size_t columns) {
  columns = readable(columns);
  std::string text =
      paragraph(command.purpose, 0, columns) + "\nUsage:\n" + paragraph(usage_of(program, command), kIndent, columns);
  if (!command.example.empty()) text += "\nExample:\n" + std::string(kIndent, ' ') + command.example + "\n";
  text += render(sections_of(command), columns);
  if (!command.note.empty()) text += "\n" + paragraph(command.note, 0, columns);
  return text;
}

}  // namespace fgsync::help
