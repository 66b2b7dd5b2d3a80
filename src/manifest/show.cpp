#include "manifest/show.hpp"

#include <algorithm>
#include <vector>

#include "manifest/compose.hpp"
#include "manifest/environment.hpp"
#include "manifest/shown_text.hpp"
#include "manifest/text_limits.hpp"

namespace fgsync::manifest {
namespace {

using yaml::Entry;
using yaml::Node;
using yaml::NodePtr;

constexpr std::size_t kCommentColumn = 48;
constexpr std::size_t kLongestSimpleKey = 1000;  // YAML takes up to 1024 characters before the colon
constexpr std::size_t kMaxPath = 400;

bool is_plain_byte(char c) {
  const bool is_letter_or_digit = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  return is_letter_or_digit || std::string_view("-_./+=@").find(c) != std::string_view::npos;
}

/// Whether the text reads back as itself without quotes.
bool is_plain(std::string_view text) {
  if (text.empty() || text == "null" || text == "Null" || text == "NULL") return false;
  if (text.front() == '-' || text.front() == '.' || text.front() == '=' || text.front() == '@') return false;
  return std::all_of(text.begin(), text.end(), is_plain_byte);
}

std::string in_quotes(std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string quoted = "\"";
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    auto byte = static_cast<unsigned char>(c);
    // U+0080 to U+009F move a terminal's cursor too; `\x` takes a code point.
    const bool is_wide_control = byte == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0;
    if (is_wide_control) byte = static_cast<unsigned char>(text[++i]);
    if (c == '"' || c == '\\') {
      quoted += '\\';
      quoted += c;
    } else if (c == '\n') {
      quoted += "\\n";
    } else if (byte < 0x20 || byte == 0x7F || is_wide_control) {
      quoted += "\\x";
      quoted += kHex[byte / 16];
      quoted += kHex[byte % 16];
    } else {
      quoted += c;
    }
  }
  return quoted + "\"";
}

/// A `${` that stands for itself is written `$${`.
std::string with_escapes(std::string_view text) {
  std::string escaped;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i).starts_with("${")) escaped += '$';
    escaped += text[i];
  }
  return escaped;
}

std::string scalar(const Node& node) {
  // A number or truth value in quotes is a text, and must stay one.
  if (is_plain(node.text) && node.is_plain) return node.text;
  const bool is_negative =
      node.is_plain && node.text.size() > 1 && node.text.front() == '-' && is_plain(node.text.substr(1));
  return is_negative ? node.text : in_quotes(with_escapes(node.text));
}

std::string key_text(const Node& key) {
  return is_plain(key.text) ? key.text : in_quotes(key.text);
}

constexpr std::string_view kSecrets = "encrypted_user_data";

bool is_key(const Entry& entry, std::string_view key) {
  return entry.key->kind == Node::Kind::scalar && entry.key->text == key;
}

/// Somebody may have written a secret where a reference to one belongs.
NodePtr hidden(const NodePtr& value) {
  if (value->kind == Node::Kind::mapping || value->kind == Node::Kind::null) return value;
  auto node = std::make_shared<Node>();
  node->kind = Node::Kind::scalar;
  node->mark = value->mark;
  node->text = "***";
  node->is_plain = false;
  return node;
}

NodePtr without_secrets(const NodePtr& value) {
  if (value->kind != Node::Kind::mapping) return hidden(value);
  auto node = std::make_shared<Node>(*value);
  for (Entry& entry : node->entries) entry.value = hidden(entry.value);
  return node;
}

/// The document as it may be shown.
NodePtr presentable(const NodePtr& root) {
  if (root->kind != Node::Kind::mapping) return root;
  auto document = std::make_shared<Node>(*root);
  for (Entry& entry : document->entries) {
    if (!is_key(entry, "spec") || entry.value->kind != Node::Kind::mapping) continue;
    auto spec = std::make_shared<Node>(*entry.value);
    for (Entry& setting : spec->entries) {
      if (is_key(setting, kSecrets)) setting.value = without_secrets(setting.value);
    }
    entry.value = std::move(spec);
  }
  return document;
}

