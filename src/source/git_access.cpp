// git and ssh take far more from their surroundings than a daemon wants: configuration, agents, keys, prompts. Here is
// all that they get.
#include "source/git_access.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <string_view>
#include <system_error>

#include "base/printable.hpp"
#include "base/secret.hpp"
#include "source/descriptor.hpp"

namespace fgsync::source {
namespace {

using Protocol = GitAccess::Protocol;

constexpr std::size_t kShown = 300;
constexpr std::size_t kMaxPasswordBytes = 65'536;
constexpr std::size_t kKeyBeginning = 200;

tl::unexpected<Error> invalid(std::string message) {
  return fail(ErrorKind::invalid, std::move(message));
}

/// The parts of a URL; user and host are empty for files.
struct Location {
  Protocol protocol = Protocol::https;
  std::string_view user;
  std::string_view host;  ///< with its port
  std::string_view path;  ///< with what separates it from the host
};

std::optional<Location> split_url(std::string_view url) {
  struct Scheme {
    std::string_view text;
    Protocol protocol;
  };
  static constexpr std::array<Scheme, 4> kSchemes{{{"https://", Protocol::https},
                                                   {"http://", Protocol::http},
                                                   {"ssh://", Protocol::ssh},
                                                   {"file://", Protocol::file}}};
  const auto* const scheme = std::find_if(kSchemes.begin(), kSchemes.end(),
                                          [url](const Scheme& known) { return url.starts_with(known.text); });
  Location location;
  std::string_view authority;
  if (scheme != kSchemes.end()) {
    location.protocol = scheme->protocol;
    url.remove_prefix(scheme->text.size());
    const std::size_t slash = std::min(url.find('/'), url.size());
    authority = url.substr(0, slash);
    location.path = url.substr(slash);
    if (scheme->protocol == Protocol::file) return authority.empty() ? std::optional(location) : std::nullopt;
  } else {
    const auto colon = url.find(':');
    if (colon == std::string_view::npos || url.substr(0, colon).find('@') == std::string_view::npos) return {};
    location.protocol = Protocol::ssh;
    authority = url.substr(0, colon);
    location.path = url.substr(colon);
  }
  const auto at = authority.rfind('@');
  if (at != std::string_view::npos) location.user = authority.substr(0, at);
  location.host = at == std::string_view::npos ? authority : authority.substr(at + 1);
  return location;
}

/// `localhost`, 127.x.x.x or ::1, with or without a port.
bool is_loopback(std::string_view host) {
  if (host == "[::1]" || host.starts_with("[::1]:")) return true;
  host = host.substr(0, host.find(':'));
  if (host == "localhost") return true;
  return host.starts_with("127.") &&
         std::all_of(host.begin(), host.end(), [](char c) { return (c >= '0' && c <= '9') || c == '.'; });
}

bool is_plain_text(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char c) { return c > ' ' && c != 0x7F; });
}

std::string show(const Location& location, std::string_view url) {
  if (location.user.empty()) return printable(url, kShown);
  const auto user = url.find(location.user);
  std::string shown(url);
  shown.erase(user, location.user.size() + 1);
  return printable(shown, kShown);
}

Result<void> check_location(const std::string& url, const std::optional<Location>& location) {
  const bool is_plain = is_plain_text(url);
  if (!location || !is_plain || location->path.size() < 2) {
    // What has no known form may hold a password anywhere.
    return invalid(
        "the URL of the repository must be https://HOST/PATH (http only for this machine), ssh://git@HOST/PATH, "
        "git@HOST:PATH or " +
        std::string("file:///PATH"));
  }
  if (location->protocol == Protocol::file) return {};
  const std::string shown = show(*location, url);
  if (location->host.empty() || location->host.starts_with('-')) return invalid(shown + " names no host");
  if (location->user.find(':') != std::string_view::npos || location->user.starts_with('-')) {
    return invalid(shown + ": the URL must not hold a password; name a file with it instead");
  }
  const bool is_ssh = location->protocol == Protocol::ssh;
  if (!is_ssh && !location->user.empty()) {
    return invalid(shown + ": the URL must not hold a user name; write it as credentials.username");
  }
  if (location->protocol == Protocol::http && !is_loopback(location->host)) {
    return invalid(shown + ": plain http, which everybody on the way can read and change, is only for this machine; " +
                   "use https");
  }
  return {};
}

