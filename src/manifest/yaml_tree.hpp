#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// YAML text as a tree of plain values, with the place of everything. For this folder and config/, which read it with
/// yaml_reader.hpp; the library that parses stays behind parse().
namespace fgsync::manifest::yaml {

/// A place in a text; line and column count from 1, columns count bytes.
struct Mark {
  int line = 0;
  int column = 0;
  int file = 0;  ///< which of the texts that a tree was put together from
  friend auto operator<=>(const Mark&, const Mark&) = default;
};

struct Node;
using NodePtr = std::shared_ptr<const Node>;

struct Entry {
  NodePtr key;
  NodePtr value;
};

struct Node {
  enum class Kind { null, scalar, sequence, mapping };

  Kind kind = Kind::null;
  Mark mark;
  std::string text;      ///< of a scalar
  std::string written;   ///< of a scalar that variables were put into: the text before that; else empty
  bool is_plain = true;  ///< a scalar without quotes, block style or tag
  std::string tag;       ///< an explicit tag, `tag:yaml.org,2002:int`; else empty

  std::vector<NodePtr> items;  ///< of a sequence
  std::vector<Entry> entries;  ///< of a mapping, in the order of the text, duplicate keys included
};

/// Why a text could not be parsed (to its end).
struct Problem {
  std::string code;  ///< `bad_syntax`, `too_large`, `too_deep`, `too_many_nodes`, `too_many_aliases`, `not_text`
  Mark mark;         ///< line 0: the file as a whole
  std::string message;
  std::string hint;
};

struct Documents {
  std::vector<NodePtr> documents;  ///< those before the problem
  std::optional<Problem> problem;
};

/// Parses all documents of a text. Never builds more than the limits allow: 1 MiB, depth 64, 64 anchors and aliases
/// together, 100 000 nodes; all of them per text. Aliases share the node that they name, and count as much as it does
/// towards depth and nodes: a walk along the tree is never longer than that.
/// Every mark of a node gets the number `file`.
Documents parse(std::string_view text, int file = 0);

/// The text without a byte order mark.
std::string_view without_bom(std::string_view text);

}  // namespace fgsync::manifest::yaml
