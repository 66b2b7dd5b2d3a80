#include "cli/selection.hpp"

#include <algorithm>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/clock.hpp"
#include "base/nearest.hpp"
#include "base/printable.hpp"
#include "cli/shell_word.hpp"
#include "config/environment.hpp"
#include "manifest/environment.hpp"
#include "source/git_changes.hpp"

namespace fgsync::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kShownName = 70;

std::string quoted(const std::string& text) {
  return "\"" + printable(text, kShownName) + "\"";
}

bool holds(const std::vector<std::string>& sorted, const std::string& path) {
  return std::binary_search(sorted.begin(), sorted.end(), path);
}

bool holds_below(const std::vector<std::string>& sorted, const std::string& path) {
  const std::string inside = path.ends_with('/') ? path : path + "/";
  const auto first = std::lower_bound(sorted.begin(), sorted.end(), inside);
  return first != sorted.end() && first->starts_with(inside);
}

/// Whether the path, something below it or something on the way to it is among those that changed.
bool is_changed(const std::string& path, const std::vector<std::string>& changed) {
  if (holds_below(changed, path)) return true;
  for (fs::path place = path; place.has_relative_path(); place = place.parent_path()) {
    if (holds(changed, place.string())) return true;
  }
  return false;
}

bool is_selected(const Candidate& candidate, const Selection& selection, const std::vector<std::string>& changed) {
  const auto& names = selection.names;
  if (!names.empty() && std::find(names.begin(), names.end(), candidate.name) == names.end()) return false;
  if (!selection.labels.matches(candidate.labels)) return false;
  return !selection.since || std::any_of(candidate.paths.begin(), candidate.paths.end(),
                                         [&changed](const std::string& path) { return is_changed(path, changed); });
}

/// As it is named, and where links lead: a change of either is a change of what is read.
void add_place(const std::string& path, std::vector<std::string>& places) {
  if (path.empty()) return;
  std::error_code failed;
  fs::path named = fs::absolute(path, failed).lexically_normal();
  if (!named.has_filename()) named = named.parent_path();
  places.push_back(named.string());
  const fs::path real = fs::weakly_canonical(named, failed);
  if (!failed && real != named) places.push_back(real.string());
}

/// Tells the documents of YAML files apart: `---` and `...` at the beginning of a line can be nothing else in YAML.
class Documents {
 public:
  explicit Documents(const std::vector<manifest::SourceText>& texts) {
    for (const manifest::SourceText& text : texts) divisions_[text.path] = divisions_of(text.text);
  }

  /// File and number of the document around a position.
  using Id = std::pair<std::string, std::ptrdiff_t>;
  [[nodiscard]] std::optional<Id> around(const SourcePosition& position) const {
    const auto file = divisions_.find(position.file);
    if (position.line == 0 || file == divisions_.end()) return std::nullopt;
    const std::vector<int>& lines = file->second;
    return Id(position.file, std::upper_bound(lines.begin(), lines.end(), position.line) - lines.begin());
  }

 private:
  static std::vector<int> divisions_of(std::string_view text) {
    std::vector<int> lines;
    for (int number = 1; !text.empty(); ++number) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      const std::string_view line = text.substr(0, end);
      const bool is_mark = line.starts_with("---") || line.starts_with("...");
      if (is_mark && (line.size() == 3 || std::string_view(" \t\r").find(line[3]) != std::string_view::npos)) {
        lines.push_back(number);
      }
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
  }

  std::map<std::string, std::vector<int>> divisions_;
};

}  // namespace

std::string Selection::flags() const {
  std::string text;
  auto add = [&text](const char* flag, const std::string& value) {
    text += std::string(text.empty() ? "" : " ") + flag + " " + shell_word(value);
  };
  for (const std::string& name : names) add("--name", name);
  if (selector) add("--selector", *selector);
  if (since) add("--since", *since);
  return text;
}

Result<std::optional<Selection>> selection_of(const Options& options) {
  if (options.names.empty() && !options.selector && !options.since) return std::nullopt;
  Selection selection{.names = options.names, .selector = options.selector, .labels = {}, .since = options.since};
  if (options.selector) {
    auto labels = manifest::parse_selector(*options.selector);
    if (!labels) return fail(with_context(std::move(labels).error(), "--selector " + quoted(*options.selector)));
    selection.labels = *std::move(labels);
  }
  return selection;
}

std::set<std::string> select(const std::vector<Candidate>& candidates, const Selection& selection,
                             const std::vector<std::string>& changed) {
  std::set<std::string> names;
  for (const Candidate& candidate : candidates) {
    if (is_selected(candidate, selection, changed)) names.insert(candidate.name);
  }
  return names;
}

std::vector<Candidate> candidates_of(const std::vector<manifest::Function>& functions,
                                     const manifest::Environment* environment) {
  std::vector<Candidate> candidates;
  for (const manifest::Function& function : functions) {
    Candidate candidate{.name = function.name, .labels = function.labels, .paths = {}};
    add_place(function.position.file, candidate.paths);
    add_place(function.code.path, candidate.paths);
    // What the environment said before is not known here: a patch that was removed changes a function, too.
    if (environment != nullptr) add_place(environment->path, candidate.paths);
    candidates.push_back(std::move(candidate));
  }
  return candidates;
}

Result<void> check_names(const Selection& selection, const std::set<std::string>& known) {
  const std::vector<std::string_view> words(known.begin(), known.end());
  std::string unknown;
  for (const std::string& name : selection.names) {
    if (known.contains(name)) continue;
    const auto meant = nearest(name, words);
    unknown +=
        (unknown.empty() ? "" : ", and none of ") + quoted(name) + (meant ? " (did you mean " + *meant + "?)" : "");
  }
  if (unknown.empty()) return {};
  return fail(ErrorKind::invalid, "there is no manifest of " + unknown);
}

Result<std::string> source_revision(const std::string& root) {
  const SystemClock clock;
  source::GitSettings settings;
  settings.inherited_environment = config::process_environment_block();
  settings.time_limit = std::chrono::seconds(10);
  return source::current_revision(root, settings, clock);
}

Result<std::set<std::string>> selected_functions(const Selection& selection, const std::vector<Candidate>& candidates,
                                                 const std::string& root) {
  std::vector<std::string> changed;
  if (selection.since) {
    const SystemClock clock;
    source::GitSettings settings;
    settings.inherited_environment = config::process_environment_block();
    auto answer = source::changed_since(root, *selection.since, settings, clock);
    if (!answer) return fail(with_context(std::move(answer).error(), "--since"));
    changed = *std::move(answer);
  }
  return select(candidates, selection, changed);
}

manifest::Diagnostics concerning(const std::set<std::string>& names, manifest::Diagnostics diagnostics,
                                 const std::vector<manifest::Function>& functions,
                                 const std::vector<manifest::Rejected>& rejected,
                                 const std::vector<manifest::SourceText>& texts) {
  const Documents documents(texts);
  std::set<Documents::Id> of_others;
  const auto note = [&](const std::string& name, const SourcePosition& position) {
    const auto document = documents.around(position);
    if (document && !name.empty() && !names.contains(name)) of_others.insert(*document);
  };
  for (const manifest::Function& function : functions) note(function.name, function.position);
  for (const manifest::Rejected& one : rejected) note(one.name, one.position);
  std::erase_if(diagnostics, [&](const manifest::Diagnostic& diagnostic) {
    const auto document = documents.around(diagnostic.position);
    return document && of_others.contains(*document);
  });
  return diagnostics;
}

}  // namespace fgsync::cli
