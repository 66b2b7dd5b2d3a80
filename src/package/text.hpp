#pragma once

#include <string>
#include <string_view>

namespace fgsync::package {

/// Whether the bytes are well-formed UTF-8 (no overlong forms, no surrogates).
bool is_utf8(std::string_view bytes);

/// A path for a message of one line: in double quotes, control characters and bytes that are not UTF-8 as `\x0a`.
std::string quoted_path(std::string_view path);

/// The same with every byte outside of ASCII as `\xc3`, for names that look alike.
std::string quoted_bytes(std::string_view path);

}  // namespace fgsync::package
