#include "emulator/state_snapshots.hpp"

#include <algorithm>
#include <filesystem>

namespace fgsync::emulator {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kEnding = ".db";

tl::unexpected<Error> no_snapshot(const std::string& name) {
  return fail(ErrorKind::not_found, "there is no snapshot \"" + name + "\"");
}

tl::unexpected<Error> bad_name(const std::string& name) {
  return fail(ErrorKind::invalid, "\"" + name +
                                      "\" cannot be the name of a snapshot: expected 1 to 64 letters, digits, dots, "
                                      "dashes and underscores, not a dot first");
}

}  // namespace

bool StateSnapshots::is_name(std::string_view name) {
  constexpr std::size_t kMaxName = 64;
  const auto is_allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
           c == '_';
  };
  return !name.empty() && name.size() <= kMaxName && name.front() != '.' &&
         std::all_of(name.begin(), name.end(), is_allowed);
}

Result<void> StateSnapshots::take(const std::string& name, Store& store) {
  if (!is_name(name)) return bad_name(name);
  try {
    if (folder_.empty()) {
      take_in_memory(name, store);
    } else {
      take_in_file(name, store);
    }
    return {};
  } catch (const std::exception& failure) {
    return fail(ErrorKind::internal, "cannot take the snapshot \"" + name + "\": " + failure.what());
  }
}

void StateSnapshots::take_in_memory(const std::string& name, Store& store) {
  auto copy = std::make_unique<Database>(":memory:");
  store.copy_to(*copy);
  in_memory_[name] = std::move(copy);
}

/// The file is whole whenever it is there: it is written under another name first.
void StateSnapshots::take_in_file(const std::string& name, Store& store) const {
  fs::create_directories(folder_);
  const auto path = path_of(name);
  const auto unfinished = path + ".new";
  fs::remove(unfinished);
  {
    Database copy(unfinished);
    store.copy_to(copy);
  }
  fs::rename(unfinished, path);
}

Result<void> StateSnapshots::restore(const std::string& name, Store& store) {
  if (!is_name(name)) return bad_name(name);
  try {
    if (!folder_.empty()) {
      if (!fs::exists(path_of(name))) return no_snapshot(name);
      Database copy(path_of(name), DatabaseAccess::read_only);
      store.load(copy);
      return {};
    }
    const auto found = in_memory_.find(name);
    if (found == in_memory_.end()) return no_snapshot(name);
    store.load(*found->second);
    return {};
  } catch (const std::exception& failure) {
    return fail(ErrorKind::internal, "cannot restore the snapshot \"" + name + "\": " + failure.what());
  }
}

Result<void> StateSnapshots::remove(const std::string& name) {
  if (!is_name(name)) return bad_name(name);
  if (folder_.empty()) {
    if (in_memory_.erase(name) == 0) return no_snapshot(name);
    return {};
  }
  std::error_code failed;
  if (fs::remove(path_of(name), failed)) return {};
  if (!failed) return no_snapshot(name);
  return fail(ErrorKind::internal, "cannot remove the snapshot \"" + name + "\": " + failed.message());
}

std::vector<StateSnapshots::Facts> StateSnapshots::list() const {
  std::vector<Facts> all;
  for (const auto& [name, database] : in_memory_) all.push_back({name, bytes_of(*database)});
  std::error_code failed;
  for (fs::directory_iterator entry(folder_, failed), end; !failed && entry != end; entry.increment(failed)) {
    const auto name = entry->path().stem().string();
    std::error_code gone;
    const auto size = entry->file_size(gone);
    if (entry->path().extension() == kEnding && is_name(name) && !gone) {
      all.push_back({name, static_cast<std::int64_t>(size)});
    }
  }
  std::sort(all.begin(), all.end(), [](const Facts& a, const Facts& b) { return a.name < b.name; });
  return all;
}

std::string StateSnapshots::path_of(const std::string& name) const {
  return folder_ + "/" + name + std::string(kEnding);
}

std::int64_t bytes_of(Database& database) {
  auto pages = database.query("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size");
  return pages.step() ? pages.number(0) : 0;
}

}  // namespace fgsync::emulator
