#pragma once

#include <utility>

#include "state/store.hpp"
#include "tests/simulation/crash.hpp"
#include "tests/simulation/mutant.hpp"

namespace fgsync::simulation {

/// A store whose user may die directly before or after each write.
class MortalStore final : public state::Store {
 public:
  MortalStore(state::Store& inner, Crashes& crashes, Mutant mutant)
      : inner_(inner), crashes_(crashes), mutant_(mutant) {}

  Awaitable<std::vector<state::InventoryEntry>> inventory() override { return inner_.inventory(); }
  Awaitable<void> put_inventory(state::InventoryEntry entry) override {
    return survived(inner_.put_inventory(std::move(entry)));
  }
  Awaitable<void> put_inventories(std::vector<state::InventoryEntry> entries) override {
    return survived(inner_.put_inventories(std::move(entries)));
  }
  Awaitable<void> remove_inventory(std::string name) override {
    return survived(inner_.remove_inventory(std::move(name)));
  }
  Awaitable<std::vector<state::HistoryEntry>> history(std::string function, int limit) override {
    return inner_.history(std::move(function), limit);
  }
  Awaitable<void> append_history(state::HistoryEntry entry) override { return inner_.append_history(std::move(entry)); }
  Awaitable<std::vector<state::HoldEntry>> holds() override { return inner_.holds(); }
  Awaitable<void> put_hold(state::HoldEntry hold) override { return inner_.put_hold(std::move(hold)); }
  Awaitable<void> remove_hold(std::string function) override { return inner_.remove_hold(std::move(function)); }
  Awaitable<std::vector<state::SuspensionEntry>> suspensions() override { return inner_.suspensions(); }
  Awaitable<void> put_suspension(state::SuspensionEntry suspension) override {
    return inner_.put_suspension(std::move(suspension));
  }
  Awaitable<void> remove_suspension(std::string function) override {
    return inner_.remove_suspension(std::move(function));
  }
  Awaitable<Secret> secret_key() override { return inner_.secret_key(); }
  Awaitable<std::optional<std::int64_t>> import_refused_at() override { return inner_.import_refused_at(); }
  Awaitable<void> remember_refused_import(std::int64_t at) override { return inner_.remember_refused_import(at); }
  Awaitable<void> flush() override { return inner_.flush(); }
  Awaitable<std::vector<state::CodeCacheEntry>> code_cache() override { return inner_.code_cache(); }
  Awaitable<void> put_code_cache(std::vector<state::CodeCacheEntry> entries) override {
    return inner_.put_code_cache(std::move(entries));
  }
  Awaitable<std::vector<state::KnownCode>> known_code() override { return inner_.known_code(); }
  Awaitable<void> put_known_code(state::KnownCode known) override { return inner_.put_known_code(std::move(known)); }
  Awaitable<std::vector<state::Intent>> open_intents() override { return inner_.open_intents(); }
  Awaitable<std::int64_t> begin_intent(state::Intent intent) override {
    if (mutant_ == Mutant::forgotten_intents) co_return 0;
    co_return co_await survived(inner_.begin_intent(std::move(intent)));
  }
  Awaitable<void> end_intent(std::int64_t id, std::string outcome) override {
    return survived(inner_.end_intent(id, std::move(outcome)));
  }
  Awaitable<void> settle_intents(std::string function) override {
    return survived(inner_.settle_intents(std::move(function)));
  }

 private:
  template <class T>
  Awaitable<T> survived(Awaitable<T> write) {
    co_await crashes_.point();
    auto result = co_await std::move(write);
    co_await crashes_.point();
    co_return result;
  }

  state::Store& inner_;
  Crashes& crashes_;
  Mutant mutant_;
};

}  // namespace fgsync::simulation
