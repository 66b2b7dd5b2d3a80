#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "daemon/view.hpp"
#include "manifest/function.hpp"

namespace fgsync::daemon {

/// What all sources of a target ask for, at one moment. Never changed once it is made.
struct Wanted {
  std::vector<manifest::Function> functions;    ///< those without a mistake
  std::map<std::string, std::uint64_t> marks;   ///< by function: another one when its manifest has another text
  std::map<std::string, std::string> rejected;  ///< functions whose manifest has an error, with what and where
  /// Every source was read to its end and without an error: only then does a missing manifest mean something.
  bool is_whole = false;
  std::optional<std::string> no_deletes;  ///< why nothing may be deleted because of it; `is_whole` may still be true
  std::string revision;                   ///< of the commits; empty: no source is a repository
  std::string author;                     ///< of the newest of them
  std::vector<std::shared_ptr<void>> leases;  ///< keep the folders that the functions' code is in
};

/// What changed in the sources.
struct SourceChange {
  bool is_everything = false;
  std::vector<std::string> paths;  ///< absolute: manifests, or files in code directories
};

/// Port: what is wanted, from directories and repositories.
class DesiredState {
 public:
  virtual ~DesiredState() = default;

  /// Reads all sources; the same object as before while nothing changed. A source that cannot be read is shown in
  /// `sources()`, and what it said last still counts. Error: nothing was ever read, and why.
  virtual boost::asio::awaitable<Result<std::shared_ptr<const Wanted>>> load() = 0;

  /// Resumes when something in the sources may have changed; with nothing in it after `stop`.
  virtual boost::asio::awaitable<SourceChange> next_change() = 0;

  [[nodiscard]] virtual std::vector<SourceView> sources() const = 0;
  virtual void stop() = 0;
};

}  // namespace fgsync::daemon
