#pragma once

#include <map>
#include <string>
#include <string_view>

#include "state/store.hpp"

namespace fgsync::state {

/// A map as text: `<length>:<bytes>` for each key and each value, so that no byte needs escaping.
std::string encode(const std::map<std::string, std::string>& fields);
/// Nothing when the text is damaged: the entry then counts as never applied.
std::map<std::string, std::string> decode(std::string_view text);

/// What has no column of its own, by name.
std::map<std::string, std::string> more_of(const InventoryEntry& entry);
void set_more(const std::map<std::string, std::string>& more, InventoryEntry& entry);

}  // namespace fgsync::state
