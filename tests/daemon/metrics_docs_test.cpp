// docs/metrics.md and the daemon name the same metrics, labels and values.
#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "daemon/operation_names.hpp"
#include "tests/daemon/metrics_support.hpp"

using namespace fgsync;
using namespace fgsync::test;

namespace {

using Names = std::set<std::string>;

/// What stands in backquotes.
Names quoted(const std::string& text) {
  static const std::regex word("`([^`]+)`");
  Names names;
  for (std::sregex_iterator found(text.begin(), text.end(), word), end; found != end; ++found) {
    names.insert((*found)[1]);
  }
  return names;
}

/// Cells of the rows of all tables.
std::vector<std::vector<std::string>> rows_of_page() {
  std::ifstream page(FGSYNC_SOURCE_DIR "/docs/metrics.md");
  std::vector<std::vector<std::string>> rows;
  for (std::string line; std::getline(page, line);) {
    if (!line.starts_with("| `")) continue;
    std::vector<std::string> cells;
    std::istringstream rest(line.substr(1));
    for (std::string cell; std::getline(rest, cell, '|');) cells.push_back(cell);
    rows.push_back(cells);
  }
  return rows;
}

/// By name: type, labels.
using Described = std::map<std::string, std::pair<std::string, Names>>;

Described documented_metrics() {
  Described metrics;
  for (const auto& cells : rows_of_page()) {
    if (cells.size() != 4) continue;
    const std::string type = cells[1].substr(1, cells[1].size() - 2);
    CHECK(metrics.emplace(*quoted(cells[0]).begin(), std::pair(type, quoted(cells[2]))).second);
  }
  return metrics;
}

/// The listed values of a label.
std::map<std::string, Names> documented_values() {
  std::map<std::string, Names> values;
  for (const auto& cells : rows_of_page()) {
    if (cells.size() == 2) values[*quoted(cells[0]).begin()] = quoted(cells[1]);
  }
  return values;
}

/// Everything that a daemon can say.
std::map<std::string, Family> all_families() {
  MeteredDaemon daemon;
  for (const auto operation : daemon::operation_names()) {
    daemon.metrics.count_call("main", operation, 200, std::chrono::milliseconds(1));
  }
  for (const int status : {0, 100, 301, 404, 503}) {
    daemon.metrics.count_call("main", "list_functions", status, std::chrono::milliseconds(1));
  }
  auto view = full_view();
  daemon::SourceView folder;
  folder.kind = "directory";
  view.targets[0].sources.push_back(folder);
  return daemon.read(view);
}

Names values_of(const std::map<std::string, Family>& families, const std::string& label) {
  Names values;
  for (const auto& [name, family] : families) {
    for (const auto& sample : family.samples) {
      const auto found = sample.labels.find(label);
      if (found != sample.labels.end()) values.insert(found->second);
    }
  }
  return values;
}

}  // namespace

TEST_CASE("metrics: the documentation has all of them, with type and labels, and no others") {
  Described rendered;
  for (const auto& [name, family] : all_families()) {
    auto& [type, labels] = rendered[name];
    type = family.type;
    for (const auto& sample : family.samples) {
      for (const auto& [label, value] : sample.labels) labels.insert(label);
    }
    labels.erase("le");
  }
  const auto documented = documented_metrics();
  CHECK(documented.size() > 40);
  for (const auto& [name, described] : rendered) {
    CAPTURE(name);
    REQUIRE(documented.contains(name));
    CHECK(documented.at(name) == described);
  }
  for (const auto& [name, described] : documented) {
    CAPTURE(name);
    CHECK(rendered.contains(name));
  }
}

TEST_CASE("metrics: the documentation has each label, and the values that it can have") {
  const auto documented = documented_values();
  const auto families = all_families();
  Names labels;
  for (const auto& [name, described] : documented_metrics()) {
    labels.insert(described.second.begin(), described.second.end());
  }
  for (const auto& label : labels) {
    CAPTURE(label);
    CHECK(documented.contains(label));
  }
  CHECK(documented.size() == labels.size());
  for (const char* label : {"condition", "outcome", "step", "state", "operation", "class", "kind"}) {
    CAPTURE(label);
    REQUIRE(documented.contains(label));
    auto values = values_of(families, label);
    values.erase("other");
    CHECK(documented.at(label) == values);
  }
}

TEST_CASE("metrics: names and texts follow the customs of Prometheus") {
  static const std::regex name_pattern("(fgsync|process)(_[a-z]+)+");
  for (const auto& [name, family] : all_families()) {
    CAPTURE(name);
    CHECK(std::regex_match(name, name_pattern));
    // Base units, and the type is not part of the name.
    for (const char* word : {"_ms", "_milliseconds", "_minutes", "_kilobytes", "_percent", "_gauge", "_counter"}) {
      CHECK(name.find(word) == std::string::npos);
    }
    CHECK(family.help.ends_with('.'));
    CHECK(family.help.size() < 150);
  }
}
