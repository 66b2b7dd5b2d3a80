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
