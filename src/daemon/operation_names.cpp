// A path is compared with patterns, segment by segment. The service has one DELETE for functions and for versions: the
// URN says which, so that row is told apart by hand.
#include "daemon/operation_names.hpp"

#include <algorithm>
#include <array>

namespace fgsync::daemon {
namespace {

using enum http::Method;

struct Row {
  http::Method method;
  std::string_view pattern;  ///< `*` is any segment
  std::string_view name;
};

constexpr std::string_view kOther = "other";
constexpr std::string_view kDeleteFunction = "delete_function";
constexpr std::string_view kDeleteVersion = "delete_version";

/// Exact segments stand before `*` in the same place.
constexpr std::array kRows{
    Row{get, "/v2/*/fgs/functions", "list_functions"},
    Row{post, "/v2/*/fgs/functions", "create_function"},
    Row{post, "/v2/*/fgs/functions/import", "import"},
    Row{get, "/v2/*/fgs/functions/reservedinstanceconfigs", "list_reserved_instances"},
    Row{get, "/v2/*/fgs/functions/reservedinstances", "list_reserved_counts"},
    Row{del, "/v2/*/fgs/functions/*", kDeleteFunction},
    Row{get, "/v2/*/fgs/functions/*/code", "show_code"},
    Row{put, "/v2/*/fgs/functions/*/code", "update_code"},
    Row{get, "/v2/*/fgs/functions/*/config", "show_config"},
    Row{put, "/v2/*/fgs/functions/*/config", "update_config"},
    Row{put, "/v2/*/fgs/functions/*/config-max-instance", "update_max_instances"},
    Row{get, "/v2/*/fgs/functions/*/export", "export"},
    Row{get, "/v2/*/fgs/functions/*/versions", "list_versions"},
    Row{post, "/v2/*/fgs/functions/*/versions", "publish"},
    Row{get, "/v2/*/fgs/functions/*/aliases", "list_aliases"},
    Row{post, "/v2/*/fgs/functions/*/aliases", "create_alias"},
    Row{get, "/v2/*/fgs/functions/*/aliases/*", "show_alias"},
    Row{put, "/v2/*/fgs/functions/*/aliases/*", "update_alias"},
    Row{del, "/v2/*/fgs/functions/*/aliases/*", "delete_alias"},
    Row{get, "/v2/*/fgs/functions/*/async-invoke-config", "show_async_config"},
    Row{put, "/v2/*/fgs/functions/*/async-invoke-config", "update_async_config"},
    Row{del, "/v2/*/fgs/functions/*/async-invoke-config", "delete_async_config"},
    Row{get, "/v2/*/fgs/functions/*/async-invoke-configs", "list_async_configs"},
    Row{put, "/v2/*/fgs/functions/*/reservedinstances", "update_reserved_instances"},
    Row{post, "/v2/*/fgs/functions/*/invocations", "invoke"},
    Row{post, "/v2/*/fgs/functions/*/invocations-async", "invoke_async"},
    Row{get, "/v2/*/fgs/functions/*/snapshots/*", "show_snapshot"},
    Row{post, "/v2/*/fgs/functions/*/snapshots/*", "update_snapshot"},
    Row{get, "/v2/*/fgs/triggers/*", "list_triggers"},
    Row{post, "/v2/*/fgs/triggers/*", "create_trigger"},
    Row{get, "/v2/*/fgs/triggers/*/*/*", "show_trigger"},
    Row{put, "/v2/*/fgs/triggers/*/*/*", "update_trigger"},
    Row{del, "/v2/*/fgs/triggers/*/*/*", "delete_trigger"},
    Row{get, "/v2/*/fgs/dependencies", "list_dependencies"},
    Row{post, "/v2/*/fgs/dependencies/version", "create_dependency_version"},
    Row{get, "/v2/*/fgs/dependencies/*/version", "list_dependency_versions"},
    Row{get, "/v2/*/fgs/dependencies/*/version/*", "show_dependency_version"},
    Row{del, "/v2/*/fgs/dependencies/*/version/*", "delete_dependency_version"},
    Row{get, "/v2/*/fgs/quotas", "list_quotas"},
    Row{get, "/v2/*/functions/*/tags", "list_tags"},
    Row{post, "/v2/*/functions/*/tags/create", "create_tags"},
    Row{del, "/v2/*/functions/*/tags/delete", "delete_tags"},
    Row{post, "/v3/auth/tokens", "create_token"},
    Row{put, "/meta-data/latest/api/token", "open_metadata_session"},
    Row{get, "/openstack/latest/securitykey", "read_metadata_key"},
};

/// Takes the first segment, without its slash, off a path that begins with one.
std::string_view take_segment(std::string_view& path) {
  path.remove_prefix(1);
  const std::string_view segment = path.substr(0, path.find('/'));
  path.remove_prefix(segment.size());
  return segment;
}

bool matches(std::string_view path, std::string_view pattern) {
  while (path.starts_with('/') && !pattern.empty()) {
    const std::string_view segment = take_segment(path);
    const std::string_view wanted = take_segment(pattern);
    if (wanted == "*" ? segment.empty() : segment != wanted) return false;
  }
  return path.empty() && pattern.empty();
}

/// A version's URN has one part more than a function's. `latest` is no version: the service removes the function.
bool names_a_version(std::string_view path) {
  constexpr std::ptrdiff_t kColonsBeforeVersion = 7;
  const std::string_view urn = path.substr(path.rfind('/') + 1);
  return std::count(urn.begin(), urn.end(), ':') >= kColonsBeforeVersion && !urn.ends_with(":latest");
}

}  // namespace

std::string_view operation_of(http::Method method, std::string_view target) {
  const std::string_view path = target.substr(0, target.find('?'));
  const auto* found = std::find_if(kRows.begin(), kRows.end(),
                                   [&](const Row& row) { return row.method == method && matches(path, row.pattern); });
  if (found == kRows.end()) return kOther;
  return found->name == kDeleteFunction && names_a_version(path) ? kDeleteVersion : found->name;
}

std::vector<std::string_view> operation_names() {
  std::vector<std::string_view> names{kDeleteVersion, kOther};
  for (const Row& row : kRows) names.push_back(row.name);
  return names;
}

}  // namespace fgsync::daemon
