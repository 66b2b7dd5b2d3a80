#include "emulated.hpp"

using namespace fgsync::emulator::test;
using fgsync::base64_encode;
using fgsync::sha512_hex;

namespace {

constexpr const char* kYaml = R"(HcCrmTemplateVersion: v1
Resources:
  hello:
    Type: HC::Serverless::Function
    Properties:
      Handler: index.handler
      Runtime: Python3.9
      CodeType: zip
      CodeFileName: index.zip
      DependencyPkg: ''
      Description: Says hello
      MemorySize: 256
      Timeout: 10
      Version: latest
      SomethingNewer: [1, 2]
      Environment:
        Variables:
          HOST: example
)";

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

Json import_body(const std::string& package) {
  return Json{
      {"func_name", "hello"}, {"file_name", "hello.zip"}, {"file_type", "zip"}, {"file_code", base64_encode(package)}};
}

std::string package_with(const std::string& yaml) {
  return zip_bytes({{"hello.yaml", yaml}, {"index.zip", code_zip()}});
}

std::string outcome_of_package(const std::vector<ZipEntry>& entries) {
  Emulated service;
  return service.post("/import", import_body(zip_bytes(entries))).outcome();
}

std::string outcome_of_yaml(const std::string& yaml) {
  return outcome_of_package({{"hello.yaml", yaml}, {"index.zip", code_zip()}});
}

}  // namespace

TEST_CASE("import: the function has the configuration of the YAML file") {
  Emulated service;
  const auto reply = service.post("/import", import_body(package_with(kYaml)));
  REQUIRE(reply.outcome() == "200");
  const auto answer = reply.json();
  CHECK(answer["runtime"] == "Python3.9");
  CHECK(answer["handler"] == "index.handler");
  CHECK(answer["memory_size"] == 256);
  CHECK(answer["timeout"] == 10);
  CHECK(answer["description"] == "Says hello");
  CHECK(Json::parse(answer["user_data"].get<std::string>()) == Json{{"HOST", "example"}});
  CHECK(answer["code_filename"] == "index.zip");
  CHECK(answer["version"] == "latest");
}

TEST_CASE("import: the digest is that of the code file in the package") {
  Emulated service;
  const auto answer = service.post("/import", import_body(package_with(kYaml))).json();
  CHECK(answer["digest"] == sha512_hex(code_zip()));
  CHECK(answer["code_size"] == code_zip().size());
}

TEST_CASE("import: the same bytes by import and by create have the same digest") {
  Emulated service;
  const auto imported = service.post("/import", import_body(package_with(kYaml))).json();
  const auto created = service.post("", create_body("other")).json();
  CHECK(imported["digest"] == created["digest"]);
}

TEST_CASE("import: inline code is the plain source") {
  const auto yaml = replaced(replaced(kYaml, "CodeType: zip", "CodeType: inline"), "index.zip", "index.py");
  Emulated service;
  const auto answer = service.post("/import", import_body(zip_bytes({{"index.py", "x = 1"}, {"a.yml", yaml}}))).json();
  CHECK(answer["digest"] == sha512_hex("x = 1"));
}

TEST_CASE("import: an existing function is refused") {
  Emulated service;
  service.post("", create_body());
  const auto reply = service.post("/import", import_body(package_with(kYaml)));
  CHECK(reply.outcome() == "409 FSS.1061");
}

TEST_CASE("import: each broken rule of the request has its documented code") {
  struct Row {
    std::string field;
    Json value;
    std::string outcome;
  };
  const std::vector<Row> rows{
      {"file_type", "tar", "400 FSS.1013"},       {"file_type", Json(), "400 FSS.1013"},
      {"file_name", "hello.tar", "400 FSS.1013"}, {"file_code", Json(), "400 FSS.1012"},
      {"file_code", "***", "400 FSS.1011"},       {"file_code", base64_encode("no zip"), "400 FSS.1011"},
      {"file_code", 7, "400 FSS.0400"},           {"func_name", "9", "400 FSS.1002"},
      {"func_name", "absent", "404 FSS.1057"},    {"package", "a/b", "400 FSS.1027"},
      {"package", "hello", "400 FSS.1058"},
  };
  for (const auto& row : rows) {
    INFO(row.field << " = " << row.value);
    Emulated service;
    auto body = import_body(package_with(kYaml));
    body[row.field] = row.value;
    CHECK(service.post("/import", body).outcome() == row.outcome);
  }
}

