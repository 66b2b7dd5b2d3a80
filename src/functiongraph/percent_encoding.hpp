#pragma once

#include <string>
#include <string_view>

namespace fgsync::functiongraph {

/// Letters, digits and `-_.~` as they are, all other bytes as `%XX`: for values in queries.
std::string percent_encoded(std::string_view text);

}  // namespace fgsync::functiongraph
