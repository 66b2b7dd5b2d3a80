#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "cli/options.hpp"
#include "manifest/loader.hpp"
#include "manifest/selector.hpp"

namespace fgsync::manifest {
struct Environment;
}

namespace fgsync::cli {

/// Which functions a run is about: those that fit everything that is given here.
struct Selection {
  std::vector<std::string> names;       ///< one of these; empty: any
  std::optional<std::string> selector;  ///< `labels` as it was given
  manifest::Selector labels;
  std::optional<std::string> since;  ///< a git revision

  /// The flags that say the same, as a shell takes them: `--name a --selector team=media`.
  [[nodiscard]] std::string flags() const;
};

/// Nothing without any of the flags. Error: the selector cannot be understood.
Result<std::optional<Selection>> selection_of(const Options& options);

/// What a selection looks at of one function.
struct Candidate {
  std::string name;
  std::map<std::string, std::string> labels;
  /// Absolute: its manifest, its code (a folder stands for everything in it), and whatever else makes it what it is.
  std::vector<std::string> paths;
};

/// The names of the selected functions. `changed` are the paths that `since` is about, absolute and sorted; one that
/// leads to a candidate's path (a link on the way to it, a submodule around it) counts as a change of it.
std::set<std::string> select(const std::vector<Candidate>& candidates, const Selection& selection,
                             const std::vector<std::string>& changed);

/// A candidate for every function: its manifest's file and its code, as they are named, and where links lead. So is the
/// environment's file (borrowed; none: there is no environment).
std::vector<Candidate> candidates_of(const std::vector<manifest::Function>& functions,
                                     const manifest::Environment* environment);

/// Error `invalid` when a selected name is none of `known`, with the likely one.
Result<void> check_names(const Selection& selection, const std::set<std::string>& known);

/// The git commit that `root` is at, for the history; empty when it is in no work tree. Blocks.
Result<std::string> source_revision(const std::string& root);

/// select(), after asking git for what changed in `root`. Blocks.
Result<std::set<std::string>> selected_functions(const Selection& selection, const std::vector<Candidate>& candidates,
                                                 const std::string& root);

/// What of a load may concern the functions `names`: everything but what stands in a document that is surely another
/// function's.
manifest::Diagnostics concerning(const std::set<std::string>& names, manifest::Diagnostics diagnostics,
                                 const std::vector<manifest::Function>& functions,
                                 const std::vector<manifest::Rejected>& rejected,
                                 const std::vector<manifest::SourceText>& texts);

}  // namespace fgsync::cli
