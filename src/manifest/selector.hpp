#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace fgsync::manifest {

/// What a selector asks of one label.
struct LabelRequirement {
  enum class Kind {
    in,      ///< the label is there, with one of the values
    not_in,  ///< the label is not there, or has none of the values
    present,
    absent,
  };
  Kind kind = Kind::present;
  std::string key;
  std::set<std::string> values;  ///< of `in` and `not_in`

  friend bool operator==(const LabelRequirement&, const LabelRequirement&) = default;
};

/// A label selector as kubectl takes it: all requirements must hold.
struct Selector {
  std::vector<LabelRequirement> requirements;

  [[nodiscard]] bool matches(const std::map<std::string, std::string>& labels) const;
  friend bool operator==(const Selector&, const Selector&) = default;
};

/// Parses `key=value`, `key==value`, `key!=value`, `key in (a,b)`, `key notin (a,b)`, `key` and `!key`, joined by
/// commas. A value may be empty, as in `key=` and `key in (a,)`. Error `invalid`: `column 6: expected …, found …`;
/// columns count from 1.
Result<Selector> parse_selector(std::string_view text);

}  // namespace fgsync::manifest
