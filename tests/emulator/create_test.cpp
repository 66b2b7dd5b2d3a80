#include "emulated.hpp"

using namespace fgsync::emulator::test;
using fgsync::base64_encode;
using fgsync::sha512_hex;

namespace {

std::string outcome_of(const Json& body) {
  Emulated service;
  return service.post("", body).outcome();
}

/// The base request with one field replaced, or removed by a null.
std::string outcome_with(const std::string& field, const Json& value) {
  auto body = create_body();
  body[field] = value;
  return outcome_of(body);
}

std::string variables(int count) {
  Json object = Json::object();
  for (int i = 0; i < count; ++i) object["K" + std::to_string(i)] = "v";
  return object.dump();
}

}  // namespace

TEST_CASE("create: a function is answered with digest and size of the uploaded zip") {
  Emulated service;
  const auto reply = service.post("", create_body());
  REQUIRE(reply.outcome() == "200");
  CHECK(reply.json()["digest"] == sha512_hex(code_zip()));
  CHECK(reply.json()["code_size"] == code_zip().size());
}

TEST_CASE("create: the answer names the function as the documents do") {
  Emulated service;
  const auto answer = service.post("", create_body()).json();
  CHECK(answer["func_urn"] == "urn:fss:cn-north-4:p1:function:default:hello:latest");
  CHECK(answer["func_name"] == "hello");
  CHECK(answer["namespace"] == "p1");
  CHECK(answer["project_name"] == "cn-north-4");
  CHECK(answer["package"] == "default");
  CHECK(answer["version"] == "latest");
  CHECK(answer["last_modified"] == "2019-10-25 15:37:27");
  CHECK_THAT(answer["image_name"].get<std::string>(), Catch::Matchers::Matches("latest-191025153727@[a-z]{5}"));
}

TEST_CASE("create: cpu follows the memory size") {
  Emulated service;
  auto body = create_body();
  body["memory_size"] = 512;
  CHECK(service.post("", body).json()["cpu"] == 600);
}

TEST_CASE("create: without a package the function goes to the default app") {
  Emulated service;
  auto body = create_body();
  body.erase("package");
  CHECK(service.post("", body).json()["package"] == "default");
}

TEST_CASE("create: inline source has the digest of its text") {
  Emulated service;
  auto body = create_body();
  body["code_type"] = "inline";
  body.erase("code_filename");
  body["func_code"]["file"] = base64_encode("def handler(e, c): pass");
  const auto answer = service.post("", body).json();
  CHECK(answer["digest"] == sha512_hex("def handler(e, c): pass"));
  CHECK(answer["code_filename"] == "index.py");
}

TEST_CASE("create: encrypted variables read back with empty values") {
  Emulated service;
  auto body = create_body();
  body["encrypted_user_data"] = R"({"PASSWORD":"hunter2"})";
  const auto reply = service.post("", body);
  CHECK(reply.json()["encrypted_user_data"] == R"({"PASSWORD":""})");
  CHECK(service.get("/" + Emulated::urn() + "/config").body.find("hunter2") == std::string::npos);
}

TEST_CASE("create: the log configuration is answered as group and stream") {
  Emulated service;
  auto body = create_body();
  body["log_config"] = {{"group_id", "g1"}, {"stream_id", "s1"}};
  const auto answer = service.post("", body).json();
  CHECK(answer["log_group_id"] == "g1");
  CHECK(answer["log_stream_id"] == "s1");
}

