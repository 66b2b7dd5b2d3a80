#include "emulator/route.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace fgsync::emulator {
namespace {

using http::Method;

/// Paths below /v2/{project_id}/fgs/functions. `{urn}` and `{alias}` match any one segment.
struct Pattern {
  Method method;
  std::string_view path;
  Operation operation;
};

constexpr std::array<Pattern, 15> kPatterns{{
    {Method::post, "", Operation::create_function},
    {Method::get, "", Operation::list_functions},
    {Method::post, "import", Operation::import_function},
    {Method::del, "{urn}", Operation::delete_resource},
    {Method::get, "{urn}/code", Operation::show_code},
    {Method::put, "{urn}/code", Operation::update_code},
    {Method::get, "{urn}/config", Operation::show_config},
    {Method::put, "{urn}/config", Operation::update_config},
    {Method::get, "{urn}/versions", Operation::list_versions},
    {Method::post, "{urn}/versions", Operation::publish_version},
    {Method::get, "{urn}/aliases", Operation::list_aliases},
    {Method::post, "{urn}/aliases", Operation::create_alias},
    {Method::get, "{urn}/aliases/{alias}", Operation::show_alias},
    {Method::put, "{urn}/aliases/{alias}", Operation::update_alias},
    {Method::del, "{urn}/aliases/{alias}", Operation::delete_alias},
}};

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  std::size_t start = 0;
  for (auto at = text.find(separator); at != std::string_view::npos; at = text.find(separator, start)) {
    parts.push_back(text.substr(start, at - start));
    start = at + 1;
  }
  parts.push_back(text.substr(start));
  return parts;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// Nothing when a percent sign is not followed by two hex digits.
std::optional<std::string> percent_decode(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
    if (high < 0 || low < 0) return std::nullopt;
    decoded += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return decoded;
}

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

/// Fills the route's variables; false when the segments do not match.
bool match(const Pattern& pattern, const std::vector<std::string>& segments, Route& route) {
  const auto expected = pattern.path.empty() ? std::vector<std::string_view>() : split(pattern.path, '/');
  if (expected.size() != segments.size()) return false;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    if (segments[i].empty()) return false;
    if (expected[i] == "{urn}") {
      route.urn = segments[i];
    } else if (expected[i] == "{alias}") {
      route.alias = segments[i];
    } else if (expected[i] != segments[i]) {
      return false;
    }
  }
  route.operation = pattern.operation;
  return true;
}

}  // namespace

bool is_read(Operation operation) {
  switch (operation) {
    case Operation::list_functions:
    case Operation::show_code:
    case Operation::show_config:
    case Operation::list_versions:
    case Operation::list_aliases:
    case Operation::show_alias: return true;
    default: return false;
  }
}

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
  // "", v2, {project_id}, fgs, functions, …
  constexpr std::size_t kPrefix = 5;
  const bool is_ours = segments.size() >= kPrefix && segments[0].empty() && segments[1] == "v2" &&
                       is_project(segments[2]) && segments[3] == "fgs" && segments[4] == "functions";
  if (!is_ours) return refuse(kNoSuchApi);

  Route route;
  route.project = std::move(segments[2]);
  route.query = std::move(*query);
  segments.erase(segments.begin(), segments.begin() + kPrefix);
  for (const auto& pattern : kPatterns) {
    if (pattern.method == request.method && match(pattern, segments, route)) return route;
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
