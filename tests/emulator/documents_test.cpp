// The request and response examples of the service's pages on importing a function, publishing a version and listing
// versions, replayed. Their values are examples; what is compared is which fields there are and of which type.
#include "emulated.hpp"

using namespace fgsync::emulator::test;
using fgsync::base64_encode;

namespace {

constexpr const char* kImportYaml = R"(HcCrmTemplateVersion: v1
Resources:
  test:
    Type: HC::Serverless::Function
    Properties:
      Handler: index.handler
      Runtime: Node.js6.10
      CodeType: zip
      CodeFileName: index.zip
      MemorySize: 128
      Timeout: 3
)";

const Json kImportExample = Json::parse(R"({
  "func_urn" : "urn:fss:{region}:46b6f338fc3445b8846c71dfb1fbd9e8:function:default:test_v1_2",
  "func_name" : "test_v1_2",
  "domain_id" : "14ee2e35****a7998b******aa24cabf",
  "namespace" : "46b6f338fc3445b8846c71dfb1fbd9e8",
  "project_name" : "{region}",
  "package" : "default",
  "runtime" : "Node.js6.10",
  "timeout" : 3,
  "handler" : "index.handler",
  "memory_size" : 128,
  "cpu" : 300,
  "code_type" : "zip",
  "code_filename" : "index.zip",
  "code_size" : 6709,
  "digest" : "faa82557",
  "version" : "latest",
  "image_name" : "latest-191025153727@zehht",
  "last_modified" : "2019-10-25 15:37:27",
  "strategy_config" : { "concurrency" : -1 },
  "enterprise_project_id" : "46b6f338fc3445b8846c71dfb1fbxxxx"
})");

const Json kVersionExample = Json::parse(R"({
  "func_urn" : "urn:fss:xxxxxxxxx:7aad83af3e8d42e99ac194e8419e2c9b:function:default:test",
  "func_name" : "test",
  "domain_id" : "14ee2e3501124efcbca7998baa24xxxx",
  "namespace" : "46b6f338fc3445b8846c71dfb1fbxxxx",
  "project_name" : "xxxxx",
  "package" : "default",
  "runtime" : "Node.js6.10",
  "timeout" : 3,
  "handler" : "test.handler",
  "memory_size" : 128,
  "cpu" : 300,
  "code_type" : "inline",
  "code_filename" : "inline.js",
  "code_size" : 272,
  "digest" : "faa82557",
  "version" : "latest",
  "image_name" : "latest-191025153727@zehht",
  "last_modified" : "2019-10-25 15:37:27",
  "strategy_config" : { "concurrency" : 0 }
})");

/// The examples' function: inline Node.js code.
Json example_function() {
  return Json{{"func_name", "test"},
              {"package", "default"},
              {"runtime", "Node.js6.10"},
              {"timeout", 3},
              {"handler", "test.handler"},
              {"memory_size", 128},
              {"code_type", "inline"},
              {"code_filename", "inline.js"},
              {"func_code", {{"file", base64_encode("exports.handler = async () => 'ok';")}}}};
}

void check_shape(const Json& example, const Json& answer) {
  for (const auto& [name, value] : example.items()) {
    INFO(name);
    REQUIRE(answer.contains(name));
    CHECK(answer[name].type_name() == std::string(value.type_name()));
  }
}

/// Fields whose example value does not depend on the code or on the caller.
void check_values(const Json& example, const Json& answer, const std::vector<std::string>& names) {
  for (const auto& name : names) {
    INFO(name);
    CHECK(answer[name] == example[name]);
  }
}

const std::string kUrn = "/" + Emulated::urn("test");

}  // namespace

TEST_CASE("documents: importing a function from a Base64-encoded file test.zip") {
  Emulated service;
  const auto package = zip_bytes({{"test.yaml", kImportYaml}, {"index.zip", code_zip("exports.handler = 1")}});
  const Json request{
      {"func_name", "test"}, {"file_name", "test.zip"}, {"file_type", "zip"}, {"file_code", base64_encode(package)}};
  const auto reply = service.post("/import", request);
  REQUIRE(reply.status == 200);
  check_shape(kImportExample, reply.json());
  check_values(kImportExample, reply.json(),
               {"package", "runtime", "timeout", "handler", "memory_size", "cpu", "code_type", "code_filename",
                "version", "last_modified"});
  CHECK(reply.json()["strategy_config"]["concurrency"] == kImportExample["strategy_config"]["concurrency"]);

  const auto again = service.post("/import", request);
  CHECK(again.status == 409);
  CHECK(again.json() == Json{{"error_code", "FSS.1061"}, {"error_msg", "The function has existed"}});
}

