// What holds for every reader of answers.
#include "functiongraph/codec.hpp"

#include <functional>

#include "tests/functiongraph/codec_cases.hpp"

namespace fgsync::functiongraph::cases {
namespace {

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
  const json quota{{"type", "fgs_func_num"}, {"unit", ""}, {"quota", 400}, {"used", 22}};
  return {
      reader("function page", json{{"functions", {function_answer()}}, {"count", 1}}, &read_function_page),
      reader("brief function page", json{{"functions", {function_answer()}}, {"count", 1}}, &read_brief_function_page),
      reader("version page", json{{"versions", {version_answer()}}, {"count", 1}}, &read_version_page),
      reader("dependency page", json{{"dependencies", {dependency_answer()}}, {"count", 1}}, &read_dependency_page),
      reader("async config page", json{{"async_invoke_configs", {async_answer()}}, {"count", 1}},
             &read_async_config_page),
      reader("reserved instances page", json{{"reserved_instances", {reserved_row_answer()}}, {"count", 1}},
             &read_reserved_instances_page),
      reader("aliases", json::array({alias_answer()}), &read_aliases),
      reader("triggers", json::array({trigger_answer()}), &read_triggers),
      reader("quotas", json{{"quotas", {{"resources", {quota}}}}}, &read_quotas),
      reader("function", function_answer(), &read_function),
      reader("code", code_answer(), &read_code),
      reader("reserved counts page", json{{"reservedinstances", {{{"func_urn", "u"}, {"count", 2}}}}, {"count", 1}},
             &read_reserved_count_page),
      reader("export link", json{{"file_name", "x.zip"}, {"code_url", "https://obs.example/x"}}, &read_export_link),
      reader("version", version_answer(), &read_version),
      reader("alias", alias_answer(), &read_alias),
      reader("reserved instances", reserved_answer(), &read_reserved_instances),
      reader("trigger", trigger_answer(), &read_trigger),
      reader("dependency", dependency_answer(), &read_dependency),
      reader("invocation", json{{"request_id", "r"}, {"result", "x"}, {"log", ""}, {"status", 200}}, &read_invocation),
      reader("request id", json{{"request_id", "r"}}, &read_request_id),
      reader("snapshot", json{{"state", "success"}, {"code", ""}}, &read_snapshot),
  };
}

/// Those of all whose fields may all be missing.
std::vector<Reader> easy_readers() {
  return {
      reader("async config", async_answer(), &read_async_config),
      reader("tags", json{{"tags", {{{"key", "k"}, {"value", "v"}}}}, {"sys_tags", json::array()}}, &read_tags),
  };
}

std::vector<Reader> every_reader() {
  auto readers = all_readers();
  for (auto& easy : easy_readers()) readers.push_back(std::move(easy));
  return readers;
}

TEST_CASE("codec: every reader refuses an answer that is cut off, wherever it is cut") {
  for (const auto& reader : every_reader()) {
    INFO(reader.name);
    REQUIRE(reader.failure(reader.good).empty());
    for (std::size_t size = 0; size < reader.good.size(); ++size) {
      REQUIRE(reader.failure(reader.good.substr(0, size)) == "it is not JSON, or cut off");
    }
  }
}

TEST_CASE("codec: every reader refuses what is not its JSON") {
  for (const auto& reader : every_reader()) {
    INFO(reader.name);
    for (const auto* body : {"<html></html>", "null", "true", "3", "\"text\"", "[1]", "\xff\xfe", "{\"a\":\"\xff\"}"}) {
      INFO(body);
      CHECK_FALSE(reader.failure(body).empty());
    }
  }
  for (const auto& reader : all_readers()) {
    INFO(reader.name);
    CHECK_FALSE(reader.failure("{}").empty());
  }
}

TEST_CASE("codec: every reader survives JSON without bottom") {
  for (const auto& reader : every_reader()) {
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

TEST_CASE("codec: every reader takes any field as null or of another type without harm") {
  // What they answer to it is for the cases below; here it is that they answer.
  const std::vector<json> values{
      nullptr, true, -1, 2.5, "text", json::array({1}), json::object({{"a", 1}}), 18446744073709551615ULL};
  for (const auto& reader : every_reader()) {
    const json good = json::parse(reader.good);
    const json& object = good.is_array() ? good[0] : good;
    for (const auto& field : object.items()) {
      for (const json& value : values) {
        INFO(reader.name << ", " << field.key() << ": " << value.dump());
        json changed = good;
        (changed.is_array() ? changed[0] : changed)[field.key()] = value;
        const std::string failure = reader.failure(changed.dump());
        CHECK((failure.empty() || failure.find(field.key()) != std::string::npos || field.key() == "func_urn"));
      }
    }
  }
}

TEST_CASE("codec: brackets inside strings are no nesting") {
  json answer = function_answer();
  const std::string description = std::string(500, '[') + "\\\"" + std::string(500, '{');
  answer["description"] = description;
  CHECK(value_of(read_function(answer.dump())).config.description == description);
}

/// `good` without each of the fields must be refused with the field's name.
template <class T>
void check_required(Result<T> (*read)(const std::string&), const json& good, const std::vector<std::string>& fields) {
  for (const std::string& field : fields) {
    json answer = good;
    answer.erase(field);
    CHECK(failure_of(read(answer.dump())) == "the field " + field + " is missing");
    answer[field] = json::array();
    CHECK_THAT(failure_of(read(answer.dump())), Catch::StartsWith("the field " + field + " is not a "));
  }
}

TEST_CASE("codec: a field that decisions rest on must be there and be of its type") {
  check_required(&read_function, function_answer(),
                 {"func_urn", "func_name", "runtime", "handler", "memory_size", "timeout"});
  check_required(&read_version, version_answer(),
                 {"version", "digest", "runtime", "handler", "memory_size", "timeout"});
  check_required(&read_alias, alias_answer(), {"name", "version"});
  check_required(&read_code, code_answer(), {"func_urn", "digest"});
  check_required(&read_export_link, json{{"code_url", "u"}}, {"code_url"});
  check_required(&read_reserved_instances, reserved_answer(), {"count"});
  check_required(&read_trigger, trigger_answer(), {"trigger_id", "trigger_type_code"});
  check_required(&read_dependency, dependency_answer(), {"id", "name"});
  check_required(&read_invocation, json{{"status", 200}}, {"status"});
  check_required(&read_request_id, json{{"request_id", "r"}}, {"request_id"});
  check_required(&read_snapshot, json{{"state", "s"}}, {"state"});
}

TEST_CASE("codec: a field that decisions rest on may be absent, but not of another type") {
  for (const auto* field : {"package", "digest", "description", "user_data", "code_type", "type"}) {
    json answer = function_answer();
    answer[field] = json::object();
    CHECK(failure_of(read_function(answer.dump())) == std::string("the field ") + field + " is not a string");
  }
  for (const auto* field : {"package", "digest", "description", "user_data", "code_type", "type"}) {
    json answer = function_answer();
    answer[field] = nullptr;
    CHECK(read_function(answer.dump()));
  }
}

TEST_CASE("codec: numbers are whole, small enough, and no texts") {
  const std::vector<std::pair<json, std::string>> values{
      {"3", "is not a whole number"},
      {3.5, "is not a whole number"},
      {nullptr, "is not a whole number"},
      {true, "is not a whole number"},
      {2147483648, "is beyond what it can be"},
      {-2147483649, "is beyond what it can be"},
      {18446744073709551615ULL, "is beyond what it can be"},
  };
  for (const auto* field : {"memory_size", "timeout"}) {
    for (const auto& [value, problem] : values) {
      INFO(value.dump());
      json answer = function_answer();
      answer[field] = value;
      CHECK(failure_of(read_function(answer.dump())) == std::string("the field ") + field + " " + problem);
    }
  }
}

TEST_CASE("codec: what is only shown may be of any type, and then is not shown") {
  json answer = function_answer();
  for (const auto* field : {"func_id", "domain_id", "code_size", "cpu", "image_name", "last_modified", "code_url",
                            "dependencies", "depend_list", "long_time", "fail_count", "enable_cloud_debug"}) {
    answer[field] = json::object();
  }
  answer["code_size"] = "6709";
  const auto row = value_of(read_function(answer.dump())).row;
  CHECK(row.code_size == 0);
  CHECK(row.image_name.empty());
  CHECK(row.last_modified.text.empty());
  CHECK(row.facts->func_id.empty());
  CHECK(row.facts->cpu == 0);
  CHECK_FALSE(row.facts->long_time);
}

// ----- lists

TEST_CASE("codec: a list that is null has no rows") {
  CHECK(value_of(read_function_page(R"({"functions": null, "next_marker": null, "count": 0})")).rows.empty());
  CHECK(value_of(read_version_page(R"({"versions": null})")).rows.empty());
  CHECK(value_of(read_async_config_page(R"({"async_invoke_configs": null, "page_info": null})")).rows.empty());
  CHECK(value_of(read_aliases("[]")).empty());
  CHECK(value_of(read_triggers("[]")).empty());
}

TEST_CASE("codec: a list that is no list is refused") {
  CHECK(failure_of(read_function_page("{}")) == "the field functions is missing");
  CHECK(failure_of(read_function_page(R"({"functions": {}})")) == "the field functions is not a list");
  CHECK(failure_of(read_function_page(R"({"functions": [7]})")) == "an entry of the list functions is not an object");
  CHECK(failure_of(read_version_page(R"({"versions": ["v1"]})")) == "an entry of the list versions is not an object");
  CHECK(failure_of(read_aliases(R"({"aliases": []})")) == "the list of aliases is not an array");
  CHECK(failure_of(read_aliases("[7]")) == "an entry of the list is not an object");
  CHECK(failure_of(read_triggers("{}")) == "the list of triggers is not an array");
  CHECK(failure_of(read_quotas("{}")) == "the field quotas is missing");
  CHECK(failure_of(read_quotas(R"({"quotas": {"x": 1}})")) == "the field quotas.resources is missing");
}

TEST_CASE("codec: a bad row of a list is named with its place") {
  json bad = version_answer();
  bad.erase("digest");
  CHECK(failure_of(read_version_page(json{{"versions", {version_answer(), bad}}}.dump())) ==
        "the field versions[1].digest is missing");
}

TEST_CASE("codec: where a list goes on must be a number, or it would read as its end") {
  for (const auto* field : {"next_marker", "count"}) {
    const std::string message = std::string("the field ") + field + " is not a whole number";
    CHECK(failure_of(read_function_page(json{{"functions", json::array()}, {field, "5"}}.dump())) == message);
    CHECK(failure_of(read_version_page(json{{"versions", json::array()}, {field, "5"}}.dump())) == message);
    CHECK(failure_of(read_dependency_page(json{{"dependencies", json::array()}, {field, "5"}}.dump())) == message);
  }
}

TEST_CASE("codec: a list that goes on at a mark says so in numbers or in texts") {
  const std::vector<std::pair<json, std::string>> marks{
      {json::object(), ""},
      {{{"next_marker", nullptr}}, ""},
      {{{"next_marker", ""}}, ""},
      {{{"next_marker", 0}}, ""},
      {{{"next_marker", "0"}}, ""},
      {{{"next_marker", 3}}, "3"},
      {{{"next_marker", "eyJpZCI6M30="}, {"current_count", 1}}, "eyJpZCI6M30="},
  };
  for (const auto& [info, mark] : marks) {
    INFO(info.dump());
    const json page{{"async_invoke_configs", {async_answer()}}, {"page_info", info}, {"count", 4}};
    const auto read = value_of(read_async_config_page(page.dump()));
    CHECK(read.next_marker == mark);
    CHECK(read.count == 4);
  }
}

}  // namespace
}  // namespace fgsync::functiongraph::cases
