#include "plan/retention.hpp"

#include <algorithm>
#include <tuple>

#include "plan/marker.hpp"

namespace fgsync::plan {
namespace {

using functiongraph::Version;

/// From this many versions on, latest included, room is made even if nobody asked for it.
constexpr std::size_t kHeadRoom = kMaxVersions - 2;

bool is_prunable(const Version& version, const std::set<std::string>& in_use) {
  const bool is_ours = version.description && has_fingerprint(*version.description);
  return is_ours && version.last_modified.at && !in_use.contains(version.name);
}

/// As many of those that can be pruned, the oldest first.
std::vector<std::string> oldest(std::size_t count, const RetentionInputs& inputs) {
  std::vector<const Version*> prunable;
  for (const Version& version : inputs.versions) {
    if (is_prunable(version, inputs.in_use)) prunable.push_back(&version);
  }
  count = std::min(count, prunable.size());
  const auto end = prunable.begin() + static_cast<std::ptrdiff_t>(count);
  std::partial_sort(prunable.begin(), end, prunable.end(), [](const Version* a, const Version* b) {
    return std::tie(*a->last_modified.at, a->name) < std::tie(*b->last_modified.at, b->name);
  });
  std::vector<std::string> names;
  for (auto version = prunable.begin(); version != end; ++version) names.push_back((*version)->name);
  return names;
}

}  // namespace

Retention plan_retention(const RetentionInputs& inputs) {
  const std::size_t published = inputs.versions.size() + (inputs.will_publish ? 1 : 0);
  std::size_t allowed = kHeadRoom - 1;  // latest counts as well
  if (inputs.retain) allowed = std::min(allowed, static_cast<std::size_t>(*inputs.retain));
  if (published <= allowed) return {};

  std::vector<std::string> names = oldest(published - allowed, inputs);
  Retention retention;
  const bool has_room = inputs.versions.size() + 1 < kMaxVersions;
  if (inputs.will_publish && !has_room) {
    if (names.empty()) {
      retention.is_full = true;
      return retention;
    }
    retention.before_publish.push_back(names.front());
    names.erase(names.begin());
  }
  retention.after = std::move(names);
  return retention;
}

}  // namespace fgsync::plan
