// git reports every failure with exit code 128 and a text, its own or that of ssh, curl or the server. The table holds
// the texts of git 2.39, OpenSSH 9.2 and curl 7.88 (LC_ALL=C); what stands first is looked for first, because ssh's
// reason is followed by git's guess.
#include "source/git_failures.hpp"

#include <array>
#include <csignal>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "source/git_answer.hpp"

namespace fgsync::source {
namespace {

using Protocol = GitAccess::Protocol;

struct Complaint {
  std::string_view mark;  ///< in what was written to standard error
  ErrorKind kind;
  std::string_view message;  ///< with {url} and so on, see fill()
};

constexpr std::string_view kTooLarge =
    "the repository is larger than the {limit} that are allowed; take large files out of it, or follow another one";

constexpr auto kLocal = std::to_array<Complaint>({
    {"died of signal 25", ErrorKind::invalid, kTooLarge},
    {"File too large", ErrorKind::invalid, kTooLarge},
    {"No space left on device", ErrorKind::transient, "there is no space left for {directory}; free some"},
    {"Disk quota exceeded", ErrorKind::transient, "the disk quota for {directory} is used up; free some space"},
    {"Read-only file system", ErrorKind::invalid, "{directory} is on a file system that is read-only"},
    {"out of memory", ErrorKind::transient, "git ran out of memory"},
    {"Out of memory", ErrorKind::transient, "git ran out of memory"},
    {"invalid path '", ErrorKind::invalid, "the commit holds a path that git refuses to write: {complaint}"},
    {"File name too long", ErrorKind::invalid,
     "the commit holds a path that is too long for this machine: {complaint}"},
});

constexpr auto kSsh = std::to_array<Complaint>({
    {"REMOTE HOST IDENTIFICATION HAS CHANGED", ErrorKind::invalid,
     "the key of {host} is not the one in {hosts}: the server got a new key, or somebody else answers in its place; "
     "ask those who run it, and only then put the new key into the file"},
    {"Host key verification failed", ErrorKind::invalid,
     "{host} is not in {hosts}, so nobody knows whether it is who it says; get its keys with ssh-keyscan {keyscan}, "
     "compare their fingerprints with those that its owner publishes, and add them to the file"},
    {"error in libcrypto", ErrorKind::invalid, "{key} holds no private key that ssh can read"},
    {"invalid format", ErrorKind::invalid, "{key} holds no private key that ssh can read"},
    {"Permission denied (", ErrorKind::unauthorized,
     "{host} refused the key {key}; allow its public part to read the repository, as a deploy key for example"},
    {"Could not resolve hostname", ErrorKind::transient,
     "the name {host} cannot be resolved; check the name in the URL, and DNS on this machine"},
    {"Connection refused", ErrorKind::transient, "{host} refused the connection; is the SSH server running there?"},
    {"Connection timed out", ErrorKind::transient, "{host} did not answer in time"},
    {"Connection closed by", ErrorKind::transient, "{host} closed the connection"},
    {"Connection reset by", ErrorKind::transient, "{host} closed the connection"},
    {"No route to host", ErrorKind::transient, "there is no route to {host}"},
    {"Network is unreachable", ErrorKind::transient, "the network of {host} cannot be reached"},
    {"kex_exchange_identification", ErrorKind::transient, "{host} does not speak SSH on this port, or refuses to now"},
    {"ssh: not found", ErrorKind::invalid, "ssh is not installed, or not in PATH; install the package openssh-client"},
    {"cannot run ssh", ErrorKind::invalid, "ssh is not installed, or not in PATH; install the package openssh-client"},
});

constexpr auto kHttp = std::to_array<Complaint>({
    {"Authentication failed for", ErrorKind::unauthorized,
     "{host} refused the user {user} with the password in {password}; check both, and that the access token has not "
     "expired and may read the repository"},
    {"could not read Username", ErrorKind::unauthorized,
     "{host} asks for a user and a password, which some servers also do when there is no such repository; check the "
     "URL, and set credentials"},
    {"could not read Password", ErrorKind::unauthorized, "{host} asks for a password; set credentials"},
    {"returned error: 401", ErrorKind::unauthorized, "{host} refused the user {user}; check {password}"},
    {"returned error: 403", ErrorKind::unauthorized,
     "{host} does not allow the user {user} to read the repository; check its rights, and those of the access token"},
    {"returned error: 404", ErrorKind::invalid,
     "{host} knows no such repository, or hides it from the user {user}; check the URL and the user's rights"},
    {"returned error: 429", ErrorKind::throttled, "{host} got too many requests"},
    {"returned error: 30", ErrorKind::invalid,
     "{host} sends git to another address, where it does not follow with credentials; write the final URL, which often "
     "ends with .git"},
    {"unable to update url base from redirection", ErrorKind::invalid,
     "{host} sends git to another address, where it does not follow with credentials; write the final URL, which often "
     "ends with .git"},
    {"returned error: 5", ErrorKind::transient, "{host} has trouble: {complaint}"},
    {"Could not resolve proxy", ErrorKind::transient, "the name of the proxy cannot be resolved: {complaint}"},
    {"Could not resolve host", ErrorKind::transient,
     "the name {host} cannot be resolved; check the name in the URL, and DNS on this machine"},
    {"certificate", ErrorKind::invalid,
     "the certificate of {host} is not trusted; install its authority on this machine, or name a file with it in "
     "GIT_SSL_CAINFO: {complaint}"},
    {"Failed to connect to", ErrorKind::transient, "{host} cannot be reached: {complaint}"},
    {"Couldn't connect to server", ErrorKind::transient, "{host} cannot be reached: {complaint}"},
    {"not valid: is this a git repository", ErrorKind::invalid,
     "{host} answers, but not as a git server; check the URL"},
    {"unable to access", ErrorKind::transient, "{host} cannot be reached: {complaint}"},
    {"RPC failed", ErrorKind::transient, "the connection to {host} broke: {complaint}"},
    {"remote-https' is not a git command", ErrorKind::invalid, "this git has no support for https; install Debian's"},
});

constexpr auto kRemote = std::to_array<Complaint>({
    {"dubious ownership", ErrorKind::invalid,
     "git refuses the repository, since it belongs to another user than the one that fgsync runs as; give it to that "
     "user, or serve it by ssh or https"},
    {"does not appear to be a git repository", ErrorKind::invalid, "there is no repository; check the URL"},
    {"epository not found", ErrorKind::invalid,
     "the server knows no such repository, or the credentials may not read it; check the URL and their rights"},
    {"not found", ErrorKind::invalid, "there is no repository: {complaint}; check the URL"},
    {"no such repository", ErrorKind::invalid, "there is no repository: {complaint}; check the URL"},
    {"transport '", ErrorKind::invalid, "git refuses to go there: {complaint}"},
    {"Could not read from remote repository", ErrorKind::transient, "the server did not serve git: {complaint}"},
    {"early EOF", ErrorKind::transient, "the connection broke: {complaint}"},
    {"unexpected disconnect", ErrorKind::transient, "the connection broke: {complaint}"},
    {"the remote end hung up", ErrorKind::transient, "the server broke off: {complaint}"},
});

void replace(std::string& text, std::string_view place, const std::string& value) {
  for (auto at = text.find(place); at != std::string::npos; at = text.find(place, at + value.size())) {
    text.replace(at, place.size(), value);
  }
}

/// `-p PORT HOST`, as ssh-keyscan wants it.
std::string keyscan_arguments(const std::string& host) {
  const auto colon = host.rfind(':');
  const bool is_address_alone = host.ends_with(']') || colon == std::string::npos;
  return is_address_alone ? host : "-p " + host.substr(colon + 1) + " " + host.substr(0, colon);
}

std::string in_bytes(std::uint64_t bytes) {
  constexpr std::uint64_t kMebi = 1U << 20U;
  return bytes % kMebi == 0 ? std::to_string(bytes / kMebi) + " MiB" : std::to_string(bytes) + " bytes";
}

std::string or_else(const std::string& text, const char* otherwise) {
  return text.empty() ? otherwise : text;
}

std::string fill(std::string_view message, const std::string& complaint, const RepositorySettings& settings,
                 const GitAccess& access) {
  std::string text(message);
  replace(text, "{host}", access.host);
  replace(text, "{keyscan}", keyscan_arguments(access.host));
  replace(text, "{user}", or_else(settings.username, "nobody"));
  replace(text, "{password}", or_else(settings.password_file, "credentials"));
  replace(text, "{key}", or_else(settings.ssh_key_file, "of this machine's user"));
  replace(text, "{hosts}", or_else(settings.known_hosts_file, "the known_hosts of this machine's user"));
  replace(text, "{directory}", settings.directory);
  replace(text, "{limit}", in_bytes(settings.max_bytes));
  replace(text, "{complaint}", complaint);
  return access.shown_url + ": " + text;
}

}  // namespace

std::optional<Error> explain_known(const ChildEnd& end, Talks talks, const RepositorySettings& settings,
                                   const GitAccess& access) {
  if (end.signal && *end.signal == SIGXFSZ) return explain_too_large(settings, access);
  std::vector<std::span<const Complaint>> tables{kLocal};
  if (talks == Talks::yes) {
    if (access.protocol == Protocol::ssh) tables.emplace_back(kSsh);
    if (access.protocol == Protocol::http || access.protocol == Protocol::https) tables.emplace_back(kHttp);
    tables.emplace_back(kRemote);
  }
  for (const auto& table : tables) {
    for (const Complaint& known : table) {
      if (end.errors.find(known.mark) == std::string::npos) continue;
      return Error(known.kind, fill(known.message, first_complaint(end.errors), settings, access));
    }
  }
  return std::nullopt;
}

Error explain_too_large(const RepositorySettings& settings, const GitAccess& access) {
  return Error(ErrorKind::invalid, fill(kTooLarge, {}, settings, access));
}

Error explain_unknown(const ChildEnd& end, const GitAccess& access) {
  const std::string complaint = first_complaint(end.errors);
  return Error(ErrorKind::corrupt,
               access.shown_url + ": git failed" +
                   (complaint.empty() ? " with exit code " + std::to_string(end.exit_code) : ": " + complaint));
}

}  // namespace fgsync::source
