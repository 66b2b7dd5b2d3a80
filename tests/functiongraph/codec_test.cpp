#include "functiongraph/codec.hpp"

#include <catch2/catch.hpp>
#include <functional>
#include <nlohmann/json.hpp>

namespace fgsync::functiongraph {
namespace {

using nlohmann::json;

const std::string kDigest(128, 'f');

/// An answer as the service's pages show it for import and for a configuration, with one more field that nobody knows.
json function_answer() {
  return json::parse(R"({
    "func_id": "9a71fc2c", "resource_id": "x", "a_field_of_next_year": {"deep": [1, null]},
    "func_urn": "urn:fss:cn-north-4:46b6f338fc3445b8846c71dfb1fbd9e8:function:default:test_v1_2:latest",
    "func_name": "test_v1_2", "domain_id": "14ee2e35", "namespace": "46b6f338fc3445b8846c71dfb1fbd9e8",
    "project_name": "cn-north-4", "package": "default", "runtime": "Node.js6.10", "timeout": 3,
    "handler": "index.handler", "memory_size": 128, "cpu": 300, "code_type": "zip", "code_filename": "index.zip",
    "code_size": 6709, "digest": ")" +
                     kDigest + R"(", "version": "latest", "image_name": "latest-191025153727@zehht",
    "last_modified": "2019-10-25 15:37:27", "description": "says hello", "user_data": "{\"A\":\"1\",\"B\":\"\"}",
    "strategy_config": {"concurrency": -1}, "enterprise_project_id": "46b6f338"
  })");
}

json version_answer() {
  json version = function_answer();
  version["version"] = "v1.0.0";
  version["version_description"] = "the first";
  return version;
}

json alias_answer() {
  return json::parse(R"({
    "name": "prod", "version": "v1.0.0", "description": "what users see", "last_modified": "2019-10-31 15:29:30",
    "alias_urn": "urn:fss:r:p:function:default:test:!prod", "additional_version_weights": {"v2.0.0": 10}
  })");
}

template <class T>
const T& value_of(const Result<T>& result) {
  if (!result) FAIL(result.error().message);
  return *result;
}

template <class T>
std::string failure_of(const Result<T>& result) {
  REQUIRE_FALSE(result);
  CHECK(result.error().kind == ErrorKind::corrupt);
  return result.error().message;
}

// ----- readers

TEST_CASE("codec: reads a function's configuration") {
  const auto result = read_function(function_answer().dump());
  const auto& [row, config] = value_of(result);
  CHECK(row.urn.text() == "urn:fss:cn-north-4:46b6f338fc3445b8846c71dfb1fbd9e8:function:default:test_v1_2");
  CHECK(row.name == "test_v1_2");
  CHECK(row.app == "default");
  CHECK(row.digest.hex == kDigest);
  CHECK(row.code_size == 6709);
  CHECK(row.description == "says hello");
  CHECK(row.image_name == "latest-191025153727@zehht");
  CHECK(row.last_modified == "2019-10-25 15:37:27");
  CHECK(config.runtime == "Node.js6.10");
  CHECK(config.handler == "index.handler");
  CHECK(config.memory_size == 128);
  CHECK(config.timeout == std::chrono::seconds(3));
  CHECK(config.description == "says hello");
  CHECK(config.user_data == std::map<std::string, std::string>{{"A", "1"}, {"B", ""}});
  CHECK_FALSE(config.has_encrypted_user_data);
}

TEST_CASE("codec: reads a page of functions") {
  const json page{{"functions", {function_answer()}}, {"next_marker", 1}, {"count", 12}};
  const auto result = read_function_page(page.dump());
  REQUIRE(value_of(result).rows.size() == 1);
  CHECK(result->rows[0].name == "test_v1_2");
  CHECK(result->next_marker == 1);
  CHECK(result->count == 12);
}

