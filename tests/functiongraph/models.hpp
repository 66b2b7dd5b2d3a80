#pragma once

#include <string_view>

/// The fields of the service's models, with their types, as its documents and its SDKs have them (models, release
/// 3.1.211 of the SDKs). A line that begins with a blank goes on with the one before.
namespace fgsync::functiongraph::cases {

inline constexpr std::string_view kModels = R"(
ImportFunctionRequestBody: func_name str, file_name str, file_type str, file_code str, package str
ImportFunctionResponse: func_urn str, func_name str, domain_id str, namespace str, project_name str, package str,
  runtime str, timeout int, handler str, memory_size int, gpu_memory int, cpu int, code_type str, code_url str,
  code_filename str, code_size int, user_data str, digest str, version str, image_name str, xrole str, app_xrole str,
  description str, version_description str, last_modified datetime, func_vpc FuncVpc, depend_list list[str],
  depend_version_list list[str], strategy_config StrategyConfig, extend_config str, initializer_handler str,
  initializer_timeout int, pre_stop_handler str, pre_stop_timeout int, enterprise_project_id str
ListFunctionVersionsResponse: versions list[ListFunctionVersionResult], next_marker int, count int
ListFunctionVersionResult: func_urn str, func_name str, domain_id str, namespace str, project_name str, package str,
  runtime str, timeout int, handler str, memory_size int, cpu int, code_type str, code_url str, code_filename str,
  code_size int, user_data str, encrypted_user_data str, digest str, version str, image_name str, xrole str, app_xrole
  str, last_modified datetime, func_vpc_id str, concurrency int, concurrent_num int, strategy_config StrategyConfig,
  initializer_handler str, initializer_timeout int, pre_stop_handler str, pre_stop_timeout int, long_time bool,
  function_async_config FunctionAsyncConfig, type str, enable_dynamic_memory bool, enterprise_project_id str,
  is_stateful_function bool, enable_auth_in_header bool, custom_image CustomImage, reserved_instance_idle_mode bool
CreateFunctionVersionRequestBody: digest str, version str, description str
CreateFunctionVersionResponse: func_urn str, func_name str, domain_id str, namespace str, project_name str, package
  str, runtime str, timeout int, handler str, memory_size int, cpu int, code_type str, code_url str, code_filename
  str, code_size int, user_data str, encrypted_user_data str, digest str, version str, image_name str, xrole str,
  app_xrole str, description str, version_description str, last_modified datetime, func_vpc FuncVpc, mount_config
  MountConfig, strategy_config StrategyConfig, dependencies list[Dependency], initializer_handler str,
  initializer_timeout int, pre_stop_handler str, pre_stop_timeout int, enterprise_project_id str, long_time bool,
  log_group_id str, log_stream_id str, type str, enable_dynamic_memory bool, function_async_config FunctionAsyncConfig
CreateFunctionRequestBody: func_name str, package str, runtime str, timeout int, handler str, depend_version_list
  list[str], func_vpc FuncVpc, memory_size int, gpu_memory int, gpu_type str, code_type str, code_url str,
  code_filename str, custom_image CustomImage, user_data str, encrypted_user_data str, xrole str, app_xrole str,
  description str, func_code FuncCode, mount_config MountConfig, initializer_handler str, initializer_timeout int,
  pre_stop_handler str, pre_stop_timeout int, enterprise_project_id str, type str, log_config FuncLogConfig,
  network_controller NetworkControlConfig, is_stateful_function bool, enable_dynamic_memory bool, enable_lts_log bool,
  lts_custom_tag dict(str, str), user_data_encrypt_kms_key_id str, code_encrypt_kms_key_id str, domain_names str, tags
  str
CreateFunctionResponse: func_id str, func_urn str, func_name str, domain_id str, namespace str, project_name str,
  package str, runtime str, timeout int, handler str, memory_size int, gpu_memory int, cpu int, code_type str,
  code_url str, code_filename str, code_size int, domain_names str, user_data str, encrypted_user_data str, digest
  str, version str, image_name str, xrole str, app_xrole str, description str, last_modified datetime, func_vpc
  FuncVpc, mount_config MountConfig, reserved_instance_count int, depend_list list[str], depend_version_list
  list[str], strategy_config StrategyConfig, extend_config str, dependencies list[Dependency], initializer_handler
  str, initializer_timeout int, pre_stop_handler str, pre_stop_timeout int, enterprise_project_id str, long_time bool,
  log_group_id str, log_stream_id str, type str, enable_cloud_debug str, enable_dynamic_memory bool,
  is_stateful_function bool, custom_image CustomImage, is_bridge_function bool, apig_route_enable bool,
  heartbeat_handler str, enable_class_isolation bool, gpu_type str, allow_ephemeral_storage bool, ephemeral_storage
  int, network_controller NetworkControlConfig, resource_id str, is_return_stream bool, enable_auth_in_header bool,
  enable_lts_log bool, lts_custom_tag dict(str, str), user_data_encrypt_kms_key_id str, code_encrypt_kms_key_id str
ListFunctionsResponse: functions list[ListFunctionResult], next_marker int, count int
ListFunctionResult: resource_id str, func_urn str, func_name str, domain_id str, namespace str, project_name str,
  package str, runtime str, timeout int, handler str, memory_size int, gpu_memory int, cpu int, code_type str,
  code_url str, code_filename str, code_size int, user_data str, encrypted_user_data str, digest str, version str,
  image_name str, xrole str, app_xrole str, description str, last_modified datetime, func_vpc_id str, strategy_config
  StrategyConfig, extend_config str, initializer_handler str, initializer_timeout int, pre_stop_handler str,
  pre_stop_timeout int, enterprise_project_id str, long_time bool, log_group_id str, log_stream_id str, type str,
  fail_count int, is_bridge_function bool, bind_bridge_funcUrns list[str]
ShowFunctionCodeResponse: func_urn str, func_name str, domain_id str, runtime str, code_type str, code_url str,
  code_filename str, code_size int, digest str, last_modified datetime, func_code FuncCode, depend_list list[str],
  depend_version_list list[str], strategy_config StrategyConfig, dependencies list[Dependency]
UpdateFunctionCodeRequestBody: code_type str, code_url str, code_filename str, func_code FuncCode,
  depend_version_list list[str], code_encrypt_kms_key_id str
UpdateFunctionCodeResponse: func_urn str, func_name str, domain_id str, runtime str, code_type str, code_url str,
  code_filename str, code_size int, digest str, last_modified datetime, func_code FuncCode, depend_list list[str],
  depend_version_list list[str], strategy_config StrategyConfig, dependencies list[Dependency],
  code_encrypt_kms_key_id str
ShowFunctionConfigResponse: func_id str, resource_id str, func_urn str, func_name str, domain_id str, namespace str,
  project_name str, package str, runtime str, timeout int, handler str, memory_size int, gpu_memory int, gpu_type str,
  cpu int, code_type str, code_url str, code_filename str, code_size int, user_data str, encrypted_user_data str,
  digest str, version str, image_name str, xrole str, app_xrole str, description str, last_modified datetime,
  ephemeral_storage int, func_vpc FuncVpc, peering_cidr str, mount_config MountConfig, depend_list list[str],
  depend_version_list list[str], strategy_config StrategyConfig, dependencies list[Dependency], initializer_handler
  str, initializer_timeout int, pre_stop_handler str, pre_stop_timeout int, enterprise_project_id str, long_time bool,
  log_group_id str, log_stream_id str, type str, enable_cloud_debug str, enable_dynamic_memory bool,
  is_stateful_function bool, is_bridge_function bool, enable_auth_in_header bool, custom_image CustomImage,
  reserved_instance_idle_mode bool, apig_route_enable bool, heartbeat_handler str, enable_class_isolation bool,
  allow_ephemeral_storage bool, network_controller NetworkControlConfig, is_return_stream bool, enable_lts_log bool,
  lts_custom_tag dict(str, str), user_data_encrypt_kms_key_id str, code_encrypt_kms_key_id str
UpdateFunctionConfigRequestBody: func_name str, runtime str, timeout int, handler str, memory_size int, gpu_memory
  int, gpu_type str, user_data str, encrypted_user_data str, xrole str, app_xrole str, description str, func_vpc
  FuncVpc, peering_cidr str, mount_config MountConfig, strategy_config StrategyConfig, custom_image CustomImage,
  extend_config str, initializer_handler str, initializer_timeout int, pre_stop_handler str, pre_stop_timeout int,
  ephemeral_storage int, enterprise_project_id str, log_config FuncLogConfig, network_controller NetworkControlConfig,
  is_stateful_function bool, enable_dynamic_memory bool, enable_auth_in_header bool, domain_names str,
  restore_hook_handler str, restore_hook_timeout int, heartbeat_handler str, enable_class_isolation bool,
  enable_lts_log bool, lts_custom_tag dict(str, str), user_data_encrypt_kms_key_id str
UpdateFunctionConfigResponse: func_id str, resource_id str, func_urn str, func_name str, domain_id str, namespace
  str, project_name str, package str, runtime str, timeout int, handler str, memory_size int, gpu_memory int, cpu int,
  code_type str, code_url str, code_filename str, code_size int, user_data str, encrypted_user_data str, digest str,
  version str, image_name str, xrole str, app_xrole str, description str, last_modified datetime, ephemeral_storage
  int, func_vpc FuncVpc, peering_cidr str, mount_config MountConfig, strategy_config StrategyConfig, dependencies
  list[Dependency], initializer_handler str, initializer_timeout int, pre_stop_handler str, pre_stop_timeout int,
  enterprise_project_id str, long_time bool, log_group_id str, log_stream_id str, type str, enable_cloud_debug str,
  enable_dynamic_memory bool, is_stateful_function bool, domain_names str, enable_auth_in_header bool, custom_image
  CustomImage, is_return_stream bool, enable_lts_log bool, lts_custom_tag dict(str, str), user_data_encrypt_kms_key_id
  str
UpdateFunctionMaxInstanceConfigRequestBody: max_instance_num int
UpdateFunctionMaxInstanceConfigResponse: func_urn str, func_name str, domain_id str, namespace str, project_name
  str, package str, runtime str, timeout int, handler str, memory_size int, cpu int, code_type str, code_url str,
  code_filename str, code_size int, user_data str, encrypted_user_data str, digest str, version str, image_name str,
  xrole str, app_xrole str, description str, last_modified datetime, func_vpc FuncVpc, mount_config MountConfig,
  strategy_config StrategyConfig, dependencies list[Dependency], initializer_handler str, initializer_timeout int,
  pre_stop_handler str, pre_stop_timeout int, enterprise_project_id str, long_time bool, log_group_id str,
  log_stream_id str, type str, enable_cloud_debug str, enable_dynamic_memory bool, is_stateful_function bool,
  domain_names str, is_return_stream bool, enable_auth_in_header bool
FuncCode: file str, link str
StrategyConfig: concurrency int, concurrent_num int
FuncVpc: domain_id str, namespace str, vpc_name str, vpc_id str, subnet_name str, subnet_id str, cidr str, gateway
  str, security_groups list[str], is_safety bool
MountConfig: mount_user MountUser, func_mounts list[FuncMount]
MountUser: user_id int, user_group_id int
FuncMount: mount_type str, mount_resource str, mount_share_path str, local_mount_path str
CustomImage: enabled bool, image str, command str, args str, working_dir str, uid str, gid str, is_public bool
FuncLogConfig: group_name str, group_id str, stream_name str, stream_id str
NetworkControlConfig: disable_public_network bool, trigger_access_vpcs list[VpcConfig]
VpcConfig: vpc_name str, vpc_id str
Dependency: id str, owner str, link str, runtime str, etag str, size int, name str, description str, file_name str,
  version int, dep_id str, last_modified int
FunctionAsyncConfig: max_async_event_age_in_seconds int, max_async_retry_attempts int, destination_config
  FuncAsyncDestinationConfig, created_time str, last_modified str
FuncAsyncDestinationConfig: on_success FuncDestinationConfig, on_failure FuncDestinationConfig
FuncDestinationConfig: destination str, param str
KvItem: key str, value str
CreateVersionAliasRequestBody: name str, version str, description str, additional_version_weights dict(str, int),
  additional_version_strategy dict(str, VersionStrategy)
CreateVersionAliasResponse: name str, version str, description str, last_modified datetime, alias_urn str,
  additional_version_weights dict(str, int), additional_version_strategy dict(str, VersionStrategy)
ListVersionAliasResult: name str, version str, description str, last_modified datetime, alias_urn str,
  additional_version_weights dict(str, int)
ShowVersionAliasResponse: name str, version str, description str, last_modified datetime, alias_urn str,
  additional_version_weights dict(str, int), additional_version_strategy dict(str, VersionStrategy)
UpdateVersionAliasRequestBody: version str, description str, additional_version_weights dict(str, int),
  additional_version_strategy dict(str, VersionStrategy)
UpdateVersionAliasResponse: name str, version str, description str, last_modified datetime, alias_urn str,
  additional_version_weights dict(str, int)
VersionStrategy: rules list[VersionStrategyRules], combine_type str
VersionStrategyRules: rule_type str, param str, op str, value str
CreateFunctionTriggerRequestBody: trigger_type_code str, trigger_status str, event_type_code str, event_data
  TriggerEventDataRequestBody
TriggerEventDataRequestBody: name str, schedule_type str, schedule str, user_event str, type int, path str, protocol
  str, req_method str, group_id str, group_name str, match_mode str, env_name str, env_id str, auth str, func_info
  ApigTriggerFuncInfo, sl_domain str, backend_type str, operations list[str], instance_id str, collection_name str,
  db_name str, db_password str, batch_size int, queue_id str, consumer_group_id str, polling_interval int, stream_name
  str, sharditerator_type str, polling_unit str, max_fetch_bytes int, is_serial str, log_group_id str, log_topic_id
  str, bucket str, prefix str, suffix str, events list[str], topic_urn str, topic_ids list[str], kafka_user str,
  kafka_password str, kafka_connect_address str, kafka_ssl_enable bool, access_password str, access_user str,
  connect_address str, exchange_name str, vhost str, ssl_enable bool, Key_encode bool, agency str, channel_name str,
  channel_id str, source_name str, created_time datetime, status str, trigger_name str, event_types list[str]
CreateFunctionTriggerResponse: trigger_id str, trigger_type_code str, trigger_status str, event_data
  TriggerEventDataResponseBody, last_updated_time datetime, created_time datetime
ListFunctionTriggerResult: trigger_id str, trigger_type_code str, trigger_status str, event_data
  TriggerEventDataResponseBody, last_updated_time datetime, created_time datetime
UpdateTriggerRequestBody: trigger_status str, event_data list[UpdateriggerEventData]
UpdateriggerEventData: is_serial bool, max_fetch_bytes int, polling_interval int, polling_unit str
UpdateTriggerResponse: trigger_id str, trigger_type_code str, trigger_status str, event_data
  TriggerEventDataResponseBody, last_updated_time datetime, created_time datetime
ListDependenciesResponse: dependencies list[ListDependenciesResult], next_marker int, count int
ListDependenciesResult: id str, owner str, link str, runtime str, etag str, size int, name str, file_name str,
  description str, version int, last_modified int
CreateDependencyRequestBody: depend_file str, depend_link str, depend_type str, runtime str, name str, description
  str
CreateDependencyVersionResponse: id str, owner str, link str, runtime str, etag str, size int, name str, description
  str, file_name str, version int, dep_id str, last_modified int
UpdateFunctionAsyncInvokeConfigRequestBody: max_async_event_age_in_seconds int, max_async_retry_attempts int,
  destination_config FuncAsyncDestinationConfig, enable_async_status_log bool, log_group_id str, log_stream_id str,
  log_group_name str, log_stream_name str
UpdateFunctionAsyncInvokeConfigResponse: func_urn str, max_async_event_age_in_seconds int, max_async_retry_attempts
  int, destination_config FuncAsyncDestinationConfig, created_time str, last_modified str, enable_async_status_log
  bool
UpdateFunctionReservedInstancesCountRequestBody: count int, idle_mode bool, tactics_config TacticsConfig
UpdateFunctionReservedInstancesCountResponse: count int, idle_mode bool, tactics_config TacticsConfig
TacticsConfig: cron_configs list[CronConfig], metric_configs list[MetricConfig]
CronConfig: name str, cron str, count int, start_time int, expired_time int
MetricConfig: name str, type str, threshold int, min int
ListReservedInstanceConfigsResponse: reserved_instances list[ReservedInstanceConfigs], page_info PageInfo, count int
ReservedInstanceConfigs: function_urn str, qualifier_type str, qualifier_name str, min_count int, idle_mode bool,
  tactics_config TacticsConfig
UpdateFunctionTagsRequestBody: action str, tags list[KvItem], sys_tags list[KvItem]
ListFunctionTagsResponse: tags list[KvItem], sys_tags list[KvItem]
ListQuotasResult: resources list[Resources]
Resources: quota int, used int, type str, unit str
InvokeFunctionResponse: request_id str, result str, log str, status int, X-Cff-Request-Id str
AsyncInvokeFunctionResponse: request_id str
ShowFuncSnapshotStateResponse: state str, code str
ListFunctionReservedInstancesResponse: reservedinstances list[FuncReservedInstance], count int
FuncReservedInstance: func_urn str, count int
ListFunctionAsyncInvokeConfigResponse: async_invoke_configs list[UpdateFunctionAsyncInvokeConfigResponse], count int
ListQuotasResponse: quotas ListQuotasResult
)";

}  // namespace fgsync::functiongraph::cases
