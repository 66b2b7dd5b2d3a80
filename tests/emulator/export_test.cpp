#include "emulated.hpp"
#include "emulator/zip_reader.hpp"

using namespace fgsync::emulator::test;
using fgsync::base64_encode;
using fgsync::emulator::ZipReader;
using fgsync::http::find_header;
using fgsync::http::Method;

namespace {

const std::string kExport = "/" + Emulated::urn() + "/export";

Emulated with_function(fgsync::emulator::ServiceOptions options = {}) {
  Emulated service(std::move(options));
  auto body = create_body();
  body["description"] = "says: \"hello\"";
  body["user_data"] = R"({"A":"b: c","ON":"on","LINES":"1\n2"})";
  body["encrypted_user_data"] = R"({"PASSWORD":"hunter2"})";
  REQUIRE(service.post("", body).outcome() == "200");
  return service;
}

std::vector<std::string> entries_of(const std::string& zip) {
  const auto reader = ZipReader::open(zip);
  REQUIRE(reader);
  return reader->names();
}

}  // namespace

TEST_CASE("export: configuration and code are a zip with one YAML and the code, byte for byte") {
  Emulated service = with_function();
  const auto reply = service.get(kExport + "?config=true&code=true");
  REQUIRE(reply.status == 200);
  CHECK(find_header(reply.headers, "Content-Type") == "application/zip");
  CHECK_THAT(std::string(find_header(reply.headers, "Content-Disposition")),
             Catch::Matchers::Matches("attachment; filename=hello_[0-9a-f]{32}\\.zip"));
  CHECK(entries_of(reply.body) == std::vector<std::string>{"index.zip", "hello.yaml"});
  CHECK(ZipReader::open(reply.body)->read(0) == code_zip());
}

TEST_CASE("export: equal functions are equal archives") {
  Emulated service = with_function();
  const auto first = service.get(kExport + "?config=true&code=true").body;
  service.now += std::chrono::hours(1);
  CHECK(service.get(kExport + "?config=true&code=true").body == first);
}

TEST_CASE("export: an import takes what an export gives") {
  Emulated service = with_function();
  const auto exported = service.get(kExport + "?config=true&code=true").body;
  const auto before = service.get("/" + Emulated::urn() + "/config").json();
  service.remove("/" + Emulated::urn());
  const auto reply = service.post("/import", Json{{"func_name", "hello"},
                                                  {"file_name", "hello.zip"},
                                                  {"file_type", "zip"},
                                                  {"file_code", base64_encode(exported)}});
  REQUIRE(reply.outcome() == "200");
  for (const auto* field :
       {"runtime", "handler", "memory_size", "timeout", "description", "digest", "code_type", "code_filename"}) {
    INFO(field);
    CHECK(reply.json()[field] == before[field]);
  }
  const auto variables = [](const Json& config) { return Json::parse(config["user_data"].get<std::string>()); };
  CHECK(variables(reply.json()) == variables(before));
}

TEST_CASE("export: inline source goes as the plain file, and comes back as it was") {
  Emulated service;
  auto body = create_body();
  body["code_type"] = "inline";
  body["code_filename"] = "index.py";
  body["func_code"]["file"] = base64_encode("def handler(e, c): pass\n");
  service.post("", body);
  const auto exported = service.get(kExport + "?config=true&code=true").body;
  CHECK(entries_of(exported) == std::vector<std::string>{"index.py", "hello.yaml"});
  service.remove("/" + Emulated::urn());
  const auto reply = service.post("/import", Json{{"func_name", "hello"},
                                                  {"file_name", "hello.zip"},
                                                  {"file_type", "zip"},
                                                  {"file_code", base64_encode(exported)}});
  CHECK(reply.json()["digest"] == fgsync::sha512_hex("def handler(e, c): pass\n"));
}

TEST_CASE("export: a code file with a name that an import could not take gets another") {
  Emulated service;
  for (const auto* name : {"../x.zip", "code.yaml", ".."}) {
    auto body = create_body();
    body["code_filename"] = name;
    service.post("", body);
    CHECK(entries_of(service.get(kExport + "?code=true").body) == std::vector<std::string>{"index.zip"});
    service.remove("/" + Emulated::urn());
  }
}

