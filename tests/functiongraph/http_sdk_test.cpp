// Our requests against those of the official SDK for the same operations (sdk/), and our reading of the same answers.
#include <fstream>
#include <sstream>

#include "functiongraph/error_map.hpp"
#include "tests/functiongraph/http_cases.hpp"

namespace fgsync::functiongraph::cases {
namespace {

const std::string kProject = "7aad83af3e8d42e99ac194e8419e2c9b";
const FunctionUrn kHello = *FunctionUrn::parse("urn:fss:cn-north-4:" + kProject + ":function:default:hello");
const std::string kZip = std::string("PK\x05\x06", 4) + std::string(18, '\0');  // an empty one, as the SDK was given

std::string file_text(const std::string& name) {
  std::ifstream file(FGSYNC_SOURCE_DIR "/tests/functiongraph/sdk/" + name, std::ios::binary);
  REQUIRE(file);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// A request as the SDK sent it.
struct SdkRequest {
  std::string method;
  std::string target;
  std::string body;

  [[nodiscard]] std::string path() const { return target.substr(0, target.find('?')); }
};

SdkRequest sdk_request(const std::string& operation) {
  const std::string text = file_text(operation + ".http");
  SdkRequest request;
  std::istringstream(text) >> request.method >> request.target;
  request.body = text.substr(text.find("\r\n\r\n") + 4);
  return request;
}

/// What the SDK made of the answer to it.
json sdk_view(const std::string& operation) {
  return json::parse(file_text("sdk_view.json"))[operation];
}

/// The answer itself. The server left out what it did not need; where our reader needs more, `missing` has it.
json sdk_answer(const std::string& operation, const json& missing = json::object()) {
  json answer = sdk_view(operation)["value"];
  if (answer.is_array()) return answer;
  answer.erase("httpStatusCode");
  json& object = answer.contains("versions") ? answer["versions"][0] : answer;
  for (const auto& [field, value] : missing.items()) object[field] = value;
  return answer;
}

const json kConfig{{"runtime", "Python3.9"}, {"handler", "index.handler"}, {"memory_size", 128}, {"timeout", 3}};

/// The port, for the project of the SDK's requests.
struct SdkFixture : Fixture {
  std::unique_ptr<FunctionGraph> hello = make_http_function_graph({client, clock, kProject, counter, Logger()});

  /// Whether our last request is the SDK's: the same but for fields that we always send and that say nothing.
  void check_same(const std::string& operation) const {
    INFO(operation);
    const SdkRequest theirs = sdk_request(operation);
    const http::Request ours = test::as_received(client.requests().back());
    CHECK(http::name_of(ours.method) == theirs.method);
    // A function's URN with and without `:latest` are the same.
    std::string path = theirs.path();
    if (const auto suffix = path.find(":latest"); suffix != std::string::npos) path.erase(suffix, 7);
    CHECK(ours.target.substr(0, ours.target.find('?')) == path);
    if (theirs.body.empty()) {
      CHECK(ours.body.empty());
      return;
    }
    const json expected = json::parse(theirs.body);
    json body = json::parse(ours.body);
    for (const auto* field : {"description", "user_data"}) {
      if (!expected.contains(field)) {
        CHECK((!body.contains(field) || body[field] == "" || body[field] == "{}"));
        body.erase(field);
      }
    }
    CHECK(body == expected);
  }
};

FunctionConfig sdk_config() {
  FunctionConfig config;
  config.runtime = "Python3.9";
  config.handler = "index.handler";
  config.memory_size = 128;
  config.timeout = std::chrono::seconds(30);
  return config;
}

template <class T>
T good(boost::asio::awaitable<Result<T>> call) {
  auto result = test::run(std::move(call));
  if (!result) FAIL(result.error().describe());
  return std::move(*result);
}

void check_hello(const FunctionRow& row) {
  CHECK(row.urn == kHello);
  CHECK(row.name == "hello");
  CHECK(row.digest.hex == "aa");
  CHECK(row.code_size == 22);
  CHECK(row.last_modified.text == "2024-01-02 03:04:05");
}

// ----- functions

TEST_CASE("sdk: a list of functions is asked for and read alike") {
  SdkFixture fixture;
  fixture.client.answer(200, sdk_answer("ListFunctions").dump());
  const auto rows = good(fixture.hello->list_functions(fixture.deadline()));
  fixture.check_same("ListFunctions");
  REQUIRE(rows.size() == 1);
  check_hello(rows.front());
}

TEST_CASE("sdk: a name in a query is encoded alike") {
  SdkFixture fixture;
  fixture.client.answer(200, sdk_answer("ListFunctions").dump());
  good(fixture.hello->find_function("a b+é", fixture.deadline()));
  const std::string theirs = sdk_request("ListFunctions").target;
  const std::string ours = fixture.client.requests().back().target;
  CHECK(ours.substr(ours.find("func_name=")) == theirs.substr(theirs.find("func_name=")));
  CHECK_THAT(ours, Catch::Contains("?marker=0&maxitems=400&"));
  CHECK_THAT(theirs, Catch::Contains("?marker=0&maxitems=400&"));
}

TEST_CASE("sdk: a function is created alike") {
  SdkFixture fixture;
  fixture.client.answer(200, sdk_answer("CreateFunction", kConfig).dump());
  CreateRequest request;
  request.name = "hello";
  request.app = "default";
  request.config = sdk_config();
  request.code = zip_upload(kZip);
  check_hello(good(fixture.hello->create_function(request, fixture.deadline())).row);
  fixture.check_same("CreateFunction");
}

TEST_CASE("sdk: a function is imported alike") {
  SdkFixture fixture;
  fixture.client.answer(200, sdk_answer("ImportFunction", kConfig).dump());
  const ImportRequest request{"hello", "default", "hello.zip", bytes_in_memory(kZip)};
  check_hello(good(fixture.hello->import_function(request, fixture.deadline())).row);
  fixture.check_same("ImportFunction");
}

TEST_CASE("sdk: a function is exported alike") {
  SdkFixture fixture;
  fixture.client.answer(200, sdk_view("ExportFunction_zip")["value"]["body"].get<std::string>());
  CHECK(good(fixture.hello->export_function(kHello, fixture.deadline())).package == kZip);
  fixture.check_same("ExportFunction_zip");
  CHECK(fixture.client.requests().back().target == sdk_request("ExportFunction_zip").target);
}

TEST_CASE("sdk: an alias's configuration is shown alike, its URN sent as it is") {
  SdkFixture fixture;
  fixture.client.answer(200, sdk_answer("ShowFunctionConfig_alias", kConfig).dump());
  const auto urn = *AliasUrn::of(kHello, "prod");
  const auto detail = good(fixture.hello->show_config(urn, fixture.deadline()));
  check_hello(detail.row);
  REQUIRE(detail.config.strategy_config);
  CHECK(detail.config.strategy_config->concurrency == -1);
  fixture.check_same("ShowFunctionConfig_alias");
}

TEST_CASE("sdk: code and configuration are updated alike") {
  SdkFixture fixture;
  fixture.client.answer(200, sdk_answer("UpdateFunctionCode").dump());
  CodeUpdate update;
  update.code = zip_upload(kZip);
  CHECK(good(fixture.hello->update_code(kHello, update, fixture.deadline())).digest.hex == "aa");
  fixture.check_same("UpdateFunctionCode");

  fixture.client.answer(200, sdk_answer("UpdateFunctionConfig", kConfig).dump());
  FunctionConfig config = sdk_config();
  config.user_data = {{"A", "b"}};
  check_hello(good(fixture.hello->update_config(kHello, "hello", config, fixture.deadline())).row);
  fixture.check_same("UpdateFunctionConfig");
}

// ----- versions and aliases

TEST_CASE("sdk: versions are listed, published and deleted alike") {
  SdkFixture fixture;
  fixture.client.answer(200, sdk_answer("ListFunctionVersions", kConfig).dump());
  CHECK(good(fixture.hello->list_versions(kHello, fixture.deadline())).empty());  // only latest is there
  fixture.check_same("ListFunctionVersions");

  fixture.client.answer(200, sdk_answer("CreateFunctionVersion", kConfig).dump());
  const PublishRequest request{"v1.0", "Grüße 版本", "abc"};
  CHECK(good(fixture.hello->publish_version(kHello, request, fixture.deadline())).digest.hex == "aa");
  fixture.check_same("CreateFunctionVersion");

  fixture.client.answer(204, "");
  const auto deleted = test::run(fixture.hello->delete_version(*VersionUrn::of(kHello, "v1.0"), fixture.deadline()));
  CHECK(deleted);
  fixture.check_same("DeleteFunction_version");
}

TEST_CASE("sdk: aliases are listed, made and moved alike") {
  SdkFixture fixture;
  fixture.client.answer(200, sdk_answer("ListVersionAliases").dump());
  const auto aliases = good(fixture.hello->list_aliases(kHello, fixture.deadline()));
  REQUIRE(aliases.size() == 1);
  CHECK(aliases[0].name == "prod");
  CHECK(aliases[0].version == "v1.0");
  CHECK(aliases[0].alias_urn == kHello.text() + ":!prod");
  fixture.check_same("ListVersionAliases");

  fixture.client.answer(200, sdk_answer("CreateVersionAlias").dump());
  AliasRequest request{"prod", "v1.0", ""};
  request.additional_version_weights = {{"v0.9", 10}};
  CHECK(good(fixture.hello->create_alias(kHello, request, fixture.deadline())).version == "v1.0");
  fixture.check_same("CreateVersionAlias");

  fixture.client.answer(200, sdk_answer("UpdateVersionAlias", {{"version", "v1.0"}}).dump());
  request.additional_version_weights.clear();
  CHECK(good(fixture.hello->update_alias(kHello, request, fixture.deadline())).name == "prod");
  fixture.check_same("UpdateVersionAlias");
}

// ----- failures

TEST_CASE("sdk: failures have the same status, code, words and request id") {
  const json iam{{"error", {{"code", "PAP.0001"}, {"message", "denied"}, {"encoded_authorization_message", "enc"}}}};
  const auto refusal = [](const std::string& code, const std::string& message) {
    return json{{"error_code", code}, {"error_msg", message}};
  };
  json details = refusal("FSS.1011", "zip: not a valid zip file");
  details["details"] = {{"error_msg", "Invalid function code."}};
  const std::vector<std::pair<std::string, std::string>> bodies{
      {"err_404_fss", refusal("FSS.1051", "Not found the function").dump()},
      {"err_400_details", details.dump()},
      {"err_401_apig",
       refusal("APIGW.0301", "Incorrect IAM authentication information: verify aksk signature fail").dump()},
      {"err_429_apig",
       refusal("APIG.0308",
               "The throttling threshold has been reached: policy user over ratelimit,limit:60,time:1 minute")
           .dump()},
      {"err_iam_style", iam.dump()},
      {"err_500_html", "<html>Internal Server Error</html>"},
      {"err_502_empty", ""},
  };
  for (const auto& [name, body] : bodies) {
    INFO(name);
    const json theirs = sdk_view(name);
    const int status = theirs["httpStatusCode"];
    const std::string request_id = theirs["requestId"];
    SdkFixture fixture;
    fixture.client.answer(status, body, {{"X-Request-Id", request_id}});
    const auto versions = test::run(fixture.hello->list_versions(kHello, fixture.deadline()));
    REQUIRE_FALSE(versions);
    REQUIRE(versions.error().remote);
    CHECK(versions.error().remote->http_status == status);
    CHECK(versions.error().remote->error_code == theirs.value("errorCode", ""));
    CHECK(versions.error().remote->request_id == request_id);
    // Of an answer without words the SDK passes on its HTTP library's.
    if (theirs.contains("errorCode")) {
      CHECK_THAT(versions.error().message, Catch::StartsWith(theirs["errorMsg"].get<std::string>()));
    }
  }
}

}  // namespace
}  // namespace fgsync::functiongraph::cases
