#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "reconcile/executor.hpp"

/// For executor.cpp and the files that hold the rest of it: sending.cpp and publishing.cpp.
namespace fgsync::reconcile {

/// One function on its way. Lives in `run`'s frame; the steps share it.
struct Executor::Job {
  plan::Desired desired;
  std::optional<functiongraph::FunctionUrn> urn = {};
  RemoteDigest remote_digest = {};  ///< of latest, as last read or answered
  std::optional<plan::Blocked> blocked = {};
  bool has_imported = false;
  std::optional<plan::LastApplied> last = {};
  Boxed<plan::ObservedFunction> observed = {};
  /// When all of latest was last known to be as desired or as observed, by reading it or by an answer that shows it.
  std::optional<std::chrono::steady_clock::time_point> latest_known_at = {};
  std::map<std::string, std::string> moved_from = {};  ///< by alias: the version that it left
  /// By alias: as answered; empty: it has a strategy, or the answer had no time.
  std::map<std::string, std::string> alias_stamps = {};
  std::vector<std::string> deleted_aliases = {};
  std::map<std::string, std::string> alias_wishes = {};  ///< of those that are as wanted
};

/// Somebody else wrote between two steps: the function is observed and planned again.
Error changed_meanwhile(const std::string& what);

/// Whether latest has all that the manifest names, and the mark of its owner.
bool has_config(const functiongraph::FunctionDetail& detail, const manifest::Function& function,
                const std::optional<std::string>& owner);

/// Whether the service's digest is that of what was sent; of an image nobody knows.
bool has_code(const CodeToSend& code, const RemoteDigest& there);

}  // namespace fgsync::reconcile
