// The example and the documentation's own configuration load without a word.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "config/config.hpp"

namespace fgsync::config::test {
namespace {

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  REQUIRE(file);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

}  // namespace

TEST_CASE("examples: the configuration loads, and its sources are there") {
  const std::string path = std::string(FGSYNC_SOURCE_DIR) + "/examples/fgsync.yaml";
  const LoadedConfig loaded = load(path, read_file(path));
  CHECK(loaded.diagnostics.empty());
  CHECK(loaded.config.name == "examples");
  CHECK_FALSE(loaded.config.project_id);
  REQUIRE(loaded.config.source_directories.size() == 1);
  CHECK(std::filesystem::is_directory(loaded.config.source_directories[0]));
}

TEST_CASE("examples: the configuration in the documentation loads without a diagnostic") {
  const std::string page = read_file(std::string(FGSYNC_SOURCE_DIR) + "/docs/configuration.md");
  const std::string opening = "```yaml\n";
  const auto start = page.find(opening);
  REQUIRE(start != std::string::npos);
  const std::string block = page.substr(start + opening.size(), page.find("```", start + 3) - start - opening.size());
  CHECK(load("fgsync.yaml", block).diagnostics.empty());
}

}  // namespace fgsync::config::test