TEST_CASE("create: fields without a rule are answered as they came") {
  const std::vector<std::pair<std::string, Json>> fields{
      {"xrole", "agency"},
      {"app_xrole", "exec"},
      {"func_vpc", {{"vpc_id", "v"}, {"subnet_id", "s"}}},
      {"mount_config", {{"mount_user", {{"user_id", 1003}, {"user_group_id", 1003}}}, {"func_mounts", Json::array()}}},
      {"strategy_config", {{"concurrency", 10}, {"concurrent_num", 5}}},
      {"initializer_handler", "index.init"},
      {"initializer_timeout", 10},
      {"pre_stop_handler", "index.stop"},
      {"pre_stop_timeout", 5},
      {"network_controller", {{"disable_public_network", true}}},
      {"enterprise_project_id", "e1"},
      {"ephemeral_storage", 10240},
      {"enable_dynamic_memory", true},
      {"is_stateful_function", true},
      {"depend_version_list", {"d2", "d1"}},
      {"lts_custom_tag", {{"team", "media"}}},
      {"type", "v1"},
  };
  Emulated service;
  auto body = create_body();
  for (const auto& [name, value] : fields) body[name] = value;
  REQUIRE(service.post("", body).outcome() == "200");
  const auto config = service.get("/" + Emulated::urn() + "/config").json();
  for (const auto& [name, value] : fields) {
    INFO(name);
    CHECK(config.value(name, Json()) == value);
  }
}

TEST_CASE("create: an existing name is refused, whatever its app") {
  Emulated service;
  service.post("", create_body());
  auto body = create_body();
  body["package"] = "other";
  const auto reply = service.post("", body);
  CHECK(reply.outcome() == "409 FSS.1061");
  CHECK(reply.json()["error_msg"] == "The function has existed");
}

TEST_CASE("create: the same name is free in another project") {
  Emulated service;
  service.post("", create_body());
  service.base = "/v2/p2/fgs/functions";
  CHECK(service.post("", create_body()).outcome() == "200");
}

TEST_CASE("create: over the quota of functions is refused") {
  fgsync::emulator::ServiceOptions options;
  options.max_functions = 1;
  Emulated service(options);
  service.post("", create_body("one"));
  CHECK(service.post("", create_body("two")).outcome() == "403 FSS.1041");
}

TEST_CASE("create: names keep the documented rule") {
  CHECK(outcome_with("func_name", std::string(60, 'a')) == "200");
  CHECK(outcome_with("func_name", "a-b_c9") == "200");
  for (const Json& name :
       {Json("9a"), Json("a-"), Json("a b"), Json("a.b"), Json(""), Json(std::string(61, 'a')), Json()}) {
    INFO(name);
    CHECK(outcome_with("func_name", name) == "400 FSS.1002");
  }
}

TEST_CASE("create: each broken rule has its documented code") {
  struct Row {
    std::string field;
    Json value;
    std::string outcome;
  };
  const std::vector<Row> rows{
      {"runtime", "Python1.0", "400 FSS.1005"},
      {"runtime", Json(), "400 FSS.1005"},
      {"timeout", 2, "400 FSS.1008"},
      {"timeout", 259201, "400 FSS.1008"},
      {"timeout", 259200, "200"},
      {"handler", "handler", "400 FSS.1003"},
      {"handler", "a.", "400 FSS.1003"},
      {"handler", "a." + std::string(127, 'b'), "400 FSS.1003"},
      {"handler", "-", "400 FSS.1003"},
      {"memory_size", 129, "400 FSS.1007"},
      {"memory_size", 4096, "200"},
      {"package", "a b", "400 FSS.1027"},
      {"description", std::string(512, 'd'), "200"},
      {"description", std::string(513, 'd'), "400 FSS.1019"},
      {"code_type", "tar", "400 FSS.1006"},
      {"code_type", "obs", "400 FSS.1010"},
      {"user_data", "[]", "400 FSS.1009"},
      {"user_data", "{\"A\":1}", "400 FSS.1009"},
      {"user_data", "{\"A\"", "400 FSS.1009"},
      {"user_data", variables(20), "200"},
      {"user_data", variables(21), "400 FSS.1017"},
      {"user_data", Json{{"A", std::string(4095, 'x')}}.dump(), "200"},
      {"user_data", Json{{"A", std::string(4096, 'x')}}.dump(), "400 FSS.1018"},
      {"encrypted_user_data", variables(21), "400 FSS.1017"},
      {"strategy_config", {{"concurrency", -2}}, "400 FSS.1026"},
      {"strategy_config", {{"concurrent_num", 0}}, "400 FSS.1026"},
      {"initializer_timeout", 301, "400 FSS.1405"},
      {"pre_stop_timeout", 91, "400 FSS.1008"},
      {"initializer_handler", "init", "400 FSS.1404"},
      {"pre_stop_handler", "stop", "400 FSS.1003"},
      {"ephemeral_storage", 1024, "400 FSS.0400"},
      {"type", "v3", "400 FSS.0400"},
  };
  for (const auto& row : rows) {
    INFO(row.field << " = " << row.value);
    CHECK(outcome_with(row.field, row.value) == row.outcome);
  }
}

