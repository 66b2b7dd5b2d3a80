#pragma once

#include <functional>
#include <utility>

#include "state/store.hpp"

namespace fgsync::test {

/// A store whose calls fail when the test says so.
class FaultyStore final : public state::Store {
 public:
  explicit FaultyStore(state::Store& inner) : inner_(inner) {}

  std::function<bool()> fails_to_read;
  std::function<bool()> fails_to_write;

  Awaitable<std::vector<state::InventoryEntry>> inventory() override { return read(inner_.inventory()); }
  Awaitable<void> put_inventory(state::InventoryEntry entry) override {
    return write(inner_.put_inventory(std::move(entry)));
  }
  Awaitable<void> put_inventories(std::vector<state::InventoryEntry> entries) override {
    return write(inner_.put_inventories(std::move(entries)));
  }
  Awaitable<void> remove_inventory(std::string name) override {
    return write(inner_.remove_inventory(std::move(name)));
  }
  Awaitable<std::vector<state::HistoryEntry>> history(std::string function, int limit) override {
    return read(inner_.history(std::move(function), limit));
  }
  Awaitable<void> append_history(state::HistoryEntry entry) override {
    return write(inner_.append_history(std::move(entry)));
  }
  Awaitable<std::vector<state::HoldEntry>> holds() override { return read(inner_.holds()); }
  Awaitable<void> put_hold(state::HoldEntry hold) override { return write(inner_.put_hold(std::move(hold))); }
  Awaitable<void> remove_hold(std::string function) override { return write(inner_.remove_hold(std::move(function))); }
  Awaitable<std::vector<state::SuspensionEntry>> suspensions() override { return read(inner_.suspensions()); }
  Awaitable<void> put_suspension(state::SuspensionEntry suspension) override {
    return write(inner_.put_suspension(std::move(suspension)));
  }
  Awaitable<void> remove_suspension(std::string function) override {
    return write(inner_.remove_suspension(std::move(function)));
  }
  Awaitable<Secret> secret_key() override { return inner_.secret_key(); }
  Awaitable<std::optional<std::int64_t>> import_refused_at() override { return read(inner_.import_refused_at()); }
  Awaitable<void> remember_refused_import(std::int64_t at) override {
    return write(inner_.remember_refused_import(at));
  }
  Awaitable<void> flush() override { return write(inner_.flush()); }
  Awaitable<std::vector<state::CodeCacheEntry>> code_cache() override { return read(inner_.code_cache()); }
  Awaitable<void> put_code_cache(std::vector<state::CodeCacheEntry> entries) override {
    return write(inner_.put_code_cache(std::move(entries)));
  }
  Awaitable<std::vector<state::KnownCode>> known_code() override { return read(inner_.known_code()); }
  Awaitable<void> put_known_code(state::KnownCode known) override {
    return write(inner_.put_known_code(std::move(known)));
  }
  Awaitable<std::vector<state::Intent>> open_intents() override { return read(inner_.open_intents()); }
  Awaitable<std::int64_t> begin_intent(state::Intent intent) override {
    return write(inner_.begin_intent(std::move(intent)));
  }
  Awaitable<void> end_intent(std::int64_t id, std::string outcome) override {
    return write(inner_.end_intent(id, std::move(outcome)));
  }
  Awaitable<void> settle_intents(std::string function) override {
    return write(inner_.settle_intents(std::move(function)));
  }

 private:
  template <class T>
  Awaitable<T> read(Awaitable<T> inner) {
    if (fails_to_read && fails_to_read()) co_return fail(ErrorKind::internal, "the test's disk cannot be read");
    co_return co_await std::move(inner);
  }
  template <class T>
  Awaitable<T> write(Awaitable<T> inner) {
    if (fails_to_write && fails_to_write()) co_return fail(ErrorKind::internal, "the test's disk is full");
    co_return co_await std::move(inner);
  }

  state::Store& inner_;
};

}  // namespace fgsync::test
