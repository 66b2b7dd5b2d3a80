// A pattern is compiled to tokens once and then run as a nondeterministic automaton: the set of token positions that
// the text read so far can have reached. That costs at most pattern length times text length, so a hostile pattern such
// as `*a*a*a*a*b` cannot stall a reconcile the way a backtracking matcher would.
//
// Where git's program and its documentation differ we follow the documentation: `foo**/bar` means `foo*/bar`.
#include "package/ignore_rules.hpp"

#include <array>
#include <optional>
#include <utility>

namespace fgsync::package {
namespace {

using ByteSet = std::bitset<256>;

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

std::size_t index_of(char byte) {
  return static_cast<unsigned char>(byte);
}

/// The line without its trailing blanks; a blank behind a backslash stays.
std::string_view without_trailing_blanks(std::string_view line) {
  std::size_t keep = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '\\' && i + 1 < line.size()) {
      ++i;
      keep = i + 1;
    } else if (line[i] != ' ') {
      keep = i + 1;
    }
  }
  return line.substr(0, keep);
}

// In the C locale, whatever the process uses.
constexpr bool is_upper(int c) {
  return c >= 'A' && c <= 'Z';
}
constexpr bool is_lower(int c) {
  return c >= 'a' && c <= 'z';
}
constexpr bool is_digit(int c) {
  return c >= '0' && c <= '9';
}
constexpr bool is_alpha(int c) {
  return is_upper(c) || is_lower(c);
}
constexpr bool is_graph(int c) {
  return c > ' ' && c < 0x7f;
}

struct NamedClass {
  std::string_view name;
  bool (*contains)(int);
};

constexpr std::array<NamedClass, 12> kClasses{{
    {"alnum", [](int c) { return is_alpha(c) || is_digit(c); }},
    {"alpha", is_alpha},
    {"blank", [](int c) { return c == ' ' || c == '\t'; }},
    {"cntrl", [](int c) { return c < ' ' || c == 0x7f; }},
    {"digit", is_digit},
    {"graph", is_graph},
    {"lower", is_lower},
    {"print", [](int c) { return is_graph(c) || c == ' '; }},
    {"punct", [](int c) { return is_graph(c) && !is_alpha(c) && !is_digit(c); }},
    {"space", [](int c) { return c == ' ' || (c >= '\t' && c <= '\r'); }},
    {"upper", is_upper},
    {"xdigit", [](int c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }},
}};

/// The bytes of a class such as `alpha`; nothing for an unknown one.
std::optional<ByteSet> class_named(std::string_view name) {
  for (const NamedClass& known : kClasses) {
    if (known.name != name) continue;
    ByteSet set;
    for (int c = 0; c < 256; ++c) set[static_cast<std::size_t>(c)] = known.contains(c);
    return set;
  }
  return std::nullopt;
}

}  // namespace

/// Reads one pattern from left to right.
class IgnoreRules::Compiler {
 public:
  explicit Compiler(std::string_view pattern) : pattern_(pattern) {}

  /// The tokens and sets in `rule`; false when the pattern is malformed.
  bool compile_into(Rule& rule) {
    while (at_ < pattern_.size()) {
      const char byte = pattern_[at_];
      if (byte == '*') {
        add_stars(rule);
      } else if (byte == '?') {
        ++at_;
        rule.tokens.push_back({TokenKind::any_byte});
      } else if (byte == '[') {
        ++at_;
        auto set = bracket();
        if (!set) return false;
        rule.tokens.push_back({TokenKind::one_of, 0, rule.sets.size()});
        rule.sets.push_back(*set);
      } else {
        if (byte == '\\' && ++at_ == pattern_.size()) return false;
        rule.tokens.push_back({TokenKind::literal, pattern_[at_]});
        ++at_;
      }
    }
    return true;
  }

 private:
  [[nodiscard]] bool has(std::size_t index) const { return index < pattern_.size(); }

  /// `**` is special only as a whole part of the path; elsewhere stars in a row are one star.
  void add_stars(Rule& rule) {
    const std::size_t begin = at_;
    while (has(at_) && pattern_[at_] == '*') ++at_;
    const bool starts_part = begin == 0 || pattern_[begin - 1] == '/';
    if (at_ - begin < 2 || !starts_part) {
      rule.tokens.push_back({TokenKind::any_run});
    } else if (!has(at_)) {
      rule.tokens.push_back({TokenKind::everything});
    } else if (pattern_[at_] == '/') {
      ++at_;
      rule.tokens.push_back({TokenKind::directories});
    } else {
      rule.tokens.push_back({TokenKind::any_run});
    }
  }

  /// The set behind a `[`; nothing when it is not closed or names an unknown class.
  std::optional<ByteSet> bracket() {
    const bool is_negated = has(at_) && (pattern_[at_] == '!' || pattern_[at_] == '^');
    if (is_negated) ++at_;
    ByteSet set;
    std::optional<char> range_start;
    // A `]` in first place is a member, not the end.
    for (bool is_first = true; has(at_) && (is_first || pattern_[at_] != ']'); is_first = false) {
      if (pattern_[at_] == '[' && has(at_ + 1) && pattern_[at_ + 1] == ':') {
        const auto named = character_class();
        if (named == ClassResult::malformed) return std::nullopt;
        if (named == ClassResult::found) {
          set |= class_;
          range_start.reset();
          continue;
        }
      }
      const bool is_range = pattern_[at_] == '-' && range_start && has(at_ + 1) && pattern_[at_ + 1] != ']';
      if (is_range) ++at_;
      const auto byte = member();
      if (!byte) return std::nullopt;
      const std::size_t low = index_of(is_range ? *range_start : *byte);
      for (std::size_t c = low; c <= index_of(*byte); ++c) set.set(c);
      range_start = is_range ? std::nullopt : byte;
    }
    if (!has(at_)) return std::nullopt;
    ++at_;
    if (is_negated) set.flip();
    set.reset(index_of('/'));
    return set;
  }

