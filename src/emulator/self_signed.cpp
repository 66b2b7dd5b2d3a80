// A certificate is written before its key: whatever happens in between, what is left is recognised as ours and made
// anew. A lock on the directory keeps two emulators that start at once from mixing their files.
#include "emulator/self_signed.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <new>
#include <optional>
#include <sstream>
#include <system_error>
#include <utility>
#include <vector>

#include "emulator/certificates.hpp"
#include "emulator/whole_file.hpp"

namespace fgsync::emulator {
namespace {

using Time = std::chrono::system_clock::time_point;

constexpr std::chrono::hours kWeek{7 * 24};
constexpr std::chrono::hours kLifeOfServer{366 * 24};

tl::unexpected<Error> problem_with(const std::string& path, const std::string& what) {
  return fail(ErrorKind::invalid, "--tls-self-signed: " + path + ": " + what);
}

tl::unexpected<Error> problem_with(const std::string& path, int error) {
  return problem_with(path, std::generic_category().message(error));
}

/// Nothing when there is no such file, or it cannot be read.
std::optional<std::string> read_file(const std::string& path) {
  const std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

bool exists(const std::string& path) {
  struct stat facts{};
  return ::lstat(path.c_str(), &facts) == 0;
}

/// An open directory, which is locked until this goes.
class LockedFolder {
 public:
  explicit LockedFolder(const std::string& path)
      : descriptor_(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
    if (descriptor_ < 0 || ::flock(descriptor_, LOCK_EX) != 0) error_ = errno;
  }
  LockedFolder(const LockedFolder&) = delete;
  LockedFolder& operator=(const LockedFolder&) = delete;
  ~LockedFolder() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }

  [[nodiscard]] int error() const { return error_; }

 private:
  int descriptor_;
  int error_ = 0;
};

/// The certificate that an earlier call left; nothing when there is none or it is damaged. An error when the files are
/// somebody else's.
Result<std::optional<Certificate>> read_certificate(const TlsIdentity& files) {
  if (!exists(files.certificate_file) && !exists(files.key_file)) return std::nullopt;
  const auto certificate = read_file(files.certificate_file);
  if (!certificate || !Certificate::is_ours(*certificate)) {
    const auto& foreign = exists(files.certificate_file) ? files.certificate_file : files.key_file;
    return problem_with(foreign, "fgsync-emulator has not made this file, so it stays; name another directory");
  }
  return Certificate::parse(*certificate, read_file(files.key_file).value_or(""));
}

Result<void> write_certificate(const TlsIdentity& files, const Certificate& certificate) {
  int problem = write_whole_file(files.certificate_file, certificate.certificate_pem(), 0644);
  if (problem != 0) return problem_with(files.certificate_file, problem);
  problem = write_whole_file(files.key_file, certificate.key_pem(), 0600);
  if (problem != 0) return problem_with(files.key_file, problem);
  return {};
}

bool is_ip_address(const std::string& text) {
  return text.find(':') != std::string::npos || text.find_first_not_of("0123456789.") == std::string::npos;
}

/// As OpenSSL writes them.
std::string names_for(const std::string& address) {
  std::string names = "DNS:localhost,IP:127.0.0.1,IP:::1";
  if (address != "127.0.0.1" && address != "::1") names += (is_ip_address(address) ? ",IP:" : ",DNS:") + address;
  return names;
}

Result<Certificate> provide_authority(const TlsIdentity& files, Time now) {
  auto found = read_certificate(files);
  if (!found) return fail(std::move(found).error());
  // It has to outlive every certificate that it signs.
  if (*found && (*found)->is_good_at(now) && (*found)->is_good_at(now + kLifeOfServer)) return std::move(**found);
  auto made = Certificate::make_authority(now);
  if (auto written = write_certificate(files, made); !written) return fail(std::move(written).error());
  return made;
}

Result<void> provide_server(const TlsIdentity& files, const Certificate& authority, const std::string& address,
                            Time now) {
  auto found = read_certificate(files);
  if (!found) return fail(std::move(found).error());
  const bool is_good = *found && (*found)->is_good_at(now) && (*found)->is_good_at(now + kWeek) &&
                       (*found)->is_signed_by(authority) && (*found)->is_for(address);
  if (is_good) return {};
  return write_certificate(files, Certificate::make_server(authority, names_for(address), now));
}

}  // namespace

Result<TlsIdentity> prepare_self_signed(const std::string& folder, const std::string& address, Time now) {
  const TlsIdentity authority_files{folder + "/ca.pem", folder + "/ca-key.pem"};
  TlsIdentity server_files{folder + "/server.pem", folder + "/server-key.pem"};
  if (::mkdir(folder.c_str(), 0755) != 0 && errno != EEXIST) return problem_with(folder, errno);
  const LockedFolder locked(folder);
  if (locked.error() != 0) return problem_with(folder, locked.error());
  try {
    auto authority = provide_authority(authority_files, now);
    if (!authority) return fail(std::move(authority).error());
    auto provided = provide_server(server_files, *authority, address, now);
    if (!provided) return fail(std::move(provided).error());
  } catch (const std::bad_alloc&) {
    return problem_with(folder, "OpenSSL cannot make a certificate: out of memory or randomness");
  }
  return server_files;
}

}  // namespace fgsync::emulator
