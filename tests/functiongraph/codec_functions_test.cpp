// Functions, their code, their versions and their aliases.
#include "functiongraph/codec.hpp"
#include "tests/functiongraph/codec_cases.hpp"
#include "tests/support/all_bytes.hpp"

namespace fgsync::functiongraph::cases {
namespace {

/// A body with code as it would arrive, with the code where its base64 would be.
std::string text_of(const BodyWithCode& body) {
  return body.before + (body.bytes ? "<" + test::all_bytes(*body.bytes) + ">" : "") + body.after;
}

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

CodeUpload zip(const std::string& bytes) {
  return {CodeUpload::Type::zip, "index.zip", bytes_in_memory(bytes), ""};
}

// ----- functions

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
  CHECK(config.runtime == "Node.js6.10");
  CHECK(config.handler == "index.handler");
  CHECK(config.memory_size == 128);
  CHECK(config.timeout == std::chrono::seconds(3));
  CHECK(config.description == "says hello");
  CHECK(config.user_data == std::map<std::string, std::string>{{"A", "1"}, {"B", ""}});
  CHECK_FALSE(config.has_encrypted_user_data);
}

TEST_CASE("codec: reads all that a function's answer says besides") {
  json answer = function_answer();
  answer.update(json::parse(R"({
    "code_url": "u", "type": "v2", "func_vpc_id": "vpc", "depend_list": ["old"], "depend_version_list": ["d2", "d1"],
    "reserved_instance_count": 3, "reserved_instance_idle_mode": true, "long_time": true, "fail_count": 4,
    "is_bridge_function": false, "bind_bridge_funcUrns": ["urn"], "enable_cloud_debug": "DISABLED",
    "apig_route_enable": true, "allow_ephemeral_storage": true, "is_return_stream": false,
    "code_encrypt_kms_key_id": "key", "version_description": "about",
    "dependencies": [{"id": "d2", "name": "numpy", "version": 3, "size": 12}, 7]
  })"));
  const auto facts = *value_of(read_function(answer.dump())).row.facts;
  CHECK(facts.func_id == "9a71fc2c");
  CHECK(facts.resource_id == "x");
  CHECK(facts.domain_id == "14ee2e35");
  CHECK(facts.namespace_id == "46b6f338fc3445b8846c71dfb1fbd9e8");
  CHECK(facts.project_name == "cn-north-4");
  CHECK(facts.cpu == 300);
  CHECK(facts.code_type == "zip");
  CHECK(facts.code_url == "u");
  CHECK(facts.code_filename == "index.zip");
  CHECK(facts.type == "v2");
  CHECK(facts.func_vpc_id == "vpc");
  CHECK(facts.depend_list == std::vector<std::string>{"old"});
  CHECK(facts.depend_version_list == std::vector<std::string>{"d2", "d1"});
  REQUIRE(facts.dependencies.size() == 1);
  CHECK(facts.dependencies[0].name == "numpy");
  CHECK(facts.dependencies[0].version == 3);
  CHECK(facts.dependencies[0].size == 12);
  CHECK(facts.reserved_instance_count == 3);
  CHECK(facts.reserved_instance_idle_mode == true);
  CHECK(facts.long_time == true);
  CHECK(facts.fail_count == 4);
  CHECK(facts.is_bridge_function == false);
  CHECK(facts.bind_bridge_func_urns == std::vector<std::string>{"urn"});
  CHECK(facts.enable_cloud_debug == "DISABLED");
  CHECK(facts.apig_route_enable == true);
  CHECK(facts.allow_ephemeral_storage == true);
  CHECK(facts.is_return_stream == false);
  CHECK(facts.code_encrypt_kms_key_id == "key");
  CHECK(facts.version_description == "about");
}

TEST_CASE("codec: which dependencies a function has is decided on") {
  json answer = function_answer();
  for (const json& value : {json("d1"), json::array({1}), json::object({{"a", 1}})}) {
    answer["depend_version_list"] = value;
    CHECK(failure_of(read_function(answer.dump())) == "the field depend_version_list is not a list of strings");
  }
}

TEST_CASE("codec: a time is kept as written, and understood when it can be") {
  struct Row {
    json last_modified;
    json utc;
    std::string text;
    std::optional<std::int64_t> seconds;
  };
  const std::vector<Row> rows{
      {"2019-10-25 15:37:27", nullptr, "2019-10-25 15:37:27", 1571989047},
      {"2019-10-25T15:37:27+08:00", nullptr, "2019-10-25T15:37:27+08:00", 1571989047},
      {"2019-10-25 15:37:27", 1571989048, "2019-10-25 15:37:27", 1571989048},
      {"yesterday", 1571989048, "yesterday", 1571989048},
      {"yesterday", nullptr, "yesterday", std::nullopt},
      {nullptr, nullptr, "", std::nullopt},
      {nullptr, "1571989048", "", std::nullopt},
      {nullptr, -1, "", std::nullopt},
      {nullptr, 9223372036854775807, "", std::nullopt},
  };
  for (const auto& row : rows) {
    INFO(row.last_modified << " " << row.utc);
    json answer = function_answer();
    answer["last_modified"] = row.last_modified;
    answer["last_modified_utc"] = row.utc;
    const auto read = value_of(read_function(answer.dump())).row.last_modified;
    CHECK(read.text == row.text);
    REQUIRE(read.at.has_value() == row.seconds.has_value());
    if (read.at) CHECK(*read.at == std::chrono::system_clock::time_point(std::chrono::seconds(*row.seconds)));
  }
}

TEST_CASE("codec: reads a page of functions") {
  const json page{{"functions", {function_answer()}}, {"next_marker", 1}, {"count", 12}};
  const auto result = read_function_page(page.dump());
  REQUIRE(value_of(result).rows.size() == 1);
  CHECK(result->rows[0].name == "test_v1_2");
  CHECK(result->next_marker == 1);
  CHECK(result->count == 12);
}

TEST_CASE("codec: rows in brief are read past everything else, however it nests and whatever it is called") {
  json row = function_answer();
  row["user_data"] = R"({"digest": "in a text"})";
  row["func_vpc"] = {{"digest", "deeper"}, {"list", {{{"func_name", "deepest"}}, json::array(), 1, nullptr}}};
  row["dependencies"] = {{{"description", "not this one"}}};
  const json page{{"functions", {row, row}}, {"digest", "of the page"}, {"next_marker", 7}, {"count", 2}};
  const auto brief = value_of(read_brief_function_page(page.dump()));
  REQUIRE(brief.rows.size() == 2);
  CHECK(brief.rows[1].name == row["func_name"].get<std::string>());
  CHECK(brief.rows[1].digest.hex == row["digest"].get<std::string>());
  CHECK(brief.rows[1].description == row["description"].get<std::string>());
  CHECK(brief.next_marker == 7);
  CHECK(brief.count == 2);
  CHECK(failure_of(read_brief_function_page("[]")) == failure_of(read_function_page("[]")));
  CHECK(failure_of(read_brief_function_page("{} {}")) == failure_of(read_function_page("{} {}")));
  CHECK(failure_of(read_brief_function_page(R"({"functions": [7]})")) ==
        failure_of(read_function_page(R"({"functions": [7]})")));
  for (const char* field : {"func_urn", "func_name", "digest", "description"}) {
    json bad = row;
    bad[field] = 7;
    const std::string body = json{{"functions", {row, bad}}}.dump();
    CHECK(failure_of(read_brief_function_page(body)) == failure_of(read_function_page(body)));
  }
}

TEST_CASE("codec: a list shows what it says of configurations, and stands where one of them is odd") {
  json odd = function_answer();
  odd["strategy_config"] = {{"concurrency", "many"}};
  json bare = function_answer();
  bare.erase("memory_size");
  const std::string body = json{{"functions", {function_answer(), odd, bare}}}.dump();
  const auto brief = value_of(read_brief_function_page(body));
  const auto page = value_of(read_function_page(body));
  REQUIRE(brief.rows.size() == page.rows.size());
  for (std::size_t i = 0; i < page.rows.size(); ++i) {
    CHECK(brief.rows[i].urn == page.rows[i].urn);
    CHECK(brief.rows[i].name == page.rows[i].name);
    CHECK(brief.rows[i].digest == page.rows[i].digest);
    CHECK(brief.rows[i].description == page.rows[i].description);
    CHECK(brief.rows[i].image_name == page.rows[i].image_name);
    CHECK(brief.rows[i].last_modified.text == page.rows[i].last_modified.text);
    CHECK_FALSE(brief.rows[i].config);
    CHECK(brief.rows[i].facts->code_type.empty());
  }
  REQUIRE(page.rows.size() == 3);
  REQUIRE(page.rows[0].config);
  CHECK(page.rows[0].config->handler == "index.handler");
  CHECK_FALSE(page.rows[1].config);
  CHECK_FALSE(page.rows[2].config);
  CHECK(page.rows[2].name == "test_v1_2");
}

TEST_CASE("codec: an odd asynchronous configuration is no reason to refuse a version") {
  json version = version_answer();
  version["function_async_config"] = async_answer();
  CHECK(value_of(read_version(version.dump())).facts->async_config->max_event_age == std::chrono::hours(1));
  for (const json& odd : {json("text"), json::object(), json{{"max_async_retry_attempts", "many"}}}) {
    version["function_async_config"] = odd;
    CHECK_FALSE(value_of(read_version(version.dump())).facts->async_config);
  }
}

TEST_CASE("codec: a list whose entry names no function is refused") {
  json answer = function_answer();
  answer["func_urn"] = "urn:fss:r:p:function:default:../x";
  CHECK_THAT(failure_of(read_function_page(json{{"functions", {answer}}}.dump())),
             Catch::StartsWith("not the URN of a function"));
}

TEST_CASE("codec: reads what is there as code") {
  const auto code = value_of(read_code(code_answer().dump()));
  CHECK(code.urn.name() == "test");
  CHECK(code.digest.hex == kDigest);
  CHECK(code.code_size == 6709);
  CHECK(code.code_type == "zip");
  CHECK(code.code_filename == "index.zip");
  CHECK(code.link == "https://obs.example/index.zip");
  CHECK(code.last_modified.text == "2019-10-25T15:37:27+08:00");
  CHECK(code.depend_version_list == std::vector<std::string>{"d2", "d1"});
  REQUIRE(code.dependencies.size() == 1);
  CHECK(code.dependencies[0].dep_id == "dep");
}

TEST_CASE("codec: writes an import") {
  CHECK(text_of(write_import({"hello", "default", "hello.zip", bytes_in_memory("PK!")})) ==
        R"({"func_name":"hello","file_name":"hello.zip","file_type":"zip","package":"default","file_code":"<PK!>"})");
}

TEST_CASE("codec: writes a creation") {
  CreateRequest request;
  request.name = "hello";
  request.app = "shop";
  request.config = some_config();
  request.code = zip("PK!");
  CHECK(text_of(write_create(request)) ==
        R"({"func_name":"hello","package":"shop","runtime":"Python3.9","timeout":30,"handler":"index.handler",)"
        R"("memory_size":256,"user_data":"{\"A\":\"1\",\"Ü\":\"\\n\"}","description":"says \"hello\"",)"
        R"("code_type":"zip","code_filename":"index.zip","func_code":{"file":"<PK!>"}})");
}

TEST_CASE("codec: a creation has its dependencies, its type and its key when they are given") {
  CreateRequest request;
  request.code = zip("PK!");
  request.type = "v2";
  request.depend_version_list = {"d2", "d1"};
  request.code_encrypt_kms_key_id = "key";
  const json body = json::parse(text_of(write_create(request)));
  CHECK(body["type"] == "v2");
  CHECK(body["depend_version_list"] == json{"d2", "d1"});
  CHECK(body["code_encrypt_kms_key_id"] == "key");
}

TEST_CASE("codec: writes code of every kind") {
  const auto source = bytes_in_memory("S");
  const std::vector<std::pair<CodeUpload, std::string>> kinds{
      {zip("PK!"), R"({"code_type":"zip","code_filename":"index.zip","func_code":{"file":"<PK!>"}})"},
      {{CodeUpload::Type::jar, "a.jar", source, ""},
       R"({"code_type":"jar","code_filename":"a.jar","func_code":{"file":"<S>"}})"},
      {{CodeUpload::Type::source, "", source, ""}, R"({"code_type":"inline","func_code":{"file":"<S>"}})"},
      {{CodeUpload::Type::obs, "", nullptr, "https://obs.example/a.zip"},
       R"({"code_type":"obs","code_url":"https://obs.example/a.zip","func_code":{}})"},
      {{CodeUpload::Type::image, "", nullptr, ""}, R"({"code_type":"Custom-Image-Swr","func_code":{}})"},
  };
  for (const auto& [code, body] : kinds) {
    CodeUpdate update;
    update.code = code;
    CHECK(text_of(write_code(update)) == body);
  }
}

TEST_CASE("codec: code that is elsewhere is sent as its link, alone or beside its bytes") {
  CodeUpdate update;
  update.code = {CodeUpload::Type::zip, "", nullptr, "", "https://obs.example/a.zip"};
  CHECK(text_of(write_code(update)) == R"({"code_type":"zip","func_code":{"link":"https://obs.example/a.zip"}})");
  update.code.bytes = bytes_in_memory("PK!");
  CHECK(text_of(write_code(update)) ==
        R"({"code_type":"zip","func_code":{"link":"https://obs.example/a.zip","file":"<PK!>"}})");
}

TEST_CASE("codec: an update of code replaces the dependencies only when it has some to say") {
  CodeUpdate update;
  update.code = zip("PK!");
  CHECK_FALSE(json::parse(text_of(write_code(update))).contains("depend_version_list"));
  update.depend_version_list.emplace();
  CHECK(json::parse(text_of(write_code(update)))["depend_version_list"] == json::array());
}

TEST_CASE("codec: texts become JSON, whatever is in them") {
  const PublishRequest request{"v1", std::string("\0\"\\\n\x7f ü\xff", 9), ""};
  const json body = json::parse(write_publish(request));
  CHECK(body["description"] == std::string("\0\"\\\n\x7f ü", 8) + "\xef\xbf\xbd");
}

// ----- versions

TEST_CASE("codec: reads the documented page of versions") {
  const json page{{"versions", {version_answer(), function_answer()}}, {"next_marker", 5}};
  const auto result = read_version_page(page.dump());
  REQUIRE(value_of(result).rows.size() == 2);
  CHECK(result->rows[0].name == "v1.0.0");
  CHECK(result->rows[0].digest.hex == kDigest);
  CHECK(result->rows[0].description == "the first");
  CHECK(result->rows[0].config.handler == "index.handler");
  CHECK(result->rows[0].last_modified.text == "2019-10-25 15:37:27");
  CHECK(result->rows[0].facts->code_type == "zip");
  CHECK(result->rows[1].name == "latest");
  CHECK_FALSE(result->rows[1].description);
  CHECK(result->next_marker == 5);
  CHECK_FALSE(result->count);
}

TEST_CASE("codec: reads what a publication answers") {
  CHECK(value_of(read_version(version_answer().dump())).name == "v1.0.0");
}

TEST_CASE("codec: writes a publication") {
  CHECK(write_publish({"v1.0.0", "fgsync:1"}) == R"({"version":"v1.0.0","description":"fgsync:1"})");
  CHECK(write_publish({"v1", "", "abc"}) == R"({"version":"v1","description":"","digest":"abc"})");
}

// ----- aliases

TEST_CASE("codec: reads a list of aliases, which is a bare array") {
  const auto result = read_aliases(json::array({alias_answer()}).dump());
  REQUIRE(value_of(result).size() == 1);
  CHECK(result->front().name == "prod");
  CHECK(result->front().version == "v1.0.0");
  CHECK(result->front().description == "what users see");
  CHECK(result->front().additional_version_weights == std::map<std::string, int>{{"v2.0.0", 10}});
  CHECK(result->front().last_modified.text == "2019-10-31 15:29:30");
  CHECK(result->front().alias_urn == "urn:fss:r:p:function:default:test:!prod");
}

TEST_CASE("codec: reads an alias without additional version") {
  for (const json& weights : {json(nullptr), json::object()}) {
    json alias = alias_answer();
    alias["additional_version_weights"] = weights;
    CHECK(value_of(read_alias(alias.dump())).additional_version_weights.empty());
  }
}

TEST_CASE("codec: a weight that is no number is refused") {
  json alias = alias_answer();
  alias["additional_version_weights"]["v2.0.0"] = "10";
  CHECK(failure_of(read_alias(alias.dump())) == "the field additional_version_weights.v2.0.0 is not a whole number");
}

TEST_CASE("codec: reads which requests an additional version gets, and tells none from not said") {
  CHECK_FALSE(value_of(read_alias(alias_answer().dump())).additional_version_strategy);

  json alias = alias_answer();
  alias["additional_version_strategy"] = nullptr;
  const auto none = value_of(read_alias(alias.dump())).additional_version_strategy;
  REQUIRE(none);
  CHECK(none->empty());

  alias["additional_version_strategy"] = json::parse(
      R"({"v2": {"combine_type": "and", "rules": [{"rule_type": "Header", "param": "x", "op": "in", "value": "a,b"}]}})");
  const auto read = value_of(read_alias(alias.dump())).additional_version_strategy;
  REQUIRE(read);
  const VersionStrategy expected{"and", {{"Header", "x", "in", "a,b"}}};
  CHECK(*read == std::map<std::string, VersionStrategy>{{"v2", expected}});
}

TEST_CASE("codec: writes a new alias with its name, a moved one without") {
  const AliasRequest request{"prod", "v2", "what users see"};
  CHECK(write_create_alias(request) == R"({"name":"prod","version":"v2","description":"what users see"})");
  CHECK(write_update_alias(request) == R"({"version":"v2","description":"what users see"})");
}

TEST_CASE("codec: writes the additional version of an alias") {
  AliasRequest request{"prod", "v2", ""};
  request.additional_version_weights = {{"v1", 10}};
  request.additional_version_strategy = {{"v1", {"or", {{"Header", "x", "=", "a"}}}}};
  CHECK(write_update_alias(request) == R"({"version":"v2","description":"","additional_version_weights":{"v1":10},)"
                                       R"("additional_version_strategy":{"v1":{"combine_type":"or",)"
                                       R"("rules":[{"rule_type":"Header","param":"x","op":"=","value":"a"}]}}})");
}

}  // namespace
}  // namespace fgsync::functiongraph::cases
