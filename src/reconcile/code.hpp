#pragma once

#include <string>

#include "base/digest.hpp"
#include "base/result.hpp"
#include "manifest/function.hpp"
#include "package/contents.hpp"

namespace fgsync::reconcile {

/// Lists the files of a function's code, which must lie in `root`. Errors name the path and carry the position in the
/// manifest. Only for code that is files of the source (`is_files`).
Result<package::FileList> scan_code(const manifest::Code& code, const std::string& root);

/// Whether the code is files of the source: a directory, file, archive or jar, and not an object or an image.
bool is_files(const manifest::Code& code);

/// What stands for the content of code that is not here: an object is known by the digest that the manifest gives, an
/// image by its name.
ContentDigest digest_elsewhere(const manifest::Code& code);

}  // namespace fgsync::reconcile
