// A function's code and its dependencies.
#include "base/digest.hpp"
#include "contract.hpp"

namespace fgsync::functiongraph::contract {
namespace {

CodeUpdate code_update(CodeUpload code) {
  CodeUpdate update;
  update.code = std::move(code);
  return update;
}

/// The id of a new dependency version of that name.
std::string upload_dependency(World& world, const std::string& name) {
  DependencyUpload upload;
  upload.name = name;
  upload.runtime = "Python3.9";
  upload.bytes = bytes_in_memory(code_zip(name));
  return world.good(world.dependencies.create_dependency_version(upload, world.soon())).id;
}

CONTRACT_CASE("new code answers its digest and is shown") {
  World world{TestType()};
  const auto urn = world.create();
  const auto digest = world.good(world.graph.update_code(urn, code_update(zip_upload("v2")), world.soon())).digest;
  CHECK(digest.hex == sha512_hex(code_zip("v2")));
  const auto shown = world.good(world.graph.show_code(urn, world.soon()));
  CHECK(shown.urn == urn);
  CHECK(shown.digest == digest);
  CHECK(shown.code_size == static_cast<std::int64_t>(code_zip("v2").size()));
  CHECK(shown.code_type == "zip");
  CHECK(world.good(world.graph.show_config(urn, world.soon())).row.digest == digest);
}

CONTRACT_CASE("code of many bytes arrives whole") {
  World world{TestType()};
  const auto urn = world.create();
  std::string text;
  for (int i = 0; text.size() < 700'000; ++i) text += std::to_string(i) + "\n";
  const auto digest = world.good(world.graph.update_code(urn, code_update(zip_upload(text)), world.soon())).digest;
  CHECK(digest.hex == sha512_hex(code_zip(text)));
  CHECK(world.good(world.graph.show_code(urn, world.soon())).code_size ==
        static_cast<std::int64_t>(code_zip(text).size()));
}

CONTRACT_CASE("the same code is a conflict, and changes nothing") {
  World world{TestType()};
  const auto urn = world.create();
  const auto before = world.good(world.graph.show_config(urn, world.soon())).row.image_name;
  CHECK(world.refusal(world.graph.update_code(urn, code_update(zip_upload("v1")), world.soon())) ==
        "conflict FSS.0409");
  CHECK(world.good(world.graph.show_config(urn, world.soon())).row.image_name == before);
}

CONTRACT_CASE("new code changes the image name, which tells that somebody was here") {
  World world{TestType()};
  const auto urn = world.create();
  const auto before = world.good(world.graph.show_config(urn, world.soon())).row.image_name;
  world.good(world.graph.update_code(urn, code_update(zip_upload("v2")), world.soon()));
  CHECK(world.good(world.graph.show_config(urn, world.soon())).row.image_name != before);
}

CONTRACT_CASE("code that is refused leaves what was there") {
  World world{TestType()};
  const auto urn = world.create();
  CodeUpload no_zip = zip_upload("");
  no_zip.bytes = bytes_in_memory("no zip");
  CHECK(world.refusal(world.graph.update_code(urn, code_update(no_zip), world.soon())) == "invalid FSS.1011");
  CHECK(world.good(world.graph.show_code(urn, world.soon())).digest.hex == sha512_hex(code_zip("v1")));
}

CONTRACT_CASE("the digest is of the bytes as they were sent, whatever the type") {
  struct Row {
    CodeUpload code;
    std::string bytes;
    const char* code_type;
  };
  const std::string text = "def handler(event, context): return 'ü'\n";
  const std::vector<Row> rows{
      {zip_upload("new"), code_zip("new"), "zip"},
      {CodeUpload{CodeUpload::Type::jar, "app.jar", bytes_in_memory(code_zip("jar")), ""}, code_zip("jar"), "jar"},
      {source_upload(text), text, "inline"},
  };
  World world{TestType()};
  const auto urn = world.create();
  for (const Row& row : rows) {
    INFO(row.code_type);
    const auto digest = world.good(world.graph.update_code(urn, code_update(row.code), world.soon())).digest;
    CHECK(digest.hex == sha512_hex(row.bytes));
    const auto shown = world.good(world.graph.show_code(urn, world.soon()));
    CHECK(shown.digest == digest);
    CHECK(shown.code_size == static_cast<std::int64_t>(row.bytes.size()));
    CHECK(shown.code_type == row.code_type);
    if (!row.code.filename.empty()) CHECK(shown.code_filename == row.code.filename);
    CHECK(world.good(world.graph.show_config(urn, world.soon())).row.facts->code_type == row.code_type);
  }
}

CONTRACT_CASE("a function can be created from each kind of code") {
  World world{TestType()};
  CreateRequest request = some_function("from-jar");
  request.code = CodeUpload{CodeUpload::Type::jar, "app.jar", bytes_in_memory(code_zip("jar")), ""};
  CHECK(world.good(world.graph.create_function(request, world.soon())).row.digest.hex == sha512_hex(code_zip("jar")));
  request = some_function("from-source");
  request.code = source_upload("x = 1");
  CHECK(world.good(world.graph.create_function(request, world.soon())).row.digest.hex == sha512_hex("x = 1"));
}

CONTRACT_CASE("a function from an address on OBS remembers it") {
  World world{TestType()};
  const std::string url = "https://bucket.obs.cn-north-4.myhuaweicloud.com/code.zip";
  CreateRequest request = some_function();
  request.code = CodeUpload{CodeUpload::Type::obs, "", nullptr, url};
  if (!world.finds_code()) {
    CHECK(world.refusal(world.graph.create_function(request, world.soon())) == "invalid FSS.1010");
    return;
  }
  const auto urn = world.good(world.graph.create_function(request, world.soon())).row.urn;
  const auto shown = world.good(world.graph.show_code(urn, world.soon()));
  CHECK(shown.code_type == "obs");
  CHECK(shown.code_url == url);
}

CONTRACT_CASE("a function from an image remembers it") {
  World world{TestType()};
  CreateRequest request = some_function();
  request.config.runtime = "Custom Image";
  request.config.handler = "-";
  CustomImage image;
  image.enabled = true;
  image.image = "swr.cn-north-4.myhuaweicloud.com/shop/hello:1";
  request.config.custom_image = image;
  request.code = CodeUpload{CodeUpload::Type::image, "", nullptr, ""};
  if (!world.finds_code()) {
    CHECK(world.refusal(world.graph.create_function(request, world.soon())) == "invalid FSS.1006");
    return;
  }
  const auto urn = world.good(world.graph.create_function(request, world.soon())).row.urn;
  CHECK(world.good(world.graph.show_code(urn, world.soon())).code_type == "Custom-Image-Swr");
  CHECK(world.config_of(urn).custom_image == image);
}

CONTRACT_CASE("dependencies are shown in the order in which they were given") {
  World world{TestType()};
  const std::string first = upload_dependency(world, "first");
  const std::string second = upload_dependency(world, "second");
  CreateRequest request = some_function();
  request.depend_version_list = {second, first};
  const auto urn = world.good(world.graph.create_function(request, world.soon())).row.urn;
  const auto shown = world.good(world.graph.show_code(urn, world.soon()));
  CHECK(shown.depend_version_list == std::vector<std::string>{second, first});
  REQUIRE(shown.dependencies.size() == 2);
  CHECK(shown.dependencies[0].name == "second");
  CHECK(shown.dependencies[1].name == "first");
  const auto facts = *world.good(world.graph.show_config(urn, world.soon())).row.facts;
  CHECK(facts.depend_version_list == std::vector<std::string>{second, first});
}

CONTRACT_CASE("new code keeps the dependencies that it does not name") {
  World world{TestType()};
  CreateRequest request = some_function();
  request.depend_version_list = {upload_dependency(world, "numbers")};
  const auto urn = world.good(world.graph.create_function(request, world.soon())).row.urn;
  world.good(world.graph.update_code(urn, code_update(zip_upload("v2")), world.soon()));
  CHECK(world.good(world.graph.show_code(urn, world.soon())).depend_version_list == request.depend_version_list);
}

CONTRACT_CASE("a list of dependencies replaces the whole list, an empty one clears it") {
  World world{TestType()};
  const std::string first = upload_dependency(world, "first");
  const std::string second = upload_dependency(world, "second");
  const auto urn = world.create();
  for (const std::vector<std::string>& list : {std::vector{first, second}, std::vector{second}, {}}) {
    // The code is the same each time: other dependencies are a change.
    CodeUpdate update = code_update(zip_upload("v1"));
    update.depend_version_list = list;
    world.good(world.graph.update_code(urn, update, world.soon()));
    CHECK(world.good(world.graph.show_code(urn, world.soon())).depend_version_list == list);
  }
}

CONTRACT_CASE("a dependency that is not there is refused") {
  World world{TestType()};
  const auto urn = world.create();
  CodeUpdate update = code_update(zip_upload("v2"));
  update.depend_version_list = std::vector<std::string>{"nothing"};
  CHECK(world.refusal(world.graph.update_code(urn, update, world.soon())) == "invalid FSS.1056");
  CHECK(world.good(world.graph.show_code(urn, world.soon())).digest.hex == sha512_hex(code_zip("v1")));
}

CONTRACT_CASE("the code of a version and of an alias is theirs, not latest's") {
  World world{TestType()};
  const auto urn = world.create();
  world.publish(urn, "v1");
  world.point(urn, "prod", "v1");
  world.good(world.graph.update_code(urn, code_update(zip_upload("v2")), world.soon()));
  CHECK(world.good(world.graph.show_code(*VersionUrn::of(urn, "v1"), world.soon())).digest.hex ==
        sha512_hex(code_zip("v1")));
  CHECK(world.good(world.graph.show_code(*AliasUrn::of(urn, "prod"), world.soon())).digest.hex ==
        sha512_hex(code_zip("v1")));
}

}  // namespace
}  // namespace fgsync::functiongraph::contract