TEST_CASE("codec: reads the documented page of versions") {
  const json page{{"versions", {version_answer(), function_answer()}}, {"next_marker", 5}};
  const auto result = read_version_page(page.dump());
  REQUIRE(value_of(result).versions.size() == 2);
  CHECK(result->versions[0].name == "v1.0.0");
  CHECK(result->versions[0].digest.hex == kDigest);
  CHECK(result->versions[0].description == "the first");
  CHECK(result->versions[0].config.handler == "index.handler");
  CHECK(result->versions[1].name == "latest");
  CHECK_FALSE(result->versions[1].description);
  CHECK(result->next_marker == 5);
  CHECK_FALSE(result->count);
}

TEST_CASE("codec: a list that is null has no rows") {
  CHECK(value_of(read_function_page(R"({"functions": null, "next_marker": null, "count": 0})")).rows.empty());
  CHECK(value_of(read_version_page(R"({"versions": null})")).versions.empty());
}

TEST_CASE("codec: reads what a publication answers") {
  CHECK(value_of(read_version(version_answer().dump())).name == "v1.0.0");
}

TEST_CASE("codec: reads the digest that an update of code answers") {
  CHECK(value_of(read_code_digest(R"({"func_urn": "x", "digest": "abc", "func_code": {}})")).hex == "abc");
}

TEST_CASE("codec: reads a list of aliases, which is a bare array") {
  const auto result = read_aliases(json::array({alias_answer()}).dump());
  REQUIRE(value_of(result).size() == 1);
  CHECK(result->front().name == "prod");
  CHECK(result->front().version == "v1.0.0");
  CHECK(result->front().description == "what users see");
  CHECK(result->front().additional_version_weights == std::map<std::string, int>{{"v2.0.0", 10}});
  CHECK(value_of(read_aliases("[]")).empty());
}

TEST_CASE("codec: reads an alias without additional version") {
  for (const json& weights : {json(nullptr), json::object()}) {
    json alias = alias_answer();
    alias["additional_version_weights"] = weights;
    CHECK(value_of(read_alias(alias.dump())).additional_version_weights.empty());
  }
}

struct Reader {
  std::string name;
  std::string good;
  std::function<std::string(const std::string&)> failure;  ///< empty when it could be read
};

template <class T>
Reader reader(std::string name, const json& good, Result<T> (*read)(const std::string&)) {
  return Reader{std::move(name), good.dump(), [read](const std::string& body) {
                  const auto result = read(body);
                  if (result) return std::string();
                  CHECK(result.error().kind == ErrorKind::corrupt);
                  return result.error().message;
                }};
}

std::vector<Reader> all_readers() {
  return {
      reader("function page", json{{"functions", {function_answer()}}, {"count", 1}}, &read_function_page),
      reader("version page", json{{"versions", {version_answer()}}, {"count", 1}}, &read_version_page),
      reader("function", function_answer(), &read_function),
      reader("version", version_answer(), &read_version),
      reader("code digest", json{{"digest", kDigest}}, &read_code_digest),
      reader("aliases", json::array({alias_answer()}), &read_aliases),
      reader("alias", alias_answer(), &read_alias),
  };
}

TEST_CASE("codec: every reader refuses an answer that is cut off, wherever it is cut") {
  for (const auto& reader : all_readers()) {
    INFO(reader.name);
    REQUIRE(reader.failure(reader.good).empty());
    for (std::size_t size = 0; size < reader.good.size(); ++size) {
      REQUIRE(reader.failure(reader.good.substr(0, size)) == "it is not JSON, or cut off");
    }
  }
}

TEST_CASE("codec: every reader refuses what is not its JSON") {
  for (const auto& reader : all_readers()) {
    INFO(reader.name);
    for (const auto* body :
         {"<html></html>", "null", "true", "3", "\"text\"", "{}", "[1]", "\xff\xfe", "{\"a\":\"\xff\"}"}) {
      INFO(body);
      CHECK_FALSE(reader.failure(body).empty());
    }
  }
}

