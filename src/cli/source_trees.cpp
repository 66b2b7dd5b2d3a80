// From sources to what is wanted: the same rules as for a sync by hand, for each tree by itself, and then together.
#include "cli/source_trees.hpp"

#include <algorithm>
#include <filesystem>
#include <functional>
#include <set>
#include <utility>

#include "cli/chosen_environment.hpp"
#include "config/environment.hpp"
#include "config/secret_checks.hpp"
#include "manifest/environment.hpp"
#include "source/directory_source.hpp"
#include "source/root.hpp"

namespace fgsync::cli {

namespace fs = std::filesystem;

namespace {

std::uint64_t mark_of(const std::string& text) {
  return std::hash<std::string>{}(text);
}

/// Of a file in a checkout, where it is in another one.
std::string moved(const std::string& file, const std::string& from, const std::string& to) {
  return file.starts_with(from + "/") ? to + file.substr(from.size()) : file;
}

/// People know a file of a checkout by its repository: the folder is one of ours, and gone with the commit.
std::string shown(const SourceTree& tree, std::string text) {
  if (tree.repository.empty()) return text;
  const std::string folder = tree.root + "/";
  const std::string place = tree.repository + ":";
  for (std::size_t at = text.find(folder); at != std::string::npos; at = text.find(folder, at + place.size())) {
    text.replace(at, folder.size(), place);
  }
  return text;
}

/// The first mistake, in one file or in any.
std::string first_error(const manifest::Diagnostics& diagnostics, const std::string& file) {
  for (const manifest::Diagnostic& diagnostic : diagnostics) {
    const bool is_meant = file.empty() || diagnostic.position.file == file;
    if (!is_meant || diagnostic.severity != manifest::Severity::error) continue;
    return diagnostic.position.to_string() + ": " + manifest::summary(diagnostic);
  }
  return {};
}

}  // namespace

std::vector<SourceTree> directory_trees(const Options& options, const config::Config& config) {
  std::vector<SourceTree> trees;
  const auto add = [&](const std::string& directory, const std::optional<std::string>& environment) {
    const std::string root = source::find_root(options.root.value_or(directory));
    const auto found = std::find_if(trees.begin(), trees.end(), [&](const SourceTree& tree) {
      return tree.root == root && tree.environment == environment;
    });
    if (found != trees.end()) {
      found->paths.push_back(directory);
    } else {
      SourceTree tree;
      tree.root = root;
      tree.paths = {directory};
      tree.environment = environment;
      trees.push_back(std::move(tree));
    }
  };
  for (const config::Source& source : config.sources) {
    if (source.directory) add(*source.directory, options.environment ? options.environment : source.environment);
  }
  if (config.sources.empty()) {
    const fs::path folder = fs::path(config.file).parent_path();
    add(folder.empty() ? "." : folder.string(), options.environment);
  }
  return trees;
}

std::string name_of(const config::GitSource& git) {
  return git.url + (git.reference ? "#" + git.reference->name : std::string());
}

SourcesName name_of_sources(const Options& options, const config::Config& config) {
  SourcesName name;
  std::set<std::string> environments;
  const auto add = [&](const std::string& root, const std::optional<std::string>& environment) {
    name.root += (name.root.empty() ? "" : "\n") + root;
    environments.insert(environment.value_or(""));
  };
  for (const SourceTree& tree : directory_trees(options, config)) add(tree.root, tree.environment);
  for (const config::Source& source : config.sources) {
    if (!source.git) continue;
    const std::string path = source.git->path.value_or("");
    add(name_of(*source.git) + (path.empty() ? "" : ":" + path),
        options.environment ? options.environment : source.environment);
  }
  for (const std::string& each : environments) name.environment += (each == *environments.begin() ? "" : ",") + each;
  return name;
}

/// What one tree says.
struct TreeReader::Part {
  std::vector<manifest::SourceText> texts;
  std::vector<source::Failure> failures;
  std::optional<manifest::SourceText> environment;
  std::string problem;          ///< empty: it was read whole
  bool is_unusable = false;     ///< nothing of it can be used
  std::uint64_t signature = 0;  ///< of all of this
  manifest::LoadResult loaded;
};

TreeReader::Part TreeReader::read_texts(const SourceTree& tree) const {
  Part part;
  const auto give_up = [&part, &tree](const Error& error) {
    part.problem = shown(tree, error.describe());
    part.is_unusable = true;
    part.signature = mark_of(part.problem);
    return std::move(part);
  };
  if (tree.environment) {
    auto text = read_environment(*tree.environment, tree.paths, config_, tree.root);
    if (!text) return give_up(text.error());
    part.environment = std::move(*text);
    part.signature = mark_of(part.environment->text);
  }
  auto snapshot = source::make_directory_source(tree.root, tree.paths)->read();
  if (!snapshot) return give_up(snapshot.error());
  constexpr std::uint64_t kSpread = 1'099'511'628'211U;
  for (source::File& file : snapshot->files) {
    part.signature = (part.signature ^ mark_of(file.path)) * kSpread;
    part.signature = (part.signature ^ mark_of(file.text)) * kSpread;
    part.texts.push_back({std::move(file.path), std::move(file.text), file.is_named});
  }
  part.failures = std::move(snapshot->failures);
  for (const source::Failure& failure : part.failures) {
    part.signature = (part.signature ^ mark_of(failure.path + failure.error.message)) * kSpread;
  }
  part.signature = (part.signature ^ mark_of(tree.root + tree.revision + tree.no_deletes)) * kSpread;
  return part;
}

void TreeReader::load(const SourceTree& tree, Part& part) const {
  if (part.is_unusable) return;
  std::shared_ptr<const manifest::Environment> environment;
  if (part.environment) {
    manifest::LoadedEnvironment loaded = manifest::load_environment(*part.environment);
    if (manifest::has_error(loaded.diagnostics)) {
      part.problem = shown(tree, first_error(loaded.diagnostics, ""));
      part.is_unusable = true;
      return;
    }
    environment = std::move(loaded.environment);
  }
  manifest::LoadOptions options;
  options.environment = environment.get();
  options.is_whole_source = true;
  part.loaded = manifest::load_tree(part.texts, options);
  config::reject_forbidden_secrets(part.loaded, config::secret_policy_of(config_, config::process_environment()));
  const auto code_directories = manifest::code_directories(part.loaded);
  for (const source::Failure& failure : part.failures) {
    if (!manifest::is_below(failure.path, code_directories)) part.problem = failure.path + ": " + failure.error.message;
  }
  for (const manifest::Diagnostic& diagnostic : part.loaded.diagnostics) {
    if (diagnostic.code != "inside_code_directory" || !part.problem.empty()) continue;
    part.problem = diagnostic.position.to_string() + ": a manifest inside of code is not read; move it out of the code";
  }
  if (part.problem.empty()) part.problem = first_error(part.loaded.diagnostics, "");
  part.problem = shown(tree, std::move(part.problem));
  for (manifest::Function& function : part.loaded.functions) {
    if (!function.code.path.empty()) function.code.root = tree.root;
  }
}

/// Collects what trees say into one.
class TreeReader::Merger {
 public:
  Merger() : wanted_(std::make_shared<daemon::Wanted>()) { wanted_->is_whole = true; }

