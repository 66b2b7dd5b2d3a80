#include "emulator/trigger_table.hpp"

namespace fgsync::emulator {
namespace {

Trigger read_trigger(const Query& row) {
  return Trigger{row.text(0), row.text(1), row.text(2), row.text(3), row.text(4), row.text(5), row.text(6)};
}

}  // namespace

bool TriggerTable::has_id(const std::string& id) {
  auto query = database_.query("SELECT 1 FROM triggers WHERE id = ?");
  return query.bind(id).step();
}

std::optional<Trigger> TriggerTable::find(const FunctionRow& function, const std::string& type, const std::string& id) {
  auto query = database_.query(
      "SELECT id, qualifier, type, status, event_data, created, last_updated FROM triggers"
      " WHERE id = ? AND function = ? AND type = ?");
  if (!query.bind(id).bind(function.id).bind(type).step()) return std::nullopt;
  return read_trigger(query);
}

std::vector<Trigger> TriggerTable::list(const FunctionRow& function, const std::string& qualifier) {
  auto query = database_.query(
      "SELECT id, qualifier, type, status, event_data, created, last_updated FROM triggers"
      " WHERE function = ? AND qualifier = ? ORDER BY rowid");
  query.bind(function.id).bind(qualifier);
  std::vector<Trigger> triggers;
  while (query.step()) triggers.push_back(read_trigger(query));
  return triggers;
}

TriggerTable::Rows TriggerTable::list_project(const std::string& project, const std::string& type, PageRange range) {
  Rows found;
  auto count = database_.query(
      "SELECT count(*) FROM triggers t JOIN functions f ON f.id = t.function"
      " WHERE f.project = ?1 AND (?2 = '' OR t.type = ?2)");
  count.bind(project).bind(type).step();
  found.total = count.number(0);
  auto query = database_.query(
      "SELECT t.id, t.qualifier, t.type, t.status, t.event_data, t.created, t.last_updated,"
      " f.id, f.region, f.project, f.app, f.name, f.func_id"
      " FROM triggers t JOIN functions f ON f.id = t.function"
      " WHERE f.project = ?1 AND (?2 = '' OR t.type = ?2) ORDER BY t.rowid LIMIT ?3 OFFSET ?4");
  query.bind(project).bind(type).bind(range.limit).bind(range.offset);
  while (query.step()) {
    FunctionRow function{query.number(7), query.text(8), query.text(9), query.text(10), query.text(11), query.text(12)};
    found.rows.push_back(Row{std::move(function), read_trigger(query)});
  }
  return found;
}

std::int64_t TriggerTable::count(const FunctionRow& function, const std::string& qualifier) {
  auto query = database_.query("SELECT count(*) FROM triggers WHERE function = ? AND qualifier = ?");
  query.bind(function.id).bind(qualifier).step();
  return query.number(0);
}

void TriggerTable::add(const FunctionRow& function, const Trigger& trigger) {
  database_
      .query(
          "INSERT INTO triggers (id, function, qualifier, type, status, event_data, created, last_updated)"
          " VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
      .bind(trigger.id)
      .bind(function.id)
      .bind(trigger.qualifier)
      .bind(trigger.type)
      .bind(trigger.status)
      .bind(trigger.event_data)
      .bind(trigger.created)
      .bind(trigger.last_updated)
      .run();
}

void TriggerTable::update(const Trigger& trigger) {
  database_.query("UPDATE triggers SET status = ?, event_data = ?, last_updated = ? WHERE id = ?")
      .bind(trigger.status)
      .bind(trigger.event_data)
      .bind(trigger.last_updated)
      .bind(trigger.id)
      .run();
}

void TriggerTable::remove(const std::string& id) {
  database_.query("DELETE FROM triggers WHERE id = ?").bind(id).run();
}

void TriggerTable::remove_all(const FunctionRow& function, const std::string& qualifier) {
  database_.query("DELETE FROM triggers WHERE function = ? AND qualifier = ?").bind(function.id).bind(qualifier).run();
}

void TriggerTable::remove_all(const FunctionRow& function) {
  database_.query("DELETE FROM triggers WHERE function = ?").bind(function.id).run();
}

}  // namespace fgsync::emulator
