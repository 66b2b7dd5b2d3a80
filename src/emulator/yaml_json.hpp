#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "emulator/scenario.hpp"
#include "manifest/yaml_reader.hpp"

namespace fgsync::emulator {

/// A YAML value as JSON. Without quotes, `true`, `false` and numbers are what they look like; all else is text.
std::string to_json(const manifest::yaml::Node& node);

/// Reads the one document of a text with `read`, a function of a report and the document's value.
template <class Reader>
auto read_yaml(std::string_view text, const std::string& file, Reader read)
    -> Read<decltype(read(std::declval<manifest::yaml::Report&>(), std::declval<const manifest::yaml::Value&>()))> {
  const manifest::yaml::Lines lines(file, text);
  manifest::yaml::Report report(lines);
  const auto parsed = manifest::yaml::parse(text);
  if (parsed.problem) {
    const auto& problem = *parsed.problem;
    report.error({.code = problem.code, .mark = problem.mark, .message = problem.message, .hint = problem.hint});
    return tl::unexpected(report.take());
  }
  if (parsed.documents.size() != 1) {
    const auto found = parsed.documents.empty() ? "nothing" : std::to_string(parsed.documents.size());
    report.error({.code = "wrong_type", .mark = {}, .message = "must hold one document, found " + found});
    return tl::unexpected(report.take());
  }
  const manifest::yaml::Value root{parsed.documents.front(), "", parsed.documents.front()->mark};
  auto result = read(report, root);
  if (report.has_error()) return tl::unexpected(report.take());
  return result;
}

}  // namespace fgsync::emulator