/// In single quotes, for a shell.
std::string quoted_for_shell(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

/// A path as an argument of one of ssh's options, where % stands for something and blanks separate files.
Result<std::string> as_ssh_path(const std::string& path) {
  if (path.find_first_of("\"\\$\n") != std::string::npos || !path.starts_with('/')) {
    return invalid("ssh cannot be told of the file " + printable(path, kShown) +
                   ": its path must be absolute, without quotes, backslashes, $ and line breaks");
  }
  std::string escaped;
  for (const char c : path) escaped += c == '%' ? std::string("%%") : std::string(1, c);
  return "\"" + escaped + "\"";
}

Result<std::string> ssh_command(const RepositorySettings& settings) {
  std::string command =
      "ssh -F /dev/null -oBatchMode=yes -oStrictHostKeyChecking=yes -oUpdateHostKeys=no -oIdentitiesOnly=yes "
      "-oIdentityAgent=none -oForwardAgent=no -oControlPath=none -oPermitLocalCommand=no "
      "-oPreferredAuthentications=publickey -oConnectTimeout=20 -oServerAliveInterval=15 -oServerAliveCountMax=2";
  if (!settings.ssh_key_file.empty()) {
    const auto path = as_ssh_path(settings.ssh_key_file);
    if (!path) return path;
    command += " " + quoted_for_shell("-oIdentityFile=" + *path);
  }
  if (!settings.known_hosts_file.empty()) {
    const auto path = as_ssh_path(settings.known_hosts_file);
    if (!path) return path;
    command += " -oGlobalKnownHostsFile=/dev/null " + quoted_for_shell("-oUserKnownHostsFile=" + *path);
  }
  return command;
}

std::string_view scheme_of(Protocol protocol) {
  switch (protocol) {
    case Protocol::http: return "http";
    case Protocol::https: return "https";
    case Protocol::ssh: return "ssh";
    case Protocol::file: return "file";
  }
  return "";
}

/// A helper for one scheme, host and port. The shell that git starts reads the password from the file, and writes it
/// to git: it stands in no argument and no variable.
void add_login(const RepositorySettings& settings, GitAccess& access) {
  const std::string origin = std::string(scheme_of(access.protocol)) + "://" + access.host;
  access.options.emplace_back("credential." + origin + ".helper",
                              "!f() { test \"$1\" = get || return 0; "
                              "printf 'username=%s\\npassword=%s\\n' \"$FGSYNC_GIT_USERNAME\" "
                              "\"$(tr -d '\\r\\n' < \"$FGSYNC_GIT_PASSWORD_FILE\")\"; }; f");
  access.environment.push_back("FGSYNC_GIT_USERNAME=" + settings.username);
  access.environment.push_back("FGSYNC_GIT_PASSWORD_FILE=" + settings.password_file);
}

Result<void> add_ssh(const RepositorySettings& settings, GitAccess& access) {
  auto command = ssh_command(settings);
  if (!command) return fail(std::move(command).error());
  access.environment.push_back("GIT_SSH_COMMAND=" + *command);
  access.environment.emplace_back("GIT_SSH_VARIANT=ssh");
  return {};
}

Error unusable(const std::string& what, const std::string& path, const std::string& why) {
  return Error(ErrorKind::invalid, what + " " + printable(path, kShown) + " " + why);
}

/// Whether the file can be opened and is one; its status.
Result<struct stat> check_file(const std::string& what, const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat status{};
  if (file.get() < 0 || ::fstat(file.get(), &status) != 0) {
    return fail(unusable(what, path, "cannot be read: " + std::generic_category().message(errno)));
  }
  if (!S_ISREG(status.st_mode)) return fail(unusable(what, path, "is no file"));
  return status;
}

/// At most `max_bytes` from its beginning.
Result<std::string> read_beginning(const std::string& what, const std::string& path, std::size_t max_bytes) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  std::string text(max_bytes, '\0');
  const ssize_t count = file.get() < 0 ? -1 : ::read(file.get(), text.data(), text.size());
  if (count < 0) return fail(unusable(what, path, "cannot be read: " + std::generic_category().message(errno)));
  text.resize(static_cast<std::size_t>(count));
  return text;
}

