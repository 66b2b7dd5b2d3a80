#include "emulator/credentials.hpp"

#include <cerrno>
#include <fstream>
#include <system_error>

#include "emulator/ini.hpp"

namespace fgsync::emulator {
namespace {

constexpr std::size_t kMaxFileBytes = std::size_t{64} << 10U;

tl::unexpected<Error> wrong_section(const IniSection& section, const std::string& what) {
  return fail(ErrorKind::invalid, "[" + section.name + "] in line " + std::to_string(section.line) + ": " + what);
}

/// A value that a section must have.
Result<std::string> required(const IniSection& section, const std::string& key) {
  const auto found = section.values.find(key);
  if (found == section.values.end() || found->second.empty()) return wrong_section(section, key + " is missing");
  return found->second;
}

std::string optional(const IniSection& section, const std::string& key) {
  const auto found = section.values.find(key);
  return found == section.values.end() ? std::string() : found->second;
}

Result<IamDirectory::User> read_user(const IniSection& section) {
  auto domain = required(section, "domain");
  if (!domain) return fail(std::move(domain).error());
  auto name = required(section, "name");
  if (!name) return fail(std::move(name).error());
  auto password = required(section, "password");
  if (!password) return fail(std::move(password).error());
  return IamDirectory::User{std::move(*domain), std::move(*name), Secret(std::move(*password))};
}

Result<IamDirectory::Agency> read_agency(const IniSection& section) {
  auto domain = required(section, "domain");
  if (!domain) return fail(std::move(domain).error());
  auto name = required(section, "name");
  if (!name) return fail(std::move(name).error());
  return IamDirectory::Agency{std::move(*domain), std::move(*name)};
}

Result<IamDirectory::Project> read_project(const IniSection& section) {
  auto id = required(section, "id");
  if (!id) return fail(std::move(id).error());
  auto name = required(section, "name");
  if (!name) return fail(std::move(name).error());
  return IamDirectory::Project{std::move(*id), std::move(*name)};
}

template <class Entry>
Result<void> append(std::vector<Entry>& entries, Result<Entry> entry) {
  if (!entry) return fail(std::move(entry).error());
  entries.push_back(std::move(*entry));
  return {};
}

Result<void> append(IamDirectory& directory, const IniSection& section) {
  if (section.name == "user") return append(directory.users, read_user(section));
  if (section.name == "agency") return append(directory.agencies, read_agency(section));
  if (section.name == "project") return append(directory.projects, read_project(section));
  return wrong_section(section, "expected [user], [agency] or [project]");
}

}  // namespace

Result<std::vector<AccessKeyPair>> parse_access_keys(std::string_view text) {
  auto sections = parse_ini(text);
  if (!sections) return fail(std::move(sections).error());
  std::vector<AccessKeyPair> keys;
  for (const auto& section : *sections) {
    auto id = required(section, "ak");
    if (!id) return fail(std::move(id).error());
    auto secret = required(section, "sk");
    if (!secret) return fail(std::move(secret).error());
    keys.push_back(
        AccessKeyPair{std::move(*id), Secret(std::move(*secret)), Secret(optional(section, "security_token"))});
  }
  if (keys.empty()) return fail(ErrorKind::invalid, "no [section] with ak and sk");
  return keys;
}

Result<IamDirectory> parse_iam_directory(std::string_view text) {
  auto sections = parse_ini(text);
  if (!sections) return fail(std::move(sections).error());
  IamDirectory directory;
  for (const auto& section : *sections) {
    if (auto appended = append(directory, section); !appended) return fail(std::move(appended).error());
  }
  if (directory.users.empty()) return fail(ErrorKind::invalid, "no [user]");
  return directory;
}

Result<std::string> read_credentials_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return fail(ErrorKind::invalid, "cannot be read: " + std::generic_category().message(errno));
  }
  std::string text(kMaxFileBytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (file.bad()) return fail(ErrorKind::invalid, "cannot be read");
  if (text.size() > kMaxFileBytes) return fail(ErrorKind::invalid, "has more than 64 KB");
  return text;
}

}  // namespace fgsync::emulator
