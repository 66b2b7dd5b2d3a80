#include "emulator/paging.hpp"

#include "emulator/json.hpp"

namespace fgsync::emulator {
namespace {

constexpr std::int64_t kMaxItems = 400;

}  // namespace

Valid<PageRange> read_range(const Route& route) {
  auto marker = route.number("marker");
  if (!marker) return refuse(marker.error());
  auto max_items = route.number("maxitems");
  if (!max_items) return refuse(max_items.error());
  PageRange range{marker->value_or(0), max_items->value_or(0)};
  if (range.limit == 0 || range.limit > kMaxItems) range.limit = kMaxItems;
  return range;
}

std::string render_page(std::string_view name, const Page& page, PageRange range) {
  const auto size = static_cast<std::int64_t>(page.items.size());
  const bool is_last = size == 0 || range.offset + size >= page.total;
  return JsonMembers()
      .raw(name, json_array(page.items))
      .number("next_marker", is_last ? 0 : range.offset + size)
      .number("count", page.total)
      .object();
}

}  // namespace fgsync::emulator
