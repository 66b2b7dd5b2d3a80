// Finds the operation of a request by comparing the decoded segments of its path with the patterns of the route table,
// one after the other: they are few, and the first segments tell most of them apart.
#include "emulator/route.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "emulator/route_table.hpp"
#include "emulator/text.hpp"

namespace fgsync::emulator {
namespace {

struct CompiledPattern {
  const Pattern* pattern;
  std::vector<std::string_view> segments;
};

const std::vector<CompiledPattern>& compiled_patterns() {
  static const std::vector<CompiledPattern> compiled = [] {
    std::vector<CompiledPattern> patterns;
    for (const auto& pattern : all_patterns()) patterns.push_back({&pattern, split(pattern.path, '/')});
    return patterns;
  }();
  return compiled;
}

/// The parts of a pattern that match any one segment, and where the segment goes.
constexpr std::array<std::pair<std::string_view, std::string Route::*>, 9> kVariables{{
    {"{project}", &Route::project},
    {"{urn}", &Route::urn},
    {"{alias}", &Route::alias},
    {"{trigger_type}", &Route::trigger_type},
    {"{trigger_id}", &Route::trigger_id},
    {"{dependency}", &Route::dependency},
    {"{version}", &Route::dependency_version},
    {"{action}", &Route::action},
    {"{digest}", &Route::digest},
}};

std::optional<std::vector<std::pair<std::string, std::string>>> parse_query(std::string_view text) {
  std::vector<std::pair<std::string, std::string>> query;
  if (text.empty()) return query;
  for (const auto part : split(text, '&')) {
    std::string spaced(part);
    std::replace(spaced.begin(), spaced.end(), '+', ' ');
    const auto equals = spaced.find('=');
    auto name = percent_decode(spaced.substr(0, equals));
    auto value = percent_decode(equals == std::string::npos ? "" : spaced.substr(equals + 1));
    if (!name || !value) return std::nullopt;
    query.emplace_back(std::move(*name), std::move(*value));
  }
  return query;
}

bool is_project(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

bool is_variable(std::string_view expected) {
  return expected.starts_with('{');
}

bool fits(std::string_view expected, const std::string& segment) {
  if (!is_variable(expected)) return expected == segment;
  return !segment.empty() && (expected != "{project}" || is_project(segment));
}

bool fits(const CompiledPattern& pattern, const std::vector<std::string>& segments) {
  return std::equal(pattern.segments.begin(), pattern.segments.end(), segments.begin(), segments.end(),
                    [](std::string_view expected, const std::string& segment) { return fits(expected, segment); });
}

/// The route of segments that fit the pattern.
Route make_route(const CompiledPattern& candidate, std::vector<std::string> segments) {
  Route route;
  route.operation = candidate.pattern->operation;
  route.access = candidate.pattern->access;
  route.method = candidate.pattern->method;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    for (const auto& [name, member] : kVariables) {
      if (candidate.segments[i] == name) route.*member = std::move(segments[i]);
    }
  }
  return route;
}

}  // namespace

std::optional<std::string> Route::parameter(std::string_view name) const {
  for (const auto& [key, value] : query) {
    if (key == name) return value;
  }
  return std::nullopt;
}

Valid<std::optional<std::int64_t>> Route::number(std::string_view name) const {
  const auto text = parameter(name);
  if (!text || text->empty()) return std::nullopt;
  std::int64_t value = 0;
  const char* end = text->data() + text->size();
  const auto [stopped, failed] = std::from_chars(text->data(), end, value);
  if (failed != std::errc() || stopped != end || value < 0) {
    return refuse(kInvalidQuery, std::string(name) + ": expected a whole number from 0");
  }
  return value;
}

Valid<bool> Route::flag(std::string_view name) const {
  const auto text = parameter(name).value_or("");
  if (text.empty() || text == "false") return false;
  if (text == "true") return true;
  return refuse(kInvalidQuery, std::string(name) + ": expected true or false");
}

Valid<Route> find_route(const http::Request& request) {
  const std::string_view target = request.target;
  const auto question = target.find('?');
  auto query = parse_query(question == std::string_view::npos ? "" : target.substr(question + 1));
  if (!query) return refuse(kInvalidQuery);

  std::vector<std::string> segments;
  for (const auto part : split(target.substr(0, question), '/')) {
    auto decoded = percent_decode(part);
    if (!decoded) return refuse(kNoSuchApi);
    segments.push_back(std::move(*decoded));
  }
  for (const auto& candidate : compiled_patterns()) {
    if (candidate.pattern->method != request.method || !fits(candidate, segments)) continue;
    Route route = make_route(candidate, std::move(segments));
    route.query = std::move(*query);
    return route;
  }
  return refuse(kNoSuchApi);
}

Valid<FunctionUrn> parse_urn(const std::string& text) {
  const auto fields = split(text, ':');
  const bool has_shape =
      (fields.size() == 7 || fields.size() == 8) && fields[0] == "urn" && fields[1] == "fss" && fields[4] == "function";
  const bool has_gap = std::any_of(fields.begin(), fields.end(), [](auto field) { return field.empty(); });
  if (!has_shape || has_gap || fields.back() == "!") return refuse(kInvalidParameter, "function_urn: not a URN");
  FunctionUrn urn;
  urn.region = fields[2];
  urn.project = fields[3];
  urn.app = fields[5];
  urn.name = fields[6];
  if (fields.size() == 8) urn.qualifier = fields[7];
  return urn;
}

}  // namespace fgsync::emulator
