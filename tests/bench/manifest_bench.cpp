#include <algorithm>
#include <stdexcept>

#include "manifest/loader.hpp"
#include "tests/bench/bench.hpp"

namespace fgsync::bench {
namespace {

constexpr std::size_t kManifests = 1000;
constexpr int kRuns = 21;

manifest::SourceText manifest_of(std::size_t number) {
  const std::string name = "function-" + std::to_string(number);
  return {.path = "manifests/" + name + ".yaml",
          .text = "apiVersion: fgsync/v1\nkind: Function\nmetadata:\n  name: " + name +
                  "\n  labels: {team: media, tier: backend}\nspec:\n  app: media\n  runtime: Python3.9\n"
                  "  handler: index.handler\n  memory_size: 256\n  timeout: 30\n"
                  "  description: Makes thumbnails of the pictures that customers upload to the shop\n  code:\n"
                  "    directory: ../functions/" +
                  name +
                  "\n    ignore: [\"tests/**\", \"*.pyc\", \"**/__pycache__\"]\n  user_data:\n"
                  "    BUCKET: photos-of-customers\n    LOG_LEVEL: warning\n    TABLE: thumbnails\n  version:\n"
                  "    name: v1.4.0\n    description: Faster resizing of large pictures\n  aliases:\n    - name: prod\n"
                  "      version: current\n      description: What the web shop calls\n    - name: canary\n"
                  "      version: v1.3.0\n  depends_on: []\n"};
}

/// The median and the worst of several runs, in milliseconds.
template <class Work>
std::map<std::string, double> runs_of(Work work) {
  std::vector<double> times;
  for (int run = 0; run < kRuns; ++run) times.push_back(seconds_of(work) * 1000);
  std::sort(times.begin(), times.end());
  return {{"ms", times[times.size() / 2]}, {"highest_ms", times.back()}};
}

}  // namespace

void bench_manifest(const std::vector<std::string>& /*arguments*/) {
  std::vector<manifest::SourceText> texts;
  double bytes = 0;
  for (std::size_t i = 0; i < kManifests; ++i) {
    texts.push_back(manifest_of(i));
    bytes += static_cast<double>(texts.back().text.size());
  }
  manifest::ParseCache cache;
  const auto load = [&texts](const manifest::LoadOptions& options) {
    const manifest::LoadResult result = manifest::load_tree(texts, options);
    const bool is_as_expected = result.functions.size() == kManifests && result.diagnostics.empty();
    if (!is_as_expected) throw std::runtime_error("the manifests were not read as they should");
  };
  auto parsed = runs_of([&] { load({}); });
  parsed["mean_bytes"] = bytes / kManifests;
  report("parse", parsed);
  load({.cache = &cache});
  report("cached", runs_of([&] { load({.cache = &cache}); }));
}

}  // namespace fgsync::bench
