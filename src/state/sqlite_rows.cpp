#include "state/sqlite_rows.hpp"

#include "state/entry_codec.hpp"

namespace fgsync::state {

InventoryEntry inventory_entry(const Statement& row) {
  InventoryEntry entry{
      row.text(0),         row.text(1), ContentDigest{row.text(2)}, RemoteDigest{row.text(3)}, row.text(4),
      decode(row.text(5)), row.text(6)};
  set_more(decode(row.text(7)), entry);
  return entry;
}

HistoryEntry history_entry(const Statement& row) {
  return {row.text(0), row.text(1), row.text(2), row.text(3), row.text(4),
          row.text(5), row.text(6), row.text(7), row.text(8), row.number(9)};
}

}  // namespace fgsync::state
