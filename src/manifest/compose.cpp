// Trees are immutable and shared, so both steps build new nodes only along the paths that change. A node that is named
// by several aliases is treated once: following every alias could take for ever.
#include "manifest/compose.hpp"

#include <algorithm>
#include <set>

#include "manifest/shown_text.hpp"
#include "manifest/text_limits.hpp"

namespace fgsync::manifest {
namespace {

using yaml::Entry;
using yaml::Node;
using yaml::NodePtr;
using yaml::Report;

constexpr std::string_view kStart = "${";
constexpr std::string_view kEscapedStart = "$${";

const Entry* find_entry(const Node& mapping, std::string_view key) {
  const auto is_key = [key](const Entry& entry) {
    return entry.key->kind == Node::Kind::scalar && entry.key->text == key;
  };
  const auto found = std::find_if(mapping.entries.begin(), mapping.entries.end(), is_key);
  return found == mapping.entries.end() ? nullptr : &*found;
}

/// RFC 7396. The patch was found small enough when its file was read.
NodePtr merge(const NodePtr& target, const NodePtr& patch) {
  if (patch->kind != Node::Kind::mapping) return patch;
  auto merged = std::make_shared<Node>();
  if (target && target->kind == Node::Kind::mapping) {
    *merged = *target;
  } else {
    merged->kind = Node::Kind::mapping;
    merged->mark = patch->mark;
  }
  std::map<std::string_view, const Entry*> changes;
  for (const Entry& change : patch->entries) {
    if (change.key->kind == Node::Kind::scalar) changes.emplace(change.key->text, &change);
  }
  std::set<std::string_view> known;
  for (Entry& entry : merged->entries) {
    const auto change = entry.key->kind == Node::Kind::scalar ? changes.find(entry.key->text) : changes.end();
    if (change == changes.end()) continue;
    // Of a key that stands there twice, which is a mistake, both are changed.
    known.insert(change->first);
    const NodePtr& value = change->second->value;
    entry.value = value->kind == Node::Kind::null ? nullptr : merge(entry.value, value);
  }
  std::erase_if(merged->entries, [](const Entry& entry) { return entry.value == nullptr; });
  for (const Entry& change : patch->entries) {
    const bool is_new = change.key->kind == Node::Kind::scalar && !known.contains(change.key->text);
    if (!is_new || change.value->kind == Node::Kind::null) continue;
    merged->entries.push_back({.key = change.key, .value = merge(nullptr, change.value)});
  }
  return merged;
}

bool is_name_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/// A `${NAME}` in a text: where it starts and ends, and the name; the name is empty when it is malformed.
struct Use {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::string_view name;
  bool is_escape = false;  // `$${`
};

std::optional<Use> next_use(std::string_view text, std::size_t from) {
  const std::size_t begin = text.find(kStart, from);
  if (begin == std::string_view::npos) return std::nullopt;
  if (begin > from && text[begin - 1] == '$') {
    return Use{.begin = begin - 1, .end = begin + kStart.size(), .name = {}, .is_escape = true};
  }
  std::size_t end = begin + kStart.size();
  while (end < text.size() && is_name_byte(text[end])) ++end;
  Use use{.begin = begin, .end = end, .name = text.substr(begin + kStart.size(), end - begin - kStart.size())};
  if (end < text.size() && text[end] == '}') {
    use.end = end + 1;
  } else {
    use.name = {};
  }
  return use;
}

/// Puts the values of variables into texts.
class Substitution {
 public:
  Substitution(Report& report, const Environment* environment) : report_(report), environment_(environment) {}

  NodePtr run(const NodePtr& root);

 private:
  NodePtr visit(const NodePtr& node, const std::string& field);
  NodePtr rebuild(const NodePtr& node, const std::string& field);
  NodePtr substitute(const NodePtr& node, const std::string& field);
  void append_value(std::string& text, std::string_view name, const Node& node, const std::string& field);
  void error(const Node& node, const std::string& field, std::string message, std::string hint);

