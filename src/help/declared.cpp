#include <CLI/CLI.hpp>
#include <regex>
#include <sstream>
#include <string_view>

#include "help/command_shape.hpp"

namespace fgsync::help {
namespace {

constexpr std::string_view kExample = "Example: ";

std::string first_line(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

std::string example_in(const std::string& description) {
  const std::size_t start = description.find(kExample);
  return start == std::string::npos ? "" : first_line(description.substr(start + kExample.size()));
}

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, separator);) parts.push_back(part);
  return parts;
}

/// CLI11 names a type and what checks it, `HOST:PORT` or `INT:INT in [1 - 256]`, as one.
struct TypeName {
  std::string type;
  std::string range;  ///< `1 to 256`; empty: none
};

TypeName type_of(const CLI::Option& option) {
  static const std::regex checked("([^:]*):U?INT in \\[(\\S+) - (\\S+)\\]");
  const std::string text = option.get_type_name();
  std::smatch parts;
  if (std::regex_match(text, parts, checked)) return {parts[1], parts[2].str() + " to " + parts[3].str()};
  return {text, ""};
}

/// How the value is named. CLI11's own names of types say nothing to a person.
std::string value_of(const CLI::Option& option, const std::string& type) {
  if (!option.get_option_text().empty()) return option.get_option_text();
  if (type == "INT" || type == "UINT") return "N";
  return type.empty() ? "TEXT" : type;
}

Takes takes_of(const WordShape& word, bool is_positional) {
  if (word.value.find('|') != std::string::npos) return Takes::choice;
  if (word.value == "DIR") return Takes::directory;
  if (word.value == "FILE" || (is_positional && word.names.front() == "PATH")) return Takes::file;
  if (word.value == "NAME" || (is_positional && word.names.front() == "NAME")) return Takes::function;
  return Takes::text;
}

/// With what may be given, and what it is when nothing is, where the description does not say so.
std::string with_limits(std::string purpose, const std::string& range, const std::string& standard) {
  const bool names_default = purpose.find("(default: ") != std::string::npos;
  std::string limits = range;
  if (!standard.empty() && !names_default) limits += (limits.empty() ? "default: " : "; default: ") + standard;
  if (limits.empty()) return purpose;
  if (!purpose.ends_with(')')) return purpose + " (" + limits + ")";
  purpose.pop_back();
  return purpose + "; " + limits + ")";
}

WordShape shape_of(const CLI::Option& option) {
  WordShape word;
  for (const std::string& name : option.get_snames()) word.names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) word.names.push_back("--" + name);
  const bool is_positional = word.names.empty();
  if (is_positional) word.names.push_back(option.get_name(true));
  word.may_repeat = option.get_items_expected_max() > 1;
  word.purpose = first_line(option.get_description());
  word.is_required = option.get_required();
  if (option.get_group() != "Options") word.group = option.get_group();
  if (option.get_items_expected_max() == 0) return word;
  const TypeName type = type_of(option);
  word.purpose = with_limits(word.purpose, type.range, option.get_default_str());
  word.value = value_of(option, type.type);
  word.takes = takes_of(word, is_positional);
  if (word.takes == Takes::choice) word.choices = split(word.value, '|');
  return word;
}

CommandShape command_of(const CLI::App& command) {
  CommandShape shape;
  shape.name = command.get_name();
  shape.purpose = first_line(command.get_description());
  shape.example = example_in(command.get_description());
  shape.note = command.get_footer();
  shape.group = command.get_group();
  for (const CLI::Option* option : command.get_options()) {
    (option->get_positional() ? shape.positionals : shape.flags).push_back(shape_of(*option));
  }
  return shape;
}

}  // namespace

ProgramShape shape_of(const CLI::App& program) {
  ProgramShape shape;
  shape.name = program.get_name();
  shape.purpose = first_line(program.get_description());
  const auto all = [](const CLI::App*) { return true; };
  for (const CLI::App* command : program.get_subcommands(all)) shape.commands.push_back(command_of(*command));
  if (shape.commands.empty()) {
    CommandShape whole = command_of(program);
    whole.name.clear();
    shape.commands.push_back(std::move(whole));
    return shape;
  }
  for (const CLI::Option* option : program.get_options()) shape.flags.push_back(shape_of(*option));
  return shape;
}

}  // namespace fgsync::help
