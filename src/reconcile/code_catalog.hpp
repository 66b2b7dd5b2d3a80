#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "manifest/function.hpp"
#include "package/archive.hpp"
#include "package/contents.hpp"
#include "reconcile/ports.hpp"

namespace fgsync::reconcile {

/// Code as it goes to the service.
struct CodeToSend {
  functiongraph::CodeUpload upload;
  std::optional<package::Archive> archive;  ///< absent: an object or an image, which the service fetches
  std::optional<ArchiveDigest> digest;      ///< what the service must answer; absent: an image has none
};

/// The code of a run: digests, remembered across runs, and archives on demand.
class CodeCatalog {
 public:
  CodeCatalog(Ports& ports, const Settings& settings);
  CodeCatalog(const CodeCatalog&) = delete;
  CodeCatalog& operator=(const CodeCatalog&) = delete;
  ~CodeCatalog();

  /// What is known of a function's code.
  struct Code {
    ContentDigest digest;
    std::optional<ArchiveDigest> archive_digest;
  };

  /// Loads what earlier runs remembered. A cache that cannot be read is no cache.
  boost::asio::awaitable<void> load();
  /// Digests the code of many functions, side by side: what `digest` is then asked for first, it knows. The codes are
  /// borrowed until this returns.
  boost::asio::awaitable<void> digest_ahead(const std::vector<const manifest::Code*>& codes);
  /// Digests a function's code; from the cache when nothing in it changed. Errors name the path.
  boost::asio::awaitable<Result<Code>> digest(const manifest::Code& code);
  /// The files of a code that was digested in this run; none of an object or an image.
  [[nodiscard]] std::vector<package::FileDigest> files_of(const manifest::Code& code) const;
  /// What is to be uploaded. Error `conflict` when the files are no longer those of `expected`.
  boost::asio::awaitable<Result<package::Archive>> archive(const manifest::Code& code, ContentDigest expected);
  /// The same with how it is sent; of an object or an image only where it is.
  boost::asio::awaitable<Result<CodeToSend>> code_to_send(const manifest::Code& code, ContentDigest expected);
  /// Stores what is new. Failing to is logged and costs the next run some time, nothing else.
  boost::asio::awaitable<void> save();

 private:
  struct Task;
  [[nodiscard]] std::string key_of(const manifest::Code& code) const;
  [[nodiscard]] Task task_of(const manifest::Code& code) const;
  [[nodiscard]] const std::string& root_of(const manifest::Code& code) const;
  boost::asio::awaitable<void> run(std::vector<Task>& tasks);
  Result<Code> take(Task task);

  Ports& ports_;
  const Settings& settings_;
  std::filesystem::path working_directory_;  ///< that relative paths start from
  struct Known {
    state::CodeCacheEntry entry;  ///< without its key
    bool is_ahead = false;        ///< found to hold in this run, and not asked for since
  };
  std::map<std::string, Known> cache_;
  std::map<std::string, state::CodeCacheEntry> fresh_;  ///< to be stored
  std::map<std::string, Error> failed_ahead_;           ///< digesting it failed, and it was not asked for since
};

}  // namespace fgsync::reconcile
