#include "emulator/invocation_table.hpp"

namespace fgsync::emulator {
namespace {

/// An event has up to 6 MB.
constexpr std::int64_t kKeptPerFunction = 20;

}  // namespace

void InvocationTable::add(const FunctionRow& function, const Invocation& invocation) {
  database_
      .query("INSERT INTO invocations (function, version, kind, request_id, time, event) VALUES (?, ?, ?, ?, ?, ?)")
      .bind(function.id)
      .bind(invocation.version)
      .bind(invocation.kind)
      .bind(invocation.request_id)
      .bind(invocation.time)
      .bind(invocation.event)
      .run();
  database_
      .query(
          "DELETE FROM invocations WHERE function = ?1 AND id <= (SELECT id FROM invocations WHERE function = ?1"
          " ORDER BY id DESC LIMIT 1 OFFSET ?2)")
      .bind(function.id)
      .bind(kKeptPerFunction)
      .run();
}

}  // namespace fgsync::emulator