Result<void> check_password_file(const std::string& path) {
  const std::string what = "the password file";
  const auto status = check_file(what, path);
  if (!status) return fail(status.error());
  auto text = read_beginning(what, path, kMaxPasswordBytes + 1);
  if (!text) return fail(std::move(text).error());
  while (text->ends_with('\n') || text->ends_with('\r')) text->pop_back();
  const bool is_empty = text->empty();
  const bool is_line =
      text->size() <= kMaxPasswordBytes && text->find_first_of(std::string("\r\n\0", 3)) == std::string::npos;
  Secret::wipe(*text);
  if (is_empty) return fail(unusable(what, path, "is empty; put the password or the access token into it"));
  if (!is_line) return fail(unusable(what, path, "must hold the password or the access token alone, in one line"));
  return {};
}

/// Whether a private key is encrypted. OpenSSH's own form says so in base64, right at its beginning.
bool has_passphrase(std::string_view key) {
  constexpr std::string_view kOpenSsh = "-----BEGIN OPENSSH PRIVATE KEY-----";
  constexpr std::string_view kNotEncrypted = "b3BlbnNzaC1rZXktdjEAAAAABG5vbmU";  // openssh-key-v1, and "none"
  if (!key.starts_with(kOpenSsh)) return key.find("ENCRYPTED") != std::string_view::npos;
  key.remove_prefix(kOpenSsh.size());
  const auto begin = key.find_first_not_of("\r\n");
  return begin != std::string_view::npos && !key.substr(begin).starts_with(kNotEncrypted);
}

/// ssh refuses to use a key of ours that others can read, too, but says so at length.
Result<void> check_key_file(const std::string& path) {
  const std::string what = "the private key";
  const auto status = check_file(what, path);
  if (!status) return fail(status.error());
  if (status->st_uid == ::geteuid() && (status->st_mode & 077U) != 0) {
    return fail(unusable(what, path, "may be read by others, so ssh does not use it: chmod 600 " + path));
  }
  auto beginning = read_beginning(what, path, kKeyBeginning);
  if (!beginning) return fail(std::move(beginning).error());
  const bool is_locked = has_passphrase(*beginning);
  Secret::wipe(*beginning);
  if (is_locked) return fail(unusable(what, path, "has a passphrase, which nobody can enter here; make a key without"));
  return {};
}

}  // namespace

Result<GitAccess> make_access(const RepositorySettings& settings) {
  const auto location = split_url(settings.url);
  auto checked = check_location(settings.url, location);
  if (!checked) return fail(std::move(checked).error());
  GitAccess access{.protocol = location->protocol,
                   .shown_url = show(*location, settings.url),
                   .host = std::string(location->host),
                   .options = {},
                   .environment = {"GIT_ALLOW_PROTOCOL=" + std::string(scheme_of(location->protocol))}};
  if (!is_plain_text(settings.username) || settings.username.empty() != settings.password_file.empty()) {
    return invalid("a user name needs a password file and the other way round, and must not hold blanks");
  }
  // What is on this machine needs no proxy.
  if (access.protocol == Protocol::http) access.options.emplace_back("http.proxy", "");
  const bool is_http = access.protocol == Protocol::http || access.protocol == Protocol::https;
  if (is_http && !settings.username.empty()) add_login(settings, access);
  if (access.protocol == Protocol::ssh) {
    auto added = add_ssh(settings, access);
    if (!added) return fail(std::move(added).error());
  }
  return access;
}

Result<void> check_credentials(const RepositorySettings& settings) {
  Result<void> checked;
  if (!settings.password_file.empty()) checked = check_password_file(settings.password_file);
  if (checked && !settings.ssh_key_file.empty()) checked = check_key_file(settings.ssh_key_file);
  if (!checked || settings.known_hosts_file.empty()) return checked;
  const auto known_hosts = check_file("the file of known hosts", settings.known_hosts_file);
  if (!known_hosts) return fail(known_hosts.error());
  return {};
}

}  // namespace fgsync::source
