// The example and the documentation's own configuration load without a word.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "config/config.hpp"
#include "config/config_schema.hpp"

namespace fgsync::config::test {
namespace {

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  REQUIRE(file);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

/// Every ```yaml block of docs/configuration.md.
std::vector<std::string> yaml_blocks_of_the_page() {
  const std::string page = read_file(std::string(FGSYNC_SOURCE_DIR) + "/docs/configuration.md");
  const std::string opening = "\n```yaml\n";
  std::vector<std::string> blocks;
  for (auto start = page.find(opening); start != std::string::npos; start = page.find(opening, start + 1)) {
    const auto text = start + opening.size();
    blocks.push_back(page.substr(text, page.find("\n```", text) + 1 - text));
  }
  return blocks;
}

}  // namespace

TEST_CASE("examples: the configuration loads, and its sources are there") {
  const std::string path = std::string(FGSYNC_SOURCE_DIR) + "/examples/fgsync.yaml";
  const LoadedConfig loaded = load(path, read_file(path));
  CHECK(loaded.diagnostics.empty());
  CHECK(loaded.config.name == "examples");
  CHECK_FALSE(loaded.config.project_id);
  const auto directories = source_directories(loaded.config);
  REQUIRE(directories.size() == 1);
  CHECK(std::filesystem::is_directory(directories[0]));
}

TEST_CASE("examples: the first configuration in the documentation loads without a diagnostic") {
  const auto blocks = yaml_blocks_of_the_page();
  REQUIRE(blocks.size() == 2);
  CHECK(load("fgsync.yaml", blocks[0]).diagnostics.empty());
}

TEST_CASE("examples: the second one has every key of spec, and loads without a diagnostic") {
  const std::string block = yaml_blocks_of_the_page().at(1);
  const LoadedConfig loaded = load("fgsync.yaml", block);
  CHECK(loaded.diagnostics.empty());
  for (const auto& part : manifest::schema::fields_of(document_shape())) {
    if (part.key != "spec") continue;
    for (const auto& field : manifest::schema::fields_of(part.shape)) {
      CAPTURE(field.key);
      CHECK_THAT(block, Catch::Contains("\n  " + std::string(field.key) + ":"));
    }
  }
}

}  // namespace fgsync::config::test
