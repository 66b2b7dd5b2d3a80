#include "daemon/control_access.hpp"

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "http/text.hpp"

namespace fgsync::daemon {
namespace {

constexpr std::size_t kLeastToken = 16;
constexpr std::size_t kMostToken = 4096;

struct User {
  std::string name;
  gid_t group = 0;
};

/// Nothing: there is no such user, or it cannot be found out.
std::optional<User> user_of(uid_t id) {
  constexpr std::size_t kMostBytes = std::size_t{1} << 20U;
  std::vector<char> buffer(4096);
  passwd entry{};
  passwd* found = nullptr;
  int failed = ERANGE;
  while ((failed = ::getpwuid_r(id, &entry, buffer.data(), buffer.size(), &found)) == ERANGE) {
    if (buffer.size() >= kMostBytes) return std::nullopt;
    buffer.resize(buffer.size() * 2);
  }
  if (failed != 0 || found == nullptr) return std::nullopt;
  return User{entry.pw_name, entry.pw_gid};
}

bool is_member(const User& user, gid_t group) {
  constexpr int kMostGroups = 65'536;
  int count = 64;
  std::vector<gid_t> groups(static_cast<std::size_t>(count));
  while (::getgrouplist(user.name.c_str(), user.group, groups.data(), &count) < 0) {
    if (count > kMostGroups || count <= static_cast<int>(groups.size())) return false;
    groups.resize(static_cast<std::size_t>(count));
  }
  groups.resize(static_cast<std::size_t>(std::max(count, 0)));
  return std::find(groups.begin(), groups.end(), group) != groups.end();
}

}  // namespace

Caller caller_of(const http::Credentials& peer, const SocketRights& rights) {
  Caller caller;
  const auto user = user_of(peer.user);
  caller.actor = user ? user->name : "uid " + std::to_string(peer.user);
  const bool is_master = peer.user == 0 || peer.user == rights.own_user;
  const bool is_of_group =
      rights.group && (peer.group == *rights.group || (user && is_member(*user, static_cast<gid_t>(*rights.group))));
  caller.may_write = is_master || is_of_group;
  return caller;
}

bool bears(const http::Request& request, const Secret& token) {
  constexpr std::string_view kScheme = "bearer ";
  const std::string_view header = http::find_header(request.headers, "Authorization");
  const bool has_scheme = http::to_lower(std::string(header.substr(0, kScheme.size()))) == kScheme;
  if (!has_scheme || token.is_empty()) return false;
  const std::string_view given = header.substr(kScheme.size());
  const std::string& wanted = token.reveal();
  // All of what was given is looked at, wherever the first difference is.
  std::size_t difference = given.size() ^ wanted.size();
  for (std::size_t i = 0; i < given.size(); ++i) {
    difference |= static_cast<unsigned char>(given[i]) ^ static_cast<unsigned char>(wanted[i % wanted.size()]);
  }
  return difference == 0;
}

Result<Secret> read_control_token(const std::string& file) {
  std::array<char, kMostToken + 3> buffer{};
  std::ifstream stream(file, std::ios::binary);
  stream.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
  if (stream.bad() || !stream.eof() || (!stream.is_open())) {
    const bool is_long = stream.is_open() && !stream.bad() && stream.gcount() > 0;
    return fail(ErrorKind::invalid, "the token for the control API, " + file + ", " +
                                        (is_long ? "is longer than 4096 characters" : "cannot be read"));
  }
  std::string text(buffer.data(), static_cast<std::size_t>(stream.gcount()));
  buffer.fill('\0');
  while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
  const bool is_visible = std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
  const std::size_t length = text.size();
  Secret token(std::move(text));
  if (!is_visible) {
    return fail(ErrorKind::invalid,
                "the token for the control API, " + file +
                    ", must be one line of visible ASCII characters: openssl rand -hex 32 makes one");
  }
  if (length < kLeastToken || length > kMostToken) {
    return fail(ErrorKind::invalid, "the token for the control API, " + file +
                                        ", must have 16 to 4096 characters, it has " + std::to_string(length) +
                                        ": openssl rand -hex 32 makes one");
  }
  return token;
}

}  // namespace fgsync::daemon