  Report& report_;
  const Environment* environment_;
  std::map<const Node*, NodePtr> done_;
  std::size_t added_bytes_ = 0;
};

void Substitution::error(const Node& node, const std::string& field, std::string message, std::string hint) {
  report_.error({.code = "bad_variable",
                 .mark = node.mark,
                 .field = field,
                 .message = std::move(message),
                 .hint = std::move(hint)});
}

void Substitution::append_value(std::string& text, std::string_view name, const Node& node, const std::string& field) {
  if (report_.is_full()) return;
  const std::string shown = "${" + std::string(name) + "}";
  if (environment_ == nullptr) {
    error(node, field, shown + " is not set: no environment is chosen",
          "choose one with --env; for the text itself write $" + shown);
    return;
  }
  const auto variable = environment_->variables.find(name);
  if (variable == environment_->variables.end()) {
    std::vector<std::string_view> names;
    for (const auto& [known, unused] : environment_->variables) names.push_back(known);
    std::string hint = yaml::did_you_mean(name, names);
    if (hint.empty()) hint = "declare it in spec.variables there; for the text itself write $" + shown;
    error(node, field, shown + " is not set in " + environment_->path, std::move(hint));
    return;
  }
  added_bytes_ += variable->second.value.size();
  if (added_bytes_ <= yaml::kMaxBytes) text += variable->second.value;
}

NodePtr Substitution::substitute(const NodePtr& node, const std::string& field) {
  const std::string_view text = node->text;
  if (text.find(kStart) == std::string_view::npos) return node;
  auto changed = std::make_shared<Node>(*node);
  changed->text.clear();
  changed->written = node->text;
  std::size_t from = 0;
  while (const auto use = next_use(text, from)) {
    changed->text += text.substr(from, use->begin - from);
    if (use->is_escape) {
      changed->text += kStart;
    } else if (use->name.empty()) {
      error(*node, field, "`${` must be followed by the name of a variable and `}`",
            "for the text itself write " + std::string(kEscapedStart));
    } else {
      append_value(changed->text, use->name, *node, field);
    }
    from = use->end;
  }
  changed->text += text.substr(from);
  return changed;
}

NodePtr Substitution::rebuild(const NodePtr& node, const std::string& field) {
  if (node->kind == Node::Kind::scalar) return substitute(node, field);
  std::shared_ptr<Node> changed;  // made when the first child changes
  const auto change = [&]() -> Node& {
    if (!changed) changed = std::make_shared<Node>(*node);
    return *changed;
  };
  for (std::size_t i = 0; i < node->items.size(); ++i) {
    NodePtr item = visit(node->items[i], field + "[" + std::to_string(i) + "]");
    if (item != node->items[i]) change().items[i] = std::move(item);
  }
  for (std::size_t i = 0; i < node->entries.size(); ++i) {
    const Entry& entry = node->entries[i];
    const std::string key = yaml::shown_text(entry.key->text, 60);
    NodePtr value = visit(entry.value, field.empty() ? key : field + "." + key);
    if (value != entry.value) change().entries[i].value = std::move(value);
  }
  return changed ? changed : node;
}

NodePtr Substitution::visit(const NodePtr& node, const std::string& field) {
  if (node->kind == Node::Kind::null) return node;
  if (const auto found = done_.find(node.get()); found != done_.end()) return found->second;
  NodePtr result = rebuild(node, field);
  done_.emplace(node.get(), result);
  return result;
}

NodePtr Substitution::run(const NodePtr& root) {
  NodePtr result = visit(root, "");
  if (added_bytes_ > yaml::kMaxBytes) {
    report_.error({.code = "too_large",
                   .mark = root->mark,
                   .field = {},
                   .message = "the values of variables make this document larger than 1 MiB"});
  }
  return result;
}

bool uses_variables(const Node& node) {
  if (node.text.find(kStart) != std::string::npos) return true;
  return std::any_of(node.items.begin(), node.items.end(), [](const NodePtr& item) { return uses_variables(*item); }) ||
         std::any_of(node.entries.begin(), node.entries.end(),
                     [](const Entry& entry) { return uses_variables(*entry.value); });
}

/// The name of the function that a document describes, as it stands there; empty when it cannot be read.
std::string_view written_name(const Node& root) {
  const Entry* metadata = find_entry(root, "metadata");
  const Entry* name = metadata != nullptr ? find_entry(*metadata->value, "name") : nullptr;
  return name != nullptr ? std::string_view(name->value->text) : std::string_view();
}

/// That name with variables put in: the one that patches go by. What is wrong with it is reported elsewhere.
std::string name_in(const Environment& environment, const Node& root) {
  const std::string_view written = written_name(root);
  std::string name;
  std::size_t from = 0;
  while (const auto use = next_use(written, from)) {
    if (name.size() > yaml::kMaxBytes) return {};
    name += written.substr(from, use->begin - from);
    const auto variable = environment.variables.find(use->name);
    if (variable != environment.variables.end()) name += variable->second.value;
    from = use->end;
  }
  name += written.substr(from);
  return name;
}

}  // namespace

NodePtr compose(Report& report, const NodePtr& root, const Environment* environment) {
  NodePtr document = root;
  if (environment != nullptr) {
    const auto patch = environment->patches.find(name_in(*environment, *root));
    if (patch != environment->patches.end()) document = merge(root, patch->second.content);
  }
  return uses_variables(*document) ? Substitution(report, environment).run(document) : document;
}

std::vector<std::string> variables_in(std::string_view text) {
  std::vector<std::string> names;
  std::size_t from = 0;
  while (const auto use = next_use(text, from)) {
    if (!use->name.empty()) names.emplace_back(use->name);
    from = use->end;
  }
  return names;
}

}  // namespace fgsync::manifest
