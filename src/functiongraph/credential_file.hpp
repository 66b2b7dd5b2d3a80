#pragma once

#include <string>

#include "base/result.hpp"
#include "base/secret.hpp"
#include "functiongraph/request_signer.hpp"

/// Texts that credentials are made of, and the files they stand in. Rights of files are not judged. Errors are
/// `invalid` and name where the text comes from, never the text.
namespace fgsync::functiongraph {

/// All of a regular file of at most 64 KiB. Blocks on the disk.
Result<Secret> read_credential_file(const std::string& path);

/// A token or a part of a key: printable ASCII without blanks. `what` is for messages: `the token of FGSYNC_TOKEN`.
Result<void> check_credential_text(const Secret& text, const std::string& what);

/// The same of each part of a key; `origin` is where it comes from: `HUAWEICLOUD_SDK_AK`.
Result<void> check_access_key(const AccessKey& key, const std::string& origin);

/// A text of that form out of a file that holds nothing else on its one line. `what` is for messages: `the token file`.
Result<Secret> read_credential_line(const std::string& path, const std::string& what);

/// A password, which may hold blanks, of a file's one line.
Result<Secret> read_password_file(const std::string& path);

}  // namespace fgsync::functiongraph
