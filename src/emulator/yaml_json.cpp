#include "emulator/yaml_json.hpp"

#include <algorithm>

#include "emulator/json.hpp"

namespace fgsync::emulator {
namespace {

using manifest::yaml::Node;

/// As JSON writes numbers: `-12`, `0.5`; neither `007` nor `1e3`.
bool is_number(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  const auto point = text.find('.');
  const auto whole = text.substr(0, point);
  const auto all_digits = [](std::string_view part) {
    return !part.empty() && std::all_of(part.begin(), part.end(), [](char c) { return c >= '0' && c <= '9'; });
  };
  if (!all_digits(whole) || (whole.size() > 1 && whole.front() == '0')) return false;
  return point == std::string_view::npos || all_digits(text.substr(point + 1));
}

std::string scalar_json(const Node& node) {
  const bool is_word = node.is_plain && (node.text == "true" || node.text == "false" || is_number(node.text));
  return is_word ? node.text : json_text(node.text);
}

}  // namespace

std::string to_json(const Node& node) {
  std::vector<std::string> items;
  JsonMembers members;
  switch (node.kind) {
    case Node::Kind::null: return "null";
    case Node::Kind::scalar: return scalar_json(node);
    case Node::Kind::sequence:
      for (const auto& item : node.items) items.push_back(to_json(*item));
      return json_array(items);
    case Node::Kind::mapping:
      for (const auto& [key, value] : node.entries) members.raw(key->text, to_json(*value));
      return members.object();
  }
  return "null";
}

}  // namespace fgsync::emulator
