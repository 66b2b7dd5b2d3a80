#pragma once

#include <string>
#include <string_view>

#include "emulator/route.hpp"
#include "emulator/store.hpp"

namespace fgsync::emulator {

/// `marker` and `maxitems` of a list request: an offset, and 1–400 where nothing, 0 and more than 400 mean 400.
/// FSS.1001 for what is no such number.
Valid<PageRange> read_range(const Route& route);

/// `{"<name>": [...], "next_marker": n, "count": n}`; the marker is 0 on the last page, the count is of all pages.
std::string render_page(std::string_view name, const Page& page, PageRange range);

}  // namespace fgsync::emulator
