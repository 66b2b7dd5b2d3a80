#include "tests/daemon/exposition.hpp"

#include <cmath>
#include <optional>
#include <regex>
#include <set>
#include <sstream>
#include <stdexcept>

namespace fgsync::test {
namespace {

/// Takes a name, as Prometheus spells them, off the front.
std::string take_name(std::string& rest) {
  static const std::regex pattern("^[a-zA-Z_:][a-zA-Z0-9_:]*");
  std::smatch found;
  if (!std::regex_search(rest, found, pattern)) throw std::runtime_error("no name");
  const std::string name = found.str();
  rest.erase(0, name.size());
  return name;
}

void take(std::string& rest, const std::string& expected) {
  if (!rest.starts_with(expected)) throw std::runtime_error("no '" + expected + "' before: " + rest);
  rest.erase(0, expected.size());
}

/// Takes a quoted value off the front, without its escapes.
std::string take_value(std::string& rest) {
  take(rest, "\"");
  std::string value;
  for (std::size_t i = 0; i < rest.size(); ++i) {
    if (rest[i] == '"') {
      rest.erase(0, i + 1);
      return value;
    }
    if (rest[i] != '\\') {
      value += rest[i];
      continue;
    }
    const char escaped = i + 1 < rest.size() ? rest[++i] : ' ';
    if (escaped != 'n' && escaped != '\\' && escaped != '"') throw std::runtime_error("an escape that is none");
    value += escaped == 'n' ? '\n' : escaped;
  }
  throw std::runtime_error("a value without end");
}

Labels take_labels(std::string& rest) {
  Labels labels;
  if (!rest.starts_with('{')) return labels;
  do {
    rest.erase(0, 1);
    const std::string name = take_name(rest);
    if (name.find(':') != std::string::npos) throw std::runtime_error("a colon in a label");
    take(rest, "=");
    if (!labels.emplace(name, take_value(rest)).second) throw std::runtime_error("a label twice: " + name);
  } while (rest.starts_with(','));
  take(rest, "}");
  return labels;
}

double number_of(const std::string& text) {
  if (text == "+Inf") return INFINITY;
  if (text == "-Inf") return -INFINITY;
  std::size_t used = 0;
  double value = 0;
  try {
    value = std::stod(text, &used);
  } catch (const std::exception&) {
    throw std::runtime_error("no number: " + text);
  }
  if (used != text.size()) throw std::runtime_error("no number: " + text);
  return value;
}

Sample sample_of(std::string rest) {
  Sample sample;
  sample.name = take_name(rest);
  sample.labels = take_labels(rest);
  take(rest, " ");
  sample.value = number_of(rest);
  return sample;
}

bool belongs_to(const Sample& sample, const std::string& name, const std::string& type) {
  if (type != "histogram") return sample.name == name;
  return sample.name == name + "_bucket" || sample.name == name + "_sum" || sample.name == name + "_count";
}

/// One of a histogram's label sets.
struct Distribution {
  std::vector<std::pair<double, double>> buckets;  ///< upper bound, count
  std::optional<double> sum;
  std::optional<double> count;
};

void check_distribution(const Distribution& one) {
  if (!one.sum || !one.count || one.buckets.empty())
    throw std::runtime_error("a histogram without sum, count or bucket");
  for (std::size_t i = 1; i < one.buckets.size(); ++i) {
    if (one.buckets[i].first <= one.buckets[i - 1].first) throw std::runtime_error("buckets out of order");
    if (one.buckets[i].second < one.buckets[i - 1].second) throw std::runtime_error("buckets that do not add up");
  }
  if (!std::isinf(one.buckets.back().first)) throw std::runtime_error("no bucket without bound");
  if (one.buckets.back().second != *one.count) throw std::runtime_error("a count that is not that of all buckets");
}

void check_histogram(const std::string& name, const Family& family) {
  std::map<Labels, Distribution> all;
  for (const Sample& sample : family.samples) {
    Labels labels = sample.labels;
    const bool is_bucket = sample.name == name + "_bucket";
    if (is_bucket != labels.contains("le")) throw std::runtime_error("le belongs to buckets, and to each");
    const double bound = is_bucket ? number_of(labels["le"]) : 0;
    labels.erase("le");
    Distribution& one = all[labels];
    if (is_bucket) one.buckets.emplace_back(bound, sample.value);
    if (sample.name == name + "_sum") one.sum = sample.value;
    if (sample.name == name + "_count") one.count = sample.value;
  }
  for (const auto& [labels, one] : all) check_distribution(one);
}

void check_family(const std::string& name, const Family& family) {
  if (family.samples.empty()) throw std::runtime_error("no samples");
  if (family.type.empty()) throw std::runtime_error("no TYPE");
  if (family.help.empty()) throw std::runtime_error("no help");
  if ((family.type == "counter") != name.ends_with("_total")) throw std::runtime_error("counters end in _total");
  for (const char* ending : {"_bucket", "_sum", "_count"}) {
    if (name.ends_with(ending)) throw std::runtime_error("the ending of a histogram's part");
  }
  std::set<std::pair<std::string, Labels>> seen;
  for (const Sample& sample : family.samples) {
    if (!seen.emplace(sample.name, sample.labels).second) throw std::runtime_error("a series twice: " + sample.name);
    if (family.type == "counter" && !(sample.value >= 0)) throw std::runtime_error("a counter below 0");
  }
  if (family.type == "histogram") check_histogram(name, family);
}

class Parser {
 public:
  void take_line(const std::string& line) {
    std::string rest = line;
    if (rest.starts_with("# HELP ")) {
      rest.erase(0, 7);
      open(rest);
    } else if (rest.starts_with("# TYPE ")) {
      rest.erase(0, 7);
      if (take_name(rest) != name_ || !current().type.empty()) throw std::runtime_error("a TYPE without its HELP");
      take(rest, " ");
      if (rest != "counter" && rest != "gauge" && rest != "histogram") throw std::runtime_error("an unknown type");
      current().type = rest;
    } else {
      Sample sample = sample_of(rest);
      if (name_.empty() || !belongs_to(sample, name_, current().type))
        throw std::runtime_error("a sample of no family");
      current().samples.push_back(std::move(sample));
    }
  }
  void close() {
    if (!name_.empty()) check_family(name_, current());
  }
  std::map<std::string, Family> families;

 private:
  void open(std::string rest) {
    close();
    name_ = take_name(rest);
    take(rest, " ");
    if (!families.try_emplace(name_).second) throw std::runtime_error("a family twice");
    current().help = rest;
  }
  Family& current() { return families[name_]; }
  std::string name_;
};

}  // namespace

std::map<std::string, Family> parse_exposition(const std::string& text) {
  if (!text.ends_with('\n')) throw std::runtime_error("the last line has no end");
  Parser parser;
  std::istringstream lines(text);
  std::string line;
  try {
    while (std::getline(lines, line)) parser.take_line(line);
    parser.close();
  } catch (const std::runtime_error& problem) {
    throw std::runtime_error(std::string(problem.what()) + ", at: " + line);
  }
  return parser.families;
}

double value_of(const std::map<std::string, Family>& families, const std::string& name, const Labels& labels) {
  for (const auto& [family_name, family] : families) {
    for (const Sample& sample : family.samples) {
      if (sample.name == name && sample.labels == labels) return sample.value;
    }
  }
  throw std::out_of_range("no sample " + name);
}

}  // namespace fgsync::test
