// The documents of tests/corpus, which other tests and the fuzzers use, too: good ones load, and each bad one has the
// one mistake that its first line names.
#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "manifest/environment.hpp"
#include "manifest/show.hpp"
#include "tests/manifest/support.hpp"

namespace fgsync::manifest::test {
namespace {

namespace fs = std::filesystem;

struct CorpusFile {
  std::string name;
  std::string text;
};

std::vector<CorpusFile> corpus(const std::string& folder) {
  std::vector<CorpusFile> files;
  for (const auto& entry : fs::directory_iterator(fs::path(FGSYNC_SOURCE_DIR) / "tests" / "corpus" / folder)) {
    if (entry.path().extension() != ".yaml") continue;
    std::ifstream file(entry.path(), std::ios::binary);
    files.push_back(
        {.name = entry.path().filename().string(), .text = std::string(std::istreambuf_iterator<char>(file), {})});
  }
  std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return files;
}

std::string expected_of(const std::string& text) {
  const std::string start = "# expect: ";
  REQUIRE(text.substr(0, start.size()) == start);
  return text.substr(start.size(), text.find('\n') - start.size());
}

LoadResult load_named(const std::string& text) {
  return load({{.path = "f.yaml", .text = text, .is_named = true}}, {.keeps_documents = true});
}

/// An environment as if its file had this name; the listing says f.yaml.
std::string environment_mistakes(const CorpusFile& file) {
  LoadedEnvironment loaded = load_environment({.path = file.name, .text = file.text});
  CHECK(has_error(loaded.diagnostics) == (loaded.environment == nullptr));
  std::string text = listing(loaded.diagnostics);
  for (auto place = text.find(file.name + ":"); place != std::string::npos; place = text.find(file.name + ":")) {
    text.replace(place, file.name.size() + (place == 0 ? 1 : 0), place == 0 ? "" : "f.yaml");
  }
  return text;
}

}  // namespace

TEST_CASE("corpus: good manifests load, and still do when they are shown and read again") {
  const auto files = corpus("manifests/good");
  CHECK(files.size() >= 30);
  for (const CorpusFile& file : files) {
    CAPTURE(file.name);
    const LoadResult result = load_named(file.text);
    INFO(listing(result.diagnostics));
    CHECK_FALSE(has_error(result.diagnostics));
    REQUIRE_FALSE(result.functions.empty());
    std::string shown;
    for (const Document& document : result.documents) shown += "---\n" + show(document, nullptr);
    const LoadResult again = load_named(shown);
    CHECK_FALSE(has_error(again.diagnostics));
    CHECK(again.functions.size() == result.functions.size());
  }
}

TEST_CASE("corpus: each bad manifest has the one mistake that it names") {
  const auto files = corpus("manifests/bad");
  CHECK(files.size() >= 60);
  for (const CorpusFile& file : files) {
    CAPTURE(file.name);
    const LoadResult result = load_named(file.text);
    CHECK(listing(result.diagnostics) == expected_of(file.text));
    CHECK(result.functions.empty());
  }
}

TEST_CASE("corpus: good environments load") {
  for (const CorpusFile& file : corpus("environments/good")) {
    CAPTURE(file.name);
    CHECK(environment_mistakes(file).empty());
  }
}

TEST_CASE("corpus: each bad environment has the one mistake that it names") {
  for (const CorpusFile& file : corpus("environments/bad")) {
    CAPTURE(file.name);
    CHECK(environment_mistakes(file) == expected_of(file.text));
  }
}

}  // namespace fgsync::manifest::test
