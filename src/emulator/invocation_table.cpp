#include "emulator/invocation_table.hpp"

namespace fgsync::emulator {
namespace {

/// An event has up to 6 MB.
constexpr std::int64_t kKeptPerFunction = 20;

}  // namespace

void InvocationTable::add(const FunctionRow& function, const Invocation& invocation) {
  database_
      .query(
          "INSERT INTO invocations (function, version, kind, request_id, time, event, outcome)"
          " VALUES (?, ?, ?, ?, ?, ?, ?)")
      .bind(function.id)
      .bind(invocation.version)
      .bind(invocation.kind)
      .bind(invocation.request_id)
      .bind(invocation.time)
      .bind(invocation.event)
      .bind(invocation.outcome)
      .run();
  database_
      .query(
          "DELETE FROM invocations WHERE function = ?1 AND id <= (SELECT id FROM invocations WHERE function = ?1"
          " ORDER BY id DESC LIMIT 1 OFFSET ?2)")
      .bind(function.id)
      .bind(kKeptPerFunction)
      .run();
}

void InvocationTable::finish(const ExecutionRecord& record) {
  const auto outcome = std::to_string(record.code);
  database_.query("UPDATE invocations SET outcome = ?, attempts = ?, destination = ? WHERE request_id = ?")
      .bind(outcome)
      .bind(record.attempts)
      .bind(record.destination)
      .bind(record.request_id)
      .run();
}

}  // namespace fgsync::emulator