  /// One byte of a set, possibly behind a backslash.
  std::optional<char> member() {
    if (pattern_[at_] == '\\') ++at_;
    if (!has(at_)) return std::nullopt;
    return pattern_[at_++];
  }

  enum class ClassResult { found, not_a_class, malformed };

  /// `[:name:]` at the current place, into class_. Without its `:]` the `[` is an ordinary member.
  ClassResult character_class() {
    const std::size_t begin = at_ + 2;
    const std::size_t end = pattern_.find(']', begin);
    if (end == std::string_view::npos) return ClassResult::malformed;
    if (end == begin || pattern_[end - 1] != ':') return ClassResult::not_a_class;
    const auto named = class_named(pattern_.substr(begin, end - 1 - begin));
    if (!named) return ClassResult::malformed;
    class_ = *named;
    at_ = end + 1;
    return ClassResult::found;
  }

  std::string_view pattern_;
  std::size_t at_ = 0;
  ByteSet class_;
};

void IgnoreRules::add_text(std::string_view text) {
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    add_line(line);
  }
}

void IgnoreRules::add_line(std::string_view line) {
  if (line.starts_with('#')) return;
  std::string_view pattern = without_trailing_blanks(line);
  Rule rule;
  if (pattern.starts_with('!')) {
    rule.is_negated = true;
    pattern.remove_prefix(1);
  }
  if (pattern.ends_with('/')) {
    rule.is_for_directories = true;
    pattern.remove_suffix(1);
  }
  rule.is_for_names = pattern.find('/') == std::string_view::npos;
  if (pattern.starts_with('/')) pattern.remove_prefix(1);
  if (pattern.empty()) return;
  if (Compiler(pattern).compile_into(rule)) rules_.push_back(std::move(rule));
}

/// Whether the first and the last byte allow a match: decides nearly every comparison, at nearly no cost.
bool IgnoreRules::may_match(const Rule& rule, std::string_view text) {
  const auto allows = [](const Token& token, char byte) {
    return token.kind != TokenKind::literal || token.byte == byte;
  };
  if (text.empty()) return true;
  return allows(rule.tokens.front(), text.front()) && allows(rule.tokens.back(), text.back());
}

bool IgnoreRules::matches(const Rule& rule, std::string_view text) {
  if (!may_match(rule, text)) return false;
  const std::size_t end = rule.tokens.size();
  // reached[i]: tokens before i have matched what was read. For `directories`, inside[i]: within a directory's name.
  std::vector<char> reached(end + 1);
  std::vector<char> inside(end + 1);
  std::vector<char> next(end + 1);
  std::vector<char> next_inside(end + 1);
  const auto skip_empty = [&rule, end](std::vector<char>& set) {
    for (std::size_t i = 0; i < end; ++i) {
      const TokenKind kind = rule.tokens[i].kind;
      const bool can_be_empty =
          kind == TokenKind::any_run || kind == TokenKind::directories || kind == TokenKind::everything;
      if (set[i] != 0 && can_be_empty) set[i + 1] = 1;
    }
  };
  reached[0] = 1;
  skip_empty(reached);
  for (const char byte : text) {
    next.assign(end + 1, 0);
    next_inside.assign(end + 1, 0);
    for (std::size_t i = 0; i < end; ++i) {
      if (reached[i] == 0 && inside[i] == 0) continue;
      const Token& token = rule.tokens[i];
      switch (token.kind) {
        case TokenKind::literal:
          if (byte == token.byte) next[i + 1] = 1;
          break;
        case TokenKind::any_byte:
          if (byte != '/') next[i + 1] = 1;
          break;
        case TokenKind::one_of:
          if (rule.sets[token.set].test(index_of(byte))) next[i + 1] = 1;
          break;
        case TokenKind::any_run:
          if (byte != '/') next[i] = 1;
          break;
        case TokenKind::directories: (byte == '/' ? next : next_inside)[i] = 1; break;
        case TokenKind::everything: next[i] = 1; break;
      }
    }
    reached.swap(next);
    inside.swap(next_inside);
    skip_empty(reached);
  }
  return reached[end] != 0;
}

bool IgnoreRules::excludes_entry(std::string_view path, EntryKind kind) const {
  const std::size_t slash = path.rfind('/');
  const std::string_view name = slash == std::string_view::npos ? path : path.substr(slash + 1);
  for (auto rule = rules_.rbegin(); rule != rules_.rend(); ++rule) {
    if (rule->is_for_directories && kind != EntryKind::directory) continue;
    if (matches(*rule, rule->is_for_names ? name : path)) return !rule->is_negated;
  }
  return false;
}

bool IgnoreRules::excludes(std::string_view path, EntryKind kind) const {
  for (std::size_t slash = path.find('/'); slash != std::string_view::npos; slash = path.find('/', slash + 1)) {
    if (excludes_entry(path.substr(0, slash), EntryKind::directory)) return true;
  }
  return excludes_entry(path, kind);
}

}  // namespace fgsync::package
