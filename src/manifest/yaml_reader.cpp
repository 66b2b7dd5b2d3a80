#include "manifest/yaml_reader.hpp"

#include <algorithm>
#include <charconv>

#include "base/nearest.hpp"
#include "manifest/diagnostic_order.hpp"
#include "manifest/shown_text.hpp"

namespace fgsync::manifest::yaml {
namespace {

/// Tags change what a value means; only those that say what it is anyway are taken.
bool accept_tag(Report& report, const Value& value) {
  const std::string& tag = value.node->tag;
  const bool is_harmless =
      tag.empty() || tag == "tag:yaml.org,2002:str" || tag == "tag:yaml.org,2002:map" || tag == "tag:yaml.org,2002:seq";
  if (is_harmless) return true;
  report.error({.code = "wrong_type",
                .mark = value.mark(),
                .field = value.field,
                .message = "has the YAML tag " + quoted(tag) + ", which is not supported",
                .hint = "leave the tag out; put text that starts with `!` in quotes"});
  return false;
}

std::optional<std::string> wrong_type(Report& report, const Value& value, std::string expected, std::string hint = {}) {
  report.error({.code = "wrong_type",
                .mark = value.mark(),
                .field = value.field,
                .message = "must be " + std::move(expected) + ", found " + describe(*value.node),
                .hint = std::move(hint)});
  return std::nullopt;
}

bool is_number(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  if (text.empty() || (text.size() > 1 && text[0] == '0')) return false;
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// What a scalar of another type than text must look like, and how to get there.
std::string unquote_hint(const Node& node, bool is_right_text) {
  return !node.is_plain && is_right_text ? "write it without quotes" : "";
}

}  // namespace

void Report::add(Severity severity, Finding finding) {
  if (is_full()) return;
  if (diagnostics_.size() == kMaxDiagnostics) {
    severity = Severity::error;
    finding = {.code = "too_many_mistakes",
               .mark = finding.mark,
               .message = "the document has more than 1000 mistakes; the others are not shown"};
  }
  Diagnostic diagnostic;
  diagnostic.severity = severity;
  diagnostic.code = finding.code;
  diagnostic.position = at(finding.mark);
  diagnostic.field = std::move(finding.field);
  diagnostic.message = std::move(finding.message);
  diagnostic.hint = std::move(finding.hint);
  diagnostic.source_line = file_of(finding.mark).line(finding.mark.line);
  diagnostics_.push_back(std::move(diagnostic));
}

Mark Report::mark_of(const SourcePosition& position) const {
  const auto file = std::find_if(files_.begin(), files_.end(),
                                 [&position](const Lines* lines) { return lines->path() == position.file; });
  const auto index = file == files_.end() ? 0 : file - files_.begin();
  return {.line = position.line, .column = position.column, .file = static_cast<int>(index)};
}

void Report::error(Finding finding) {
  add(Severity::error, std::move(finding));
}

void Report::warning(Finding finding) {
  add(Severity::warning, std::move(finding));
}

Diagnostics Report::take() {
  order_by(diagnostics_, [](const Diagnostic& diagnostic) {
    return std::pair(diagnostic.position.line, diagnostic.position.column);
  });
  return std::exchange(diagnostics_, {});
}

std::optional<Mapping> Mapping::open(Report& report, const Value& value) {
  if (value.node->kind != Node::Kind::mapping) {
    wrong_type(report, value, "a mapping");
    return std::nullopt;
  }
  if (!accept_tag(report, value)) return std::nullopt;

  Mapping mapping(report, value.field, value.key);
  std::map<std::string_view, Mark> seen;
  for (const Entry& entry : value.node->entries) {
    if (entry.key->kind != Node::Kind::scalar) {
      report.error({.code = "wrong_type",
                    .mark = entry.key->mark,
                    .field = value.field,
                    .message = "a key must be text, found " + describe(*entry.key)});
      continue;
    }
    const auto [first, is_new] = seen.emplace(entry.key->text, entry.key->mark);
    if (!is_new) {
      report.error({.code = "duplicate_key",
                    .mark = entry.key->mark,
                    .field = mapping.path_of(entry.key->text),
                    .message = "the key stands here again; it is already at " + report.at(first->second).to_string(),
                    .hint = "keep one of them"});
      continue;
    }
    mapping.slots_.push_back(Slot{.key = entry.key->text, .key_mark = entry.key->mark, .value = entry.value});
  }
  return mapping;
}

std::string Mapping::path_of(std::string_view key) const {
  const std::string shown = shown_text(key, 60);
  return field_.empty() ? shown : field_ + "." + shown;
}

std::optional<Value> Mapping::find(std::string_view key) {
  asked_for_.emplace_back(key);
  for (const Slot& slot : slots_) {
    if (slot.key == key) return Value{.node = slot.value, .field = path_of(key), .key = slot.key_mark};
  }
  return std::nullopt;
}

std::optional<Value> Mapping::require(std::string_view key) {
  auto value = find(key);
  if (!value) {
    report_->error({.code = "missing", .mark = mark_, .field = path_of(key), .message = "is missing"});
  }
  return value;
}

void Mapping::hint_synonyms(std::span<const std::pair<std::string_view, std::string_view>> synonyms) {
  for (const auto& [word, key] : synonyms) synonyms_.emplace(word, key);
}

std::string Mapping::hint_for(const std::string& key) const {
  if (key == kMergeKey) return std::string(kMergeKeyHint);
  if (const auto synonym = synonyms_.find(key); synonym != synonyms_.end()) {
    return "did you mean " + synonym->second + "?";
  }
  const std::vector<std::string_view> candidates(asked_for_.begin(), asked_for_.end());
  if (auto hint = did_you_mean(key, candidates); !hint.empty()) return hint;

  constexpr std::size_t kMostListed = 12;
  if (asked_for_.size() > kMostListed) return "`fgsync schema` lists the known keys of each kind";
  if (asked_for_.empty()) return "no key is known here: write `{}`";
  std::string hint = asked_for_.size() == 1 ? "the known key is " : "known keys are ";
  for (std::size_t i = 0; i < asked_for_.size(); ++i) hint += (i == 0 ? "" : ", ") + asked_for_[i];
  return hint;
}

void Mapping::close() {
  for (const Slot& slot : slots_) {
    if (report_->is_full()) return;
    if (std::find(asked_for_.begin(), asked_for_.end(), slot.key) != asked_for_.end()) continue;
    report_->error({.code = "unknown_key",
                    .mark = slot.key_mark,
                    .field = path_of(slot.key),
                    .message = "unknown key",
                    .hint = hint_for(slot.key)});
  }
}

std::vector<std::pair<std::string, Value>> Mapping::entries() const {
  std::vector<std::pair<std::string, Value>> all;
  for (const Slot& slot : slots_) {
    all.emplace_back(slot.key, Value{.node = slot.value, .field = path_of(slot.key), .key = slot.key_mark});
  }
  return all;
}

std::optional<std::string> read_text(Report& report, const Value& value) {
  if (value.node->kind != Node::Kind::scalar) return wrong_type(report, value, "text");
  if (!accept_tag(report, value)) return std::nullopt;
  return value.node->text;
}

std::optional<int> read_integer(Report& report, const Value& value, Range range) {
  const Node& node = *value.node;
  if (node.kind == Node::Kind::scalar && !accept_tag(report, value)) return std::nullopt;
  if (node.kind != Node::Kind::scalar || !node.is_plain || !is_number(node.text)) {
    wrong_type(report, value, "a whole number", unquote_hint(node, is_number(node.text)));
    return std::nullopt;
  }
  long long number = 0;
  const auto parsed = std::from_chars(node.text.data(), node.text.data() + node.text.size(), number);
  if (parsed.ec == std::errc() && number >= range.low && number <= range.high) return static_cast<int>(number);
  report.error({.code = "out_of_range",
                .mark = value.mark(),
                .field = value.field,
                .message = "must be between " + std::to_string(range.low) + " and " + std::to_string(range.high) +
                           ", found " + shown_text(node.text, 30)});
  return std::nullopt;
}

std::optional<bool> read_bool(Report& report, const Value& value) {
  const Node& node = *value.node;
  if (node.kind == Node::Kind::scalar && !accept_tag(report, value)) return std::nullopt;
  const bool is_right_text = node.text == "true" || node.text == "false";
  if (node.kind != Node::Kind::scalar || !node.is_plain || !is_right_text) {
    wrong_type(report, value, "true or false", unquote_hint(node, is_right_text));
    return std::nullopt;
  }
  return node.text == "true";
}

std::optional<std::vector<Value>> read_list(Report& report, const Value& value) {
  if (value.node->kind != Node::Kind::sequence) {
    wrong_type(report, value, "a list");
    return std::nullopt;
  }
  if (!accept_tag(report, value)) return std::nullopt;
  std::vector<Value> entries;
  for (const NodePtr& item : value.node->items) {
    // The parser places an empty entry of a list at what follows it.
    const Mark mark = item->kind == Node::Kind::null ? value.key : item->mark;
    entries.push_back(
        Value{.node = item, .field = value.field + "[" + std::to_string(entries.size()) + "]", .key = mark});
  }
  return entries;
}

std::string describe(const Node& node) {
  switch (node.kind) {
    case Node::Kind::null: return "nothing";
    case Node::Kind::sequence: return "a list";
    case Node::Kind::mapping: return "a mapping";
    case Node::Kind::scalar: break;
  }
  return quoted(node.text) + (node.is_plain || !node.tag.empty() ? "" : " in quotes");
}

std::string did_you_mean(std::string_view word, const std::vector<std::string_view>& candidates) {
  const auto near = nearest(word, candidates);
  return near ? "did you mean " + *near + "?" : "";
}

}  // namespace fgsync::manifest::yaml
