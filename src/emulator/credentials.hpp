#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/secret.hpp"

namespace fgsync::emulator {

/// A key that requests may be signed with.
struct AccessKeyPair {
  std::string id;
  Secret secret;
  Secret security_token;  ///< of a temporary key; else empty
};

/// Who can get a token from IAM, and for what.
struct IamDirectory {
  struct User {
    std::string domain;
    std::string name;
    Secret password;
  };
  struct Agency {
    std::string domain;  ///< that delegates
    std::string name;
  };
  struct Project {
    std::string id;
    std::string name;
  };
  std::vector<User> users;
  std::vector<Agency> agencies;
  std::vector<Project> projects;  ///< none: every project exists
};

/// The text of a profile file as the SDKs read it: each section has `ak`, `sk` and perhaps `security_token`; other keys
/// are skipped. Error `invalid`: no such file, with what is missing and never what is there.
Result<std::vector<AccessKeyPair>> parse_access_keys(std::string_view text);

/// Sections `[user]` with `domain`, `name`, `password`, `[agency]` with `domain`, `name`, `[project]` with `id`,
/// `name`, as many as wanted. Errors as above.
Result<IamDirectory> parse_iam_directory(std::string_view text);

/// The text of a file of at most 64 KB. Error `invalid`, which does not name the file: the caller does, as above.
Result<std::string> read_credentials_file(const std::string& path);

}  // namespace fgsync::emulator
