#include "emulator/document_table.hpp"

namespace fgsync::emulator {
namespace {

std::string_view name_of(DocumentKind kind) {
  switch (kind) {
    case DocumentKind::async_config: return "async_config";
    case DocumentKind::reserved_instances: return "reserved_instances";
    case DocumentKind::snapshot: return "snapshot";
  }
  return "";
}

/// Matches no row's id: rows count from 1.
constexpr std::int64_t kAnyFunction = 0;

}  // namespace

std::optional<std::string> DocumentTable::find(const FunctionRow& function, const std::string& qualifier,
                                               DocumentKind kind) {
  auto query = database_.query("SELECT json FROM documents WHERE function = ? AND qualifier = ? AND kind = ?");
  if (!query.bind(function.id).bind(qualifier).bind(name_of(kind)).step()) return std::nullopt;
  return query.text(0);
}

void DocumentTable::put(const FunctionRow& function, const std::string& qualifier, DocumentKind kind,
                        const std::string& json) {
  database_
      .query(
          "INSERT INTO documents (function, qualifier, kind, json) VALUES (?, ?, ?, ?)"
          " ON CONFLICT (function, qualifier, kind) DO UPDATE SET json = excluded.json")
      .bind(function.id)
      .bind(qualifier)
      .bind(name_of(kind))
      .bind(json)
      .run();
}

void DocumentTable::remove(const FunctionRow& function, const std::string& qualifier, DocumentKind kind) {
  database_.query("DELETE FROM documents WHERE function = ? AND qualifier = ? AND kind = ?")
      .bind(function.id)
      .bind(qualifier)
      .bind(name_of(kind))
      .run();
}

void DocumentTable::remove_all(const FunctionRow& function, const std::string& qualifier) {
  database_.query("DELETE FROM documents WHERE function = ? AND qualifier = ?").bind(function.id).bind(qualifier).run();
}

DocumentTable::Rows DocumentTable::list(const std::string& project, const std::optional<FunctionRow>& function,
                                        DocumentKind kind, PageRange range) {
  const std::int64_t only = function ? function->id : kAnyFunction;
  Rows found;
  auto count = database_.query(
      "SELECT count(*) FROM documents d JOIN functions f ON f.id = d.function"
      " WHERE f.project = ?1 AND (?2 = 0 OR f.id = ?2) AND d.kind = ?3");
  count.bind(project).bind(only).bind(name_of(kind)).step();
  found.total = count.number(0);
  auto query = database_.query(
      "SELECT f.id, f.region, f.project, f.app, f.name, f.func_id, d.qualifier, d.json"
      " FROM documents d JOIN functions f ON f.id = d.function"
      " WHERE f.project = ?1 AND (?2 = 0 OR f.id = ?2) AND d.kind = ?3"
      " ORDER BY f.id, d.qualifier LIMIT ?4 OFFSET ?5");
  query.bind(project).bind(only).bind(name_of(kind)).bind(range.limit).bind(range.offset);
  while (query.step()) {
    FunctionRow row{query.number(0), query.text(1), query.text(2), query.text(3), query.text(4), query.text(5)};
    found.rows.push_back(Row{std::move(row), query.text(6), query.text(7)});
  }
  return found;
}

std::int64_t DocumentTable::sum(const std::string& project, DocumentKind kind, const std::string& member) {
  auto query = database_.query(
      "SELECT coalesce(sum(json_extract(d.json, '$.' || ?3)), 0)"
      " FROM documents d JOIN functions f ON f.id = d.function WHERE f.project = ?1 AND d.kind = ?2");
  query.bind(project).bind(name_of(kind)).bind(member).step();
  return query.number(0);
}

}  // namespace fgsync::emulator
