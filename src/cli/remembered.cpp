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

template <class T>
Result<T> wait_for(boost::asio::awaitable<Result<T>> reading) {
  boost::asio::io_context loop(1);
  Result<T> answer = fail(ErrorKind::internal, "the state was not read");
  const auto keep = [&answer](const std::exception_ptr& failure, Result<T> read) {
    if (failure) std::rethrow_exception(failure);
    answer = std::move(read);
  };
  boost::asio::co_spawn(loop, std::move(reading), keep);
  loop.run();
  return answer;
}

/// Error `not_found` when there is no state.
Result<std::unique_ptr<state::Store>> open_existing_store(const Options& options, const Workspace& workspace) {
  auto target = resolve_target(options, workspace.config, config::process_environment());
  if (!target) return fail(std::move(target).error());
  const std::string& directory = target->state_directory;
  std::error_code ignored;
  if (directory.empty() || !std::filesystem::exists(directory, ignored)) {
    return fail(ErrorKind::not_found, "there is no state" + (directory.empty() ? "" : " in " + directory));
  }
  return state::open_sqlite_store(directory, scope_of(*target, workspace));
}

}  // namespace

Result<std::optional<state::InventoryEntry>> remembered_entry(const Options& options, const Workspace& workspace,
                                                              const std::string& function) {
  auto store = open_existing_store(options, workspace);
  if (!store) return fail(std::move(store).error());
  auto inventory = wait_for((*store)->inventory());
  if (!inventory) return fail(std::move(inventory).error());
  const auto entry = std::find_if(inventory->begin(), inventory->end(),
                                  [&function](const auto& candidate) { return candidate.name == function; });
  if (entry == inventory->end()) return std::nullopt;
  return std::move(*entry);
}

Result<std::vector<state::HistoryEntry>> remembered_history(const Options& options, const Workspace& workspace,
                                                            const std::string& function, int limit) {
  auto store = open_existing_store(options, workspace);
  if (!store) return fail(std::move(store).error());
  return wait_for((*store)->history(function, limit));
}

}  // namespace fgsync::cli
