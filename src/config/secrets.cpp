// A file is judged twice: by its path, so that nothing outside of the allowed directories is even opened, and again by
// what was opened, because links may have been changed in between.
#include "config/secrets.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include "base/printable.hpp"
#include "manifest/text_limits.hpp"

namespace fgsync::config {
namespace {

namespace fs = std::filesystem;
using manifest::SecretReference;

constexpr std::size_t kMaxBytes = 65'536;
constexpr std::size_t kMaxShown = 300;

// Prefixes of variables: fgsync, the SDKs of Huawei Cloud, Terraform, the ECS pod identity, OpenStack and Open Telekom
// Cloud. Then single ones that say where fgsync keeps what is its own.
constexpr auto kOwnPrefixes =
    std::to_array<std::string_view>({"FGSYNC_", "HUAWEICLOUD_", "HW_", "HC_", "HCLOUD_", "OS_", "OTC_"});
constexpr auto kOwnNames =
    std::to_array<std::string_view>({"STATE_DIRECTORY", "CREDENTIALS_DIRECTORY", "XDG_STATE_HOME", "NO_COLOR"});

// Variables that name a file with credentials.
constexpr auto kFileVariables =
    std::to_array<std::string_view>({"HUAWEICLOUD_SDK_CREDENTIALS_FILE", "HUAWEICLOUD_SDK_ID_TOKEN_FILE",
                                     "HC_CONTAINER_AUTHORIZATION_TOKEN_FILE", "HW_SHARED_CONFIG_FILE"});

bool matches(std::string_view pattern, std::string_view name) {
  if (!pattern.ends_with('*')) return pattern == name;
  pattern.remove_suffix(1);
  return name.starts_with(pattern);
}

std::string shown(const SecretReference& reference) {
  const bool is_variable = reference.kind == SecretReference::Kind::environment;
  return (is_variable ? "from_env " : "from_file ") + printable(reference.source, kMaxShown);
}

tl::unexpected<Error> refuse(const SecretReference& reference, ErrorKind kind, const std::string& why) {
  Error error(kind, shown(reference) + " " + why);
  error.position = reference.position;
  return fail(std::move(error));
}

tl::unexpected<Error> forbid(const SecretReference& reference, const std::string& why) {
  return refuse(reference, ErrorKind::invalid, "is not allowed: " + why);
}

Result<void> is_variable_allowed(const SecretReference& reference, const SecretPolicy& policy) {
  const std::string& name = reference.source;
  if (is_own_variable(name)) {
    return forbid(reference,
                  "fgsync or a tool for the same service takes its own settings and credentials from it; put the "
                  "function's secret into a variable of its own");
  }
  if (policy.allow_env.empty()) {
    return forbid(reference, "no variable is, before spec.secrets.allow_env in fgsync.yaml lists it");
  }
  const auto is_match = [&name](const std::string& pattern) { return matches(pattern, name); };
  if (std::any_of(policy.allow_env.begin(), policy.allow_env.end(), is_match)) return {};
  return forbid(reference, "it is not among spec.secrets.allow_env in fgsync.yaml; add it there, or rename it");
}

/// With all links followed, as far as the path exists.
tl::expected<fs::path, std::error_code> real_path(const std::string& path) {
  std::error_code failed;
  fs::path real = fs::absolute(path, failed);
  if (!failed) real = fs::weakly_canonical(real, failed);
  if (failed) return tl::unexpected<std::error_code>(failed);
  return real;
}

bool is_below(const fs::path& directory, const fs::path& path) {
  const auto [in_directory, in_path] = std::mismatch(directory.begin(), directory.end(), path.begin(), path.end());
  return in_directory == directory.end() && in_path != path.end();
}

bool is_own_file(const SecretPolicy& policy, const fs::path& real) {
  return std::any_of(policy.own_files.begin(), policy.own_files.end(), [&real](const std::string& own) {
    std::error_code failed;
    return fs::equivalent(own, real, failed) || real_path(own) == real;
  });
}

/// What is wrong with the place of a file. `real` has no links in it.
Result<void> is_place_allowed(const SecretReference& reference, const SecretPolicy& policy, const fs::path& real) {
  if (is_own_file(policy, real)) {
    return forbid(reference,
                  "fgsync takes its own credentials from that file; put the function's secret into a file of its own");
  }
  const auto holds = [&real](const std::string& directory) {
    const auto real_directory = real_path(directory);
    return real_directory && real_directory->has_relative_path() && is_below(*real_directory, real);
  };
  if (std::any_of(policy.allow_directories.begin(), policy.allow_directories.end(), holds)) return {};
  if (policy.allow_directories.empty()) {
    return forbid(reference, "no file is, before spec.secrets.allow_directories in fgsync.yaml lists its directory");
  }
  const std::string place = printable(real.string(), kMaxShown);
  const bool is_same = real.string() == reference.source;
  return forbid(reference, (is_same ? "it" : "it is " + place + ", which") +
                               std::string(" lies in none of spec.secrets.allow_directories in fgsync.yaml; move it "
                                           "into one of them, or add its directory there"));
}

Result<void> is_file_allowed(const SecretReference& reference, const SecretPolicy& policy) {
  const auto real = real_path(reference.source);
  if (!real) return forbid(reference, "where it is cannot be told: " + real.error().message());
  return is_place_allowed(reference, policy, *real);
}

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  [[nodiscard]] int number() const { return number_; }

