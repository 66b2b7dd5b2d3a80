// The objects within a configuration, and the fields that only an update takes.
#include "emulated.hpp"

using namespace fgsync::emulator::test;

namespace {

std::string outcome_with(const std::string& field, const Json& value) {
  Emulated service;
  service.post("", create_body());
  auto body = config_body();
  body[field] = value;
  return service.put("/" + Emulated::urn() + "/config", body).outcome();
}

Json mounts(const Json& user_id, const Json& func_mounts) {
  return Json{{"mount_user", {{"user_id", user_id}, {"user_group_id", -1}}}, {"func_mounts", func_mounts}};
}

Json mount(const std::string& path, const std::string& type = "sfs") {
  return Json{{"mount_type", type}, {"mount_resource", "r"}, {"mount_share_path", "/x"}, {"local_mount_path", path}};
}

Json mounts_at(int count) {
  Json list = Json::array();
  for (int i = 0; i < count; ++i) list.push_back(mount("/m" + std::to_string(i)));
  return mounts(1003, list);
}

}  // namespace

TEST_CASE("settings: every field that an update takes is answered, on a version too") {
  const std::vector<std::pair<std::string, Json>> fields{
      {"gpu_memory", 1024},
      {"gpu_type", "nvidia-t4"},
      {"user_data", R"({"A":"b"})"},
      {"xrole", "agency"},
      {"app_xrole", "exec"},
      {"description", "text"},
      {"func_vpc", {{"vpc_id", "v"}, {"subnet_id", "s"}, {"security_groups", {"g"}}, {"is_safety", true}}},
      {"peering_cidr", "192.168.0.0/16"},
      {"mount_config", mounts(1003, Json::array({mount("/mnt")}))},
      {"strategy_config", {{"concurrency", 10}, {"concurrent_num", 5}}},
      {"custom_image", {{"enabled", true}, {"image", "swr/x:1"}, {"uid", "1003"}, {"is_public", false}}},
      {"extend_config", "{}"},
      {"initializer_handler", "index.init"},
      {"initializer_timeout", 10},
      {"pre_stop_handler", "index.stop"},
      {"pre_stop_timeout", 5},
      {"ephemeral_storage", 10240},
      {"enterprise_project_id", "e1"},
      {"network_controller", {{"disable_public_network", true}, {"trigger_access_vpcs", {{{"vpc_id", "v"}}}}}},
      {"is_stateful_function", true},
      {"enable_dynamic_memory", true},
      {"enable_auth_in_header", true},
      {"domain_names", "a.example"},
      {"restore_hook_handler", "index.restore"},
      {"restore_hook_timeout", 3},
      {"heartbeat_handler", "index.beat"},
      {"enable_class_isolation", true},
      {"enable_lts_log", true},
      {"lts_custom_tag", {{"team", "media"}}},
      {"user_data_encrypt_kms_key_id", "k1"},
  };
  Emulated service;
  service.post("", create_body());
  auto body = config_body();
  for (const auto& [name, value] : fields) body[name] = value;
  REQUIRE(service.put("/" + Emulated::urn() + "/config", body).outcome() == "200");
  service.publish("v1");
  const auto config = service.get("/" + Emulated::urn() + ":v1/config").json();
  for (const auto& [name, value] : fields) {
    INFO(name);
    CHECK(config.value(name, Json()) == value);
  }
}

TEST_CASE("settings: a configuration shows the documented constants") {
  Emulated service;
  service.post("", create_body());
  const auto config = service.get("/" + Emulated::urn() + "/config").json();
  CHECK(config["resource_id"] == config["func_id"]);
  CHECK(config["dependencies"] == Json::array());
  CHECK(config["enable_cloud_debug"] == "DISABLED");
  for (const auto* name : {"long_time", "is_bridge_function", "apig_route_enable", "is_return_stream"}) {
    INFO(name);
    CHECK(config[name] == false);
  }
}

TEST_CASE("settings: encrypted variables of an update read back empty, and an update without them erases them") {
  Emulated service;
  service.post("", create_body());
  auto body = config_body();
  body["encrypted_user_data"] = R"({"PASSWORD":"hunter2"})";
  const auto reply = service.put("/" + Emulated::urn() + "/config", body);
  CHECK(reply.json()["encrypted_user_data"] == R"({"PASSWORD":""})");
  CHECK(reply.body.find("hunter2") == std::string::npos);
  CHECK_FALSE(service.put("/" + Emulated::urn() + "/config", config_body()).json().contains("encrypted_user_data"));
}

TEST_CASE("settings: each broken rule of an object has its documented code") {
  struct Row {
    std::string field;
    Json value;
    std::string outcome;
  };
  const std::vector<Row> rows{
      {"func_vpc", Json::object(), "200"},
      {"func_vpc", {{"vpc_id", "v"}}, "400 FSS.0400"},
      {"func_vpc", {{"subnet_id", "s"}}, "400 FSS.0400"},
      {"func_vpc", {{"vpc_id", "v"}, {"subnet_id", "s"}, {"security_groups", "g"}}, "400 FSS.0400"},
      {"mount_config", {{"func_mounts", Json::array()}}, "400 FSS.1075"},
      {"mount_config", mounts(0, Json::array()), "400 FSS.1075"},
      {"mount_config", mounts(1000, Json::array()), "400 FSS.1075"},
      {"mount_config", mounts(1002, Json::array()), "400 FSS.1075"},
      {"mount_config", mounts(-2, Json::array()), "400 FSS.1075"},
      {"mount_config", mounts(65535, Json::array()), "400 FSS.1075"},
      {"mount_config", mounts(65534, Json::array()), "200"},
      {"mount_config", mounts("1003", Json::array()), "400 FSS.0400"},
      {"mount_config", mounts_at(5), "200"},
      {"mount_config", mounts_at(6), "403 FSS.1049"},
      {"mount_config", mounts(-1, Json::array({mount("mnt")})), "400 FSS.1039"},
      {"mount_config", mounts(-1, Json::array({mount("/a"), mount("/a")})), "400 FSS.1038"},
      {"mount_config", mounts(-1, Json::array({mount("/a", "nfs")})), "400 FSS.0400"},
      {"custom_image", {{"enabled", true}}, "400 FSS.1034"},
      {"custom_image", {{"enabled", false}}, "200"},
      {"custom_image", {{"enabled", "yes"}}, "400 FSS.0400"},
      {"network_controller", {{"disable_public_network", "no"}}, "400 FSS.0400"},
      {"network_controller", {{"trigger_access_vpcs", {{{"vpc_id", 1}}}}}, "400 FSS.0400"},
      {"log_config", {{"group_id", 1}}, "400 FSS.0400"},
      {"lts_custom_tag", {{"team", 1}}, "400 FSS.0400"},
      {"heartbeat_handler", "beat", "400 FSS.1003"},
      {"restore_hook_handler", "restore", "400 FSS.1003"},
      {"restore_hook_timeout", 301, "400 FSS.1008"},
  };
  for (const auto& row : rows) {
    INFO(row.field << " = " << row.value);
    CHECK(outcome_with(row.field, row.value) == row.outcome);
  }
}
