// Every documented field of the operations that there are: those of answers are read, those of requests are sent. The
// fields' values are made of their names and types, so that none can be taken for another.
#include "tests/functiongraph/models.hpp"

#include <array>
#include <numeric>
#include <set>

#include "tests/functiongraph/codec_cases.hpp"
#include "tests/functiongraph/http_cases.hpp"

namespace fgsync::functiongraph::cases {
namespace {

// ----- the models

struct Field {
  std::string name;
  std::string type;
};
using Models = std::map<std::string, std::vector<Field>>;

/// `func_name str, timeout int`
std::vector<Field> fields_in(const std::string& text) {
  std::vector<Field> fields;
  std::size_t at = 0;
  while (at < text.size()) {
    const auto blank = text.find(' ', at);
    // The comma of `dict(str, int)` ends nothing.
    auto end = text.find(", ", blank);
    if (text.compare(blank, 6, " dict(") == 0) end = text.find(", ", text.find(')', blank));
    fields.push_back({text.substr(at, blank - at), text.substr(blank + 1, end - blank - 1)});
    at = end == std::string::npos ? text.size() : end + 2;
  }
  return fields;
}

Models read_models() {
  std::string text(kModels);
  for (auto at = text.find("\n  "); at != std::string::npos; at = text.find("\n  ")) text.replace(at, 3, " ");
  Models models;
  for (std::size_t at = 1; at < text.size();) {
    const auto colon = text.find(": ", at);
    const auto end = text.find('\n', at);
    models[text.substr(at, colon - at)] = fields_in(text.substr(colon + 2, end - colon - 2));
    at = end + 1;
  }
  return models;
}

const Models& models() {
  static const Models all = read_models();
  return all;
}

// ----- values

int number_of(const std::string& name) {
  return std::accumulate(name.begin(), name.end(), 7, [](int sum, char c) { return (sum * 31 + c) % 1'000'003; }) + 1;
}

std::string time_of(const std::string& name) {
  const int number = number_of(name) % 60;
  return "2024-01-02 03:04:" + std::string(number < 10 ? "0" : "") + std::to_string(number);
}

json object_of(const std::string& model);

/// What is not just any value of its type.
std::optional<json> special_value(const std::string& name) {
  static const std::map<std::string, json> values{
      {"func_urn", "urn:fss:r:p1:function:default:hello"},
      {"user_data", R"({"A":"the A"})"},
      {"encrypted_user_data", R"({"B":"the B"})"},
      {"code_type", "zip"},
      {"depend_type", "zip"},
      {"file_type", "zip"},
      {"action", "create"},
      {"func_info", {{"function_urn", "the function_urn"}}},
      {"count", 1},
      {"next_marker", 1},
      {"page_info", {{"next_marker", "the next_marker"}}},
      {"additional_version_weights", {{"v2", 12}}},

  };
  if (name == "additional_version_strategy") return json{{"v2", object_of("VersionStrategy")}};
  const auto found = values.find(name);
  return found == values.end() ? std::nullopt : std::optional(found->second);
}

json sample_of(const Field& field) {
  const auto& [name, type] = field;
  if (auto special = special_value(name)) return std::move(*special);
  if (type == "str") return "the " + name;
  if (type == "int") return number_of(name);
  if (type == "bool") return true;
  if (type == "datetime") return time_of(name);
  if (type == "list[str]") return json::array({"a " + name, "another " + name});
  if (type == "dict(str, str)") return json{{"key of " + name, "the " + name}};
  if (type.starts_with("list[")) return json::array({object_of(type.substr(5, type.size() - 6))});
  // Passed on as it is; the models name the fields of the request only.
  if (type == "TriggerEventDataResponseBody") return object_of("TriggerEventDataRequestBody");
  return object_of(type);
}

json object_of(const std::string& model) {
  const auto found = models().find(model);
  if (found == models().end()) FAIL("no model " << model);
  json object = json::object();
  for (const Field& field : found->second) object[field.name] = sample_of(field);
  return object;
}

/// The fields whose value is not there as wanted.
void find_missing(const json& wanted, const json& seen, const std::string& path, Names& missing) {
  if (wanted.is_object() && seen.is_object()) {
    for (const auto& [name, value] : wanted.items()) {
      if (seen.contains(name)) {
        find_missing(value, seen[name], path + "." + name, missing);
      } else {
        missing.push_back(path + "." + name);
      }
    }
  } else if (wanted.is_array() && seen.is_array() && wanted.size() == seen.size()) {
    for (std::size_t i = 0; i < wanted.size(); ++i) find_missing(wanted[i], seen[i], path, missing);
  } else if (wanted != seen) {
    missing.push_back(path + ": " + wanted.dump() + " became " + seen.dump());
  }
}

Names missing_in(const json& seen, const std::string& model, const std::set<std::string>& leave_out = {}) {
  json wanted = object_of(model);
  for (const auto& name : leave_out) wanted.erase(name);
  Names missing;
  find_missing(wanted, seen, model, missing);
  return missing;
}

// ----- what was read, under the service's names

template <class T>
json or_null(const std::optional<T>& value) {
  return value ? json(*value) : json(nullptr);
}

template <class Rows, class See>
json each(const Rows& rows, See see) {
  json list = json::array();
  for (const auto& row : rows) list.push_back(see(row));
  return list;
}

std::int64_t seconds_of(const std::optional<std::chrono::system_clock::time_point>& time) {
  return time ? std::chrono::duration_cast<std::chrono::seconds>(time->time_since_epoch()).count() : 0;
}

/// What dependencies have, however they are named.
template <class Dependency>
json seen_dependency(const Dependency& it) {
  return {{"id", it.id},
          {"owner", it.owner},
          {"link", it.link},
          {"runtime", it.runtime},
          {"etag", it.etag},
          {"size", it.size},
          {"name", it.name},
          {"description", it.description},
          {"file_name", it.file_name},
          {"version", json(it.version)},
          {"dep_id", it.dep_id},
          {"last_modified", seconds_of(it.last_modified)}};
}

json seen_reference(const DependencyReference& it) {
  return seen_dependency(DependencyVersion{it.id, it.dep_id, it.name, it.runtime, it.owner, it.link, it.etag,
                                           it.description, it.file_name, it.size, it.version.value_or(0),
                                           it.last_modified});
}

json seen_async(const AsyncConfig& it) {
  json seen = json::parse(write_async_config(it));
  seen.update(
      {{"func_urn", it.func_urn}, {"created_time", it.created_time.text}, {"last_modified", it.last_modified.text}});
  return seen;
}

json seen_facts(const FunctionFacts& it) {
  return {{"func_id", it.func_id},
          {"resource_id", it.resource_id},
          {"domain_id", it.domain_id},
          {"namespace", it.namespace_id},
          {"project_name", it.project_name},
          {"cpu", it.cpu},
          {"code_type", it.code_type},
          {"code_url", it.code_url},
          {"code_filename", it.code_filename},
          {"type", it.type},
          {"func_vpc_id", it.func_vpc_id},
          {"depend_list", it.depend_list},
          {"depend_version_list", it.depend_version_list},
          {"dependencies", each(it.dependencies, seen_reference)},
          {"reserved_instance_count", or_null(it.reserved_instance_count)},
          {"reserved_instance_idle_mode", or_null(it.reserved_instance_idle_mode)},
          {"long_time", or_null(it.long_time)},
          {"fail_count", or_null(it.fail_count)},
          {"is_bridge_function", or_null(it.is_bridge_function)},
          {"bind_bridge_funcUrns", it.bind_bridge_func_urns},
          {"enable_cloud_debug", it.enable_cloud_debug},
          {"apig_route_enable", or_null(it.apig_route_enable)},
          {"allow_ephemeral_storage", or_null(it.allow_ephemeral_storage)},
          {"is_return_stream", or_null(it.is_return_stream)},
          {"code_encrypt_kms_key_id", it.code_encrypt_kms_key_id},
          {"version_description", it.version_description},
          {"concurrency", or_null(it.concurrency)},
          {"concurrent_num", or_null(it.concurrent_num)},
          {"function_async_config", it.async_config ? seen_async(*it.async_config) : json()}};
}

/// A configuration is sent back as it was read, so its fields are seen there.
json seen_config(const FunctionConfig& it) {
  json seen = json::parse(write_config("", it));
  if (it.log_config) {
    seen["log_group_id"] = it.log_config->group_id;
    seen["log_stream_id"] = it.log_config->stream_id;
  }
  // Blank in answers: only that there is something is known.
  if (it.has_encrypted_user_data) seen["encrypted_user_data"] = *special_value("encrypted_user_data");
  return seen;
}

json seen_row(const FunctionRow& it) {
  json seen = it.config ? seen_config(*it.config) : json::object();
  seen.update(seen_facts(*it.facts));
  seen.update({{"func_urn", it.urn.text()},
               {"func_name", it.name},
               {"package", it.app},
               {"digest", it.digest.hex},
               {"code_size", it.code_size},
               {"description", it.description},
               {"image_name", it.image_name},
               {"last_modified", it.last_modified.text},
               {"version", it.version}});
  return seen;
}

json seen_detail(const FunctionDetail& it) {
  json seen = seen_config(it.config);
  seen.update(seen_row(it.row));
  return seen;
}

json seen_version(const Version& it) {
  json seen = seen_config(it.config);
  seen.update(seen_facts(*it.facts));
  seen.update({{"version", it.name},
               {"digest", it.digest.hex},
               {"version_description", or_null(it.description)},
               {"last_modified", it.last_modified.text},
               {"func_urn", it.func_urn},
               {"func_name", it.func_name},
               {"package", it.app},
               {"code_size", it.code_size},
               {"image_name", it.image_name}});
  return seen;
}

json seen_code(const CodeDetail& it) {
  json seen{{"func_urn", it.urn.text()},
            {"func_name", it.func_name},
            {"domain_id", it.domain_id},
            {"runtime", it.runtime},
            {"code_type", it.code_type},
            {"code_url", it.code_url},
            {"code_filename", it.code_filename},
            {"code_size", it.code_size},
            {"digest", it.digest.hex},
            {"last_modified", it.last_modified.text},
            {"func_code", {{"file", it.file}, {"link", it.link}}},
            {"depend_list", it.depend_list},
            {"depend_version_list", it.depend_version_list},
            {"dependencies", each(it.dependencies, seen_reference)},
            {"code_encrypt_kms_key_id", it.code_encrypt_kms_key_id}};
  FunctionConfig config;
  config.strategy_config = it.strategy_config;
  seen["strategy_config"] = json::parse(write_config("", config))["strategy_config"];
  return seen;
}

json seen_alias(const Alias& it) {
  const AliasRequest request{it.name, it.version, it.description, it.additional_version_weights,
                             it.additional_version_strategy.value_or(std::map<std::string, VersionStrategy>())};
  json seen = json::parse(write_create_alias(request));
  seen.update({{"last_modified", it.last_modified.text}, {"alias_urn", it.alias_urn}});
  return seen;
}

json seen_trigger(const Trigger& it) {
  return {{"trigger_id", it.id},
          {"trigger_type_code", it.type_code},
          {"trigger_status", it.status},
          {"event_data", json::parse(it.event_data)},
          {"last_updated_time", it.last_updated_time.text},
          {"created_time", it.created_time.text}};
}

json seen_reserved(const ReservedInstances& it) {
  return json::parse(write_reserved_instances(it));
}

json seen_reserved_row(const ReservedInstancesRow& it) {
  json seen = seen_reserved(it.instances);
  seen.update({{"function_urn", it.function_urn},
               {"qualifier_type", it.qualifier_type},
               {"qualifier_name", it.qualifier_name},
               {"min_count", it.instances.count}});
  return seen;
}

json seen_reserved_count(const ReservedCount& it) {
  return {{"func_urn", it.func_urn}, {"count", it.count}};
}

json seen_tags(const Tags& it) {
  return json::parse(write_tags(TagAction::create, it));
}

json seen_quotas(const std::vector<Quota>& quotas) {
  const auto see = [](const Quota& it) {
    return json{{"quota", it.quota}, {"used", it.used}, {"type", it.type}, {"unit", it.unit}};
  };
  return {{"quotas", {{"resources", each(quotas, see)}}}};
}

json seen_invocation(const InvocationResult& it) {
  return {{"request_id", it.request_id}, {"result", it.result}, {"log", it.log}, {"status", it.status}};
}

// ----- answers

struct Answered {
  std::string model;
  std::function<json(const std::string& body)> see;
  std::set<std::string> leave_out = {};
};

template <class T>
Answered answer(std::string model, Result<T> (*read)(const std::string&), json (*see)(const T&)) {
  return {std::move(model), [=](const std::string& body) { return see(value_of(read(body))); }};
}

template <class Row>
Answered page(std::string model, Result<OffsetPage<Row>> (*read)(const std::string&), const char* rows,
              json (*see)(const Row&)) {
  return {std::move(model), [=](const std::string& body) {
            const auto seen = value_of(read(body));
            return json{
                {rows, each(seen.rows, see)}, {"next_marker", seen.next_marker}, {"count", or_null(seen.count)}};
          }};
}

template <class Row>
Answered page(std::string model, Result<MarkedPage<Row>> (*read)(const std::string&), const char* rows,
              json (*see)(const Row&)) {
  return {std::move(model), [=](const std::string& body) {
            const auto seen = value_of(read(body));
            return json{{rows, each(seen.rows, see)},
                        {"page_info", {{"next_marker", seen.next_marker}}},
                        {"count", or_null(seen.count)}};
          }};
}

std::vector<Answered> all_answers() {
  std::vector<Answered> answers{
      answer("ImportFunctionResponse", read_function, seen_detail),
      answer("CreateFunctionResponse", read_function, seen_detail),
      answer("ShowFunctionConfigResponse", read_function, seen_detail),
      answer("UpdateFunctionConfigResponse", read_function, seen_detail),
      answer("UpdateFunctionMaxInstanceConfigResponse", read_function, seen_detail),
      page("ListFunctionsResponse", read_function_page, "functions", seen_row),
      answer("ShowFunctionCodeResponse", read_code, seen_code),
      answer("UpdateFunctionCodeResponse", read_code, seen_code),
      page("ListFunctionVersionsResponse", read_version_page, "versions", seen_version),
      answer("CreateFunctionVersionResponse", read_version, seen_version),
      answer("CreateVersionAliasResponse", read_alias, seen_alias),
      answer("ShowVersionAliasResponse", read_alias, seen_alias),
      answer("UpdateVersionAliasResponse", read_alias, seen_alias),
      answer("CreateFunctionTriggerResponse", read_trigger, seen_trigger),
      answer("UpdateTriggerResponse", read_trigger, seen_trigger),
      page("ListDependenciesResponse", read_dependency_page, "dependencies", seen_dependency<DependencyVersion>),
      answer("CreateDependencyVersionResponse", read_dependency, seen_dependency<DependencyVersion>),
      answer("UpdateFunctionAsyncInvokeConfigResponse", read_async_config, seen_async),
      page("ListFunctionAsyncInvokeConfigResponse", read_async_config_page, "async_invoke_configs", seen_async),
      answer("UpdateFunctionReservedInstancesCountResponse", read_reserved_instances, seen_reserved),
      page("ListReservedInstanceConfigsResponse", read_reserved_instances_page, "reserved_instances",
           seen_reserved_row),
      page("ListFunctionReservedInstancesResponse", read_reserved_count_page, "reservedinstances", seen_reserved_count),
      answer("ListFunctionTagsResponse", read_tags, seen_tags),
      answer("ListQuotasResponse", read_quotas, seen_quotas),
      answer("InvokeFunctionResponse", read_invocation, seen_invocation),
  };
  // A header, which another test is about.
  answers.back().leave_out = {"X-Cff-Request-Id"};
  const auto first_alias = [](const std::string& body) {
    return seen_alias(value_of(read_aliases("[" + body + "]"))[0]);
  };
  const auto first_trigger = [](const std::string& body) {
    return seen_trigger(value_of(read_triggers("[" + body + "]"))[0]);
  };
  const auto request_id = [](const std::string& body) { return json{{"request_id", value_of(read_request_id(body))}}; };
  const auto snapshot = [](const std::string& body) {
    const auto it = value_of(read_snapshot(body));
    return json{{"state", it.state}, {"code", it.code}};
  };
  answers.push_back({"ListVersionAliasResult", first_alias});
  answers.push_back({"ListFunctionTriggerResult", first_trigger});
  answers.push_back({"AsyncInvokeFunctionResponse", request_id});
  answers.push_back({"ShowFuncSnapshotStateResponse", snapshot});
  return answers;
}

TEST_CASE("models: every documented field of an answer is read") {
  for (const auto& [model, see, leave_out] : all_answers()) {
    INFO(model);
    CHECK(missing_in(see(object_of(model).dump()), model, leave_out) == Names());
  }
}

TEST_CASE("models: this test sees a field that is not read") {
  json seen = seen_code(value_of(read_code(object_of("ShowFunctionCodeResponse").dump())));
  seen["func_code"]["link"] = "";
  seen.erase("runtime");
  CHECK(missing_in(seen, "ShowFunctionCodeResponse") ==
        Names{R"(ShowFunctionCodeResponse.func_code.link: "the link" became "")", "ShowFunctionCodeResponse.runtime"});
}

// ----- requests

/// A configuration with all that can be set.
FunctionConfig whole_config() {
  json answer = object_of("CreateFunctionResponse");
  for (const auto* model : {"ShowFunctionConfigResponse", "UpdateFunctionConfigRequestBody"}) {
    answer.update(object_of(model));
  }
  FunctionConfig config = value_of(read_function(answer.dump())).config;
  config.encrypted_user_data = {{"B", Secret("the B")}};
  config.log_config = LogConfig{"the group_id", "the group_name", "the stream_id", "the stream_name"};
  return config;
}

CodeUpload whole_code() {
  return {CodeUpload::Type::zip, "the code_filename", bytes_in_memory("the file"), "the code_url", "the link"};
}

/// As it is sent, with bytes where their base64 would be.
json sent(const BodyWithCode& body) {
  return json::parse(body.before + (body.bytes ? test::all_bytes(*body.bytes) : "") + body.after);
}

json sent_create() {
  CreateRequest request;
  request.name = "the func_name";
  request.app = "the package";
  request.config = whole_config();
  request.code = whole_code();
  request.depend_version_list = {"a depend_version_list", "another depend_version_list"};
  request.type = "the type";
  request.code_encrypt_kms_key_id = "the code_encrypt_kms_key_id";
  request.tags = "the tags";
  return sent(write_create(request));
}

json sent_code() {
  CodeUpdate update;
  update.code = whole_code();
  update.depend_version_list = {"a depend_version_list", "another depend_version_list"};
  update.code_encrypt_kms_key_id = "the code_encrypt_kms_key_id";
  return sent(write_code(update));
}

AliasRequest whole_alias() {
  return {"the name",
          "the version",
          "the description",
          {{"v2", 12}},
          {{"v2", {"the combine_type", {{"the rule_type", "the param", "the op", "the value"}}}}}};
}

json sent_trigger() {
  const TriggerRequest request{"the trigger_type_code", "the trigger_status", "the event_type_code",
                               object_of("TriggerEventDataRequestBody").dump()};
  return json::parse(*write_trigger(request));
}

json sent_trigger_update() {
  const TriggerUpdate update{"the trigger_status", json::array({object_of("UpdateriggerEventData")}).dump()};
  return json::parse(*write_trigger_update(update));
}

/// One has the bytes, the other says where they are.
json sent_dependency() {
  DependencyUpload upload{"the name", "the runtime", "the description", nullptr, "the depend_link"};
  json body = sent(write_dependency(upload));
  upload.bytes = bytes_in_memory("the depend_file");
  body.update(sent(write_dependency(upload)));
  return body;
}

json sent_async() {
  AsyncConfig config = value_of(read_async_config(object_of("UpdateFunctionAsyncInvokeConfigRequestBody").dump()));
  config.log = {"the log_group_id", "the log_group_name", "the log_stream_id", "the log_stream_name"};
  return json::parse(write_async_config(config));
}

json sent_reserved() {
  const std::string model = "UpdateFunctionReservedInstancesCountRequestBody";
  return seen_reserved(value_of(read_reserved_instances(object_of(model).dump())));
}

json sent_tags() {
  return seen_tags(Tags{{{"the key", "the value"}}, {{"the key", "the value"}}});
}

TEST_CASE("models: every documented field of a request is sent") {
  const int instances = number_of("max_instance_num");
  const ImportRequest import{"the func_name", "the package", "the file_name", bytes_in_memory("the file_code")};
  const PublishRequest publish{"the version", "the description", "the digest"};
  const std::vector<std::pair<std::string, json>> requests{
      {"ImportFunctionRequestBody", sent(write_import(import))},
      {"CreateFunctionRequestBody", sent_create()},
      {"UpdateFunctionCodeRequestBody", sent_code()},
      {"UpdateFunctionConfigRequestBody", json::parse(write_config("the func_name", whole_config()))},
      {"UpdateFunctionMaxInstanceConfigRequestBody", json::parse(write_max_instances(instances))},
      {"CreateFunctionVersionRequestBody", json::parse(write_publish(publish))},
      {"CreateVersionAliasRequestBody", json::parse(write_create_alias(whole_alias()))},
      {"UpdateVersionAliasRequestBody", json::parse(write_update_alias(whole_alias()))},
      {"CreateFunctionTriggerRequestBody", sent_trigger()},
      {"UpdateTriggerRequestBody", sent_trigger_update()},
      {"CreateDependencyRequestBody", sent_dependency()},
      {"UpdateFunctionAsyncInvokeConfigRequestBody", sent_async()},
      {"UpdateFunctionReservedInstancesCountRequestBody", sent_reserved()},
      {"UpdateFunctionTagsRequestBody", sent_tags()},
  };
  for (const auto& [model, body] : requests) {
    INFO(model);
    CHECK(missing_in(body, model) == Names());
  }
}

// ----- queries

struct Query {
  std::string what;
  Names parameters;  ///< `name=value`
  std::vector<std::string> answers;
  std::function<void(Fixture& fixture)> ask;
};

std::vector<Query> all_queries() {
  const std::string marked = R"({"page_info":{"next_marker":"m"},)";
  const std::string urn = "urn%3Afss%3Ar%3Ap1%3Afunction%3Adefault%3Ahello";
  return {
      {"ListFunctions",
       {"marker=0", "maxitems=400", "package_name=shop", "func_name=hel"},
       {R"({"functions":[]})"},
       [](Fixture& f) { (void)test::run(f.graph->list_functions({"shop", "hel"}, f.deadline())); }},
      // Without maxitems: where pages do not work, it would cut the list off.
      {"ListFunctionVersions",
       {"marker=1"},
       {json{{"versions", {version_answer()}}, {"next_marker", 1}}.dump(), R"({"versions":[]})"},
       [](Fixture& f) { (void)test::run(f.graph->list_versions(urn_of("hello"), f.deadline())); }},
      {"ExportFunction",
       {"config=true", "code=true", "type=config"},
       {"PK", "PK"},
       [](Fixture& f) {
         for (const auto* type : {"", "config"}) {
           const ExportRequest request{true, true, type};
           (void)test::run(f.graph->export_function(urn_of("hello"), request, f.deadline()));
         }
       }},
      {"ListDependencies",
       {"marker=0", "maxitems=400", "ispublic=true", "dependency_type=public", "runtime=r", "name=n", "limit=7"},
       {R"({"dependencies":[]})"},
       [](Fixture& f) {
         const DependencyFilter filter{"n", "r", "public", true, 7};
         (void)test::run(f.dependencies->list_dependencies(filter, f.deadline()));
       }},
      {"ListDependencyVersion",
       {"marker=0", "maxitems=400"},
       {R"({"dependencies":[]})"},
       [](Fixture& f) { (void)test::run(f.dependencies->list_dependency_versions("d", f.deadline())); }},
      {"ListFunctionAsyncInvokeConfig",
       {"marker=m", "limit=100"},
       {marked + R"("async_invoke_configs":[{}]})", R"({"async_invoke_configs":[]})"},
       [](Fixture& f) { (void)test::run(f.graph->list_async_configs(urn_of("hello"), f.deadline())); }},
      {"ListReservedInstanceConfigs",
       {"marker=m", "limit=100", "function_urn=" + urn},
       {marked + R"("reserved_instances":[)" + reserved_row_answer().dump() + "]}", R"({"reserved_instances":[]})"},
       [](Fixture& f) { (void)test::run(f.graph->list_reserved_instances(urn_of("hello"), f.deadline())); }},
      {"ListFunctionReservedInstances",
       {"marker=m", "limit=100", "urn=" + urn},
       {marked + R"("reservedinstances":[{"func_urn":"u","count":1}]})", R"({"reservedinstances":[]})"},
       [](Fixture& f) { (void)test::run(f.graph->list_reserved_counts(urn_of("hello"), f.deadline())); }},
  };
}

TEST_CASE("models: every documented parameter of a query is sent") {
  for (const auto& query : all_queries()) {
    INFO(query.what);
    Fixture fixture;
    for (const auto& answer : query.answers) fixture.client.answer(200, answer);
    query.ask(fixture);
    CHECK(fixture.client.is_used_up());
    std::string sent;
    for (const auto& target : fixture.targets()) sent += target + "&";
    for (const auto& parameter : query.parameters) {
      INFO(parameter << " in " << sent);
      CHECK((sent.find("?" + parameter + "&") != std::string::npos ||
             sent.find("&" + parameter + "&") != std::string::npos));
    }
  }
}

}  // namespace
}  // namespace fgsync::functiongraph::cases
