#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "manifest/yaml_tree.hpp"

namespace fgsync::manifest::yaml {

inline constexpr std::size_t kMaxBytes = std::size_t{1} << 20U;
inline constexpr int kMaxDepth = 64;
inline constexpr int kMaxAliases = 64;
inline constexpr int kMaxNodes = 100'000;

/// What is wrong with the bytes of a text before it is looked at as YAML: too many, a NUL, not UTF-8.
std::optional<Problem> check_bytes(std::string_view text);

/// What is usually behind a syntax error, wherever the parser noticed it: a merge conflict, or a tab in the indentation
/// of the line.
std::optional<Problem> find_usual_suspect(std::string_view text, Mark mark);

/// What the parser's message says, in words for the person who wrote the text.
Problem explain_syntax(std::string_view parser_message, Mark mark);

}  // namespace fgsync::manifest::yaml
