// Functions leave and enter as packages.
#include "base/digest.hpp"
#include "contract.hpp"
#include "tests/support/stored_zip.hpp"

namespace fgsync::functiongraph::contract {
namespace {

const std::string kYaml =
    "HcCrmTemplateVersion: v1\n"
    "Resources:\n"
    "  hello:\n"
    "    Type: HC::Serverless::Function\n"
    "    Properties:\n"
    "      Handler: index.handler\n"
    "      Runtime: Python3.9\n"
    "      CodeType: zip\n"
    "      CodeFileName: code.zip\n"
    "      Description: imported\n"
    "      MemorySize: 256\n"
    "      Timeout: 5\n"
    "      Environment:\n"
    "        Variables:\n"
    "          A: one\n";

using Files = std::vector<std::pair<std::string, std::string>>;

ImportRequest import_of(const Files& files) {
  return ImportRequest{"hello", "shop", "hello.zip", bytes_in_memory(test::stored_zip(files))};
}

Files some_files() {
  return {{"hello.yaml", kYaml}, {"code.zip", code_zip("imported")}};
}

CONTRACT_CASE("an import creates what its package describes") {
  World world{TestType()};
  const auto imported = world.good(world.graph.import_function(import_of(some_files()), world.soon()));
  CHECK(imported.row.name == "hello");
  CHECK(imported.row.app == "shop");
  CHECK(imported.row.digest.hex == sha512_hex(code_zip("imported")));
  const FunctionConfig shown = world.config_of(imported.row.urn);
  CHECK(shown.runtime == "Python3.9");
  CHECK(shown.handler == "index.handler");
  CHECK(shown.description == "imported");
  CHECK(shown.memory_size == 256);
  CHECK(shown.timeout == std::chrono::seconds(5));
  CHECK(shown.user_data == std::map<std::string, std::string>{{"A", "one"}});
}

CONTRACT_CASE("an import never overwrites") {
  World world{TestType()};
  const auto urn = world.create();
  CHECK(world.refusal(world.graph.import_function(import_of(some_files()), world.soon())) == "conflict FSS.1061");
  CHECK(world.good(world.graph.show_code(urn, world.soon())).digest.hex == sha512_hex(code_zip("v1")));
}

CONTRACT_CASE("an import that makes no sense is refused, each with its code") {
  struct Row {
    const char* what;
    ImportRequest request;
    const char* refusal;
  };
  ImportRequest no_zip_name = import_of(some_files());
  no_zip_name.file_name = "hello.tar";
  ImportRequest no_zip = import_of(some_files());
  no_zip.package = bytes_in_memory("no zip");
  ImportRequest own_app = import_of(some_files());
  own_app.app = "hello";
  ImportRequest other_name = import_of(some_files());
  other_name.name = "other";
  ImportRequest bad_name = import_of(some_files());
  bad_name.name = "1st";
  const std::string code = code_zip("imported");
  const std::vector<Row> rows{
      {"a file name without .zip", no_zip_name, "invalid FSS.1013"},
      {"no zip", no_zip, "invalid FSS.1011"},
      {"an app that is named like the function", own_app, "invalid FSS.1058"},
      {"another function's package", other_name, "invalid FSS.1057"},
      {"a name that cannot be", bad_name, "invalid FSS.1002"},
      {"no YAML", import_of({{"code.zip", code}}), "invalid FSS.1025"},
      {"two YAML files", import_of({{"a.yaml", kYaml}, {"b.yaml", kYaml}, {"code.zip", code}}), "invalid FSS.1022"},
      {"YAML that is none", import_of({{"hello.yaml", "a: [b"}, {"code.zip", code}}), "invalid FSS.1025"},
      {"YAML of something else", import_of({{"hello.yaml", "a: b"}, {"code.zip", code}}), "invalid FSS.1025"},
      {"no code", import_of({{"hello.yaml", kYaml}, {"other.zip", code}}), "invalid FSS.1012"},
  };
  World world{TestType()};
  for (const Row& row : rows) {
    INFO(row.what);
    CHECK(world.refusal(world.graph.import_function(row.request, world.soon())) == row.refusal);
  }
  CHECK(world.good(world.graph.list_functions(world.soon())).empty());
}

CONTRACT_CASE("what was exported can be imported elsewhere and is the same there") {
  World world{TestType()};
  CreateRequest request = some_function();
  request.config.description = "süß \"and\" bitter: yes";
  request.config.user_data = {{"A", "1"}, {"YES", "on"}, {"TEXT", "two\nlines"}};
  const auto urn = world.good(world.graph.create_function(request, world.soon())).row.urn;
  const auto exported = world.good(world.graph.export_function(urn, world.soon()));
  REQUIRE_FALSE(exported.package.empty());

  World elsewhere{TestType()};
  const ImportRequest import{"hello", "default", "hello.zip", bytes_in_memory(exported.package)};
  const auto imported = elsewhere.good(elsewhere.graph.import_function(import, elsewhere.soon()));
  CHECK(imported.row.digest.hex == sha512_hex(code_zip("v1")));
  CHECK(imported.config.description == request.config.description);
  CHECK(imported.config.user_data == request.config.user_data);
  CHECK(imported.config.handler == request.config.handler);
  CHECK(imported.config.memory_size == request.config.memory_size);
  CHECK(imported.config.timeout == request.config.timeout);
}

CONTRACT_CASE("an export has latest's code, not a version's, and no aliases") {
  World world{TestType()};
  const auto urn = world.create();
  world.publish(urn, "v1");
  world.point(urn, "prod", "v1");
  world.release(urn, "v2");
  const auto exported = world.good(world.graph.export_function(urn, world.soon()));

  World elsewhere{TestType()};
  const ImportRequest import{"hello", "default", "hello.zip", bytes_in_memory(exported.package)};
  const auto imported = elsewhere.good(elsewhere.graph.import_function(import, elsewhere.soon()));
  CHECK(imported.row.digest.hex == sha512_hex(code_zip("code of v2")));
  CHECK(elsewhere.versions_of(imported.row.urn).empty());
  CHECK(elsewhere.aliases_of(imported.row.urn).empty());
}

CONTRACT_CASE("a part of a function can be exported, or a link to its code") {
  World world{TestType()};
  const auto urn = world.create();
  const auto ask = [&](ExportRequest request) { return world.graph.export_function(urn, request, world.soon()); };
  for (const ExportRequest& request :
       {ExportRequest{true, false, ""}, ExportRequest{false, true, ""}, ExportRequest{true, true, "config"}}) {
    const auto exported = world.good(ask(request));
    CHECK_THAT(exported.package, Catch::StartsWith("PK"));
    World elsewhere{TestType()};
    const ImportRequest import{"hello", "default", "hello.zip", bytes_in_memory(exported.package)};
    CHECK(elsewhere.bad(elsewhere.graph.import_function(import, elsewhere.soon())).kind == ErrorKind::invalid);
  }
  const auto link = world.good(ask({true, true, "code"}));
  CHECK(link.package.empty());
  CHECK_FALSE(link.link.empty());
  CHECK(world.refusal(ask({true, true, "nonsense"})) == "invalid FSS.1001");
  CHECK(world.refusal(ask({false, false, ""})) == "invalid FSS.1001");
}

}  // namespace
}  // namespace fgsync::functiongraph::contract
