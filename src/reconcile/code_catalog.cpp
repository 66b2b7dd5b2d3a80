#include "reconcile/code_catalog.hpp"

#include <filesystem>
#include <utility>

#include "source/root.hpp"

namespace fgsync::reconcile {
namespace {

namespace fs = std::filesystem;
using manifest::CodeDirectory;

std::string cache_key(const CodeDirectory& directory) {
  std::error_code ignored;
  std::string key = fs::absolute(directory.path, ignored).lexically_normal().string();
  for (const std::string& pattern : directory.ignore) key += '\n' + pattern;
  return key;
}

Error at(Error error, const CodeDirectory& directory) {
  if (!error.position) error.position = directory.position;
  return error;
}

/// A manifest must not be able to upload what lies outside of its source.
Result<void> check_inside(const std::string& root, const std::string& path) {
  if (source::is_inside(root, path)) return {};
  return fail(ErrorKind::invalid, "the code directory " + path + " lies outside of the root " + root +
                                      "; move it inside, or name a wider root with --root");
}

struct Digested {
  state::CodeCacheEntry entry;
  package::Contents contents;
  bool is_from_cache = false;
  bool is_young = false;  ///< its stamps could hide a further change: not to be remembered
};

/// Scans, and hashes unless the stamps are those of `known`. Runs on the pool.
Result<Digested> digest_directory(const CodeDirectory& directory, const std::string& root,
                                  const std::optional<state::CodeCacheEntry>& known, std::int64_t now_ns) {
  auto inside = check_inside(root, directory.path);
  if (!inside) return fail(std::move(inside).error());
  auto list = package::scan(directory.path, directory.ignore);
  if (!list) return fail(std::move(list).error());

  Digested digested;
  const std::string signature = package::stamp_signature(*list);
  if (known && known->signature == signature) {
    auto files = package::files_from_text(known->files);
    if (files) {
      digested.is_from_cache = true;
      digested.entry = *known;
      digested.contents = package::Contents{std::move(*files), known->content_digest};
      return digested;
    }
  }
  auto contents = package::hash_contents(*list);
  if (!contents) return fail(std::move(contents).error());
  digested.entry = {cache_key(directory), signature, contents->digest, std::nullopt, package::to_text(contents->files)};
  // The same content under new stamps (a fresh checkout) still zips to the same bytes.
  if (known && known->content_digest == contents->digest) digested.entry.archive_digest = known->archive_digest;
  digested.contents = std::move(*contents);
  digested.is_young = package::is_too_young(*list, now_ns);
  return digested;
}

}  // namespace

boost::asio::awaitable<void> CodeCatalog::load() {
  auto entries = co_await ports_.store.code_cache();
  if (!entries) {
    ports_.log.warn("digest cache cannot be read", {kv("error", entries.error().describe())});
    co_return;
  }
  for (auto& entry : *entries) {
    std::string key = entry.key;
    cache_.insert_or_assign(std::move(key), std::move(entry));
  }
}

boost::asio::awaitable<Result<CodeCatalog::Code>> CodeCatalog::digest(const CodeDirectory& directory) {
  std::optional<state::CodeCacheEntry> known;
  if (const auto found = cache_.find(cache_key(directory)); found != cache_.end()) known = found->second;
  const std::int64_t now_ns =
      std::chrono::duration_cast<std::chrono::nanoseconds>(ports_.clock.wall_now().time_since_epoch()).count();
  auto work = [directory, root = settings_.root, known = std::move(known), now_ns] {
    return digest_directory(directory, root, known, now_ns);
  };
  auto digested = co_await offload(ports_.pool, std::move(work));
  if (!digested) co_return fail(at(std::move(digested).error(), directory));
  const std::string key = digested->entry.key;
  if (digested->is_from_cache) {
    // Nothing new.
  } else if (digested->is_young) {
    young_.insert(key);
  } else {
    fresh_.insert_or_assign(key, digested->entry);
  }
  Code code{std::move(digested->contents), digested->entry.archive_digest};
  cache_.insert_or_assign(key, std::move(digested->entry));
  co_return code;
}

boost::asio::awaitable<Result<package::Archive>> CodeCatalog::archive(const CodeDirectory& directory,
                                                                      ContentDigest expected) {
  auto work = [directory, expected]() -> Result<package::Archive> {
    auto list = package::scan(directory.path, directory.ignore);
    if (!list) return fail(std::move(list).error());
    return package::build_archive(*list, expected);
  };
  auto archive = co_await offload(ports_.pool, std::move(work));
  if (!archive) co_return fail(at(std::move(archive).error(), directory));
  const auto found = cache_.find(cache_key(directory));
  if (found != cache_.end() && found->second.content_digest == expected &&
      found->second.archive_digest != archive->digest) {
    found->second.archive_digest = archive->digest;
    if (!young_.contains(found->first)) fresh_.insert_or_assign(found->first, found->second);
  }
  co_return archive;
}

boost::asio::awaitable<void> CodeCatalog::save() {
  if (fresh_.empty()) co_return;
  std::vector<state::CodeCacheEntry> entries;
  for (auto& entry : fresh_) entries.push_back(std::move(entry.second));
  fresh_.clear();
  auto saved = co_await ports_.store.put_code_cache(std::move(entries));
  if (!saved) ports_.log.warn("digest cache cannot be written", {kv("error", saved.error().describe())});
}

}  // namespace fgsync::reconcile
