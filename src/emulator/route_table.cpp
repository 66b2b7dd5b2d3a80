#include "emulator/route_table.hpp"

#include "emulator/operations.hpp"

namespace fgsync::emulator {

const std::vector<Pattern>& all_patterns() {
  using enum http::Method;
  static const std::vector<Pattern> patterns{
      {get, "/v2/{project}/fgs/functions", list_functions},
      {post, "/v2/{project}/fgs/functions", create_function},
      {post, "/v2/{project}/fgs/functions/import", import_function},
      {get, "/v2/{project}/fgs/functions/reservedinstanceconfigs", list_reserved_configs},
      {get, "/v2/{project}/fgs/functions/reservedinstances", list_reserved_counts},
      {del, "/v2/{project}/fgs/functions/{urn}", delete_resource},
      {get, "/v2/{project}/fgs/functions/{urn}/code", show_code},
      {put, "/v2/{project}/fgs/functions/{urn}/code", update_code},
      {get, "/v2/{project}/fgs/functions/{urn}/config", show_config},
      {put, "/v2/{project}/fgs/functions/{urn}/config", update_config},
      {put, "/v2/{project}/fgs/functions/{urn}/config-max-instance", update_max_instances},
      {get, "/v2/{project}/fgs/functions/{urn}/export", export_function},
      {get, "/v2/{project}/fgs/functions/{urn}/versions", list_versions},
      {post, "/v2/{project}/fgs/functions/{urn}/versions", publish_version},
      {get, "/v2/{project}/fgs/functions/{urn}/aliases", list_aliases},
      {post, "/v2/{project}/fgs/functions/{urn}/aliases", create_alias},
      {get, "/v2/{project}/fgs/functions/{urn}/aliases/{alias}", show_alias},
      {put, "/v2/{project}/fgs/functions/{urn}/aliases/{alias}", update_alias},
      {del, "/v2/{project}/fgs/functions/{urn}/aliases/{alias}", delete_alias},
      {get, "/v2/{project}/fgs/functions/{urn}/async-invoke-config", show_async_config},
      {put, "/v2/{project}/fgs/functions/{urn}/async-invoke-config", update_async_config},
      {del, "/v2/{project}/fgs/functions/{urn}/async-invoke-config", delete_async_config},
      {get, "/v2/{project}/fgs/functions/{urn}/async-invoke-configs", list_async_configs},
      {put, "/v2/{project}/fgs/functions/{urn}/reservedinstances", update_reserved_instances},
      {post, "/v2/{project}/fgs/functions/{urn}/invocations", invoke},
      {post, "/v2/{project}/fgs/functions/{urn}/invocations-async", invoke_async},
      {get, "/v2/{project}/fgs/functions/{urn}/snapshots/{action}", show_snapshot},
      {post, "/v2/{project}/fgs/functions/{urn}/snapshots/{action}", update_snapshot},
      {get, "/v2/{project}/fgs/triggers", list_project_triggers},
      {get, "/v2/{project}/fgs/triggers/{urn}", list_triggers},
      {post, "/v2/{project}/fgs/triggers/{urn}", create_trigger},
      {del, "/v2/{project}/fgs/triggers/{urn}", delete_all_triggers},
      {get, "/v2/{project}/fgs/triggers/{urn}/{trigger_type}/{trigger_id}", show_trigger},
      {put, "/v2/{project}/fgs/triggers/{urn}/{trigger_type}/{trigger_id}", update_trigger},
      {del, "/v2/{project}/fgs/triggers/{urn}/{trigger_type}/{trigger_id}", delete_trigger},
      {get, "/v2/{project}/fgs/dependencies", list_dependencies},
      {post, "/v2/{project}/fgs/dependencies/version", create_dependency_version},
      {get, "/v2/{project}/fgs/dependencies/{dependency}/version", list_dependency_versions},
      {get, "/v2/{project}/fgs/dependencies/{dependency}/version/{version}", show_dependency_version},
      {del, "/v2/{project}/fgs/dependencies/{dependency}/version/{version}", delete_dependency_version},
      {get, "/v2/{project}/fgs/quotas", list_quotas},
      {get, "/v2/{project}/functions/{urn}/tags", list_tags},
      {post, "/v2/{project}/functions/{urn}/tags/create", create_tags},
      {del, "/v2/{project}/functions/{urn}/tags/delete", delete_tags},
      {post, "/v3/auth/tokens", create_token, Access::open},
      {get, "/v3/projects", list_projects},
      {get, "/emulator/code/{digest}", download_code, Access::open},
  };
  return patterns;
}

}  // namespace fgsync::emulator
