#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "emulator/state_snapshots.hpp"
#include "emulator/store.hpp"

namespace fgsync::emulator {

/// What is done with the state as a whole, besides requests. Not while a transaction is open.
class StateControl {
 public:
  /// `state_path` as the store was opened with; `:memory:` keeps snapshots in memory too.
  StateControl(Store& store, const std::string& state_path);

  Result<Store::Counts> counts();
  // Error `internal`: the disk, or memory.

  /// As a new state.
  Result<void> reset();
  /// All that a state file or a snapshot has, in place of what is here. Error `invalid`: it cannot be used.
  Result<void> load(const std::string& path);
  /// The same from another state that is open.
  Result<void> copy_from(StateControl& other);

  Result<void> take_snapshot(const std::string& name) { return snapshots_.take(name, store_); }
  Result<void> restore_snapshot(const std::string& name) { return snapshots_.restore(name, store_); }
  Result<void> remove_snapshot(const std::string& name) { return snapshots_.remove(name); }
  [[nodiscard]] std::vector<StateSnapshots::Facts> list_snapshots() const { return snapshots_.list(); }

  /// Issued tokens are no good any more; the one of the command line is. Returns how many that were.
  Result<std::int64_t> expire_tokens(std::chrono::system_clock::time_point now);

  /// Keeps a copy of the state as it is now, for reads that are not to see later writes.
  Result<void> keep_copy();
  void drop_copy() { copy_.reset(); }
  [[nodiscard]] Store* copy() const { return copy_.get(); }

 private:
  Store& store_;
  StateSnapshots snapshots_;
  std::unique_ptr<Store> copy_;
};

}  // namespace fgsync::emulator
