// Every field beyond those of loader_test.cpp, read into its place; and the ends of every range.
#include <catch2/catch.hpp>
#include <vector>

#include "tests/manifest/support.hpp"

namespace fgsync::manifest::test {
namespace {

using std::chrono::seconds;

/// The function with this in its spec, which must be valid; `from` is the manifest's path.
Function function_with(const std::string& more, const std::string& from = "f.yaml") {
  const LoadResult result = load({{.path = from, .text = function_named("a", more)}});
  INFO(listing(result.diagnostics));
  REQUIRE(result.functions.size() == 1);
  return result.functions.front();
}

/// The function with other code, and the runtime and handler that go with it.
Function function_with_code(const std::string& code, const std::string& runtime_and_handler) {
  const LoadResult result = load({{.path = "m/f.yaml",
                                   .text = "apiVersion: fgsync/v1\nkind: Function\nmetadata: {name: a}\nspec:\n" +
                                           runtime_and_handler + "  code: " + code + "\n"}});
  INFO(listing(result.diagnostics));
  REQUIRE(result.functions.size() == 1);
  return result.functions.front();
}

Code code_of(const std::string& code) {
  return function_with_code(code, "  runtime: Python3.9\n  handler: index.handler\n").code;
}

SourcePosition at(int line, int column) {
  return {.file = "f.yaml", .line = line, .column = column};
}

}  // namespace

TEST_CASE("settings: what is left out is absent, not empty") {
  const Function f = function_with("");
  CHECK(f.extra->encrypted_user_data.empty());
  CHECK_FALSE(f.extra->xrole);
  CHECK_FALSE(f.extra->initializer_timeout);
  CHECK_FALSE(f.extra->depend_version_list);
  CHECK_FALSE(f.extra->func_vpc);
  CHECK_FALSE(f.extra->mount_config);
  CHECK_FALSE(f.extra->strategy_config);
  CHECK_FALSE(f.extra->function_async_config);
  CHECK_FALSE(f.extra->max_instance_num);
  CHECK_FALSE(f.extra->enable_dynamic_memory);
  CHECK_FALSE(f.extra->ephemeral_storage);
  CHECK_FALSE(f.extra->log_config);
  CHECK_FALSE(f.extra->network_controller);
  CHECK_FALSE(f.extra->tags);
  CHECK_FALSE(f.extra->reserved_instances);
  CHECK_FALSE(f.extra->type);
  CHECK_FALSE(f.handling.retain_versions);
  CHECK_FALSE(f.handling.self_heal);
  CHECK(f.handling.on_change == Handling::OnChange::update);
}

TEST_CASE("settings: an empty list or mapping is there, and empty") {
  const Function f = function_with("  depend_version_list: []\n  tags: {}\n  reserved_instances: []\n");
  CHECK(f.extra->depend_version_list == std::vector<std::string>());
  CHECK(f.extra->tags == std::map<std::string, std::string>());
  REQUIRE(f.extra->reserved_instances);
  CHECK(f.extra->reserved_instances->empty());
}

TEST_CASE("settings: code is a directory, a file, an archive or a jar, relative to the manifest") {
  const std::vector<std::pair<std::string, Code::Kind>> kinds = {{"directory", Code::Kind::directory},
                                                                 {"file", Code::Kind::file},
                                                                 {"archive", Code::Kind::archive},
                                                                 {"jar", Code::Kind::jar}};
  for (const auto& [key, kind] : kinds) {
    CAPTURE(key);
    const Code code = code_of("{" + key + ": ../x/it}");
    CHECK(code.kind == kind);
    CHECK(code.path == "x/it");
    CHECK(code.position == SourcePosition{.file = "m/f.yaml", .line = 7, .column = 12 + static_cast<int>(key.size())});
  }
}

TEST_CASE("settings: code in object storage has an URL, and its digest without the algorithm") {
  const std::string hex(128, 'a');
  const Code code = code_of("{obs: {url: 'https://media.obs.example/thumb.zip', digest: 'sha512:" + hex + "'}}");
  CHECK(code.kind == Code::Kind::obs);
  CHECK(code.url == "https://media.obs.example/thumb.zip");
  CHECK(code.digest == hex);
  CHECK(code.path.empty());
}

TEST_CASE("settings: an image goes with its runtime, with or without a handler") {
  const std::string image = "{image: swr.cn-north-4.myhuaweicloud.com/org/app:1.2}";
  const Function f = function_with_code(image, "  runtime: Custom Image\n  handler: '-'\n");
  CHECK(f.code.kind == Code::Kind::image);
  CHECK(f.code.image == "swr.cn-north-4.myhuaweicloud.com/org/app:1.2");
  CHECK(f.handler == "-");
  CHECK(function_with_code(image, "  runtime: Custom Image\n  handler: app.main\n").handler == "app.main");
}

TEST_CASE("settings: secrets name where they come from, never what they are") {
  const auto secrets = function_with(
                           "  encrypted_user_data:\n"
                           "    DB_PASSWORD: {from_env: FN_DB, revision: 3}\n"
                           "    API_KEY: {from_file: ../secrets/api}\n"
                           "    TOKEN: {from_file: /run/credentials/token}\n",
                           "m/f.yaml")
                           .extra->encrypted_user_data;
  REQUIRE(secrets.size() == 3);
  const SecretReference& password = secrets.at("DB_PASSWORD");
  CHECK(password.kind == SecretReference::Kind::environment);
  CHECK(password.source == "FN_DB");
  CHECK(password.revision == 3);
  CHECK(password.position == SourcePosition{.file = "m/f.yaml", .line = 10, .column = 18});
  CHECK(secrets.at("API_KEY").kind == SecretReference::Kind::file);
  CHECK(secrets.at("API_KEY").source == "secrets/api");
  CHECK_FALSE(secrets.at("API_KEY").revision);
  CHECK(secrets.at("TOKEN").source == "/run/credentials/token");
}

TEST_CASE("settings: agencies, lifecycle handlers and dependencies are read") {
  const ExtraSettings extra = *function_with(
                                   "  xrole: my-agency\n"
                                   "  app_xrole: my-exec-agency\n"
                                   "  initializer_handler: index.init\n"
                                   "  initializer_timeout: 10\n"
                                   "  pre_stop_handler: index.stop\n"
                                   "  pre_stop_timeout: 5\n"
                                   "  depend_version_list: [5e67f21a-0c1b, b]\n")
                                   .extra;
  CHECK(extra.xrole == "my-agency");
  CHECK(extra.app_xrole == "my-exec-agency");
  CHECK(extra.initializer_handler == "index.init");
  CHECK(extra.initializer_timeout == seconds(10));
  CHECK(extra.pre_stop_handler == "index.stop");
  CHECK(extra.pre_stop_timeout == seconds(5));
  CHECK(extra.depend_version_list == std::vector<std::string>{"5e67f21a-0c1b", "b"});
}

TEST_CASE("settings: the network of a function is read") {
  const ExtraSettings extra =
      *function_with(
           "  func_vpc: {vpc_id: v, subnet_id: s, vpc_name: vn, subnet_name: sn, cidr: 192.168.1.0/24,\n"
           "    gateway: 192.168.1.1, security_groups: [g1, g2]}\n"
           "  network_controller: {disable_public_network: true, trigger_access_vpcs: [{vpc_id: a}, {vpc_id: b,\n"
           "    vpc_name: c}]}\n")
           .extra;
  REQUIRE(extra.func_vpc);
  CHECK(extra.func_vpc->vpc_id == "v");
  CHECK(extra.func_vpc->subnet_id == "s");
  CHECK(extra.func_vpc->vpc_name == "vn");
  CHECK(extra.func_vpc->subnet_name == "sn");
  CHECK(extra.func_vpc->cidr == "192.168.1.0/24");
  CHECK(extra.func_vpc->gateway == "192.168.1.1");
  CHECK(extra.func_vpc->security_groups == std::vector<std::string>{"g1", "g2"});
  REQUIRE(extra.network_controller);
  CHECK(extra.network_controller->disable_public_network == true);
  CHECK(extra.network_controller->trigger_access_vpcs ==
        std::vector<std::pair<std::string, std::string>>{{"a", ""}, {"b", "c"}});
}

TEST_CASE("settings: file systems are read") {
  const auto config = function_with(
                          "  mount_config:\n"
                          "    mount_user: {user_id: 1003, user_group_id: -1}\n"
                          "    func_mounts:\n"
                          "      - {mount_type: sfsTurbo, mount_resource: r, mount_share_path: /s, "
                          "local_mount_path: /mnt/s}\n"
                          "      - {mount_type: ecs, mount_resource: q, local_mount_path: /mnt/e}\n")
                          .extra->mount_config;
  REQUIRE(config);
  CHECK(config->user_id == 1003);
  CHECK(config->user_group_id == -1);
  REQUIRE(config->mounts.size() == 2);
  CHECK(config->mounts[0].type == "sfsTurbo");
  CHECK(config->mounts[0].resource == "r");
  CHECK(config->mounts[0].share_path == "/s");
  CHECK(config->mounts[0].local_path == "/mnt/s");
  CHECK(config->mounts[1].share_path.empty());
}

TEST_CASE("settings: concurrency, instances, memory and storage are read") {
  const ExtraSettings extra = *function_with(
                                   "  strategy_config: {concurrency: 100, concurrent_num: 20}\n"
                                   "  max_instance_num: 100\n"
                                   "  enable_dynamic_memory: false\n"
                                   "  ephemeral_storage: 10240\n"
                                   "  enterprise_project_id: '0'\n"
                                   "  type: v2\n")
                                   .extra;
  REQUIRE(extra.strategy_config);
  CHECK(extra.strategy_config->concurrency == 100);
  CHECK(extra.strategy_config->concurrent_num == 20);
  CHECK(extra.max_instance_num == 100);
  CHECK(extra.enable_dynamic_memory == false);
  CHECK(extra.ephemeral_storage == 10240);
  CHECK(extra.enterprise_project_id == "0");
  CHECK(extra.type == "v2");
}

TEST_CASE("settings: asynchronous invocations are read, and what is left out of them stays absent") {
  const auto config = function_with(
                          "  function_async_config:\n"
                          "    max_async_event_age_in_seconds: 3600\n"
                          "    destination_config: {on_failure: {destination: SMN, param: '{\"topic_urn\":\"u\"}'}}\n")
                          .extra->function_async_config;
  REQUIRE(config);
  CHECK(config->max_async_event_age_in_seconds == 3600);
  CHECK_FALSE(config->max_async_retry_attempts);
  CHECK_FALSE(config->on_success);
  REQUIRE(config->on_failure);
  CHECK(config->on_failure->destination == "SMN");
  CHECK(config->on_failure->param == R"({"topic_urn":"u"})");
}

TEST_CASE("settings: logs, tags and reserved instances are read") {
  const ExtraSettings extra =
      *function_with(
           "  log_config: {group_id: g, stream_id: s, group_name: gn, stream_name: sn}\n"
           "  tags: {team: media, größe: 'a b'}\n"
           "  reserved_instances: [{qualifier: prod, count: 2}, {qualifier: latest, count: 0, idle_mode: true}]\n")
           .extra;
  REQUIRE(extra.log_config);
  CHECK(extra.log_config->group_id == "g");
  CHECK(extra.log_config->stream_id == "s");
  CHECK(extra.log_config->group_name == "gn");
  CHECK(extra.log_config->stream_name == "sn");
  CHECK(extra.tags == std::map<std::string, std::string>{{"größe", "a b"}, {"team", "media"}});
  REQUIRE(extra.reserved_instances);
  REQUIRE(extra.reserved_instances->size() == 2);
  const ReservedInstances& prod = extra.reserved_instances->at(0);
  CHECK(prod.qualifier == "prod");
  CHECK(prod.count == 2);
  CHECK_FALSE(prod.idle_mode);
  CHECK(prod.position == at(11, 24));
  CHECK(extra.reserved_instances->at(1).idle_mode == true);
}

TEST_CASE("settings: traffic of an alias goes by weight or by rules") {
  const Function f = function_with(
      "  aliases:\n"
      "    - {name: prod, version: v2, additional_version_weights: {previous: 10}}\n"
      "    - name: next\n"
      "      version: v3\n"
      "      additional_version_strategy:\n"
      "        v1: {combine_type: or, rules: [{rule_type: Header, param: X-Canary, op: in, value: 'yes,maybe'}]}\n");
  REQUIRE(f.aliases.size() == 2);
  CHECK(f.aliases[0].additional_version_weights == std::map<std::string, int>{{"previous", 10}});
  CHECK(f.aliases[0].additional_version_strategy.empty());
  CHECK(f.aliases[1].additional_version_weights.empty());
  const TrafficStrategy& strategy = f.aliases[1].additional_version_strategy.at("v1");
  CHECK(strategy.combine_type == "or");
  REQUIRE(strategy.rules.size() == 1);
  CHECK(strategy.rules[0].rule_type == "Header");
  CHECK(strategy.rules[0].param == "X-Canary");
  CHECK(strategy.rules[0].op == "in");
  CHECK(strategy.rules[0].value == "yes,maybe");
}

TEST_CASE("settings: how a function is handled is read") {
  const Handling handling = function_with(
                                "  retain_versions: 10\n"
                                "  protect: true\n"
                                "  suspend: true\n"
                                "  on_change: recreate\n"
                                "  adopt: true\n"
                                "  self_heal: false\n"
                                "  ignore_differences: [/description, /user_data/LOG~1LEVEL]\n")
                                .handling;
  CHECK(handling.retain_versions == 10);
  CHECK(handling.is_protected);
  CHECK(handling.is_suspended);
  CHECK(handling.on_change == Handling::OnChange::recreate);
  CHECK(handling.adopt);
  CHECK(handling.self_heal == false);
  CHECK(handling.ignore_differences == std::vector<std::string>{"/description", "/user_data/LOG~1LEVEL"});
  CHECK(function_with("  on_change: import\n").handling.on_change == Handling::OnChange::import);
}

TEST_CASE("settings: both ends of a range are taken, and one beyond is refused") {
  struct Range {
    std::string before;  ///< the number follows
    std::string after;
    std::string field;
    int low;
    int high;
  };
  const std::vector<Range> ranges = {
      {"timeout: ", "", "spec.timeout", 3, 259'200},
      {"encrypted_user_data: {A: {from_env: A, revision: ", "}}", "spec.encrypted_user_data.A.revision", 0,
       1'000'000'000},
      {"initializer_handler: a.b\n  initializer_timeout: ", "", "spec.initializer_timeout", 1, 300},
      {"pre_stop_handler: a.b\n  pre_stop_timeout: ", "", "spec.pre_stop_timeout", 1, 90},
      {"mount_config: {func_mounts: [], mount_user: {user_group_id: 1, user_id: ", "}}",
       "spec.mount_config.mount_user.user_id", -1, 65534},
      {"mount_config: {func_mounts: [], mount_user: {user_id: 1, user_group_id: ", "}}",
       "spec.mount_config.mount_user.user_group_id", -1, 65534},
      {"strategy_config: {concurrent_num: 1, concurrency: ", "}", "spec.strategy_config.concurrency", -1, 1000},
      {"strategy_config: {concurrency: 1, concurrent_num: ", "}", "spec.strategy_config.concurrent_num", 1, 1000},
      {"function_async_config: {max_async_event_age_in_seconds: ", "}",
       "spec.function_async_config.max_async_event_age_in_seconds", 1, 86'400},
      {"function_async_config: {max_async_retry_attempts: ", "}", "spec.function_async_config.max_async_retry_attempts",
       0, 8},
      {"max_instance_num: ", "", "spec.max_instance_num", -1, 1000},
      {"reserved_instances: [{qualifier: prod, count: ", "}]", "spec.reserved_instances[0].count", 0, 1000},
      {"retain_versions: ", "", "spec.retain_versions", 2, 16},
      {"aliases: [{name: a, version: v1, additional_version_weights: {v2: ", "}}]",
       "spec.aliases[0].additional_version_weights.v2", 0, 100},
  };
  for (const Range& range : ranges) {
    const auto mistakes = [&range](int number) {
      const LoadResult result =
          load_text(function_named("x", "  " + range.before + std::to_string(number) + range.after + "\n"));
      return result.functions.empty() ? summary(result.diagnostics.at(0)) : "";
    };
    const std::string expected = range.field + ": must be between " + std::to_string(range.low) + " and " +
                                 std::to_string(range.high) + ", found ";
    CAPTURE(range.field);
    CHECK(mistakes(range.low).empty());
    CHECK(mistakes(range.high).empty());
    CHECK(mistakes(range.low - 1) == expected + std::to_string(range.low - 1));
    CHECK(mistakes(range.high + 1) == expected + std::to_string(range.high + 1));
  }
}

TEST_CASE("settings: texts and lists at their limit are taken") {
  const auto entries = [](int count, const std::string& before, const std::string& after) {
    std::string all;
    for (int i = 0; i < count; ++i) all += (i == 0 ? "" : ", ") + before + std::to_string(i) + after;
    return all;
  };
  const std::vector<std::string> good = {
      "xrole: " + std::string(64, 'x'),
      "func_vpc: {vpc_id: a, subnet_id: b, vpc_name: " + std::string(128, 'n') + "}",
      "tags: {" + std::string(128, 'k') + ": " + std::string(255, 'v') + "}",
      "tags: {" + entries(20, "k", ": v") + "}",
      "depend_version_list: [" + entries(20, "d", "") + "]",
      "encrypted_user_data: {" + entries(20, "K", ": {from_env: K}") + "}",
      "ignore_differences: [" + entries(100, "/user_data/K", "") + "]",
      "ephemeral_storage: 512",
      "reserved_instances: [{qualifier: " + std::string(63, 'q') + ", count: 1}]",
  };
  for (const std::string& more : good) {
    CAPTURE(more);
    const LoadResult result = load_text(with("timeout: 30", more));
    CHECK_FALSE(has_error(result.diagnostics));
  }
}

}  // namespace fgsync::manifest::test
