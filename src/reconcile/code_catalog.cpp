#include "reconcile/code_catalog.hpp"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "base/fan_out.hpp"
#include "reconcile/code.hpp"

namespace fgsync::reconcile {
namespace {

namespace fs = std::filesystem;

Error at(Error error, const manifest::Code& code) {
  if (!error.position) error.position = code.position;
  return error;
}

/// An entry without a signature holds for what was just read, not for what is found later: not even in this run.
bool is_lasting(const state::CodeCacheEntry& entry) {
  return !entry.signature.empty();
}

/// What was learned of a piece of code.
struct Digested {
  ContentDigest digest;
  std::optional<ArchiveDigest> archive_digest;
  std::optional<state::CodeCacheEntry> fresh;  ///< to be remembered; absent when it was known
};

/// Scans, and hashes unless the stamps are those of `known` (null: nothing is known).
Result<Digested> digest_code(const manifest::Code& code, const std::string& key, const std::string& root,
                             const state::CodeCacheEntry* known, std::int64_t now_ns) {
  auto list = scan_code(code, root);
  if (!list) return fail(at(std::move(list).error(), code));

  const auto signature = package::lasting_signature(*list, now_ns);
  if (known != nullptr && signature && known->signature == *signature) {
    return Digested{known->content_digest, known->archive_digest, std::nullopt};
  }
  auto contents = package::hash_contents(*list);
  if (!contents) return fail(at(std::move(contents).error(), code));
  state::CodeCacheEntry fresh{key, signature.value_or(""), contents->digest, std::nullopt,
                              package::to_text(contents->files)};
  // The same content under new stamps (a fresh checkout) still zips to the same bytes.
  if (known != nullptr && known->content_digest == contents->digest) fresh.archive_digest = known->archive_digest;
  return Digested{fresh.content_digest, fresh.archive_digest, std::move(fresh)};
}

/// Big enough that handing over costs little, small enough that all threads have something to do to the end.
std::size_t share_of(std::size_t count) {
  constexpr std::size_t kShares = 16;
  return std::max<std::size_t>(1, count / kShares);
}

CodeCatalog::Code code_elsewhere(const manifest::Code& code) {
  CodeCatalog::Code known;
  known.digest = digest_elsewhere(code);
  if (code.kind == manifest::Code::Kind::obs) known.archive_digest = ArchiveDigest{code.digest};
  return known;
}

}  // namespace

CodeCatalog::CodeCatalog(Ports& ports, const Settings& settings) : ports_(ports), settings_(settings) {
  std::error_code failed;
  working_directory_ = fs::current_path(failed);
}

CodeCatalog::~CodeCatalog() = default;

boost::asio::awaitable<void> CodeCatalog::load() {
  auto entries = co_await ports_.store.code_cache();
  if (!entries) {
    ports_.log.warn("digest cache cannot be read", {kv("error", entries.error().describe())});
    co_return;
  }
  for (auto& entry : *entries) {
    std::string key = std::move(entry.key);
    entry.key.clear();
    cache_.insert_or_assign(std::move(key), Known{std::move(entry)});
  }
}

struct CodeCatalog::Task {
  const manifest::Code* code = nullptr;
  std::string key;
  const state::CodeCacheEntry* known = nullptr;
  std::optional<Result<Digested>> digested;
};

std::string CodeCatalog::key_of(const manifest::Code& code) const {
  std::string key = (working_directory_ / code.path).lexically_normal().string();
  for (const std::string& pattern : code.ignore) key += '\n' + pattern;
  return key;  // the signature tells a directory from a file or archive of the same name
}

const std::string& CodeCatalog::root_of(const manifest::Code& code) const {
  return code.root.empty() ? settings_.root : code.root;
}

boost::asio::awaitable<void> CodeCatalog::run(std::vector<Task>& tasks) {
  const std::int64_t now_ns =
      std::chrono::duration_cast<std::chrono::nanoseconds>(ports_.clock.wall_now().time_since_epoch()).count();
  const std::size_t share = share_of(tasks.size());
  // for_each_bounded keeps the closure until all have ended, and so does this frame what it refers to.
  // NOLINTNEXTLINE(cppcoreguidelines-avoid-capturing-lambda-coroutines)
  std::function<boost::asio::awaitable<void>(std::size_t)> task = [&](std::size_t i) -> boost::asio::awaitable<void> {
    std::function<void()> work = [&tasks, this, first = i * share, share, now_ns] {
      const std::size_t end = std::min(first + share, tasks.size());
      for (std::size_t at = first; at < end; ++at) {
        Task& one = tasks[at];
        one.digested = digest_code(*one.code, one.key, root_of(*one.code), one.known, now_ns);
      }
    };
    co_await ports_.pool.run(std::move(work));
  };
  const std::size_t shares = (tasks.size() + share - 1) / share;
  co_await for_each_bounded(shares, shares, task);
}

CodeCatalog::Task CodeCatalog::task_of(const manifest::Code& code) const {
  Task task{&code, key_of(code), nullptr, std::nullopt};
  if (const auto found = cache_.find(task.key); found != cache_.end()) task.known = &found->second.entry;
  return task;
}

Result<CodeCatalog::Code> CodeCatalog::take(Task task) {
  Result<Digested>& digested = *task.digested;
  if (!digested) return fail(std::move(digested).error());
  if (digested->fresh) {
    if (is_lasting(*digested->fresh)) fresh_.insert_or_assign(task.key, *digested->fresh);
    digested->fresh->key.clear();
    cache_.insert_or_assign(task.key, Known{std::move(*digested->fresh)});
  }
  return Code{std::move(digested->digest), std::move(digested->archive_digest)};
}

std::vector<package::FileDigest> CodeCatalog::files_of(const manifest::Code& code) const {
  const auto found = cache_.find(key_of(code));
  if (!is_files(code) || found == cache_.end()) return {};
  // They are only for showing what changed: a text that cannot be read shows less.
  return package::files_from_text(found->second.entry.files).value_or(std::vector<package::FileDigest>());
}

boost::asio::awaitable<void> CodeCatalog::digest_ahead(const std::vector<const manifest::Code*>& codes) {
  std::vector<Task> tasks;
  for (const manifest::Code* code : codes) {
    if (is_files(*code)) tasks.push_back(task_of(*code));
  }
  co_await run(tasks);
  for (Task& task : tasks) {
    const std::string key = task.key;
    auto code = take(std::move(task));
    if (code) cache_.at(key).is_ahead = true;
    if (!code) failed_ahead_.insert_or_assign(key, std::move(code).error());
  }
}

boost::asio::awaitable<Result<CodeCatalog::Code>> CodeCatalog::digest(const manifest::Code& code) {
  if (!is_files(code)) co_return code_elsewhere(code);
  std::vector<Task> tasks;
  tasks.push_back(task_of(code));
  const std::string& key = tasks.front().key;
  if (auto failed = failed_ahead_.extract(key); !failed.empty()) co_return fail(std::move(failed.mapped()));
  if (const auto found = cache_.find(key); found != cache_.end() && found->second.is_ahead) {
    found->second.is_ahead = false;
    co_return Code{found->second.entry.content_digest, found->second.entry.archive_digest};
  }
  co_await run(tasks);
  co_return take(std::move(tasks.front()));
}

boost::asio::awaitable<Result<package::Archive>> CodeCatalog::archive(const manifest::Code& code,
                                                                      ContentDigest expected) {
  auto work = [code, root = root_of(code), expected]() -> Result<package::Archive> {
    auto list = scan_code(code, root);
    if (!list) return fail(std::move(list).error());
    return package::build_archive(*list, expected);
  };
  auto archive = co_await offload(ports_.pool, std::move(work));
  if (!archive) co_return fail(at(std::move(archive).error(), code));
  const auto found = cache_.find(key_of(code));
  if (found == cache_.end()) co_return archive;
  state::CodeCacheEntry& known = found->second.entry;
  if (known.content_digest == expected && known.archive_digest != archive->digest()) {
    known.archive_digest = archive->digest();
    if (is_lasting(known)) fresh_.insert_or_assign(found->first, known).first->second.key = found->first;
  }
  co_return archive;
}

boost::asio::awaitable<Result<CodeToSend>> CodeCatalog::code_to_send(const manifest::Code& code,
                                                                     ContentDigest expected) {
  using Type = functiongraph::CodeUpload::Type;
  CodeToSend sent;
  if (code.kind == manifest::Code::Kind::image) {
    sent.upload.type = Type::image;
    co_return sent;
  }
  if (code.kind == manifest::Code::Kind::obs) {
    sent.upload.type = Type::obs;
    sent.upload.url = code.url;
    sent.digest = ArchiveDigest{code.digest};
    co_return sent;
  }
  auto archived = co_await archive(code, std::move(expected));
  if (!archived) co_return fail(std::move(archived).error());
  const bool is_jar = code.kind == manifest::Code::Kind::jar;
  sent.upload.type = is_jar ? Type::jar : Type::zip;
  sent.upload.filename = is_jar ? fs::path(code.path).filename().string() : "index.zip";
  sent.upload.bytes = archived->source();
  sent.digest = archived->digest();
  sent.archive = std::move(*archived);
  co_return sent;
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
