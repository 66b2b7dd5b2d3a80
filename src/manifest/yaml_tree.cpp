// Builds the tree from the events of yaml-cpp's parser, not from its own documents: limits are checked while nothing
// large exists yet, documents before a broken one are kept, and an alias shares its node instead of copying it. It
// counts as much as what it names all the same: whoever walks the tree follows it. The parser accepts two things
// silently that lose what a person meant, so they are looked for here: a quoted text that the end of the file cuts off,
// and a second document that no `---` starts (what it could not attach to the first).
#include "manifest/yaml_tree.hpp"

#include <yaml-cpp/depthguard.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <map>
#include <sstream>
#include <utility>

#include "manifest/text_limits.hpp"

namespace fgsync::manifest::yaml {
namespace {

constexpr std::string_view kEndOfMap = "end of map not found";
constexpr std::string_view kEndOfFileInScalar = "illegal EOF in scalar";

/// Leaves the parser from inside a callback.
struct Stop {
  Problem problem;
  bool spoils_last_document = false;  // the last one that ended is not what the text means
};

Mark to_mark(const YAML::Mark& mark) {
  if (mark.is_null()) return Mark{};
  return Mark{.line = mark.line + 1, .column = mark.column + 1};
}

/// Whether the quoted text that starts here, after its tag and anchor, never ends.
bool is_cut_off(std::string_view rest) {
  constexpr std::string_view kBlanks = " \t\r\n";
  while (rest.starts_with('!') || rest.starts_with('&')) {
    rest.remove_prefix(std::min(rest.find_first_of(kBlanks), rest.size()));
    rest.remove_prefix(std::min(rest.find_first_not_of(kBlanks), rest.size()));
  }
  if (rest.empty() || (rest[0] != '"' && rest[0] != '\'')) return false;
  const char quote = rest[0];
  for (std::size_t i = 1; i < rest.size(); ++i) {
    if (quote == '"' && rest[i] == '\\') {
      ++i;
    } else if (quote == '\'' && rest.substr(i).starts_with("''")) {
      ++i;
    } else if (rest[i] == quote) {
      return false;
    }
  }
  return true;
}

Problem bad_syntax(Mark mark, std::string_view parser_message) {
  return explain_syntax(parser_message, mark);
}

class TreeBuilder final : public YAML::EventHandler {
 public:
  TreeBuilder(std::string_view text, int file) : text_(text), file_(file) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (documents_++ > 0 && !starts_document(mark)) throw Stop{bad_syntax(to_mark(mark), kEndOfMap), true};
    root_ = nullptr;
    open_.clear();
    anchored_.clear();
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    add({.node = make(Node::Kind::null, mark, {})}, anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    count_alias(to_mark(mark));
    const auto found = anchored_.find(anchor);
    // An anchor is known once its node is complete: an alias inside it would make an endless value.
    if (found == anchored_.end()) {
      throw Stop{Problem{.code = "bad_syntax",
                         .mark = to_mark(mark),
                         .message = "not valid YAML: an alias stands inside the value that it names",
                         .hint = "write the value out"}};
    }
    const Anchored& named = found->second;
    check_depth(static_cast<std::size_t>(named.height), to_mark(mark));
    count_nodes(to_mark(mark), named.nodes, "an alias counts as many values as it stands for");
    attach(named.node, named.height);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    auto node = make(Node::Kind::scalar, mark, tag);
    node->text = value;
    node->is_plain = tag == "?";
    if (!node->is_plain) last_quoted_ = mark;
    add({.node = std::move(node)}, anchor);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value /*style*/) override {
    open(make(Node::Kind::sequence, mark, tag), anchor);
  }
  void OnSequenceEnd() override { close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value /*style*/) override {
    open(make(Node::Kind::mapping, mark, tag), anchor);
  }
  void OnMapEnd() override { close(); }

  [[nodiscard]] NodePtr take_root() { return std::exchange(root_, nullptr); }

  /// To be called when all is parsed: a text that is cut off is the last one.
  void check_last_quoted() const {
    if (!last_quoted_.is_null() && is_cut_off(text_.substr(offset_of(last_quoted_)))) {
      throw Stop{bad_syntax(to_mark(last_quoted_), kEndOfFileInScalar), true};
    }
  }

 private:
  struct Open {
    std::shared_ptr<Node> node;
    YAML::anchor_t anchor;
    int nodes_before;  // of all documents
    int height = 1;    // levels of lists and mappings, itself included, aliases followed
    NodePtr key;       // of a mapping, while its value is awaited
  };

  /// A complete value, and its size when aliases are followed.
  struct Anchored {
    NodePtr node;
    int nodes = 1;
    int height = 0;
  };