/// Writes one document, line by line; comments are put behind when all lines are known.
class Writer {
 public:
  Writer(const Document& document, const Environment* environment) : document_(document), environment_(environment) {}

  std::string write();

 private:
  struct Line {
    std::string text;
    std::string comment;
  };

  void add_value(const Node& node, const std::string& lead, std::size_t indent);
  void add_mapping(const Node& node, std::size_t indent, std::string first_lead);
  void add_entry(const Entry& entry, std::string lead, std::size_t indent);
  [[nodiscard]] std::string place(yaml::Mark mark) const;
  [[nodiscard]] std::string origin(const Node& node) const;

  const Document& document_;
  const Environment* environment_;
  std::vector<Line> lines_;
  int budget_ = yaml::kMaxNodes;  // aliases can make a document endless
};

std::string Writer::place(yaml::Mark mark) const {
  const std::string& path =
      mark.file == kEnvironmentFile && environment_ != nullptr ? environment_->path : document_.path;
  return yaml::shown_text(path, kMaxPath) + ":" + std::to_string(mark.line);
}

std::string Writer::origin(const Node& node) const {
  std::string text = place(node.mark);
  for (const std::string& name : variables_in(node.written)) {
    const auto variable =
        environment_ != nullptr ? environment_->variables.find(name) : decltype(environment_->variables.begin())();
    if (environment_ == nullptr || variable == environment_->variables.end()) continue;
    text += ", " + name + " from " + place(variable->second.mark);
  }
  return text;
}

/// `lead` is what stands before the value: `  key: ` or `  - `.
void Writer::add_value(const Node& node, const std::string& lead, std::size_t indent) {
  if (--budget_ < 0) return;
  const std::string key = lead.substr(0, lead.find_last_not_of(' ') + 1);
  switch (node.kind) {
    case Node::Kind::null: lines_.push_back({.text = key, .comment = place(node.mark)}); return;
    case Node::Kind::scalar: lines_.push_back({.text = lead + scalar(node), .comment = origin(node)}); return;
    case Node::Kind::sequence: break;
    case Node::Kind::mapping:
      if (node.entries.empty()) {
        lines_.push_back({.text = lead + "{}", .comment = place(node.mark)});
      } else if (lead.ends_with("- ")) {
        add_mapping(node, indent + 2, lead);
      } else {
        lines_.push_back({.text = key, .comment = {}});
        add_mapping(node, indent + 2, {});
      }
      return;
  }
  if (node.items.empty()) {
    lines_.push_back({.text = lead + "[]", .comment = place(node.mark)});
    return;
  }
  lines_.push_back({.text = key, .comment = {}});
  for (const NodePtr& item : node.items) add_value(*item, std::string(indent + 2, ' ') + "- ", indent + 2);
}

/// `first_lead` stands before the first key of a mapping in a list.
void Writer::add_mapping(const Node& node, std::size_t indent, std::string first_lead) {
  for (const Entry& entry : node.entries) {
    add_entry(entry, first_lead.empty() ? std::string(indent, ' ') : std::exchange(first_lead, {}), indent);
  }
}

void Writer::add_entry(const Entry& entry, std::string lead, std::size_t indent) {
  const std::string key = key_text(*entry.key);
  if (key.size() <= kLongestSimpleKey) {
    lead += key;
  } else {
    lines_.push_back({.text = lead + "? " + key, .comment = {}});
    lead = std::string(indent, ' ');
  }
  add_value(*entry.value, lead + ": ", indent);
}

std::string Writer::write() {
  const NodePtr root = presentable(document_.root);
  if (root->kind == Node::Kind::mapping) add_mapping(*root, 0, {});
  std::size_t column = 0;
  for (const Line& line : lines_) column = std::max(column, line.text.size() + 2);
  column = std::min(column, kCommentColumn);
  std::string text;
  for (const Line& line : lines_) {
    text += line.text;
    if (!line.comment.empty()) {
      text += std::string(line.text.size() + 2 > column ? 2 : column - line.text.size(), ' ') + "# " + line.comment;
    }
    text += '\n';
  }
  return text;
}

}  // namespace

std::string show(const Document& document, const Environment* environment) {
  return Writer(document, environment).write();
}

}  // namespace fgsync::manifest
