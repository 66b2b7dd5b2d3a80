#include "cli/help_groups.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

namespace fgsync::cli {
namespace {

/// A heading and the words under it, in the order in which they are shown. `adopt --all` is the flag of that command
/// only.
struct Heading {
  std::string_view title;
  std::array<std::string_view, 12> words;
};

constexpr std::array<Heading, 4> kOfCommands{{
    {"Deploying", {"plan", "sync", "daemon", "validate", "package"}},
    {"Looking", {"status", "events", "history", "doctor"}},
    {"Stepping in",
     {"reconcile", "approve", "pause", "unpause", "rollback", "hold", "release", "suspend", "resume", "forget",
      "delete"}},
    {"Beginning", {"adopt", "schema", "completion", "version"}},
}};

constexpr std::array<Heading, 6> kOfFlags{{
    {"Source", {"--root", "--env", "--config", "--into", "--packed"}},
    {"Selection", {"--name", "--selector", "--since", "adopt --all"}},
    {"What is done",
     {"--plan", "--adopt", "--prune", "--no-prune", "--allow-recreate", "--yes", "--dry-run", "--to", "--alias",
      "--reason", "--unmanaged"}},
    {"How", {"--parallel", "--wait", "--timeout", "--refresh"}},
    {"Output",
     {"--output", "--out", "--all", "--show", "--explain", "--lines", "--follow", "--detailed-exitcode",
      "--allow-blocked", "--color", "--verbose", "--quiet"}},
    {"Connection",
     {"--endpoint", "--project-id", "--region", "--ca-file", "--state", "--no-state", "--socket", "--target"}},
}};

/// Where a word stands: the number of its heading and its place under it. Unknown words come last.
template <std::size_t Count>
std::pair<std::size_t, std::size_t> place_of(const std::array<Heading, Count>& headings, std::string_view word) {
  for (std::size_t i = 0; i < Count; ++i) {
    const auto& words = headings[i].words;
    const auto* const found = std::find(words.begin(), words.end(), word);
    if (found != words.end()) return {i, static_cast<std::size_t>(found - words.begin())};
  }
  return {Count, 0};
}

template <std::size_t Count>
std::string title_of(const std::array<Heading, Count>& headings, std::string_view word) {
  const std::size_t heading = place_of(headings, word).first;
  return heading == Count ? std::string() : std::string(headings[heading].title);
}

/// Sorts by place; of the same place in the order in which they were declared.
template <class Item, class Place>
void sort_by(std::vector<Item>& items, Place place) {
  std::vector<std::pair<decltype(place(items.front())), std::size_t>> order;
  for (std::size_t i = 0; i < items.size(); ++i) order.emplace_back(place(items[i]), i);
  std::sort(order.begin(), order.end());
  std::vector<Item> sorted;
  sorted.reserve(items.size());
  for (const auto& [where, index] : order) sorted.push_back(std::move(items[index]));
  items = std::move(sorted);
}

/// How the table names a flag: with its command, where that says more.
std::string word_of(const help::CommandShape& command, const help::WordShape& flag) {
  const std::string of_command = command.name + " " + flag.names.back();
  return title_of(kOfFlags, of_command).empty() ? flag.names.back() : of_command;
}

void group(help::CommandShape& command) {
  for (help::WordShape& flag : command.flags) flag.group = title_of(kOfFlags, word_of(command, flag));
  sort_by(command.flags,
          [&command](const help::WordShape& flag) { return place_of(kOfFlags, word_of(command, flag)); });
}

}  // namespace

void group_for_help(help::ProgramShape& program) {
  for (help::CommandShape& command : program.commands) {
    command.group = title_of(kOfCommands, command.name);
    group(command);
  }
  sort_by(program.commands, [](const help::CommandShape& command) { return place_of(kOfCommands, command.name); });
}

}  // namespace fgsync::cli
