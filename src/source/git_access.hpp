#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "source/git_repository.hpp"

namespace fgsync::source {

/// How git gets to a repository, and what it may use for that.
struct GitAccess {
  enum class Protocol { http, https, ssh, file };
  using Option = std::pair<std::string, std::string>;

  Protocol protocol = Protocol::https;
  std::string shown_url;                 ///< without a user
  std::string host;                      ///< with its port; empty for files
  std::vector<Option> options;           ///< settings of git
  std::vector<std::string> environment;  ///< variables on top of the hardened ones
};

/// Looks at the settings only. Passwords are neither read nor part of the result: git asks a helper, which answers for
/// this scheme, host and port alone, and redirects are not followed. Error `invalid`.
Result<GitAccess> make_access(const RepositorySettings& settings);

/// Whether the files with credentials can be used, so that a person learns what is wrong with them in our words rather
/// than in those of git and ssh. Error `invalid`.
Result<void> check_credentials(const RepositorySettings& settings);

}  // namespace fgsync::source
