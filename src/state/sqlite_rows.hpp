#pragma once

#include "state/sqlite_database.hpp"
#include "state/store.hpp"

namespace fgsync::state {

/// A row of `SELECT name, urn, content_digest, remote_digest, fingerprint, config, files, more FROM inventory`.
InventoryEntry inventory_entry(const Statement& row);

/// A row of `SELECT function, at, actor, event, detail, revision, plan_id, digest_before, digest_after, took_ms FROM
/// history`.
HistoryEntry history_entry(const Statement& row);

}  // namespace fgsync::state