 private:
  int number_;
};

tl::unexpected<Error> cannot_read(const SecretReference& reference, int error_number) {
  const bool is_absent = error_number == ENOENT || error_number == ENOTDIR;
  if (is_absent) return refuse(reference, ErrorKind::not_found, "is not available here: there is no such file");
  return refuse(reference, ErrorKind::internal,
                "cannot be read: " + std::generic_category().message(error_number) +
                    "; check the rights of the file and its directories");
}

/// Whether what was opened is a file, and where it should be.
Result<void> check_opened(const SecretReference& reference, const SecretPolicy& policy, const Descriptor& file) {
  struct stat status{};
  if (::fstat(file.number(), &status) != 0) return cannot_read(reference, errno);
  if (!S_ISREG(status.st_mode)) return refuse(reference, ErrorKind::invalid, "must be a regular file");
  std::error_code failed;
  const fs::path opened = fs::read_symlink("/proc/self/fd/" + std::to_string(file.number()), failed);
  if (failed) return cannot_read(reference, failed.value());
  return is_place_allowed(reference, policy, opened);
}

/// Up to one byte more than allowed.
Result<std::string> read_bytes(const SecretReference& reference, const Descriptor& file) {
  std::string bytes(kMaxBytes + 1, '\0');
  std::size_t size = 0;
  while (size < bytes.size()) {
    const ssize_t count = ::read(file.number(), bytes.data() + size, bytes.size() - size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      const int error_number = errno;
      Secret::wipe(bytes);
      return cannot_read(reference, error_number);
    }
    if (count == 0) break;
    size += static_cast<std::size_t>(count);
  }
  bytes.resize(size);
  return bytes;
}

/// The one that editors and `echo` add.
void drop_line_break(std::string& text) {
  if (!text.ends_with('\n')) return;
  text.pop_back();
  if (text.ends_with('\r')) text.pop_back();
}

/// Takes the text over: on every path nothing of it stays behind.
Result<Secret> to_secret(const SecretReference& reference, std::string text) {
  const std::size_t size = text.size();
  const bool is_text = !manifest::yaml::check_bytes(text);
  Secret secret(std::move(text));
  if (size > kMaxBytes) return refuse(reference, ErrorKind::invalid, "must hold at most 64 KiB");
  if (size == 0) return refuse(reference, ErrorKind::invalid, "must not be empty");
  if (!is_text) return refuse(reference, ErrorKind::invalid, "must hold UTF-8 text without NUL bytes");
  return secret;
}

Result<Secret> read_file(const SecretReference& reference, const SecretPolicy& policy) {
  // O_NONBLOCK: opening a pipe must not wait for its writer.
  const Descriptor file(::open(reference.source.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (file.number() < 0) return cannot_read(reference, errno);
  auto checked = check_opened(reference, policy, file);
  if (!checked) return fail(std::move(checked).error());
  auto bytes = read_bytes(reference, file);
  if (!bytes) return fail(std::move(bytes).error());
  drop_line_break(*bytes);
  return to_secret(reference, std::move(*bytes));
}

void add(std::vector<std::string>& files, const std::optional<std::string>& file) {
  if (file) files.push_back(*file);
}

/// Where the SDKs and other tools of the service keep credentials.
std::vector<std::string> usual_files(const Environment& environment) {
  std::vector<std::string> files;
  for (const std::string_view name : kFileVariables) add(files, environment(std::string(name)));
  if (const auto home = environment("HOME")) {
    files.push_back(*home + "/.huaweicloud/credentials");
    files.push_back(*home + "/.hcloud/config.json");
  }
  return files;
}

void add_profile(std::vector<std::string>& files, const Profile& profile, const Environment& environment) {
  const auto home = environment("HOME");
  if (!profile.file) return;
  const bool is_at_home = profile.file->starts_with("~/") && home;
  files.push_back(is_at_home ? *home + profile.file->substr(1) : *profile.file);
}

void add_credentials(std::vector<std::string>& files, const Credentials& credentials, const Environment& environment) {
  if (const auto* token = std::get_if<TokenFile>(&credentials)) files.push_back(token->path);
  if (const auto* key = std::get_if<AccessKey>(&credentials)) {
    add(files, key->ak_file);
    add(files, key->sk_file);
    add(files, key->security_token_file);
  }
  if (const auto* profile = std::get_if<Profile>(&credentials)) add_profile(files, *profile, environment);
  if (const auto* iam = std::get_if<IamUser>(&credentials)) files.push_back(iam->password_file);
}

void add_own_files(std::vector<std::string>& files, const TargetSettings& settings, const Environment& environment) {
  if (settings.credentials) add_credentials(files, *settings.credentials, environment);
  for (const Source& source : settings.sources) {
    if (!source.git) continue;
    if (source.git->credentials) files.push_back(source.git->credentials->password_file);
    add(files, source.git->ssh_key_file);
  }
  add(files, settings.fingerprint_key_file);
}

}  // namespace

SecretPolicy secret_policy_of(const Config& config, const Environment& environment) {
  SecretPolicy policy{.allow_env = config.secrets.environment,
                      .allow_directories = config.secrets.directories,
                      .own_files = usual_files(environment)};
  add_own_files(policy.own_files, config, environment);
  for (const Target& target : config.targets) add_own_files(policy.own_files, target, environment);
  if (config.control.tcp) {
    policy.own_files.push_back(config.control.tcp->token_file);
    add(policy.own_files, config.control.tcp->key_file);
  }
  return policy;
}

bool is_own_variable(std::string_view name_or_pattern) {
  const auto is_prefix = [name_or_pattern](std::string_view prefix) { return name_or_pattern.starts_with(prefix); };
  return std::any_of(kOwnPrefixes.begin(), kOwnPrefixes.end(), is_prefix) ||
         std::find(kOwnNames.begin(), kOwnNames.end(), name_or_pattern) != kOwnNames.end();
}

Result<void> is_allowed(const SecretReference& reference, const SecretPolicy& policy) {
  const bool is_variable = reference.kind == SecretReference::Kind::environment;
  return is_variable ? is_variable_allowed(reference, policy) : is_file_allowed(reference, policy);
}

Result<Secret> resolve(const SecretReference& reference, const Environment& environment, const SecretPolicy& policy) {
  auto allowed = is_allowed(reference, policy);
  if (!allowed) return fail(std::move(allowed).error());
  if (reference.kind == SecretReference::Kind::file) return read_file(reference, policy);
  auto value = environment(reference.source);
  if (!value || value->empty()) {
    return refuse(reference, ErrorKind::not_found, "is not available here: the variable is not set");
  }
  return to_secret(reference, std::move(*value));
}

}  // namespace fgsync::config
