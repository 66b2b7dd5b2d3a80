// What the loader says about every mistake it knows in the settings that only some functions have.
#include <catch2/catch.hpp>

#include "tests/manifest/bad_cases.hpp"

namespace fgsync::manifest::test {

namespace {

const std::string kAllSettings =
    "what can be named is /handler, /memory_size, /timeout, /description, /user_data, /xrole, /app_xrole, "
    "/initializer_handler, /initializer_timeout, /pre_stop_handler, /pre_stop_timeout, /depend_version_list, "
    "/func_vpc, /mount_config, /strategy_config, /function_async_config, /max_instance_num, /enable_dynamic_memory, "
    "/ephemeral_storage, /log_config, /network_controller, /tags, /reserved_instances, /enterprise_project_id";

}  // namespace

TEST_CASE("manifest: mistakes in networks and file systems are reported at their place") {
  check_more({
      {"func_vpc: vpc-1", "9:13 error wrong_type: spec.func_vpc: must be a mapping, found \"vpc-1\""},
      {"func_vpc: {}",
       "9:3 error missing: spec.func_vpc.vpc_id: is missing\n"
       "9:3 error missing: spec.func_vpc.subnet_id: is missing"},
      {"func_vpc: {vpc_id: a}", "9:3 error missing: spec.func_vpc.subnet_id: is missing"},
      {"func_vpc: {vpc_id: a b, subnet_id: c}",
       "9:22 error invalid_value: spec.func_vpc.vpc_id: must be an id or name: 1 to 64 letters, digits, -, _ or ., "
       "found \"a b\""},
      {"func_vpc: {vpc_id: \"\", subnet_id: c}",
       "9:22 error invalid_value: spec.func_vpc.vpc_id: must be an id or name: 1 to 64 letters, digits, -, _ or ., "
       "found \"\""},
      {"func_vpc: {vpc_id: " + std::string(65, 'a') + ", subnet_id: c}",
       "9:22 error invalid_value: spec.func_vpc.vpc_id: must be an id or name: 1 to 64 letters, digits, -, _ or ., "
       "found \"" +
           std::string(60, 'a') + "…\""},
      {"func_vpc: {vpc_id: a, subnet_id: c, vpc_name: " + std::string(129, 'n') + "}",
       "9:49 error out_of_range: spec.func_vpc.vpc_name: must have at most 128 characters, found 129"},
      {"func_vpc: {vpc_id: a, subnet_id: c, security_groups: d}",
       "9:56 error wrong_type: spec.func_vpc.security_groups: must be a list, found \"d\""},
      {"func_vpc: {vpc_id: a, subnet_id: c, security_groups: [d, \"e f\"]}",
       "9:60 error invalid_value: spec.func_vpc.security_groups[1]: must be an id or name: 1 to 64 letters, digits, -, "
       "_ or ., found \"e f\""},
      {"func_vpc: {vpc_id: a, subnet_id: c, subnet: d}",
       "9:39 error unknown_key: spec.func_vpc.subnet: unknown key [known keys are vpc_id, subnet_id, vpc_name, "
       "subnet_name, cidr, gateway, security_groups]"},
      {"vpc: {vpc_id: a}", "9:3 error unknown_key: spec.vpc: unknown key [did you mean func_vpc?]"},
      {"mount_config: []", "9:17 error wrong_type: spec.mount_config: must be a mapping, found a list"},
      {"mount_config: {}",
       "9:3 error missing: spec.mount_config.mount_user: is missing\n"
       "9:3 error missing: spec.mount_config.func_mounts: is missing"},
      {"mount_config: {mount_user: {user_id: -2, user_group_id: 65535}, func_mounts: []}",
       "9:40 error out_of_range: spec.mount_config.mount_user.user_id: must be between -1 and 65534, found -2\n"
       "9:59 error out_of_range: spec.mount_config.mount_user.user_group_id: must be between -1 and 65534, found "
       "65535"},
      {"mount_config: {mount_user: {user_id: root}, func_mounts: {}}",
       "9:18 error missing: spec.mount_config.mount_user.user_group_id: is missing\n"
       "9:40 error wrong_type: spec.mount_config.mount_user.user_id: must be a whole number, found \"root\"\n"
       "9:60 error wrong_type: spec.mount_config.func_mounts: must be a list, found a mapping"},
      {"mount_config: {mount_user: {user_id: 1, user_group_id: 1}, func_mounts: [{}]}",
       "9:76 error missing: spec.mount_config.func_mounts[0].mount_type: is missing\n"
       "9:76 error missing: spec.mount_config.func_mounts[0].mount_resource: is missing\n"
       "9:76 error missing: spec.mount_config.func_mounts[0].local_mount_path: is missing"},
      {"mount_config: {mount_user: {user_id: 1, user_group_id: 1}, func_mounts: [{mount_type: sfs, mount_resource: [], "
       "local_mount_path: \"\"}]}",
       "9:110 error wrong_type: spec.mount_config.func_mounts[0].mount_resource: must be text, found a list\n"
       "9:132 error invalid_value: spec.mount_config.func_mounts[0].local_mount_path: must be a path, found \"\""},
      {"mount_config: {mount_user: {user_id: 1, user_group_id: 1}, func_mounts: [{mount_type: {}, mount_resource: r, "
       "local_mount_path: /m, mount_path: /x}]}",
       "9:89 error wrong_type: spec.mount_config.func_mounts[0].mount_type: must be text, found a mapping\n"
       "9:134 error unknown_key: spec.mount_config.func_mounts[0].mount_path: unknown key [known keys are mount_type, "
       "mount_resource, mount_share_path, local_mount_path]"},
      {"network_controller: true", "9:23 error wrong_type: spec.network_controller: must be a mapping, found \"true\""},
      {"network_controller: {disable_public_network: yes}",
       "9:48 error wrong_type: spec.network_controller.disable_public_network: must be true or false, found \"yes\""},
      {"network_controller: {trigger_access_vpcs: [{vpc_name: a}, b]}",
       "9:46 error missing: spec.network_controller.trigger_access_vpcs[0].vpc_id: is missing\n"
       "9:61 error wrong_type: spec.network_controller.trigger_access_vpcs[1]: must be a mapping, found \"b\""},
      {"network_controller: {trigger_access_vpcs: [{vpc_id: a, vpc_name: " + std::string(129, 'n') + "}]}",
       "9:68 error out_of_range: spec.network_controller.trigger_access_vpcs[0].vpc_name: must have at most 128 "
       "characters, found 129"},
      {"network_controller: {public_network: false}",
       "9:24 error unknown_key: spec.network_controller.public_network: unknown key [known keys are "
       "disable_public_network, trigger_access_vpcs]"},
  });
}

TEST_CASE("manifest: mistakes in handlers, concurrency, storage and logs are reported at their place") {
  check_more({
      {"initializer_handler: index.init",
       "9:3 error missing: spec.initializer_handler: needs spec.initializer_timeout, which is missing"},
      {"initializer_timeout: 10",
       "9:3 error missing: spec.initializer_timeout: needs spec.initializer_handler, which is missing"},
      {"initializer_handler: init\n"
       "  initializer_timeout: 10",
       "9:24 error invalid_value: spec.initializer_handler: must be 3 to 128 characters with a dot, such as "
       "index.handler, found \"init\""},
      {"initializer_handler: index.init\n"
       "  initializer_timeout: 301",
       "10:24 error out_of_range: spec.initializer_timeout: must be between 1 and 300, found 301"},
      {"initializer_handler: index.init\n"
       "  initializer_timeout: 0",
       "10:24 error out_of_range: spec.initializer_timeout: must be between 1 and 300, found 0"},
      {"pre_stop_handler: index.stop",
       "9:3 error missing: spec.pre_stop_handler: needs spec.pre_stop_timeout, which is missing"},
      {"pre_stop_timeout: 5",
       "9:3 error missing: spec.pre_stop_timeout: needs spec.pre_stop_handler, which is missing"},
      {"pre_stop_handler: index.stop\n"
       "  pre_stop_timeout: 91",
       "10:21 error out_of_range: spec.pre_stop_timeout: must be between 1 and 90, found 91"},
      {"pre_stop_handler: stop\n"
       "  pre_stop_timeout: 5",
       "9:21 error invalid_value: spec.pre_stop_handler: must be 3 to 128 characters with a dot, such as "
       "index.handler, found \"stop\""},
      {"strategy_config: 100", "9:20 error wrong_type: spec.strategy_config: must be a mapping, found \"100\""},
      {"strategy_config: {}",
       "9:3 error missing: spec.strategy_config.concurrency: is missing\n"
       "9:3 error missing: spec.strategy_config.concurrent_num: is missing"},
      {"strategy_config: {concurrency: -2, concurrent_num: 0}",
       "9:34 error out_of_range: spec.strategy_config.concurrency: must be between -1 and 1000, found -2\n"
       "9:54 error out_of_range: spec.strategy_config.concurrent_num: must be between 1 and 1000, found 0"},
      {"strategy_config: {concurrency: 1001, concurrent_num: 1001}",
       "9:34 error out_of_range: spec.strategy_config.concurrency: must be between -1 and 1000, found 1001\n"
       "9:56 error out_of_range: spec.strategy_config.concurrent_num: must be between 1 and 1000, found 1001"},
      {"strategy_config: {concurrency: 1, concurent_num: 1}",
       "9:3 error missing: spec.strategy_config.concurrent_num: is missing\n"
       "9:37 error unknown_key: spec.strategy_config.concurent_num: unknown key [did you mean concurrent_num?]"},
      {"concurrency: 100", "9:3 error unknown_key: spec.concurrency: unknown key [did you mean strategy_config?]"},
      {"max_instance_num: -2", "9:21 error out_of_range: spec.max_instance_num: must be between -1 and 1000, found -2"},
      {"max_instance_num: 1001",
       "9:21 error out_of_range: spec.max_instance_num: must be between -1 and 1000, found 1001"},
      {"max_instance_num: unlimited",
       "9:21 error wrong_type: spec.max_instance_num: must be a whole number, found \"unlimited\""},
      {"max_instance_num: 10\n"
       "  strategy_config: {concurrency: 20, concurrent_num: 1}",
       "10:34 error does_not_fit: spec.strategy_config.concurrency: is 20, but spec.max_instance_num at f.yaml:9:21 is "
       "10: both set the same limit of the function's instances, so each undoes the other [leave max_instance_num out, "
       "or write the same number in both]"},
      {"strategy_config: {concurrency: -1, concurrent_num: 1}\n"
       "  max_instance_num: 10",
       "10:21 error does_not_fit: spec.max_instance_num: is 10, but spec.strategy_config.concurrency at f.yaml:9:34 is "
       "-1: both set the same limit of the function's instances, so each undoes the other [leave max_instance_num out, "
       "or write the same number in both]"},
      {"enable_dynamic_memory: \"true\"",
       "9:26 error wrong_type: spec.enable_dynamic_memory: must be true or false, found \"true\" in quotes [write it "
       "without quotes]"},
      {"enable_dynamic_memory: 1",
       "9:26 error wrong_type: spec.enable_dynamic_memory: must be true or false, found \"1\""},
      {"ephemeral_storage: 1024", "9:22 error unknown_value: spec.ephemeral_storage: must be 512 or 10240, found 1024"},
      {"ephemeral_storage: 511",
       "9:22 error out_of_range: spec.ephemeral_storage: must be between 512 and 10240, found 511"},
      {"ephemeral_storage: 512MB",
       "9:22 error wrong_type: spec.ephemeral_storage: must be a whole number, found \"512MB\""},
      {"log_config: {}",
       "9:3 error missing: spec.log_config.group_id: is missing\n"
       "9:3 error missing: spec.log_config.stream_id: is missing"},
      {"log_config: {group_id: g, stream_id: \"\"}",
       "9:40 error invalid_value: spec.log_config.stream_id: must be an id or name: 1 to 64 letters, digits, -, _ or "
       "., found \"\""},
      {"log_config: {group_id: g, stream_id: s, group: x}",
       "9:43 error unknown_key: spec.log_config.group: unknown key [known keys are group_id, stream_id, group_name, "
       "stream_name]"},
      {"log_config: {group_id: g, stream_id: s, group_name: " + std::string(129, 'n') + "}",
       "9:55 error out_of_range: spec.log_config.group_name: must have at most 128 characters, found 129"},
  });
}

TEST_CASE("manifest: mistakes in asynchronous invocations are reported at their place") {
  check_more({
      {"function_async_config: []",
       "9:26 error wrong_type: spec.function_async_config: must be a mapping, found a list"},
      {"function_async_config: {max_async_event_age_in_seconds: 0}",
       "9:59 error out_of_range: spec.function_async_config.max_async_event_age_in_seconds: must be between 1 and "
       "86400, found 0"},
      {"function_async_config: {max_async_event_age_in_seconds: 86401}",
       "9:59 error out_of_range: spec.function_async_config.max_async_event_age_in_seconds: must be between 1 and "
       "86400, found 86401"},
      {"function_async_config: {max_async_retry_attempts: -1}",
       "9:53 error out_of_range: spec.function_async_config.max_async_retry_attempts: must be between 0 and 8, found "
       "-1"},
      {"function_async_config: {max_async_retry_attempts: 9}",
       "9:53 error out_of_range: spec.function_async_config.max_async_retry_attempts: must be between 0 and 8, found "
       "9"},
      {"function_async_config: {max_async_retry_attempts: many}",
       "9:53 error wrong_type: spec.function_async_config.max_async_retry_attempts: must be a whole number, found "
       "\"many\""},
      {"function_async_config: {destination_config: SMN}",
       "9:47 error wrong_type: spec.function_async_config.destination_config: must be a mapping, found \"SMN\""},
      {"function_async_config: {destination_config: {on_error: {}}}",
       "9:48 error unknown_key: spec.function_async_config.destination_config.on_error: unknown key [known keys are "
       "on_success, on_failure]"},
      {"function_async_config: {destination_config: {on_success: {}}}",
       "9:48 error missing: spec.function_async_config.destination_config.on_success.destination: is missing\n"
       "9:48 error missing: spec.function_async_config.destination_config.on_success.param: is missing"},
      {"function_async_config: {destination_config: {on_failure: {destination: SMN, param: {topic_urn: u}}}}",
       "9:86 error wrong_type: spec.function_async_config.destination_config.on_failure.param: must be text, found a "
       "mapping"},
      {"function_async_config: {destination_config: {on_failure: {destination: [SMN], param: \"{}\"}}}",
       "9:74 error wrong_type: spec.function_async_config.destination_config.on_failure.destination: must be text, "
       "found a list"},
      {"function_async_config: {max_retry_attempts: 3}",
       "9:27 error unknown_key: spec.function_async_config.max_retry_attempts: unknown key [did you mean "
       "max_async_retry_attempts?]"},
  });
}

TEST_CASE("manifest: mistakes in agencies, dependencies, tags and reserved instances are reported at their place") {
  check_more({
      {"xrole: my agency",
       "9:10 error invalid_value: spec.xrole: must be an id or name: 1 to 64 letters, digits, -, _ or ., found \"my "
       "agency\""},
      {"xrole: \"\"",
       "9:10 error invalid_value: spec.xrole: must be an id or name: 1 to 64 letters, digits, -, _ or ., found \"\""},
      {"app_xrole: [a]", "9:14 error wrong_type: spec.app_xrole: must be text, found a list"},
      {"agency: a", "9:3 error unknown_key: spec.agency: unknown key [did you mean xrole?]"},
      {"depend_version_list: 5e67f21a",
       "9:24 error wrong_type: spec.depend_version_list: must be a list, found \"5e67f21a\""},
      {"depend_version_list: [a, \"b c\", a]",
       "9:28 error invalid_value: spec.depend_version_list[1]: must be an id or name: 1 to 64 letters, digits, -, _ or "
       "., found \"b c\"\n"
       "9:35 error duplicate_name: spec.depend_version_list[2]: \"a\" stands in this list already"},
      {"depend_version_list: [d0, d1, d2, d3, d4, d5, d6, d7, d8, d9, d10, d11, d12, d13, d14, d15, d16, d17, d18, "
       "d19, d20]",
       "9:3 error out_of_range: spec.depend_version_list: must have at most 20 entries, found 21"},
      {"tags: [a]", "9:9 error wrong_type: spec.tags: must be a mapping, found a list"},
      {"tags: {a: [b]}", "9:13 error wrong_type: spec.tags.a: must be text, found a list"},
      {"tags: {\"a=b\": c}",
       "9:10 error invalid_value: spec.tags: a tag must be 1 to 128 characters, none of = * < > \\ , | /, not starting "
       "with _sys_, no blanks at its ends, found \"a=b\""},
      {"tags: {_sys_a: c}",
       "9:10 error invalid_value: spec.tags: a tag must be 1 to 128 characters, none of = * < > \\ , | /, not starting "
       "with _sys_, no blanks at its ends, found \"_sys_a\""},
      {"tags: {\" a\": c, \"b \": d}",
       "9:10 error invalid_value: spec.tags: a tag must be 1 to 128 characters, none of = * < > \\ , | /, not starting "
       "with _sys_, no blanks at its ends, found \" a\"\n"
       "9:19 error invalid_value: spec.tags: a tag must be 1 to 128 characters, none of = * < > \\ , | /, not starting "
       "with _sys_, no blanks at its ends, found \"b \""},
      {"tags: {a: " + std::string(256, 't') + "}",
       "9:13 error out_of_range: spec.tags.a: must have at most 255 characters, found 256"},
      {"tags: {" + std::string(129, 'k') + ": v}",
       "9:10 error invalid_value: spec.tags: a tag must be 1 to 128 characters, none of = * < > \\ , | /, not starting "
       "with _sys_, no blanks at its ends, found \"" +
           std::string(60, 'k') + "…\""},
      {"tags: {a: }", "9:10 error wrong_type: spec.tags.a: must be text, found nothing"},
      {"reserved_instances: {prod: 2}",
       "9:23 error wrong_type: spec.reserved_instances: must be a list, found a mapping"},
      {"reserved_instances: [2]", "9:24 error wrong_type: spec.reserved_instances[0]: must be a mapping, found \"2\""},
      {"reserved_instances: [{qualifier: prod}]", "9:24 error missing: spec.reserved_instances[0].count: is missing"},
      {"reserved_instances: [{qualifier: \".v1\", count: 1}]",
       "9:36 error invalid_value: spec.reserved_instances[0].qualifier: must be the name of a version or an alias, or "
       "latest, found \".v1\""},
      {"reserved_instances: [{qualifier: prod, count: 1001}]",
       "9:49 error out_of_range: spec.reserved_instances[0].count: must be between 0 and 1000, found 1001"},
      {"reserved_instances: [{qualifier: prod, count: -1}]",
       "9:49 error out_of_range: spec.reserved_instances[0].count: must be between 0 and 1000, found -1"},
      {"reserved_instances: [{qualifier: prod, count: 1}, {qualifier: prod, count: 2}]",
       "9:65 error duplicate_name: spec.reserved_instances[1].qualifier: \"prod\" stands in this list already"},
      {"reserved_instances: [{qualifier: prod, count: 1, idle_mode: no}]",
       "9:63 error wrong_type: spec.reserved_instances[0].idle_mode: must be true or false, found \"no\""},
      {"reserved_instances: [{qualifer: prod, count: 1}]",
       "9:24 error missing: spec.reserved_instances[0].qualifier: is missing\n"
       "9:25 error unknown_key: spec.reserved_instances[0].qualifer: unknown key [did you mean qualifier?]"},
      {"enterprise_project_id: a/b",
       "9:26 error invalid_value: spec.enterprise_project_id: must be an id or name: 1 to 64 letters, digits, -, _ or "
       "., found \"a/b\""},
      {"type: v3", "9:9 error unknown_value: spec.type: must be v1 or v2, found \"v3\" [did you mean v1?]"},
      {"type: V1", "9:9 error unknown_value: spec.type: must be v1 or v2, found \"V1\" [did you mean v1?]"},
      {"type: [v1]", "9:9 error wrong_type: spec.type: must be text, found a list"},
  });
}

TEST_CASE("manifest: mistakes in how a function is handled are reported at their place") {
  check_more({
      {"retain_versions: 1", "9:20 error out_of_range: spec.retain_versions: must be between 2 and 16, found 1"},
      {"retain_versions: 17", "9:20 error out_of_range: spec.retain_versions: must be between 2 and 16, found 17"},
      {"retain_versions: all", "9:20 error wrong_type: spec.retain_versions: must be a whole number, found \"all\""},
      {"protect: \"true\"",
       "9:12 error wrong_type: spec.protect: must be true or false, found \"true\" in quotes [write it without "
       "quotes]"},
      {"protect: 1", "9:12 error wrong_type: spec.protect: must be true or false, found \"1\""},
      {"suspend: off", "9:12 error wrong_type: spec.suspend: must be true or false, found \"off\""},
      {"on_change: replace",
       "9:14 error unknown_value: spec.on_change: must be update, import or recreate, found \"replace\""},
      {"on_change: Import",
       "9:14 error unknown_value: spec.on_change: must be update, import or recreate, found \"Import\" [did you mean "
       "import?]"},
      {"on_change: [update]", "9:14 error wrong_type: spec.on_change: must be text, found a list"},
      {"adopt: !!bool true",
       "9:10 error wrong_type: spec.adopt: has the YAML tag \"tag:yaml.org,2002:bool\", which is not supported [leave "
       "the tag out; put text that starts with `!` in quotes]"},
      {"self_heal: \"\"", "9:14 error wrong_type: spec.self_heal: must be true or false, found \"\" in quotes"},
      {"ignore_differences: /description",
       "9:23 error wrong_type: spec.ignore_differences: must be a list, found \"/description\""},
      {"ignore_differences: [description]",
       "9:24 error invalid_value: spec.ignore_differences[0]: must be a JSON pointer such as /description, found "
       "\"description\""},
      {"ignore_differences: [/]",
       "9:24 error invalid_value: spec.ignore_differences[0]: must be a JSON pointer such as /description, found "
       "\"/\""},
      {"ignore_differences: [\"/user_data/a~b\"]",
       "9:24 error invalid_value: spec.ignore_differences[0]: must be a JSON pointer such as /description, found "
       "\"/user_data/a~b\""},
      {"ignore_differences: [/descripton]",
       "9:24 error unknown_value: spec.ignore_differences[0]: must start with the name of a setting that can be left "
       "to "
       "others, found \"/descripton\" [did you mean description?]"},
      {"ignore_differences: [/code]",
       "9:24 error unknown_value: spec.ignore_differences[0]: must start with the name of a setting that can be left "
       "to "
       "others, found \"/code\" [" +
           kAllSettings + "]"},
      {"ignore_differences: [/aliases/0]",
       "9:24 error unknown_value: spec.ignore_differences[0]: must start with the name of a setting that can be left "
       "to "
       "others, found \"/aliases/0\" [" +
           kAllSettings + "]"},
      {"ignore_differences: [/encrypted_user_data/PASSWORD]",
       "9:24 error unknown_value: spec.ignore_differences[0]: must start with the name of a setting that can be left "
       "to "
       "others, found \"/encrypted_user_data/PASSWORD\" [" +
           kAllSettings + "]"},
      {"ignore_differences: [/timeout/seconds]",
       "9:24 error unknown_value: spec.ignore_differences[0]: goes deeper than fgsync compares, found "
       "\"/timeout/seconds\" [what can be named is /timeout]"},
      {"ignore_differences: [/user_data/A/B]",
       "9:24 error unknown_value: spec.ignore_differences[0]: goes deeper than fgsync compares, found "
       "\"/user_data/A/B\" [what can be named is /user_data/A]"},
      {"ignore_differences: [/user_data/]",
       "9:24 error unknown_value: spec.ignore_differences[0]: must name something in /user_data, found "
       "\"/user_data/\""},
      {"ignore_differences: [/mount_config/mount_user/user_id]",
       "9:24 error unknown_value: spec.ignore_differences[0]: goes deeper than fgsync compares, found "
       "\"/mount_config/mount_user/user_id\" [what can be named is /mount_config/mount_user]"},
      {"ignore_differences: [/func_vpc/security_groups/0]",
       "9:24 error unknown_value: spec.ignore_differences[0]: goes deeper than fgsync compares, found "
       "\"/func_vpc/security_groups/0\" [what can be named is /func_vpc/security_groups]"},
      {"ignore_differences: [/func_vpc/vpcid]",
       "9:24 error unknown_value: spec.ignore_differences[0]: must name something in /func_vpc, found "
       "\"/func_vpc/vpcid\" [did you mean vpc_id?]"},
      {"ignore_differences: [/strategy_config/x]",
       "9:24 error unknown_value: spec.ignore_differences[0]: must name something in /strategy_config, found "
       "\"/strategy_config/x\" [what can be named is /strategy_config/concurrency, /strategy_config/concurrent_num]"},
      {"ignore_differences: [/reserved_instances/prod/qualifier]",
       "9:24 error unknown_value: spec.ignore_differences[0]: must name something in /reserved_instances/prod, found "
       "\"/reserved_instances/prod/qualifier\" [what can be named is /reserved_instances/prod/count, "
       "/reserved_instances/prod/idle_mode]"},
      {"ignore_differences: [/memory_size, 7, {}]",
       "9:38 error invalid_value: spec.ignore_differences[1]: must be a JSON pointer such as /description, found "
       "\"7\"\n"
       "9:41 error wrong_type: spec.ignore_differences[2]: must be text, found a mapping"},
      {"protected: true", "9:3 error unknown_key: spec.protected: unknown key [did you mean protect?]"},
  });
}

}  // namespace fgsync::manifest::test
