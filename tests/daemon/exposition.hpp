#pragma once

#include <map>
#include <string>
#include <vector>

namespace fgsync::test {

using Labels = std::map<std::string, std::string>;

struct Sample {
  std::string name;  ///< with the `_bucket`, `_sum` or `_count` of a histogram
  Labels labels;
  double value = 0;
};

struct Family {
  std::string help;
  std::string type;
  std::vector<Sample> samples;
};

/// Prometheus' text format (version 0.0.4), read more strictly than Prometheus does: each family has one HELP, one TYPE
/// and at least one sample, all together; no series comes twice; histograms add up; counters, and they alone, end in
/// `_total`. Throws std::runtime_error with the line.
std::map<std::string, Family> parse_exposition(const std::string& text);

/// The sample of that name with exactly these labels. Throws std::out_of_range when there is none.
double value_of(const std::map<std::string, Family>& families, const std::string& name, const Labels& labels = {});

}  // namespace fgsync::test
