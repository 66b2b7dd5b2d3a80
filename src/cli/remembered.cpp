#include "cli/remembered.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <filesystem>
#include <utility>

#include "cli/connection.hpp"
#include "cli/session.hpp"
#include "state/sqlite_store.hpp"

namespace fgsync::cli {
namespace {

using Inventory = Result<std::vector<state::InventoryEntry>>;

Inventory read_inventory(state::Store& store) {
  boost::asio::io_context loop(1);
  Inventory inventory = fail(ErrorKind::internal, "the state was not read");
  const auto keep = [&inventory](const std::exception_ptr& failure, Inventory read) {
    if (failure) std::rethrow_exception(failure);
    inventory = std::move(read);
  };
  boost::asio::co_spawn(loop, store.inventory(), keep);
  loop.run();
  return inventory;
}

}  // namespace

Result<std::optional<state::InventoryEntry>> remembered_entry(const Options& options, const Workspace& workspace,
                                                              const std::string& function) {
  auto target = resolve_target(options, workspace.config, config::process_environment());
  if (!target) return fail(std::move(target).error());
  const std::string& directory = target->state_directory;
  std::error_code ignored;
  if (directory.empty() || !std::filesystem::exists(directory, ignored)) {
    return fail(ErrorKind::not_found, "there is no state" + (directory.empty() ? "" : " in " + directory));
  }
  auto store = state::open_sqlite_store(directory, scope_of(*target, workspace));
  if (!store) return fail(std::move(store).error());
  auto inventory = read_inventory(**store);
  if (!inventory) return fail(std::move(inventory).error());
  const auto entry = std::find_if(inventory->begin(), inventory->end(),
                                  [&function](const auto& candidate) { return candidate.name == function; });
  if (entry == inventory->end()) return std::nullopt;
  return std::move(*entry);
}

}  // namespace fgsync::cli
