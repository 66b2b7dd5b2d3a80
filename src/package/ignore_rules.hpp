#pragma once

#include <bitset>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace fgsync::package {

enum class EntryKind { file, directory };

/// Ignore rules in gitignore syntax, for paths relative to one directory. Letter case matters; `?` and `[…]` stand for
/// one byte, as in git.
class IgnoreRules {
 public:
  /// Adds the rule of one line. Blank lines and comments add nothing; a malformed pattern matches nothing.
  void add_line(std::string_view line);
  /// Adds the lines of a file: a byte order mark and carriage returns before line feeds are dropped.
  void add_text(std::string_view text);

  /// Whether the last rule that matches the entry excludes it. Says nothing about its parents: whoever walks a tree
  /// does not enter an excluded directory.
  [[nodiscard]] bool excludes_entry(std::string_view path, EntryKind kind) const;
  /// Whether the entry or one of its parent directories is excluded: what git would answer.
  [[nodiscard]] bool excludes(std::string_view path, EntryKind kind) const;

 private:
  enum class TokenKind : std::uint8_t {
    literal,      ///< this byte
    any_byte,     ///< `?`: a byte other than `/`
    one_of,       ///< `[…]`: a byte of a set, never `/`
    any_run,      ///< `*`: bytes other than `/`, also none
    directories,  ///< `**/`: whole directories with their `/`, also none
    everything,   ///< `**` at the end: the rest
  };
  struct Token {
    TokenKind kind = TokenKind::literal;
    char byte = 0;        ///< for `literal`
    std::size_t set = 0;  ///< for `one_of`: index into `sets`
  };
  struct Rule {
    std::vector<Token> tokens;
    std::vector<std::bitset<256>> sets;
    bool is_negated = false;
    bool is_for_directories = false;
    bool is_for_names = false;  ///< compared with the last part of the path only
  };
  class Compiler;

  static bool may_match(const Rule& rule, std::string_view text);
  static bool matches(const Rule& rule, std::string_view text);

  std::vector<Rule> rules_;
};

}  // namespace fgsync::package