  [[nodiscard]] std::size_t offset_of(const YAML::Mark& mark) const {
    return std::min(static_cast<std::size_t>(mark.pos), text_.size());
  }

  /// `---` stands here, or a `...` ended the document before.
  [[nodiscard]] bool starts_document(const YAML::Mark& mark) const {
    const std::size_t offset = offset_of(mark);
    return text_.substr(offset).starts_with("---") || text_.substr(0, offset).find("\n...") != std::string_view::npos;
  }

  std::shared_ptr<Node> make(Node::Kind kind, const YAML::Mark& mark, const std::string& tag) {
    count_nodes(to_mark(mark), 1);
    auto node = std::make_shared<Node>();
    node->kind = kind;
    node->mark = to_mark(mark);
    node->mark.file = file_;
    if (tag != "?" && tag != "!") node->tag = tag;
    return node;
  }

  void open(std::shared_ptr<Node> node, YAML::anchor_t anchor) {
    check_depth(1, node->mark);
    open_.push_back(Open{.node = std::move(node), .anchor = anchor, .nodes_before = nodes_ - 1, .key = nullptr});
  }

  void close() {
    Open done = std::move(open_.back());
    open_.pop_back();
    add({.node = std::move(done.node), .nodes = nodes_ - done.nodes_before, .height = done.height}, done.anchor);
  }

  void add(Anchored value, YAML::anchor_t anchor) {
    if (anchor != YAML::NullAnchor) {
      count_alias(value.node->mark);
      anchored_[anchor] = value;
    }
    attach(std::move(value.node), value.height);
  }

  void attach(NodePtr node, int height) {
    if (open_.empty()) {
      root_ = std::move(node);
      return;
    }
    Open& parent = open_.back();
    parent.height = std::max(parent.height, height + 1);
    if (parent.node->kind == Node::Kind::sequence) {
      parent.node->items.push_back(std::move(node));
    } else if (parent.key == nullptr) {
      parent.key = std::move(node);
    } else {
      parent.node->entries.push_back(Entry{.key = std::exchange(parent.key, nullptr), .value = std::move(node)});
    }
  }

  void check_depth(std::size_t height, Mark mark) const {
    if (open_.size() + height <= static_cast<std::size_t>(kMaxDepth)) return;
    throw Stop{Problem{
        .code = "too_deep", .mark = mark, .message = "lists and mappings are nested more than 64 deep", .hint = {}}};
  }

  void count_nodes(Mark mark, int count, std::string hint = {}) {
    nodes_ += count;
    if (nodes_ <= kMaxNodes) return;
    throw Stop{Problem{.code = "too_many_nodes",
                       .mark = mark,
                       .message = "the file holds more than 100000 values",
                       .hint = std::move(hint)}};
  }

  void count_alias(Mark mark) {
    if (++aliases_ <= kMaxAliases) return;
    throw Stop{Problem{.code = "too_many_aliases",
                       .mark = mark,
                       .message = "the file holds more than 64 YAML anchors and aliases",
                       .hint = {}}};
  }

  std::string_view text_;
  int file_;
  NodePtr root_;
  YAML::Mark last_quoted_ = YAML::Mark::null_mark();
  int documents_ = 0;
  std::vector<Open> open_;
  std::map<YAML::anchor_t, Anchored> anchored_;
  int nodes_ = 0;    // of all documents, aliases followed
  int aliases_ = 0;  // of all documents, anchors included
};

}  // namespace

Documents parse(std::string_view text, int file) {
  Documents result;
  result.problem = check_bytes(text);
  if (result.problem) return result;

  const std::string_view content = without_bom(text);
  try {
    std::istringstream stream{std::string(content)};
    YAML::Parser parser(stream);
    TreeBuilder builder(content, file);
    while (parser.HandleNextDocument(builder)) {
      if (auto root = builder.take_root()) result.documents.push_back(std::move(root));
    }
    builder.check_last_quoted();
  } catch (const Stop& stop) {
    result.problem = stop.problem;
    if (stop.spoils_last_document && !result.documents.empty()) result.documents.pop_back();
  } catch (const YAML::DeepRecursion& error) {
    result.problem = Problem{.code = "too_deep",
                             .mark = to_mark(error.mark),
                             .message = "lists and mappings are nested more than 64 deep",
                             .hint = {}};
  } catch (const YAML::Exception& error) {
    result.problem = find_usual_suspect(content, to_mark(error.mark));
    if (!result.problem) result.problem = explain_syntax(error.msg, to_mark(error.mark));
  } catch (const std::exception& error) {
    result.problem = explain_syntax(error.what(), Mark{});
  }
  return result;
}

}  // namespace fgsync::manifest::yaml