TEST_CASE("import: the YAML file is checked like a create request") {
  CHECK(outcome_of_yaml(replaced(kYaml, "index.handler", "handler")) == "400 FSS.1003");
  CHECK(outcome_of_yaml(replaced(kYaml, "Python3.9", "Python9")) == "400 FSS.1005");
  CHECK(outcome_of_yaml(replaced(kYaml, "MemorySize: 256", "MemorySize: 100")) == "400 FSS.1007");
  CHECK(outcome_of_yaml(replaced(kYaml, "Timeout: 10", "Timeout: 1")) == "400 FSS.1008");
  CHECK(outcome_of_yaml(replaced(kYaml, "CodeType: zip", "CodeType: rar")) == "400 FSS.1006");
}

TEST_CASE("import: a YAML file that is none, or has another layout, is refused") {
  CHECK(outcome_of_yaml("{") == "400 FSS.1025");
  CHECK(outcome_of_yaml("just text") == "400 FSS.1025");
  CHECK(outcome_of_yaml("\xff\xfe\xfd: {[\xc3\x28") == "400 FSS.1025");
  CHECK(outcome_of_yaml(replaced(kYaml, "Version: v1", "Version: v2")) == "400 FSS.1025");
  CHECK(outcome_of_yaml(replaced(kYaml, "Serverless::Function", "Serverless::Other")) == "400 FSS.1025");
  CHECK(outcome_of_yaml(replaced(kYaml, "MemorySize: 256", "MemorySize: much")) == "400 FSS.1025");
  CHECK(outcome_of_yaml(std::string(kYaml) + "  second: {}\n") == "400 FSS.1025");
  CHECK(outcome_of_yaml(std::string(20'000, '[')) == "400 FSS.1025");
}

TEST_CASE("import: the package holds one YAML file and the code file that it names") {
  const ZipEntry yaml{"hello.yaml", kYaml};
  const ZipEntry code{"index.zip", code_zip()};
  CHECK(outcome_of_package({code, yaml}) == "200");
  CHECK(outcome_of_package({yaml}) == "400 FSS.1012");
  CHECK(outcome_of_package({code}) == "400 FSS.1025");
  CHECK(outcome_of_package({yaml, code, {"other.yml", kYaml}}) == "400 FSS.1022");
  CHECK(outcome_of_package({yaml, code, {"readme.txt", "x"}}) == "400 FSS.1011");
  CHECK(outcome_of_package({}) == "400 FSS.1011");
}

TEST_CASE("import: code of type zip must be a zip") {
  CHECK(outcome_of_package({{"hello.yaml", kYaml}, {"index.zip", "plain"}}) == "400 FSS.1011");
}

TEST_CASE("import: names that lead out of the package are refused") {
  for (const auto* name : {"../index.zip", "/index.zip", "a/index.zip", "..\\index.zip", ".."}) {
    INFO(name);
    CHECK(outcome_of_package({{"hello.yaml", replaced(kYaml, "index.zip", name)}, {name, code_zip()}}) ==
          "400 FSS.1011");
  }
}

TEST_CASE("import: an entry that would inflate beyond the limit is refused before it is read") {
  CHECK(outcome_of_package({{"hello.yaml", kYaml}, {"index.zip", code_zip(), 0x7fffffffU}}) == "400 FSS.1023");
  CHECK(outcome_of_package({{"hello.yaml", kYaml, 70'000U}, {"index.zip", code_zip()}}) == "400 FSS.1023");
}

TEST_CASE("import: a damaged entry is refused") {
  CHECK(outcome_of_package({{"hello.yaml", kYaml}, {"index.zip", code_zip(), std::nullopt, 1U}}) == "400 FSS.1011");
}
