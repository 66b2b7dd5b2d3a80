#include "functiongraph/credential_file.hpp"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <system_error>
#include <utility>

namespace fgsync::functiongraph {
namespace {

constexpr std::size_t kMaxBytes = std::size_t{64} << 10U;

tl::unexpected<Error> refuse(const std::string& path, const std::string& why) {
  return fail(ErrorKind::invalid, "cannot use " + path + " for credentials: " + why);
}

bool holds_only(std::string_view text, char lowest) {
  return std::all_of(text.begin(), text.end(), [lowest](char c) { return c >= lowest && c <= '~'; });
}

Secret without_end(const Secret& text, std::string_view what_may_end_it) {
  const auto last = text.reveal().find_last_not_of(what_may_end_it);
  return Secret(text.reveal().substr(0, last + 1));
}

}  // namespace

Result<Secret> read_credential_file(const std::string& path) {
  std::error_code failed;
  const auto status = std::filesystem::status(path, failed);
  if (failed) return refuse(path, failed.message());
  // Opening a named pipe would wait for somebody to write to it.
  if (!std::filesystem::is_regular_file(status)) return refuse(path, "it is not a regular file");
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) return refuse(path, std::generic_category().message(errno));
  std::string text(kMaxBytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  const auto size = static_cast<std::size_t>(file.gcount());
  text.resize(size);
  Secret secret(std::move(text));
  if (file.bad()) return refuse(path, "it cannot be read to its end");
  if (size > kMaxBytes) return refuse(path, "it is larger than 64 KiB");
  return secret;
}

Result<void> check_credential_text(const Secret& text, const std::string& what) {
  if (text.is_empty()) return fail(ErrorKind::invalid, what + " is empty");
  if (holds_only(text.reveal(), '!')) return {};
  return fail(ErrorKind::invalid,
              what + " holds characters that do not belong there; it must be one line without blanks");
}

Result<void> check_access_key(const AccessKey& key, const std::string& origin) {
  auto checked = check_credential_text(Secret(key.id), "the access key id (ak) of " + origin);
  if (checked) checked = check_credential_text(key.secret, "the secret key (sk) of " + origin);
  if (checked && !key.security_token.is_empty()) {
    checked = check_credential_text(key.security_token, "the security token of " + origin);
  }
  return checked;
}

Result<Secret> read_credential_line(const std::string& path, const std::string& what) {
  auto text = read_credential_file(path);
  if (!text) return text;
  Secret line = without_end(*text, " \t\r\n");
  auto checked = check_credential_text(line, what + " " + path);
  if (!checked) return fail(std::move(checked).error());
  return line;
}

Result<Secret> read_password_file(const std::string& path) {
  auto text = read_credential_file(path);
  if (!text) return text;
  Secret password = without_end(*text, "\r\n");
  if (password.is_empty()) return fail(ErrorKind::invalid, "the password file " + path + " is empty");
  if (holds_only(password.reveal(), ' ')) return password;
  return fail(ErrorKind::invalid,
              "the password file " + path + " holds characters that no IAM password has; it must be one line of ASCII");
}

}  // namespace fgsync::functiongraph