TEST_CASE("codec: every reader survives JSON without bottom") {
  for (const auto& reader : all_readers()) {
    INFO(reader.name);
    const std::string bottomless(2'000'000, '[');
    CHECK(reader.failure(bottomless) == "it is JSON nested too deeply");
    json document = json::parse(reader.good);
    json& object = document.is_array() ? document[0] : document;
    const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
    std::string text = object.dump();
    text.pop_back();
    text += ",\"func_vpc\":" + deep + "}";
    CHECK(reader.failure(document.is_array() ? "[" + text + "]" : text) == "it is JSON nested too deeply");
  }
}

TEST_CASE("codec: brackets inside strings are no nesting") {
  json answer = function_answer();
  const std::string description = std::string(500, '[') + "\\\"" + std::string(500, '{');
  answer["description"] = description;
  CHECK(value_of(read_function(answer.dump())).config.description == description);
}

TEST_CASE("codec: a missing field that decisions rest on is named") {
  for (const auto* field : {"func_urn", "func_name", "runtime", "handler", "memory_size", "timeout"}) {
    json answer = function_answer();
    answer.erase(field);
    CHECK(failure_of(read_function(answer.dump())) == std::string("the field ") + field + " is missing");
  }
  for (const auto* field : {"version", "digest", "runtime", "handler", "memory_size", "timeout"}) {
    json answer = version_answer();
    answer.erase(field);
    const std::string message = std::string("the field ") + field + " is missing";
    CHECK(failure_of(read_version(answer.dump())) == message);
    CHECK(failure_of(read_version_page(json{{"versions", {answer}}}.dump())) == message);
  }
  for (const auto* field : {"name", "version"}) {
    json answer = alias_answer();
    answer.erase(field);
    CHECK(failure_of(read_alias(answer.dump())) == std::string("the field ") + field + " is missing");
  }
  CHECK(failure_of(read_code_digest("{}")) == "the field digest is missing");
  CHECK(failure_of(read_function_page("{}")) == "the field functions is missing");
  CHECK(failure_of(read_version_page("{}")) == "the field versions is missing");
}

TEST_CASE("codec: a field of another type that decisions rest on is named") {
  for (const auto* field :
       {"func_urn", "func_name", "runtime", "handler", "package", "digest", "description", "user_data"}) {
    json answer = function_answer();
    answer[field] = json::object();
    CHECK(failure_of(read_function(answer.dump())) == std::string("the field ") + field + " is not a string");
  }
  for (const auto* field : {"memory_size", "timeout"}) {
    for (const json& value : {json("3"), json(3.5), json(nullptr), json(true)}) {
      json answer = function_answer();
      answer[field] = value;
      CHECK(failure_of(read_function(answer.dump())) == std::string("the field ") + field + " is not a whole number");
    }
  }
  for (const auto* field : {"next_marker", "count"}) {
    for (const char* list : {"functions", "versions"}) {
      const json page{{list, json::array()}, {field, "5"}};
      const std::string message = std::string("the field ") + field + " is not a whole number";
      if (list == std::string("functions")) CHECK(failure_of(read_function_page(page.dump())) == message);
      if (list == std::string("versions")) CHECK(failure_of(read_version_page(page.dump())) == message);
    }
  }
  CHECK(failure_of(read_function_page(R"({"functions": {}})")) == "the field functions is not a list");
  CHECK(failure_of(read_function_page(R"({"functions": [7]})")) == "an entry of the list is not an object");
  CHECK(failure_of(read_version_page(R"({"versions": ["v1"]})")) == "an entry of the list is not an object");
  CHECK(failure_of(read_aliases(R"({"aliases": []})")) == "the list of aliases is not an array");
  CHECK(failure_of(read_aliases("[7]")) == "an alias is not an object");
  json alias = alias_answer();
  alias["additional_version_weights"]["v2.0.0"] = "10";
  CHECK(failure_of(read_alias(alias.dump())) == "the weight of the additional version v2.0.0 is no number");
}

TEST_CASE("codec: a field that may be absent may be null") {
  json answer = function_answer();
  for (const auto* field : {"package", "digest", "description", "user_data", "code_size", "image_name"}) {
    answer[field] = nullptr;
  }
  const auto result = read_function(answer.dump());
  CHECK(value_of(result).row.digest.hex.empty());
  CHECK(result->config.user_data.empty());
}