  /// A file that cannot be read as YAML names nothing: what it described when it could be is meant. Each commit has a
  /// folder of its own: `from` is that of the last one, `tree` has that of this.
  void reject(const Part& part, const daemon::Wanted* last, const std::string& from, const SourceTree& tree) {
    std::map<std::string, std::string> unreadable;
    for (const manifest::Diagnostic& diagnostic : part.loaded.diagnostics) {
      if (diagnostic.severity != manifest::Severity::error) continue;
      const std::string& file = diagnostic.position.file;
      unreadable.try_emplace(file, shown(tree, first_error(part.loaded.diagnostics, file)));
    }
    for (const manifest::Rejected& rejected : part.loaded.rejected) {
      if (rejected.name.empty()) continue;
      const auto why = unreadable.find(rejected.position.file);
      wanted_->rejected.insert_or_assign(
          rejected.name, why == unreadable.end() ? shown(tree, rejected.position.to_string()) : why->second);
    }
    if (last == nullptr) return;
    std::set<std::string> described;
    for (const manifest::Function& function : part.loaded.functions) described.insert(function.name);
    for (const manifest::Function& function : last->functions) {
      const auto why = unreadable.find(moved(function.position.file, from, tree.root));
      if (why != unreadable.end() && !described.contains(function.name)) {
        wanted_->rejected.try_emplace(function.name, why->second);
      }
    }
    for (const auto& [name, why] : last->rejected) {
      for (const auto& [file, error] : unreadable) {
        if (why.starts_with(shown(tree, file) + ":") && !described.contains(name)) {
          wanted_->rejected.try_emplace(name, error);
        }
      }
    }
  }

