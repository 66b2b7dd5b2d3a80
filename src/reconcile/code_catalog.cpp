#include "reconcile/code_catalog.hpp"

#include <filesystem>
#include <utility>

#include "reconcile/code.hpp"

namespace fgsync::reconcile {
namespace {

namespace fs = std::filesystem;

std::string cache_key(const manifest::Code& code) {
  std::error_code ignored;
  std::string key = fs::absolute(code.path, ignored).lexically_normal().string();
  for (const std::string& pattern : code.ignore) key += '\n' + pattern;
  return key;  // the signature tells a directory from a file or archive of the same name
}

Error at(Error error, const manifest::Code& code) {
  if (!error.position) error.position = code.position;
  return error;
}

struct Digested {
  state::CodeCacheEntry entry;
  package::Contents contents;
  bool is_from_cache = false;
};

/// An entry without a signature holds for what was just read, not for what is found later: not even in this run.
bool is_lasting(const state::CodeCacheEntry& entry) {
  return !entry.signature.empty();
}

/// Scans, and hashes unless the stamps are those of `known`. Runs on the pool.
Result<Digested> digest_code(const manifest::Code& code, const std::string& root,
                             const std::optional<state::CodeCacheEntry>& known, std::int64_t now_ns) {
  auto list = scan_code(code, root);
  if (!list) return fail(std::move(list).error());

  Digested digested;
  const auto signature = package::lasting_signature(*list, now_ns);
  if (known && signature && known->signature == *signature) {
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
  digested.entry = {cache_key(code), signature.value_or(""), contents->digest, std::nullopt,
                    package::to_text(contents->files)};
  // The same content under new stamps (a fresh checkout) still zips to the same bytes.
  if (known && known->content_digest == contents->digest) digested.entry.archive_digest = known->archive_digest;
  digested.contents = std::move(*contents);
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

boost::asio::awaitable<Result<CodeCatalog::Code>> CodeCatalog::digest(const manifest::Code& code) {
  std::optional<state::CodeCacheEntry> known;
  if (const auto found = cache_.find(cache_key(code)); found != cache_.end()) known = found->second;
  const std::int64_t now_ns =
      std::chrono::duration_cast<std::chrono::nanoseconds>(ports_.clock.wall_now().time_since_epoch()).count();
  auto work = [code, root = settings_.root, known = std::move(known), now_ns] {
    return digest_code(code, root, known, now_ns);
  };
  auto digested = co_await offload(ports_.pool, std::move(work));
  if (!digested) co_return fail(at(std::move(digested).error(), code));
  const std::string key = digested->entry.key;
  if (!digested->is_from_cache && is_lasting(digested->entry)) fresh_.insert_or_assign(key, digested->entry);
  Code known_code{std::move(digested->contents), digested->entry.archive_digest};
  cache_.insert_or_assign(key, std::move(digested->entry));
  co_return known_code;
}

boost::asio::awaitable<Result<package::Archive>> CodeCatalog::archive(const manifest::Code& code,
                                                                      ContentDigest expected) {
  auto work = [code, root = settings_.root, expected]() -> Result<package::Archive> {
    auto list = scan_code(code, root);
    if (!list) return fail(std::move(list).error());
    return package::build_archive(*list, expected);
  };
  auto archive = co_await offload(ports_.pool, std::move(work));
  if (!archive) co_return fail(at(std::move(archive).error(), code));
  const auto found = cache_.find(cache_key(code));
  if (found != cache_.end() && found->second.content_digest == expected &&
      found->second.archive_digest != archive->digest()) {
    found->second.archive_digest = archive->digest();
    if (is_lasting(found->second)) fresh_.insert_or_assign(found->first, found->second);
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