TEST_CASE("codec: a list whose entry names no function is refused") {
  json answer = function_answer();
  answer["func_urn"] = "urn:fss:r:p:function:default:../x";
  CHECK_THAT(failure_of(read_function_page(json{{"functions", {answer}}}.dump())),
             Catch::StartsWith("not the URN of a function"));
}

TEST_CASE("codec: environment variables are an object inside a string") {
  const std::vector<std::pair<std::string, std::map<std::string, std::string>>> texts{
      {"", {}},
      {"{}", {}},
      {"null", {}},
      {R"({"A":"b"})", {{"A", "b"}}},
      {R"({"N":3,"T":true,"O":{"x":[1]}})", {{"N", "3"}, {"T", "true"}, {"O", R"({"x":[1]})"}}},
      {R"({"":"empty","Ä":"\u0000\"\\\n"})", {{"", "empty"}, {"Ä", std::string("\0\"\\\n", 4)}}},
  };
  for (const auto& [text, values] : texts) {
    json answer = function_answer();
    answer["user_data"] = text;
    CHECK(value_of(read_function(answer.dump())).config.user_data == values);
  }
}

TEST_CASE("codec: environment variables that are no such object are refused") {
  for (const auto* text : {"A=b", "[]", "\"text\"", "{", "3"}) {
    json answer = function_answer();
    answer["user_data"] = text;
    CHECK(failure_of(read_function(answer.dump())) == "the field user_data is not a JSON object in a string");
  }
}

TEST_CASE("codec: encrypted variables are noticed, though they read back blank") {
  const std::vector<std::pair<json, bool>> values{
      {"", false}, {"{}", false}, {"null", false}, {nullptr, false}, {R"({"PASSWORD":""})", true}, {"***", true},
  };
  for (const auto& [value, is_set] : values) {
    json answer = function_answer();
    answer["encrypted_user_data"] = value;
    INFO(value.dump());
    CHECK(value_of(read_function(answer.dump())).config.has_encrypted_user_data == is_set);
  }
}

// ----- writers

FunctionConfig some_config() {
  FunctionConfig config;
  config.runtime = "Python3.9";
  config.handler = "index.handler";
  config.memory_size = 256;
  config.timeout = std::chrono::seconds(30);
  config.description = "says \"hello\"";
  config.user_data = {{"A", "1"}, {"Ü", "\n"}};
  return config;
}

TEST_CASE("codec: writes an import") {
  CHECK(write_import({"hello", "default", "hello.zip", "PK!"}) ==
        R"({"func_name":"hello","file_name":"hello.zip","file_type":"zip","package":"default","file_code":"UEsh"})");
}

TEST_CASE("codec: writes a creation") {
  CHECK(write_create({"hello", "shop", some_config(), "index.zip", "PK!"}) ==
        R"({"func_name":"hello","package":"shop","runtime":"Python3.9","timeout":30,"handler":"index.handler",)"
        R"("memory_size":256,"user_data":"{\"A\":\"1\",\"Ü\":\"\\n\"}","description":"says \"hello\"",)"
        R"("code_type":"zip","code_filename":"index.zip","func_code":{"file":"UEsh"}})");
}

TEST_CASE("codec: writes an update of code") {
  CHECK(write_code({"index.zip", "PK!"}) ==
        R"({"code_type":"zip","code_filename":"index.zip","func_code":{"file":"UEsh"}})");
}

TEST_CASE("codec: writes an update of the configuration") {
  CHECK(write_config("hello", some_config()) ==
        R"({"func_name":"hello","runtime":"Python3.9","timeout":30,"handler":"index.handler","memory_size":256,)"
        R"("user_data":"{\"A\":\"1\",\"Ü\":\"\\n\"}","description":"says \"hello\""})");
}

TEST_CASE("codec: no environment variables are written as an empty object, which clears them") {
  auto config = some_config();
  config.user_data.clear();
  CHECK(json::parse(write_config("hello", config))["user_data"] == "{}");
}

