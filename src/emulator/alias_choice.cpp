#include "emulator/alias_choice.hpp"

#include <algorithm>

#include "emulator/json.hpp"
#include "emulator/text.hpp"

namespace fgsync::emulator {
namespace {

bool holds(const JsonObject& rule, const http::Headers& headers) {
  const auto sent = http::find_header(headers, text_of(rule, "param"));
  const auto value = text_of(rule, "value");
  if (text_of(rule, "op") == "=") return sent == value;
  const auto values = split(value, ',');
  return std::any_of(values.begin(), values.end(), [sent](std::string_view one) { return trimmed(one) == sent; });
}

bool is_chosen_by_rules(const JsonObject& strategy, const http::Headers& headers) {
  const auto rules = strategy.objects("rules");
  if (!rules || rules->empty()) return false;
  const auto rule_holds = [&headers](const JsonObject& rule) { return holds(rule, headers); };
  if (text_of(strategy, "combine_type") == "or") return std::any_of(rules->begin(), rules->end(), rule_holds);
  return std::all_of(rules->begin(), rules->end(), rule_holds);
}

}  // namespace

std::string choose_version(const Alias& alias, const http::Headers& headers, Random& random) {
  if (alias.additional_version.empty()) return alias.version;
  if (!alias.strategy.empty()) {
    const auto strategy = stored_object(alias.strategy).object(alias.additional_version);
    const bool is_chosen = strategy && *strategy && is_chosen_by_rules(**strategy, headers);
    return is_chosen ? alias.additional_version : alias.version;
  }
  if (alias.weights.empty()) return alias.version;
  const auto weight = stored_object(alias.weights).integer(alias.additional_version);
  const auto percent = weight ? weight->value_or(0) : 0;
  return static_cast<std::int64_t>(random.below(100)) < percent ? alias.additional_version : alias.version;
}

}  // namespace fgsync::emulator
