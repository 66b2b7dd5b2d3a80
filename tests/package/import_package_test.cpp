#include <catch2/catch.hpp>
#include <chrono>
#include <fstream>
#include <memory>
#include <string>
#include <utility>

#include "package/archive.hpp"
#include "package/import_description.hpp"
#include "package/spool.hpp"
#include "tests/package/temp_directory.hpp"
#include "tests/support/all_bytes.hpp"

using fgsync::ErrorKind;
using fgsync::package::Archive;
using fgsync::package::build_import_package;
using fgsync::package::ImportProperties;
using fgsync::package::render_import_description;
using fgsync::package::Spool;
using fgsync::test::all_bytes;
using fgsync::test::output_of;
using fgsync::test::TempDirectory;

namespace {

ImportProperties thumbnail() {
  ImportProperties properties;
  properties.function_name = "thumbnail";
  properties.handler = "index.handler";
  properties.runtime = "Python3.9";
  properties.code_file_name = "thumbnail.zip";
  properties.description = "Makes thumbnails [fgsync:own=demo]";
  properties.memory_size = 256;
  properties.timeout = std::chrono::seconds(30);
  properties.environment = {{"BUCKET", "photos"}};
  return properties;
}

Archive archive_of(const std::string& bytes) {
  auto spool = std::make_shared<Spool>();
  REQUIRE(spool->write_at(0, bytes));
  return {std::move(spool), {}};
}

}  // namespace

TEST_CASE("import package: the YAML is the one that the export writes") {
  CHECK(render_import_description(thumbnail()).value() ==
        "HcCrmTemplateVersion: \"v1\"\n"
        "Resources:\n"
        "  \"thumbnail\":\n"
        "    Type: \"HC::Serverless::Function\"\n"
        "    Properties:\n"
        "      Handler: \"index.handler\"\n"
        "      Runtime: \"Python3.9\"\n"
        "      CodeType: \"zip\"\n"
        "      CodeFileName: \"thumbnail.zip\"\n"
        "      DependencyPkg: \"\"\n"
        "      Description: \"Makes thumbnails [fgsync:own=demo]\"\n"
        "      MemorySize: 256\n"
        "      Timeout: 30\n"
        "      Version: \"latest\"\n"
        "      Environment:\n"
        "        Variables:\n"
        "          \"BUCKET\": \"photos\"\n");
}

TEST_CASE("import package: texts that look like something else stay texts") {
  auto properties = thumbnail();
  properties.environment = {{"NO", "on"},          {"a", "1.0"}, {"b", "~"}, {"c", "two\nlines \"x\"\t\\"},
                            {"d", "\xe4\xbd\xa0"}, {"e", ""}};
  const std::string yaml = render_import_description(properties).value();
  CHECK(yaml.substr(yaml.find("        Variables:")) ==
        "        Variables:\n"
        "          \"NO\": \"on\"\n"
        "          \"a\": \"1.0\"\n"
        "          \"b\": \"~\"\n"
        "          \"c\": \"two\\nlines \\\"x\\\"\\t\\\\\"\n"
        "          \"d\": \"\xe4\xbd\xa0\"\n"
        "          \"e\": \"\"\n");
}

TEST_CASE("import package: without variables the map is empty, not absent") {
  auto properties = thumbnail();
  properties.environment.clear();
  const std::string yaml = render_import_description(properties).value();
  CHECK(yaml.substr(yaml.find("        Variables:")) == "        Variables:\n          {}\n");
}

TEST_CASE("import package: a zip with the YAML and the code, both stored") {
  const TempDirectory place;
  const Archive code = archive_of("not really a zip");
  const auto package = build_import_package(thumbnail(), code);
  REQUIRE(package);
  std::ofstream(place / "import.zip", std::ios::binary) << all_bytes(**package);
  CHECK(output_of("python3 -c \"import sys,zipfile\n"
                  "z=zipfile.ZipFile(sys.argv[1])\n"
                  "for i in z.infolist(): print(i.filename,i.date_time,oct(i.external_attr>>16),i.compress_type)\n"
                  "print(z.read('thumbnail.zip'))\" '" +
                  (place / "import.zip") + "'") ==
        "thumbnail.yaml (1980, 1, 1, 0, 0, 0) 0o100644 0\n"
        "thumbnail.zip (1980, 1, 1, 0, 0, 0) 0o100644 0\n"
        "b'not really a zip'\n");
  CHECK(all_bytes(*build_import_package(thumbnail(), code).value()) == all_bytes(**package));
}

TEST_CASE("import package: a large archive goes in whole") {
  std::string bytes(3'000'000, 'x');
  bytes.back() = 'y';
  const auto package = build_import_package(thumbnail(), archive_of(bytes));
  REQUIRE(package);
  CHECK((*package)->size() > bytes.size());
  CHECK(all_bytes(**package).find(bytes) != std::string::npos);
}

TEST_CASE("import package: what cannot stand in it is refused, values untold") {
  auto properties = thumbnail();
  std::string message;
  SECTION("a name that is a path") {
    properties.function_name = "../x";
    message = "import package of \"../x\": the function name cannot be a file name";
  }
  SECTION("code named like the YAML") {
    properties.code_file_name = "thumbnail.yaml";
    message = "import package of \"thumbnail\": the code cannot be named \"thumbnail.yaml\"";
  }
  SECTION("a description that is not UTF-8") {
    properties.description = "\xff";
    message = "import package of \"thumbnail\": handler, runtime or description is not UTF-8";
  }
  SECTION("a value that is not UTF-8") {
    properties.environment["KEY"] = "secret\xff";
    message = "import package of \"thumbnail\": environment variable \"KEY\" is not UTF-8";
  }
  const auto package = build_import_package(properties, archive_of(""));
  REQUIRE_FALSE(package);
  CHECK(package.error().kind == ErrorKind::invalid);
  CHECK(package.error().message == message);
}
