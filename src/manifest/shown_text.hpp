#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace fgsync::manifest::yaml {

/// Text of a stranger as it may appear in a message or on a terminal: control characters become `?` (a tab stays when
/// `keep_tabs`), and what exceeds `max_characters` becomes `…`.
enum class Tabs { keep, replace };
std::string shown_text(std::string_view text, std::size_t max_characters, Tabs tabs = Tabs::replace);

}  // namespace fgsync::manifest::yaml
