// The examples and the documentation's own manifests load without a word.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/manifest/support.hpp"

namespace fgsync::manifest::test {
namespace {

namespace fs = std::filesystem;

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  REQUIRE(file);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

LoadResult load_examples() {
  const fs::path directory = fs::path(FGSYNC_SOURCE_DIR) / "examples" / "manifests";
  std::vector<SourceText> texts;
  for (const auto& entry : fs::directory_iterator(directory)) {
    texts.push_back({.path = entry.path().string(), .text = read_file(entry.path()), .is_named = true});
  }
  return load(texts);
}

/// The blocks of a page between ```yaml and ``` that are whole documents of ours.
std::vector<std::string> documents_in(const std::string& page) {
  const std::string opening = "```yaml\n";
  std::vector<std::string> documents;
  for (auto start = page.find(opening); start != std::string::npos; start = page.find(opening, start)) {
    start += opening.size();
    const auto end = page.find("```", start);
    const std::string block = page.substr(start, end - start);
    if (block.find("apiVersion: fgsync/v1") != std::string::npos) documents.push_back(block);
  }
  return documents;
}

}  // namespace

TEST_CASE("examples: all manifests load without a diagnostic") {
  const LoadResult result = load_examples();
  CHECK(listing(result.diagnostics).empty());
  CHECK(result.functions.size() == 5);
}

TEST_CASE("examples: every function has its code and the file that its handler names") {
  for (const Function& function : load_examples().functions) {
    CAPTURE(function.name, function.code.path);
    REQUIRE(fs::is_directory(function.code.path));
    const std::string stem = function.handler.substr(0, function.handler.find('.'));
    bool is_found = false;
    for (const auto& entry : fs::directory_iterator(function.code.path)) is_found |= entry.path().stem() == stem;
    CHECK(is_found);
  }
}

TEST_CASE("examples: the manifests in the documentation load without a diagnostic") {
  const auto documents = documents_in(read_file(fs::path(FGSYNC_SOURCE_DIR) / "docs" / "manifest.md"));
  CHECK(documents.size() >= 2);
  for (const std::string& document : documents) {
    CAPTURE(document);
    const LoadResult result = load_text(document);
    CHECK(listing(result.diagnostics).empty());
    CHECK_FALSE(result.functions.empty());
  }
}

}  // namespace fgsync::manifest::test
