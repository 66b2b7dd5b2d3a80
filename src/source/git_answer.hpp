#pragma once

#include <string>
#include <string_view>

namespace fgsync::source {

/// Whether this is the full id of an object: 40 or 64 lower-case hex digits.
bool is_object_name(std::string_view text);

std::string without_line_break(std::string text);

/// Of what git wrote to standard error, the line that says why: the first that is marked as fatal, else the first.
/// Printable, and not long.
std::string first_complaint(std::string_view errors);

}  // namespace fgsync::source
