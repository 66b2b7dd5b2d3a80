#include "emulator/store.hpp"

namespace fgsync::emulator {
namespace {

Alias read_alias(const Query& row) {
  return Alias{row.text(0), row.text(1), row.text(2), row.text(3), row.text(4), row.text(5), row.text(6)};
}

}  // namespace

std::vector<Alias> Store::list_aliases(const FunctionRow& function) {
  auto query = database_.query(
      "SELECT name, version, description, last_modified, additional_version, weights, strategy"
      " FROM aliases WHERE function = ? ORDER BY name");
  query.bind(function.id);
  std::vector<Alias> aliases;
  while (query.step()) aliases.push_back(read_alias(query));
  return aliases;
}

std::optional<Alias> Store::find_alias(const FunctionRow& function, const std::string& name) {
  auto query = database_.query(
      "SELECT name, version, description, last_modified, additional_version, weights, strategy"
      " FROM aliases WHERE function = ? AND name = ?");
  if (!query.bind(function.id).bind(name).step()) return std::nullopt;
  return read_alias(query);
}

std::int64_t Store::count_aliases(const FunctionRow& function) {
  auto query = database_.query("SELECT count(*) FROM aliases WHERE function = ?");
  query.bind(function.id).step();
  return query.number(0);
}

std::optional<std::string> Store::alias_of(const FunctionRow& function, const std::string& version) {
  auto query = database_.query("SELECT name FROM aliases WHERE function = ? AND version = ?");
  if (!query.bind(function.id).bind(version).step()) return std::nullopt;
  return query.text(0);
}

bool Store::is_additional(const FunctionRow& function, const std::string& version) {
  auto query = database_.query("SELECT 1 FROM aliases WHERE function = ? AND additional_version = ?");
  return query.bind(function.id).bind(version).step();
}

void Store::put_alias(const FunctionRow& function, const Alias& alias) {
  database_
      .query(
          "INSERT INTO aliases (function, name, version, description, last_modified, additional_version, weights,"
          " strategy) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (function, name) DO UPDATE SET"
          " version = excluded.version, description = excluded.description, last_modified = excluded.last_modified,"
          " additional_version = excluded.additional_version, weights = excluded.weights,"
          " strategy = excluded.strategy")
      .bind(function.id)
      .bind(alias.name)
      .bind(alias.version)
      .bind(alias.description)
      .bind(alias.last_modified)
      .bind(alias.additional_version)
      .bind(alias.weights)
      .bind(alias.strategy)
      .run();
}

void Store::remove_alias(const FunctionRow& function, const std::string& name) {
  remove_attachments(function, "!" + name);
  database_.query("DELETE FROM aliases WHERE function = ? AND name = ?").bind(function.id).bind(name).run();
}

}  // namespace fgsync::emulator
