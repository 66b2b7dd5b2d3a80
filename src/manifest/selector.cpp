// The grammar needs one word of lookahead: a parser that walks the text by hand says best what it expected and where.
#include "manifest/selector.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "base/printable.hpp"
#include "manifest/service_rules.hpp"

namespace fgsync::manifest {
namespace {

using Kind = LabelRequirement::Kind;

constexpr std::size_t kShownWord = 70;
constexpr std::string_view kOperators = "=, ==, !=, in, notin, a comma or the end";

std::string quoted(std::string_view text) {
  return "\"" + printable(text, kShownWord) + "\"";
}

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/// What ends a word. Whatever else stands in a word is judged by the rules of keys and values.
bool ends_word(char c) {
  return is_blank(c) || std::string_view("=!(),<>").find(c) != std::string_view::npos;
}

/// A word and where it begins.
struct Word {
  std::string_view text;
  std::size_t at = 0;
};

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Result<Selector> parse();

 private:
  Result<LabelRequirement> parse_requirement();
  Result<LabelRequirement> parse_absent();
  Result<std::string> parse_key();
  Result<std::string> parse_value();
  Result<std::set<std::string>> parse_values(std::string_view after);

  void skip_blanks();
  bool take(std::string_view symbol);
  Word take_word();
  [[nodiscard]] tl::unexpected<Error> expected(std::string_view what, std::size_t at) const;
  [[nodiscard]] tl::unexpected<Error> bad_word(const Word& word, std::string_view what, const NameRule& rule) const;

  std::string_view text_;
  std::size_t at_ = 0;
};

tl::unexpected<Error> problem_at(std::size_t at, const std::string& message) {
  return fail(ErrorKind::invalid, "column " + std::to_string(at + 1) + ": " + message);
}

void Parser::skip_blanks() {
  while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
}

bool Parser::take(std::string_view symbol) {
  skip_blanks();
  if (!text_.substr(at_).starts_with(symbol)) return false;
  at_ += symbol.size();
  return true;
}

Word Parser::take_word() {
  skip_blanks();
  const std::size_t begin = at_;
  while (at_ < text_.size() && !ends_word(text_[at_])) ++at_;
  return {.text = text_.substr(begin, at_ - begin), .at = begin};
}

/// Names what stands at `at`: a whole word, or one character.
tl::unexpected<Error> Parser::expected(std::string_view what, std::size_t at) const {
  std::size_t end = at;
  while (end < text_.size() && !ends_word(text_[end])) ++end;
  if (end == at && end < text_.size()) ++end;
  const std::string found = end == at ? "the end" : quoted(text_.substr(at, end - at));
  return problem_at(at, "expected " + std::string(what) + ", found " + found);
}

tl::unexpected<Error> Parser::bad_word(const Word& word, std::string_view what, const NameRule& rule) const {
  return problem_at(
      word.at, "a label's " + std::string(what) + " is " + std::string(rule.expected) + ", found " + quoted(word.text));
}

Result<std::string> Parser::parse_key() {
  const Word word = take_word();
  if (word.text.empty()) return expected("a label's key", word.at);
  if (!kLabelKey.is_valid(word.text)) return bad_word(word, "key", kLabelKey);
  return std::string(word.text);
}

Result<std::string> Parser::parse_value() {
  const Word word = take_word();
  const bool is_left_out = at_ == text_.size() || text_[at_] == ',' || text_[at_] == ')' || is_blank(text_[at_]);
  if (word.text.empty() && !is_left_out) return expected("a label's value", word.at);
  if (!kLabelValue.is_valid(word.text)) return bad_word(word, "value", kLabelValue);
  return std::string(word.text);
}

Result<std::set<std::string>> Parser::parse_values(std::string_view after) {
  skip_blanks();
  if (!take("(")) return expected("( after " + std::string(after), at_);
  skip_blanks();
  if (take(")")) return problem_at(at_ - 1, "expected at least one value between ( and )");
  std::set<std::string> values;
  do {
    auto value = parse_value();
    if (!value) return fail(std::move(value).error());
    values.insert(*std::move(value));
  } while (take(","));
  skip_blanks();
  if (!take(")")) return expected("a comma or ) after the values", at_);
  return values;
}

Result<LabelRequirement> Parser::parse_absent() {
  auto key = parse_key();
  if (!key) return fail(std::move(key).error());
  return LabelRequirement{.kind = Kind::absent, .key = *std::move(key), .values = {}};
}

Result<LabelRequirement> Parser::parse_requirement() {
  if (take("!")) return parse_absent();
  auto key = parse_key();
  if (!key) return fail(std::move(key).error());
  LabelRequirement requirement{.kind = Kind::present, .key = *std::move(key), .values = {}};

  const bool is_unequal = take("!=");
  if (is_unequal || take("==") || take("=")) {
    requirement.kind = is_unequal ? Kind::not_in : Kind::in;
    auto value = parse_value();
    if (!value) return fail(std::move(value).error());
    requirement.values.insert(*std::move(value));
    return requirement;
  }
  const Word word = take_word();
  if (word.text.empty()) return requirement;
  if (word.text != "in" && word.text != "notin") return expected(kOperators, word.at);
  requirement.kind = word.text == "in" ? Kind::in : Kind::not_in;
  auto values = parse_values(word.text);
  if (!values) return fail(std::move(values).error());
  requirement.values = *std::move(values);
  return requirement;
}

Result<Selector> Parser::parse() {
  Selector selector;
  do {
    auto requirement = parse_requirement();
    if (!requirement) return fail(std::move(requirement).error());
    skip_blanks();
    const bool is_bare = requirement->kind == Kind::present;
    if (at_ < text_.size() && text_[at_] != ',') return expected(is_bare ? kOperators : "a comma or the end", at_);
    selector.requirements.push_back(*std::move(requirement));
  } while (take(","));
  return selector;
}

bool holds(const LabelRequirement& requirement, const std::map<std::string, std::string>& labels) {
  const auto label = labels.find(requirement.key);
  const bool is_there = label != labels.end();
  switch (requirement.kind) {
    case Kind::in: return is_there && requirement.values.contains(label->second);
    case Kind::not_in: return !is_there || !requirement.values.contains(label->second);
    case Kind::present: return is_there;
    case Kind::absent: return !is_there;
  }
  return false;
}

}  // namespace

bool Selector::matches(const std::map<std::string, std::string>& labels) const {
  return std::all_of(requirements.begin(), requirements.end(),
                     [&labels](const LabelRequirement& requirement) { return holds(requirement, labels); });
}

Result<Selector> parse_selector(std::string_view text) {
  return Parser(text).parse();
}

}  // namespace fgsync::manifest
