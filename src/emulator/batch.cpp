// After some failures (no space, an I/O error) SQLite undoes the whole transaction, and with it the parts of other
// requests, which have been answered but not heard yet. The batch then stays open until somebody tries to commit it,
// so that all of them learn that nothing was kept.
#include "emulator/batch.hpp"

namespace fgsync::emulator {

Batch::~Batch() {
  if (is_open_) database_.roll_back();
}

void Batch::commit() {
  is_open_ = false;
  if (!database_.is_in_transaction()) throw StorageFailure("an earlier write of the same batch failed");
  try {
    database_.query("COMMIT").run();
  } catch (const StorageFailure&) {
    database_.roll_back();
    throw;
  }
}

Batch::Part::Part(Batch& batch) : database_(batch.database_) {
  if (!batch.is_open_) {
    database_.query("BEGIN IMMEDIATE").run();
    batch.is_open_ = true;
  }
  if (!database_.is_in_transaction()) throw StorageFailure("an earlier write of the same batch failed");
  database_.query("SAVEPOINT request").run();
}

Batch::Part::~Part() {
  if (!is_kept_) database_.roll_back_to("request");
}

void Batch::Part::keep() {
  database_.query("RELEASE request").run();
  is_kept_ = true;
}

}  // namespace fgsync::emulator