TEST_CASE("export: dependencies come back, if they are still there") {
  Emulated service;
  const auto dependency = service
                              .ask(Method::post, "/dependencies/version",
                                   Json{{"name", "numpy"},
                                        {"runtime", "Python3.9"},
                                        {"depend_type", "zip"},
                                        {"depend_file", base64_encode(code_zip())}})
                              .json();
  auto body = create_body();
  body["depend_version_list"] = Json::array({dependency["id"]});
  service.post("", body);
  const auto exported = base64_encode(service.get(kExport + "?config=true&code=true").body);
  const Json import{{"func_name", "hello"}, {"file_name", "h.zip"}, {"file_type", "zip"}, {"file_code", exported}};
  service.remove("/" + Emulated::urn());
  CHECK(service.post("/import", import).json()["depend_version_list"] == Json::array({dependency["id"]}));
  service.remove("/" + Emulated::urn());
  service.ask(Method::del, "/dependencies/" + dependency["dep_id"].get<std::string>() + "/version/1");
  CHECK(service.post("/import", import).outcome() == "404 FSS.1056");
}

TEST_CASE("export: encrypted variables stay where they are") {
  Emulated service = with_function();
  const auto zip = service.get(kExport + "?config=true").body;
  CHECK(entries_of(zip) == std::vector<std::string>{"hello.yaml"});
  CHECK(zip.find("hunter2") == std::string::npos);
}

TEST_CASE("export: of a version or an alias has that version's code") {
  Emulated service = with_function();
  service.publish("v1");
  service.post("/" + Emulated::urn() + "/aliases", Json{{"name", "prod"}, {"version", "v1"}});
  service.put("/" + Emulated::urn() + "/code", code_body("x = 2"));
  for (const auto* qualifier : {":v1", ":!prod"}) {
    const auto zip = service.get("/" + Emulated::urn() + qualifier + "/export?code=true").body;
    CHECK(ZipReader::open(zip)->read(0) == code_zip());
  }
}

TEST_CASE("export: type=config is the YAML, type=code a link that needs no credentials") {
  Emulated service = with_function();
  CHECK(entries_of(service.get(kExport + "?type=config").body) == std::vector<std::string>{"hello.yaml"});

  const auto reply = service.send(Method::get, service.base + kExport + "?type=code", "", {{"Host", "127.0.0.1:9480"}});
  CHECK(names_of(reply.json()) == std::set<std::string>{"file_name", "code_url"});
  const auto link = reply.json()["code_url"].get<std::string>();
  const std::string origin = "http://127.0.0.1:9480";
  REQUIRE_THAT(link, Catch::Matchers::StartsWith(origin + "/"));
  const auto code = service.send(Method::get, link.substr(origin.size()));
  CHECK(code.body == code_zip());
  CHECK(find_header(code.headers, "Content-Type") == "application/octet-stream");
  CHECK(service.send(Method::get, "/emulator/code/0123").outcome() == "404 FSS.0404");
}

TEST_CASE("export: the link is of the scheme that the emulator speaks") {
  fgsync::emulator::ServiceOptions options;
  options.scheme = "https";
  const auto link = with_function(options).get(kExport + "?type=code").json()["code_url"].get<std::string>();
  CHECK_THAT(link, Catch::Matchers::StartsWith("https://localhost/emulator/code/"));
}

TEST_CASE("export: a query that asks for nothing or for both ways is refused") {
  Emulated service = with_function();
  for (const auto* query : {"", "?config=false", "?type=code&code=true", "?type=config&config=false", "?type=all",
                            "?code=yes", "?code=1"}) {
    INFO(query);
    CHECK(service.get(kExport + query).outcome() == "400 FSS.1001");
  }
  CHECK(service.get("/" + Emulated::urn("other") + "/export?code=true").outcome() == "404 FSS.1051");
  CHECK(service.get("/" + Emulated::urn() + ":v9/export?code=true").outcome() == "404 FSS.1052");
}
