#include "daemon/control_request.hpp"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <utility>

#include "base/enumerate.hpp"
#include "base/nearest.hpp"
#include "base/printable.hpp"

namespace fgsync::daemon {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kShownBytes = 80;
constexpr std::size_t kMostTextBytes = 1'000;

std::string in_quotes(std::string_view text) {
  return "\"" + printable(text, kShownBytes) + "\"";
}

Result<std::string> decoded(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      plain += text[i];
      continue;
    }
    constexpr int kHexadecimal = 16;
    const std::string_view digits = text.substr(i + 1, 2);
    int value = 0;
    const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), value, kHexadecimal);
    if (failed != std::errc() || digits.size() != 2 || end != digits.data() + 2) {
      return fail(ErrorKind::invalid, "the URL has a % without two hexadecimal digits behind it: " + in_quotes(text));
    }
    plain += static_cast<char>(value);
    i += 2;
  }
  return plain;
}

Error unknown_key(std::string_view what, std::string_view key, const std::vector<std::string_view>& known) {
  const auto meant = nearest(key, known);
  const std::vector<std::string> names(known.begin(), known.end());
  return Error(ErrorKind::invalid, "unknown " + std::string(what) + " " + in_quotes(key) +
                                       (meant           ? "; did you mean " + *meant + "?"
                                        : known.empty() ? "; there are none here"
                                                        : "; there are " + enumerate(names)));
}

bool is_line(std::string_view text) {
  constexpr unsigned char kFirstVisible = 0x20;
  constexpr unsigned char kDelete = 0x7f;
  return std::none_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < kFirstVisible || byte == kDelete;
  });
}

}  // namespace

Result<ControlTarget> parse_control_target(std::string_view target) {
  ControlTarget parsed;
  const std::size_t mark = target.find('?');
  std::string_view path = target.substr(0, mark);
  std::string_view query = mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1);
  while (!path.empty()) {
    path.remove_prefix(path.front() == '/' ? 1 : 0);
    const std::size_t end = std::min(path.find('/'), path.size());
    auto segment = decoded(path.substr(0, end));
    if (!segment) return fail(std::move(segment).error());
    parsed.segments.push_back(std::move(*segment));
    path.remove_prefix(end);
  }
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(pair.size() + 1, query.size()));
    const std::size_t equals = pair.find('=');
    auto key = decoded(pair.substr(0, equals));
    auto value = decoded(equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1));
    if (!key) return fail(std::move(key).error());
    if (!value) return fail(std::move(value).error());
    const std::string shown = in_quotes(*key);
    if (!parsed.query.emplace(std::move(*key), std::move(*value)).second) {
      return fail(ErrorKind::invalid, "the query names " + shown + " twice");
    }
  }
  return parsed;
}

Result<void> check_query(const ControlTarget& target, const std::vector<std::string_view>& known) {
  for (const auto& [key, value] : target.query) {
    if (std::find(known.begin(), known.end(), key) == known.end()) {
      return fail(unknown_key("key of the query", key, known));
    }
  }
  return {};
}

struct ControlBody::Parsed {
  Json object = Json::object();
  std::vector<std::string_view> known;
  std::optional<Error> mistake;

  /// Null: it is not there.
  const Json* find(std::string_view key) {
    known.push_back(key);
    const auto found = object.find(key);
    return found == object.end() ? nullptr : &*found;
  }
  void refuse(std::string_view key, const std::string& why) {
    if (!mistake) mistake = Error(ErrorKind::invalid, in_quotes(key) + " " + why);
  }
  std::string line_of(std::string_view key, const Json& value) {
    if (!value.is_string()) {
      refuse(key, std::string("must be a text, found ") + value.type_name());
      return {};
    }
    const auto& text = value.get_ref<const std::string&>();
    if (text.size() > kMostTextBytes) refuse(key, "must have at most 1000 bytes, found " + std::to_string(text.size()));
    if (!is_line(text)) refuse(key, "must be one line, without control characters");
    return text;
  }
};

Result<ControlBody> ControlBody::parse(std::string_view text) {
  auto parsed = std::make_shared<Parsed>();
  if (text.size() > kMostBytes) return fail(ErrorKind::invalid, "the body is longer than 64 KiB");
  if (text.empty()) return ControlBody(std::move(parsed));
  std::set<std::string> keys;
  std::string twice;
  const auto look = [&](int depth, Json::parse_event_t event, Json& value) {
    const bool is_key = event == Json::parse_event_t::key && depth == 1;
    if (is_key && !keys.insert(value.get<std::string>()).second) twice = value.get<std::string>();
    return true;
  };
  parsed->object = Json::parse(text, look, false);
  if (parsed->object.is_discarded()) return fail(ErrorKind::invalid, "the body is no JSON");
  if (!parsed->object.is_object()) {
    return fail(ErrorKind::invalid, std::string("the body must be a JSON object, found ") + parsed->object.type_name());
  }
  if (!twice.empty()) return fail(ErrorKind::invalid, "the body names " + in_quotes(twice) + " twice");
  return ControlBody(std::move(parsed));
}

std::string ControlBody::text(std::string_view key) {
  const Json* value = parsed_->find(key);
  return value == nullptr ? std::string() : parsed_->line_of(key, *value);
}

std::string ControlBody::required_text(std::string_view key) {
  const Json* value = parsed_->find(key);
  std::string line = value == nullptr ? std::string() : parsed_->line_of(key, *value);
  if (value == nullptr) {
    parsed_->refuse(key, "is missing");
  } else if (line.empty()) {
    parsed_->refuse(key, "must not be empty");
  }
  return line;
}

std::vector<std::string> ControlBody::texts(std::string_view key) {
  std::vector<std::string> lines;
  const Json* value = parsed_->find(key);
  if (value == nullptr) return lines;
  if (!value->is_array()) {
    parsed_->refuse(key, std::string("must be a list of texts, found ") + value->type_name());
    return lines;
  }
  for (const Json& each : *value) {
    lines.push_back(parsed_->line_of(key, each));
    if (lines.back().empty()) parsed_->refuse(key, "must not hold an empty text");
  }
  return lines;
}

std::chrono::milliseconds ControlBody::seconds(std::string_view key, std::chrono::seconds most) {
  constexpr double kMilliseconds = 1000;
  const Json* value = parsed_->find(key);
  if (value == nullptr) return std::chrono::milliseconds(0);
  const std::string range = "must be a number of seconds from 0 to " + std::to_string(most.count());
  if (!value->is_number()) {
    parsed_->refuse(key, range + ", found " + value->type_name());
    return std::chrono::milliseconds(0);
  }
  const double number = value->get<double>();
  if (!(number >= 0 && number <= static_cast<double>(most.count()))) {
    parsed_->refuse(key, range + ", found " + printable(value->dump(), kShownBytes));
    return std::chrono::milliseconds(0);
  }
  return std::chrono::milliseconds(static_cast<std::int64_t>(number * kMilliseconds));
}

Result<void> ControlBody::finish() const {
  // A key with a wrong name first: what is missing then is what it was meant to be.
  for (const auto& [key, value] : parsed_->object.items()) {
    const auto& known = parsed_->known;
    if (std::find(known.begin(), known.end(), key) == known.end()) {
      return fail(unknown_key("key", key, known));
    }
  }
  if (parsed_->mistake) return fail(*parsed_->mistake);
  return {};
}

}  // namespace fgsync::daemon
