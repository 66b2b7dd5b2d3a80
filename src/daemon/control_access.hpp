#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "base/secret.hpp"
#include "http/server.hpp"

namespace fgsync::daemon {

/// Who asks the control API, and what they may do.
struct Caller {
  std::string actor;  ///< for the history
  bool may_write = false;
};

/// Who may give orders through a Unix socket: root, the daemon's own user, and the members of this group.
struct SocketRights {
  std::uint32_t own_user = 0;
  std::optional<std::uint32_t> group;  ///< of the socket's file; absent: no group
};

/// Looks up the peer's name and groups; may block. Whoever is not in the user database is `uid 1000`, and has the group
/// that the kernel says and no others.
Caller caller_of(const http::Credentials& peer, const SocketRights& rights);

/// Whether the request bears the token (`Authorization: Bearer …`). How long that takes says nothing of the token.
bool bears(const http::Request& request, const Secret& token);

/// One line of at least 16 and at most 4096 visible ASCII characters, line breaks at its end apart. Error `invalid`
/// naming the file. Blocks on the disk.
Result<Secret> read_control_token(const std::string& file);

}  // namespace fgsync::daemon
