// A configuration goes both ways: what an update would erase is sent back as it was read (ADR 0009).
#include "functiongraph/codec.hpp"
#include "tests/functiongraph/codec_cases.hpp"

namespace fgsync::functiongraph::cases {
namespace {

/// Every setting that UpdateFunctionConfig takes and ShowFunctionConfig answers under the same name.
json all_settings() {
  return json::parse(R"({
    "gpu_memory": 1024, "gpu_type": "nvidia-t4", "xrole": "agency", "app_xrole": "agency2",
    "func_vpc": {"vpc_id": "v", "subnet_id": "s", "vpc_name": "vn", "subnet_name": "sn", "cidr": "c", "gateway": "g",
                 "domain_id": "d", "namespace": "n", "security_groups": ["g1", "g2"], "is_safety": true},
    "peering_cidr": "192.168.0.0/16",
    "mount_config": {"mount_user": {"user_id": 1, "user_group_id": -1},
                     "func_mounts": [{"mount_type": "sfs", "mount_resource": "r", "mount_share_path": "/s",
                                      "local_mount_path": "/l"}, {"mount_type": "ecs"}]},
    "strategy_config": {"concurrency": 0, "concurrent_num": 5},
    "custom_image": {"enabled": true, "image": "swr/x", "command": "c", "args": "a", "working_dir": "/w", "uid": "1",
                     "gid": "2", "is_public": true},
    "extend_config": "{\"a\":1}", "initializer_handler": "index.init", "initializer_timeout": 10,
    "pre_stop_handler": "index.stop", "pre_stop_timeout": 9, "ephemeral_storage": 10240,
    "enterprise_project_id": "e",
    "network_controller": {"disable_public_network": true,
                           "trigger_access_vpcs": [{"vpc_name": "n", "vpc_id": "i"}]},
    "is_stateful_function": true, "enable_dynamic_memory": true, "enable_auth_in_header": true,
    "domain_names": "[\"a.example\"]", "restore_hook_handler": "index.restore", "restore_hook_timeout": 8,
    "heartbeat_handler": "index.beat", "enable_class_isolation": true, "enable_lts_log": true,
    "lts_custom_tag": {"k": "v"}, "user_data_encrypt_kms_key_id": "k"
  })");
}

json answer_with(const json& settings) {
  json answer = function_answer();
  answer.erase("strategy_config");
  answer.erase("enterprise_project_id");
  answer.update(settings);
  return answer;
}

FunctionConfig config_of(const json& answer) {
  return value_of(read_function(answer.dump())).config;
}

json sent_back(const json& settings) {
  return json::parse(write_config("test_v1_2", config_of(answer_with(settings))));
}

TEST_CASE("codec: what an update would erase is sent back as it was answered") {
  json settings = all_settings();
  const json sent = sent_back(settings);
  for (const auto& [field, value] : settings.items()) {
    INFO(field);
    CHECK(sent.value(field, json()) == value);
  }
  CHECK(sent["func_name"] == "test_v1_2");
  CHECK(sent["handler"] == "index.handler");
}

TEST_CASE("codec: parts of a setting that are not there are not made up") {
  const std::vector<std::pair<const char*, json>> settings{
      {"strategy_config", {{"concurrency", -1}}},
      {"func_vpc", {{"vpc_id", "v"}, {"subnet_id", "s"}}},
      {"network_controller", {{"disable_public_network", true}}},
      {"custom_image", {{"enabled", false}, {"image", "swr/x"}}},
      {"initializer_timeout", 10},
      {"pre_stop_handler", "index.stop"},
  };
  for (const auto& [field, value] : settings) {
    const json sent = sent_back({{field, value}});
    INFO(sent.dump());
    CHECK(sent[field] == value);
    CHECK(sent.size() == sent_back(json::object()).size() + 1);
  }
}

TEST_CASE("codec: the log group is answered flat and sent as an object") {
  const json sent = sent_back({{"log_group_id", "group"}, {"log_stream_id", "stream"}});
  CHECK(sent["log_config"] == json{{"group_id", "group"}, {"stream_id", "stream"}});
  CHECK_FALSE(sent_back({{"log_group_id", ""}, {"log_stream_id", "stream"}}).contains("log_config"));
}

TEST_CASE("codec: answers that no update takes are not sent back") {
  const json sent = sent_back(all_settings());
  for (const auto* field :
       {"cpu", "digest", "func_urn", "version", "last_modified", "a_field_of_next_year", "code_type"}) {
    INFO(field);
    CHECK_FALSE(sent.contains(field));
  }
}

TEST_CASE("codec: settings that are not set, in whatever way, are not sent back") {
  const json nothing = sent_back(json::object());
  for (const json& unset : {json(nullptr), json(0), json(false), json(""), json::object(), json::array()}) {
    json settings = all_settings();
    for (auto& setting : settings) setting = unset;
    INFO(unset.dump());
    CHECK(sent_back(settings) == nothing);
  }
}

TEST_CASE("codec: a setting of another type is refused, since sending it back would change it") {
  const json settings = all_settings();
  for (const auto& setting : settings.items()) {
    json answer = function_answer();
    answer[setting.key()] = setting.value().is_string() ? json(17) : json("17");
    INFO(setting.key());
    CHECK_THAT(failure_of(read_function(answer.dump())), Catch::StartsWith("the field " + setting.key() + " is "));
  }
}

TEST_CASE("codec: parts of settings are named by their path") {
  const std::vector<std::pair<json, std::string>> cases{
      {{{"func_vpc", {{"vpc_id", 7}}}}, "the field func_vpc.vpc_id is not a string"},
      {{{"func_vpc", {{"security_groups", {7}}}}}, "the field func_vpc.security_groups is not a list of strings"},
      {{{"mount_config", {{"mount_user", {{"user_id", "1"}}}}}},
       "the field mount_config.mount_user.user_id is not a whole number"},
      {{{"mount_config", {{"func_mounts", {{{"mount_type", 7}}}}}}},
       "the field mount_config.func_mounts[0].mount_type is not a string"},
      {{{"custom_image", {{"enabled", "true"}}}}, "the field custom_image.enabled is neither true nor false"},
      {{{"lts_custom_tag", {{"k", 1}}}}, "the field lts_custom_tag.k is not a string"},
  };
  for (const auto& [settings, message] : cases) {
    CHECK(failure_of(read_function(answer_with(settings).dump())) == message);
  }
}

TEST_CASE("codec: a creation takes fewer settings than an update, and gets no more") {
  CreateRequest request;
  request.config = config_of(answer_with(all_settings()));
  request.code.bytes = bytes_in_memory("x");
  const BodyWithCode written = write_create(request);
  const json body = json::parse(written.before + written.after);
  for (const auto* field : {"gpu_memory", "gpu_type", "xrole", "app_xrole", "func_vpc", "mount_config", "custom_image",
                            "initializer_handler", "pre_stop_timeout", "enterprise_project_id", "network_controller",
                            "is_stateful_function", "enable_dynamic_memory", "enable_lts_log", "lts_custom_tag",
                            "domain_names", "user_data_encrypt_kms_key_id"}) {
    INFO(field);
    CHECK(body.value(field, json()) == all_settings()[field]);
  }
  for (const auto* field :
       {"peering_cidr", "strategy_config", "extend_config", "restore_hook_handler", "restore_hook_timeout",
        "heartbeat_handler", "ephemeral_storage", "enable_auth_in_header", "enable_class_isolation"}) {
    INFO(field);
    CHECK_FALSE(body.contains(field));
  }
}

TEST_CASE("codec: writes the names of a log group when it has no id") {
  FunctionConfig config;
  config.log_config = LogConfig{"", "group", "", "stream"};
  CHECK(json::parse(write_config("f", config))["log_config"] ==
        json{{"group_name", "group"}, {"stream_name", "stream"}});
}

// ----- environment variables

TEST_CASE("codec: environment variables are an object inside a string") {
  const std::vector<std::pair<std::string, std::map<std::string, std::string>>> texts{
      {"", {}},
      {"{}", {}},
      {"null", {}},
      {R"({"A":"b"})", {{"A", "b"}}},
      {R"({"N":3,"T":true,"O":{"x":[1]},"Z":null})", {{"N", "3"}, {"T", "true"}, {"O", R"({"x":[1]})"}, {"Z", "null"}}},
      {R"({"":"empty","Ä":"\u0000\"\\\n","a\u0000b":"c"})",
       {{"", "empty"}, {"Ä", std::string("\0\"\\\n", 4)}, {std::string("a\0b", 3), "c"}}},
  };
  for (const auto& [text, values] : texts) {
    json answer = function_answer();
    answer["user_data"] = text;
    CHECK(config_of(answer).user_data == values);
  }
}

