// A shell waits for the names while somebody types. So they are given at once or not at all: never a part of them,
// which a shell would take for all and complete.
#include <algorithm>
#include <cctype>
#include <charconv>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <memory>
#include <mutex>
#include <set>
#include <thread>
#include <utility>

#include "cli/commands.hpp"
#include "cli/completion.hpp"
#include "cli/exit_code.hpp"
#include "cli/session.hpp"
#include "config/environment.hpp"
#include "state/sqlite_snapshot.hpp"

namespace fgsync::cli {
namespace {

/// Who types feels more than 20 ms. FGSYNC_COMPLETION_PATIENCE, in milliseconds, is for slow machines.
std::chrono::milliseconds patience() {
  constexpr std::chrono::milliseconds kUsual{10};
  constexpr int kMost = 60'000;
  const std::string given = config::process_environment()("FGSYNC_COMPLETION_PATIENCE").value_or("");
  int milliseconds = 0;
  const auto [end, failed] = std::from_chars(given.data(), given.data() + given.size(), milliseconds);
  const bool is_number = failed == std::errc() && end == given.data() + given.size();
  return is_number && milliseconds >= 0 && milliseconds <= kMost ? std::chrono::milliseconds(milliseconds) : kUsual;
}

/// What was read so far. Outlives the thread that reads, and the one that waits for it.
struct Found {
  std::mutex mutex;
  std::condition_variable changed;
  std::set<std::string> names;
  int readers = 2;

  void add(const std::vector<std::string>& more) {
    const std::scoped_lock lock(mutex);
    names.insert(more.begin(), more.end());
    --readers;
    changed.notify_all();
  }
};

/// What was applied: quick, however many manifests there are.
std::vector<std::string> names_in_state(const Options& options) {
  const auto place = load_place(options);
  if (!place) return {};
  const auto target = resolve_target(options, place->config, config::process_environment());
  if (!target || target->state_directory.empty()) return {};
  return state::read_inventory_names(target->state_directory, scope_of(*target, *place))
      .value_or(std::vector<std::string>());
}

std::vector<std::string> names_in_manifests(const Options& options) {
  const auto workspace = load_workspace(options);
  if (!workspace) return {};
  std::vector<std::string> names = workspace->rejected;
  for (const manifest::Function& function : workspace->functions) names.push_back(function.name);
  return names;
}

/// Whatever goes wrong is said by the command itself, once it is run.
std::vector<std::string> names_or_none(std::vector<std::string> (*read)(const Options&), const Options& options) {
  try {
    return read(options);
  } catch (const std::exception&) {
    return {};
  }
}

/// A flag and its value that were typed with a `=`, which bash gives as three words, as one.
std::vector<std::string> with_values(const std::vector<std::string>& words) {
  std::vector<std::string> result;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == "=" && !result.empty()) {
      result.back() += "=" + (i + 1 < words.size() ? words[i + 1] : "");
      ++i;
    } else {
      result.push_back(words[i]);
    }
  }
  return result;
}

/// Nothing that a terminal or a shell could take for something else.
bool is_plain(const std::string& name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](unsigned char letter) {
    return std::isalnum(letter) != 0 || letter == '-' || letter == '_';
  });
}

}  // namespace

int run_completion(const Options& options) {
  const help::ProgramShape program = command_line_shape();
  if (options.shell == "bash") std::cout << render_bash_completion(program);
  if (options.shell == "zsh") std::cout << render_zsh_completion(program);
  if (options.shell == "fish") std::cout << render_fish_completion(program);
  return kOk;
}

int complete_names(std::vector<std::string> words) {
  if (words.empty() || words.front() != "functions") return kOk;
  words.erase(words.begin());
  const Options options = parse_beginning(with_values(words));
  auto found = std::make_shared<Found>();
  // One after the other: the state is quick when nothing else is done, and manifests may be many.
  std::thread([found, options] {
    for (auto* const read : {names_in_state, names_in_manifests}) found->add(names_or_none(read, options));
  }).detach();
  std::unique_lock lock(found->mutex);
  found->changed.wait_for(lock, patience(), [&found] { return found->readers == 0; });
  for (const std::string& name : found->names) {
    if (is_plain(name)) std::cout << name << "\n";
  }
  std::cout.flush();
  // A reader that takes longer is left where it is: it only reads.
  std::_Exit(kOk);
}

}  // namespace fgsync::cli