TEST_CASE("documents: publishing a function version") {
  Emulated service;
  service.post("", example_function());
  const auto reply = service.send(fgsync::http::Method::post, service.base + kUrn + "/versions",
                                  "{\n  \"version\" : \"v1\",\n  \"description\" : \"v1\"\n}");
  REQUIRE(reply.status == 200);
  check_shape(kVersionExample, reply.json());
  check_values(kVersionExample, reply.json(),
               {"func_name", "package", "runtime", "timeout", "handler", "memory_size", "cpu", "code_type",
                "code_filename", "last_modified"});
}

TEST_CASE("documents: publishing a function version, the Portuguese page") {
  // An older example: it has two fields that the English one of 2024 has no more, and times with a zone, which it has
  // neither.
  Json example = kVersionExample;
  example["last_modified_utc"] = 1571989047;
  example["func_code"] = Json::object();
  fgsync::emulator::ServiceOptions options;
  options.open.publish_answer = fgsync::emulator::PublishAnswer::latest;
  Emulated service(options);
  auto function = example_function();
  function["strategy_config"] = {{"concurrency", 0}};
  service.post("", function);
  const auto reply = service.send(fgsync::http::Method::post, service.base + kUrn + "/versions",
                                  R"({ "version" : "v1", "description" : "v1" })");
  REQUIRE(reply.status == 200);
  check_shape(example, reply.json());
  check_values(example, reply.json(),
               {"func_name", "package", "runtime", "timeout", "handler", "memory_size", "cpu", "code_type",
                "code_filename", "version", "last_modified_utc", "func_code", "strategy_config"});
}

TEST_CASE("documents: publishing a version of a missing function") {
  Emulated service;
  const auto reply = service.post(kUrn + "/versions", Json{{"version", "v1"}, {"description", "v1"}});
  CHECK(reply.status == 404);
  CHECK(reply.json() == Json{{"error_code", "FSS.1051"}, {"error_msg", "Not found the function"}});
}

TEST_CASE("documents: listing the versions of a function") {
  Emulated service;
  service.post("", example_function());
  const auto reply = service.get(kUrn + "/versions");
  REQUIRE(reply.status == 200);
  CHECK(reply.json()["next_marker"].is_number_integer());
  const auto entry = reply.json()["versions"][0];
  check_shape(kVersionExample, entry);
  check_values(kVersionExample, entry,
               {"func_name", "package", "runtime", "timeout", "handler", "memory_size", "cpu", "code_type",
                "code_filename", "version", "last_modified"});
}

TEST_CASE("documents: listing the versions of a missing function") {
  Emulated service;
  const auto reply = service.get(kUrn + "/versions");
  CHECK(reply.status == 404);
  CHECK(reply.json() == Json{{"error_code", "FSS.1051"}, {"error_msg", "Not found the function"}});
}

TEST_CASE("documents: the handler of the example of a create request as the SDK writes it") {
  Emulated service;
  const auto body = R"({"func_name":"hello","package":"default","runtime":"Python3.9","timeout":30,)"
                    R"("handler":"index.handler","memory_size":128,"code_type":"zip","code_filename":"index.zip",)"
                    R"("func_code":{"file":")" +
                    base64_encode(code_zip()) + "\"}}";
  CHECK(service.send(fgsync::http::Method::post, service.base, body, {{"Content-Type", "application/json"}}).status ==
        200);
  const auto config = R"({"func_name":"hello","runtime":"Python3.9","timeout":30,"handler":"index.handler",)"
                      R"("memory_size":128,"user_data":"{\"A\":\"b\"}"})";
  const auto reply = service.send(fgsync::http::Method::put, service.base + "/" + Emulated::urn() + "/config", config);
  CHECK(reply.json()["user_data"] == R"({"A":"b"})");
}