  void add(manifest::Function function, std::uint64_t mark, const SourceTree& tree) {
    const std::string where = shown(tree, function.position.to_string());
    const auto [place, is_new] = places_.try_emplace(function.name, where);
    if (!is_new) {
      wanted_->rejected[function.name] = where + ": two sources describe it; the other one is " + place->second;
      note("two sources describe " + function.name);
      return;
    }
    wanted_->marks[function.name] = mark;
    wanted_->functions.push_back(std::move(function));
  }

  void note(const std::string& problem) {
    wanted_->is_whole = false;
    wanted_->no_deletes = "not all of the source can be used: " + problem;
  }

  void add_tree(const SourceTree& tree) {
    if (tree.lease) wanted_->leases.push_back(tree.lease);
    if (!tree.no_deletes.empty()) wanted_->no_deletes = tree.no_deletes;
    if (tree.revision.empty()) return;
    wanted_->revision += (wanted_->revision.empty() ? "" : ", ") + tree.revision;
    wanted_->author = tree.author;
  }

  std::shared_ptr<const daemon::Wanted> release() {
    for (const auto& [name, why] : wanted_->rejected) wanted_->marks.erase(name);
    std::erase_if(wanted_->functions, [this](const auto& each) { return wanted_->rejected.contains(each.name); });
    return std::move(wanted_);
  }

 private:
  std::shared_ptr<daemon::Wanted> wanted_;
  std::map<std::string, std::string> places_;
};

TreesRead TreeReader::read(const std::vector<SourceTree>& trees, const std::string& missing) {
  std::vector<Part> parts;
  std::vector<std::uint64_t> signatures;
  for (const SourceTree& tree : trees) {
    parts.push_back(read_texts(tree));
    signatures.push_back(parts.back().signature);
  }
  signatures.push_back(mark_of(missing));
  if (last_.wanted && signatures == last_signatures_) return last_;
  TreesRead read;
  Merger merger;
  if (!missing.empty()) merger.note(missing);
  std::map<std::string, Known> known;
  for (std::size_t i = 0; i < trees.size(); ++i) {
    const std::string& key = trees[i].key();
    Part& part = parts[i];
    load(trees[i], part);
    if (!part.problem.empty()) {
      read.problems[key] = part.problem;
      merger.note(part.problem);
    }
    if (part.is_unusable) {
      known[key] = known_[key];
      keep_last(known[key], merger);
      continue;
    }
    merger.reject(part, last_.wanted.get(), known_[key].tree.root, trees[i]);
    known[key].tree = trees[i];
    const std::uint64_t of_environment = part.environment ? mark_of(part.environment->text) : 0;
    std::map<std::string, std::uint64_t> marks;
    for (const manifest::SourceText& text : part.texts) {
      marks[text.path] = mark_of(text.text) ^ of_environment;
      known[key].files.insert(text.path);
    }
    for (manifest::Function& function : part.loaded.functions) {
      const std::uint64_t mark = marks[function.position.file];
      merger.add(std::move(function), mark, trees[i]);
    }
    merger.add_tree(trees[i]);
  }
  const bool has_nothing =
      std::all_of(known.begin(), known.end(), [](const auto& each) { return each.second.files.empty(); });
  if (has_nothing && (!read.problems.empty() || !missing.empty())) return read;
  read.wanted = merger.release();
  known_ = std::move(known);
  last_signatures_ = std::move(signatures);
  last_ = read;
  return read;
}

/// What a tree that cannot be read said last still counts, and the folder that its code is in stays.
void TreeReader::keep_last(const Known& known, Merger& merger) const {
  if (!last_.wanted || known.files.empty()) return;
  for (const manifest::Function& function : last_.wanted->functions) {
    if (known.files.contains(function.position.file))
      merger.add(function, last_.wanted->marks.at(function.name), known.tree);
  }
  merger.add_tree(known.tree);
}

}  // namespace fgsync::cli