TEST_CASE("codec: writes a publication") {
  CHECK(write_publish({"v1.0.0", "fgsync:1"}) == R"({"version":"v1.0.0","description":"fgsync:1"})");
}

TEST_CASE("codec: writes a new alias with its name, a moved one without") {
  const AliasRequest request{"prod", "v2", "what users see"};
  CHECK(write_create_alias(request) == R"({"name":"prod","version":"v2","description":"what users see"})");
  CHECK(write_update_alias(request) == R"({"version":"v2","description":"what users see"})");
}

TEST_CASE("codec: bytes of every value arrive as they are") {
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
  const auto body = json::parse(write_code({"index.zip", bytes}));
  const std::string text = body["func_code"]["file"];
  CHECK_THAT(text, Catch::StartsWith("AAECAwQF"));
  CHECK(text.size() == 344);
}

// ----- what fgsync does not manage

TEST_CASE("codec: what an update would erase is sent back as it was answered") {
  // Every field that both UpdateFunctionConfig takes and ShowFunctionConfig answers.
  const json unmanaged = json::parse(R"({
    "gpu_memory": 1024, "gpu_type": "nvidia-t4", "xrole": "agency", "app_xrole": "agency2",
    "func_vpc": {"vpc_id": "v", "subnet_id": "s", "security_groups": ["g1", "g2"]}, "peering_cidr": "192.168.0.0/16",
    "mount_config": {"mount_user": {"user_id": 1, "user_group_id": -1}, "func_mounts": [{"mount_type": "sfs"}]},
    "strategy_config": {"concurrency": 0, "concurrent_num": 5}, "custom_image": {"enabled": false, "image": "swr/x"},
    "extend_config": "{\"a\":1}", "initializer_handler": "index.init", "initializer_timeout": 10,
    "pre_stop_handler": "index.stop", "pre_stop_timeout": 9, "ephemeral_storage": 10240,
    "enterprise_project_id": "e", "network_controller": {"disable_public_network": true},
    "is_stateful_function": true, "enable_dynamic_memory": true, "enable_auth_in_header": true,
    "domain_names": "[\"a.example\"]", "restore_hook_handler": "index.restore", "restore_hook_timeout": 8,
    "heartbeat_handler": "index.beat", "enable_class_isolation": true, "enable_lts_log": true,
    "lts_custom_tag": {"k": "v"}, "user_data_encrypt_kms_key_id": "k"
  })");
  json answer = function_answer();
  answer.update(unmanaged);
  answer["log_group_id"] = "group";
  answer["log_stream_id"] = "stream";

  const auto config = value_of(read_function(answer.dump())).config;
  const json sent = json::parse(write_config("test_v1_2", config));
  for (const auto& [field, value] : unmanaged.items()) {
    INFO(field);
    CHECK(sent.value(field, json()) == value);
  }
  CHECK(sent["log_config"] == json{{"group_id", "group"}, {"stream_id", "stream"}});
  CHECK(sent["func_name"] == "test_v1_2");
  CHECK(sent["handler"] == "index.handler");
}

TEST_CASE("codec: answers that no update takes are not sent back") {
  const auto config = value_of(read_function(function_answer().dump())).config;
  const json sent = json::parse(write_config("test_v1_2", config));
  for (const auto* field :
       {"cpu", "digest", "func_urn", "version", "last_modified", "a_field_of_next_year", "code_type"}) {
    INFO(field);
    CHECK_FALSE(sent.contains(field));
  }
}

TEST_CASE("codec: fields that are not set are not sent back") {
  json answer = function_answer();
  answer.erase("strategy_config");
  answer.erase("enterprise_project_id");
  answer.update(json{{"xrole", ""},
                     {"gpu_memory", 0},
                     {"func_vpc", nullptr},
                     {"mount_config", json::object()},
                     {"is_stateful_function", false},
                     {"log_group_id", ""}});
  CHECK(value_of(read_function(answer.dump())).config.unmanaged.empty());
}

}  // namespace
}  // namespace fgsync::functiongraph