TEST_CASE("create: a value of another type is refused and named") {
  Emulated service;
  auto body = create_body();
  body["memory_size"] = "128";
  const auto reply = service.post("", body);
  CHECK(reply.outcome() == "400 FSS.0400");
  CHECK(reply.json()["error_msg"] == "memory_size: expected an integer, found string");
  CHECK(reply.json()["details"]["error_msg"] == "Invalid parameter.");
  for (const auto& [field, value] : std::vector<std::pair<std::string, Json>>{
           {"timeout", 3.5}, {"func_name", 1}, {"user_data", {{"A", "b"}}}, {"func_code", "x"}, {"xrole", true}}) {
    INFO(field);
    CHECK(outcome_with(field, value) == "400 FSS.0400");
  }
}

TEST_CASE("create: a body that is no JSON object is refused") {
  Emulated service;
  for (const auto* body : {"", "{", "[]", "null", "\xff"}) {
    CHECK(service.send(fgsync::http::Method::post, service.base, body).outcome() == "400 FSS.0400");
  }
}

TEST_CASE("create: deeply nested values are refused instead of followed") {
  Emulated service;
  auto body = create_body().dump();
  body.pop_back();
  body += R"(,"func_vpc":{"a":)" + std::string(100'000, '[') + std::string(100'000, ']') + "}}";
  CHECK(service.send(fgsync::http::Method::post, service.base, body).outcome() == "400 FSS.0400");
}

TEST_CASE("create: a zip that is none is refused in the shape with details") {
  Emulated service;
  auto body = create_body();
  body["func_code"]["file"] = base64_encode("not a zip");
  const auto reply = service.post("", body);
  CHECK(reply.outcome() == "400 FSS.1011");
  CHECK(reply.json()["error_msg"] == "zip: not a valid zip file");
  CHECK(reply.json()["details"]["error_msg"] == "Invalid function code.");
}

TEST_CASE("create: missing, empty and badly encoded code are refused") {
  const std::string empty_zip = "PK\x05\x06" + std::string(18, '\0');
  CHECK(outcome_with("func_code", Json()) == "400 FSS.1012");
  CHECK(outcome_with("func_code", {{"file", ""}}) == "400 FSS.1011");
  CHECK(outcome_with("func_code", {{"file", base64_encode(empty_zip)}}) == "400 FSS.1011");
  CHECK(outcome_with("func_code", {{"file", "abc"}}) == "400 FSS.1011");
  CHECK(outcome_with("func_code", {{"file", "ab\ncd==="}}) == "400 FSS.1011");
  CHECK(outcome_with("func_code", {{"file", "a=bc"}}) == "400 FSS.1011");
  CHECK(outcome_with("func_code", {{"link", "https://obs/x.zip"}}) == "400 FSS.1010");
}

TEST_CASE("create: inline source over 10 KB is refused") {
  auto body = create_body();
  body["code_type"] = "inline";
  body["func_code"]["file"] = base64_encode(std::string(10 * 1024, '#'));
  CHECK(outcome_of(body) == "200");
  body["func_code"]["file"] = base64_encode(std::string(10 * 1024 + 1, '#'));
  CHECK(outcome_of(body) == "413 FSS.1072");
}

TEST_CASE("create: a zip over 50 MB is refused") {
  auto body = create_body();
  body["func_code"]["file"] = base64_encode(std::string((50U << 20U) + 1, 'x'));
  CHECK(outcome_of(body) == "413 FSS.1071");
}

TEST_CASE("create: a refused request leaves no trace") {
  Emulated service;
  auto body = create_body();
  body["func_code"]["file"] = "!";
  service.post("", body);
  CHECK(service.get("").json()["count"] == 0);
}
