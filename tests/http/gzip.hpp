#pragma once

#include <string>
#include <string_view>

namespace fgsync::test {

/// One gzip member of it.
std::string gzip(std::string_view text);

}  // namespace fgsync::test
