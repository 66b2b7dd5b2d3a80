#include "emulator/operation_names.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "emulator/operations.hpp"

namespace fgsync::emulator {
namespace {

constexpr std::array kNames{
    std::pair<Operation, std::string_view>{list_functions, "ListFunctions"},
    std::pair<Operation, std::string_view>{create_function, "CreateFunction"},
    std::pair<Operation, std::string_view>{import_function, "ImportFunction"},
    std::pair<Operation, std::string_view>{export_function, "ExportFunction"},
    std::pair<Operation, std::string_view>{delete_resource, "DeleteFunction"},
    std::pair<Operation, std::string_view>{show_code, "ShowFunctionCode"},
    std::pair<Operation, std::string_view>{update_code, "UpdateFunctionCode"},
    std::pair<Operation, std::string_view>{show_config, "ShowFunctionConfig"},
    std::pair<Operation, std::string_view>{update_config, "UpdateFunctionConfig"},
    std::pair<Operation, std::string_view>{update_max_instances, "UpdateFunctionMaxInstanceConfig"},
    std::pair<Operation, std::string_view>{list_versions, "ListFunctionVersions"},
    std::pair<Operation, std::string_view>{publish_version, "CreateFunctionVersion"},
    std::pair<Operation, std::string_view>{list_aliases, "ListVersionAliases"},
    std::pair<Operation, std::string_view>{create_alias, "CreateVersionAlias"},
    std::pair<Operation, std::string_view>{show_alias, "ShowVersionAlias"},
    std::pair<Operation, std::string_view>{update_alias, "UpdateVersionAlias"},
    std::pair<Operation, std::string_view>{delete_alias, "DeleteVersionAlias"},
    std::pair<Operation, std::string_view>{show_async_config, "ShowFunctionAsyncInvokeConfig"},
    std::pair<Operation, std::string_view>{update_async_config, "UpdateFunctionAsyncInvokeConfig"},
    std::pair<Operation, std::string_view>{delete_async_config, "DeleteFunctionAsyncInvokeConfig"},
    std::pair<Operation, std::string_view>{list_async_configs, "ListFunctionAsyncInvokeConfig"},
    std::pair<Operation, std::string_view>{update_reserved_instances, "UpdateFunctionReservedInstancesCount"},
    std::pair<Operation, std::string_view>{list_reserved_configs, "ListReservedInstanceConfigs"},
    std::pair<Operation, std::string_view>{list_reserved_counts, "ListFunctionReservedInstances"},
    std::pair<Operation, std::string_view>{invoke, "InvokeFunction"},
    std::pair<Operation, std::string_view>{invoke_async, "AsyncInvokeFunction"},
    std::pair<Operation, std::string_view>{show_snapshot, "ShowFunctionSnapshotState"},
    std::pair<Operation, std::string_view>{update_snapshot, "UpdateFunctionSnapshot"},
    std::pair<Operation, std::string_view>{list_project_triggers, "ListProjectTriggers"},
    std::pair<Operation, std::string_view>{list_triggers, "ListFunctionTriggers"},
    std::pair<Operation, std::string_view>{create_trigger, "CreateFunctionTrigger"},
    std::pair<Operation, std::string_view>{show_trigger, "ShowFunctionTrigger"},
    std::pair<Operation, std::string_view>{update_trigger, "UpdateTrigger"},
    std::pair<Operation, std::string_view>{delete_trigger, "DeleteFunctionTrigger"},
    std::pair<Operation, std::string_view>{delete_all_triggers, "BatchDeleteFunctionTriggers"},
    std::pair<Operation, std::string_view>{list_tags, "ListFunctionTags"},
    std::pair<Operation, std::string_view>{create_tags, "CreateTags"},
    std::pair<Operation, std::string_view>{delete_tags, "DeleteTags"},
    std::pair<Operation, std::string_view>{list_dependencies, "ListDependencies"},
    std::pair<Operation, std::string_view>{list_dependency_versions, "ListDependencyVersion"},
    std::pair<Operation, std::string_view>{create_dependency_version, "CreateDependencyVersion"},
    std::pair<Operation, std::string_view>{show_dependency_version, "ShowDependencyVersion"},
    std::pair<Operation, std::string_view>{delete_dependency_version, "DeleteDependencyVersion"},
    std::pair<Operation, std::string_view>{list_quotas, "ListQuotas"},
    std::pair<Operation, std::string_view>{create_token, "CreateToken"},
    std::pair<Operation, std::string_view>{list_projects, "ListProjects"},
    std::pair<Operation, std::string_view>{download_code, "DownloadCode"},
};

}  // namespace

std::string_view name_of(Operation operation) {
  const auto found =
      std::find_if(kNames.begin(), kNames.end(), [&](const auto& row) { return row.first == operation; });
  return found == kNames.end() ? std::string_view() : found->second;
}

const std::vector<std::string_view>& operation_names() {
  static const std::vector<std::string_view> names = [] {
    std::vector<std::string_view> all;
    for (const auto& [operation, name] : kNames) all.push_back(name);
    return all;
  }();
  return names;
}

}  // namespace fgsync::emulator
