#pragma once

#include <string_view>

namespace fgsync::source {

/// Whether a file of this name is what editors and file systems leave for moments beside the real one: `.x.swp`, `x~`,
/// `#x#`, `.#x`, `.goutputstream-…`. Only names nobody would choose: a file in doubt, `.env.sample`, counts as real.
bool is_temporary_name(std::string_view name);

}  // namespace fgsync::source
