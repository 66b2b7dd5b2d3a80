#include "emulator/tag_table.hpp"

namespace fgsync::emulator {

std::map<std::string, std::string> TagTable::list(const FunctionRow& function) {
  auto query = database_.query("SELECT key, value FROM tags WHERE function = ?");
  query.bind(function.id);
  std::map<std::string, std::string> tags;
  while (query.step()) tags.emplace(query.text(0), query.text(1));
  return tags;
}

void TagTable::put(const FunctionRow& function, const std::string& key, const std::string& value) {
  database_
      .query(
          "INSERT INTO tags (function, key, value) VALUES (?, ?, ?)"
          " ON CONFLICT (function, key) DO UPDATE SET value = excluded.value")
      .bind(function.id)
      .bind(key)
      .bind(value)
      .run();
}

void TagTable::remove(const FunctionRow& function, const std::string& key) {
  database_.query("DELETE FROM tags WHERE function = ? AND key = ?").bind(function.id).bind(key).run();
}

}  // namespace fgsync::emulator