TEST_CASE("codec: environment variables that are no such object are refused") {
  for (const auto* text : {"A=b", "[]", "\"text\"", "{", "3"}) {
    json answer = function_answer();
    answer["user_data"] = text;
    CHECK(failure_of(read_function(answer.dump())) == "the field user_data is not a JSON object in a string");
  }
}

TEST_CASE("codec: no environment variables are written as an empty object, which clears them") {
  auto config = config_of(function_answer());
  config.user_data.clear();
  CHECK(json::parse(write_config("hello", config))["user_data"] == "{}");
}

TEST_CASE("codec: encrypted variables are noticed, though they read back blank") {
  const std::vector<std::pair<json, bool>> values{
      {"", false},
      {"{}", false},
      {"null", false},
      {nullptr, false},
      {R"({"PASSWORD":""})", true},
      {"***", true},
      {json::object(), false},
      {{{"PASSWORD", ""}}, true},
      {7, true},
  };
  for (const auto& [value, is_set] : values) {
    json answer = function_answer();
    answer["encrypted_user_data"] = value;
    INFO(value.dump());
    CHECK(config_of(answer).has_encrypted_user_data == is_set);
  }
}

TEST_CASE("codec: encrypted variables are written when they are given, and only then") {
  auto config = config_of(function_answer());
  CHECK_FALSE(json::parse(write_config("hello", config)).contains("encrypted_user_data"));
  config.encrypted_user_data.emplace();
  config.encrypted_user_data->emplace("PASSWORD", Secret("hunter2"));
  CHECK(json::parse(write_config("hello", config))["encrypted_user_data"] == R"({"PASSWORD":"hunter2"})");
}

TEST_CASE("codec: writes an update of the configuration") {
  FunctionConfig config;
  config.runtime = "Python3.9";
  config.handler = "index.handler";
  config.memory_size = 256;
  config.timeout = std::chrono::seconds(30);
  config.description = "says \"hello\"";
  config.user_data = {{"A", "1"}, {"Ü", "\n"}};
  CHECK(write_config("hello", config) ==
        R"({"func_name":"hello","runtime":"Python3.9","timeout":30,"handler":"index.handler","memory_size":256,)"
        R"("user_data":"{\"A\":\"1\",\"Ü\":\"\\n\"}","description":"says \"hello\""})");
}

TEST_CASE("codec: writes how many instances there may be") {
  CHECK(write_max_instances(-1) == R"({"max_instance_num":-1})");
}

}  // namespace
}  // namespace fgsync::functiongraph::cases
