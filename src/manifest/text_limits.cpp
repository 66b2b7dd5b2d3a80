#include "manifest/text_limits.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace fgsync::manifest::yaml {
namespace {

/// Length of the UTF-8 sequence at the start of `text`; 0 when there is none (RFC 3629: no overlong forms, no
/// surrogates, nothing above U+10FFFF).
std::size_t sequence_length(std::string_view text) {
  const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  std::size_t length = 0;
  unsigned char low = 0x80;
  unsigned char high = 0xBF;
  if (first >= 0xC2 && first <= 0xDF) {
    length = 2;
  } else if (first >= 0xE0 && first <= 0xEF) {
    length = 3;
    if (first == 0xE0) low = 0xA0;
    if (first == 0xED) high = 0x9F;
  } else if (first >= 0xF0 && first <= 0xF4) {
    length = 4;
    if (first == 0xF0) low = 0x90;
    if (first == 0xF4) high = 0x8F;
  }
  if (length == 0 || text.size() < length || byte(1) < low || byte(1) > high) return 0;
  for (std::size_t i = 2; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  return length;
}

Mark mark_at(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const auto line_start = before.rfind('\n');
  const auto column = line_start == std::string_view::npos ? offset : offset - line_start - 1;
  return Mark{.line = 1 + static_cast<int>(std::count(before.begin(), before.end(), '\n')),
              .column = 1 + static_cast<int>(column)};
}

std::optional<std::size_t> first_invalid_utf8(std::string_view text) {
  for (std::size_t offset = 0; offset < text.size();) {
    const std::size_t length = sequence_length(text.substr(offset, 4));
    if (length == 0) return offset;
    offset += length;
  }
  return std::nullopt;
}

struct Explanation {
  std::string_view parser_message;  // its beginning
  std::string_view message;
  std::string_view hint;
};

constexpr std::string_view kCheckIndentation = "check the indentation of this line and of the lines before it";

constexpr std::array kExplanations{
    Explanation{"end of map not found", "this line does not continue the mapping that it stands in",
                "every line must be `key: value`, with the same indentation as its neighbours"},
    Explanation{"end of map flow not found", "a `{` is never closed, or a comma is missing", "close it with `}`"},
    Explanation{"end of sequence not found", "this line does not continue the list that it stands in",
                "every entry starts with `- `, with the same indentation as its neighbours"},
    Explanation{"end of sequence flow not found", "a `[` is never closed, or a comma is missing", "close it with `]`"},
    Explanation{"illegal map value", "a `: ` stands where no value can start",
                "put text that contains `: ` in quotes, and check the indentation"},
    Explanation{"illegal map key", "a key cannot start here", kCheckIndentation},
    Explanation{"illegal block entry", "a list entry `- ` cannot start here", kCheckIndentation},
    Explanation{"illegal flow end", "a `]` or `}` has no matching `[` or `{`", "put text that contains it in quotes"},
    Explanation{"illegal tab", "a tab is used for indentation", "YAML is indented with spaces only"},
    Explanation{"illegal EOF in scalar", "a quoted text is never closed", "close it with the quote it starts with"},
    Explanation{"illegal document indicator", "a quoted text is not closed before the next document",
                "close it with the quote it starts with"},
    Explanation{"illegal character in scalar", "a character that text cannot contain", "put the text in quotes"},
    Explanation{"unknown escape character", "an unknown escape sequence in a double-quoted text",
                "double the backslash, or use single quotes"},
    Explanation{"bad character found while scanning hex", "an escape sequence in a double-quoted text lacks hex digits",
                "double the backslash, or use single quotes"},
    Explanation{"invalid unicode", "an escape sequence in a double-quoted text names no character",
                "double the backslash, or use single quotes"},
    Explanation{"unknown token", "a character that no value can start with", "put the text in quotes"},
    Explanation{"the referenced anchor is not defined", "the alias names an anchor that does not stand before it",
                "define it with `&name`, or put text that starts with `*` in quotes"},
    Explanation{"alias not found", "a `*` without the name of an anchor", "put text that starts with `*` in quotes"},
    Explanation{"anchor not found", "a `&` without a name", "put text that starts with `&` in quotes"},
    Explanation{"illegal character found while scanning a", "a character that the name of an anchor cannot contain",
                "put text that starts with `*` or `&` in quotes"},
    Explanation{"aliases can't have any content", "an alias cannot have content of its own", kCheckIndentation},
    Explanation{"cannot assign multiple", "two tags, anchors or aliases on one value", "keep one of them"},
    Explanation{"unexpected character in block scalar", "text cannot start on the line of the `|` or `>`",
                "start it on the next line"},
    Explanation{"cannot set zero indentation", "a block text cannot have indentation 0", "leave the number out"},
    Explanation{"illegal character found while scanning tag", "a tag contains a character that it cannot contain",
                "put text that starts with `!` in quotes"},
    Explanation{"tag handle with no suffix", "a `!` without the rest of a tag",
                "put text that starts with `!` in quotes"},
    Explanation{"end of verbatim tag not found", "a tag `!<` is never closed", "close it with `>`"},
};

}  // namespace

std::string_view without_bom(std::string_view text) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  return text;
}

std::optional<Problem> check_bytes(std::string_view text) {
  if (text.size() > kMaxBytes) {
    return Problem{.code = "too_large", .mark = {}, .message = "the file is larger than 1 MiB", .hint = {}};
  }
  if (const auto nul = text.find('\0'); nul != std::string_view::npos) {
    return Problem{.code = "not_text",
                   .mark = mark_at(text, nul),
                   .message = "the file contains a NUL byte",
                   .hint = "save it as UTF-8 text"};
  }
  if (const auto offset = first_invalid_utf8(text)) {
    return Problem{.code = "not_text",
                   .mark = mark_at(text, *offset),
                   .message = "the file is not UTF-8 text here",
                   .hint = "save it as UTF-8"};
  }
  return std::nullopt;
}

std::optional<Problem> find_usual_suspect(std::string_view text, Mark mark) {
  int number = 1;
  for (std::size_t start = 0; start < text.size(); ++number) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    const std::string_view line = text.substr(start, end - start);
    start = end + 1;
    if (line.starts_with("<<<<<<< ") || line.starts_with(">>>>>>> ")) {
      return Problem{.code = "bad_syntax",
                     .mark = {.line = number, .column = 1},
                     .message = "not valid YAML: the file contains a merge conflict",
                     .hint = "resolve it, and remove the lines of <, = and >"};
    }
    const std::size_t tab = line.substr(0, line.find_first_not_of(" \t")).find('\t');
    if (number == mark.line && tab != std::string_view::npos) {
      return explain_syntax("illegal tab", Mark{.line = number, .column = 1 + static_cast<int>(tab)});
    }
  }
  return std::nullopt;
}

Problem explain_syntax(std::string_view parser_message, Mark mark) {
  Problem problem{.code = "bad_syntax", .mark = mark, .message = {}, .hint = {}};
  for (const Explanation& explanation : kExplanations) {
    if (!parser_message.starts_with(explanation.parser_message)) continue;
    problem.message = "not valid YAML: " + std::string(explanation.message);
    problem.hint = explanation.hint;
    return problem;
  }
  problem.message = "not valid YAML: " + std::string(parser_message);
  return problem;
}

}  // namespace fgsync::manifest::yaml
