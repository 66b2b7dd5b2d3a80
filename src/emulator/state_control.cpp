#include "emulator/state_control.hpp"

namespace fgsync::emulator {
namespace {

constexpr const char* kInMemory = ":memory:";

std::string folder_beside(const std::string& state_path) {
  return state_path == kInMemory ? std::string() : state_path + ".snapshots";
}

/// What `work` returns; a failure of the storage becomes an error that begins with `what`.
template <class Work>
auto attempt(ErrorKind kind, const std::string& what, Work work) -> Result<decltype(work())> {
  try {
    if constexpr (std::is_void_v<decltype(work())>) {
      work();
      return {};
    } else {
      return work();
    }
  } catch (const StorageFailure& failure) {
    return fail(kind, what + ": " + failure.what());
  }
}

}  // namespace

StateControl::StateControl(Store& store, const std::string& state_path)
    : store_(store), snapshots_(folder_beside(state_path)) {}

Result<Store::Counts> StateControl::counts() {
  return attempt(ErrorKind::internal, "cannot read the state", [this] { return store_.counts(); });
}

Result<void> StateControl::reset() {
  auto empty = Store::open(kInMemory, store_.urn_form());
  if (!empty) return fail(std::move(empty).error());
  return attempt(ErrorKind::internal, "cannot reset the state", [&] { store_.copy_from(**empty); });
}

Result<void> StateControl::load(const std::string& path) {
  return attempt(ErrorKind::invalid, "cannot use " + path + " as a state", [&] {
    Database source(path, DatabaseAccess::read_only);
    store_.load(source);
  });
}

Result<void> StateControl::copy_from(StateControl& other) {
  return attempt(ErrorKind::internal, "cannot copy the state", [&] { store_.copy_from(other.store_); });
}

Result<std::int64_t> StateControl::expire_tokens(std::chrono::system_clock::time_point now) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
  return attempt(ErrorKind::internal, "cannot expire tokens", [&] { return store_.tokens().expire_all(seconds); });
}

Result<void> StateControl::keep_copy() {
  auto copy = Store::open(kInMemory, store_.urn_form());
  if (!copy) return fail(std::move(copy).error());
  auto copied = attempt(ErrorKind::internal, "cannot copy the state", [&] { (*copy)->copy_from(store_); });
  if (copied) copy_ = std::move(*copy);
  return copied;
}

}  // namespace fgsync::emulator
