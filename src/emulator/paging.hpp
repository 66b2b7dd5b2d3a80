#pragma once

#include <string>
#include <string_view>

#include "emulator/page.hpp"
#include "emulator/route.hpp"

namespace fgsync::emulator {

/// How a list names its limit, and which limits it takes.
struct Limit {
  std::string_view name = "maxitems";
  std::int64_t fallback = 400;  ///< also for 0
  std::int64_t maximum = 400;   ///< also for anything above
};

/// `marker` and the limit of a list request: an offset, and a number of items. FSS.1001 for what is no such number.
Valid<PageRange> read_range(const Route& route, Limit limit = {});

/// `{"<name>": [...], "next_marker": n, "count": n}`; the marker is 0 on the last page, the count is of all pages.
std::string render_page(std::string_view name, const Page& page, PageRange range);

/// `{"<name>": [...], "page_info": {...}, "count": n}`: the other form that lists have, with the same numbers.
std::string render_page_with_info(std::string_view name, const Page& page, PageRange range);

}  // namespace fgsync::emulator
