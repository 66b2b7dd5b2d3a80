#include "emulator/paging.hpp"

#include <algorithm>

#include "emulator/json.hpp"

namespace fgsync::emulator {
namespace {

std::int64_t size_of(const Page& page) {
  return static_cast<std::int64_t>(page.items.size());
}

std::int64_t next_marker(const Page& page, PageRange range) {
  const bool is_last = page.items.empty() || range.offset + size_of(page) >= page.total;
  return is_last ? 0 : range.offset + size_of(page);
}

}  // namespace

Valid<PageRange> read_range(const Route& route, Limit limit) {
  auto marker = route.number("marker");
  if (!marker) return refuse(marker.error());
  auto max_items = route.number(limit.name);
  if (!max_items) return refuse(max_items.error());
  const std::int64_t wanted = max_items->value_or(0);
  return PageRange{marker->value_or(0), wanted == 0 ? limit.fallback : std::min(wanted, limit.maximum)};
}

std::string render_page(std::string_view name, const Page& page, PageRange range) {
  return JsonMembers()
      .raw(name, json_array(page.items))
      .number("next_marker", next_marker(page, range))
      .number("count", page.total)
      .object();
}

std::string render_page_with_info(std::string_view name, const Page& page, PageRange range) {
  const auto info = JsonMembers()
                        .number("next_marker", next_marker(page, range))
                        .number("previous_marker", std::max<std::int64_t>(0, range.offset - range.limit))
                        .number("current_count", size_of(page))
                        .object();
  return JsonMembers().raw(name, json_array(page.items)).raw("page_info", info).number("count", page.total).object();
}

}  // namespace fgsync::emulator
