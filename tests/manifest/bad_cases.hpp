#pragma once

#include <string>
#include <vector>

#include "tests/manifest/support.hpp"

namespace fgsync::manifest::test {

/// A manifest with one place changed, and the listing() of what the loader says about it.
struct ChangedCase {
  std::string old_text;
  std::string new_text;
  std::string expected;
};

/// Changes of kBase.
void check_base(const std::vector<ChangedCase>& cases);
/// Changes of `function_named("a")`.
void check_changed(const std::vector<ChangedCase>& cases);

/// What goes on in spec of `function_named("a")`, from line 9 on; the first line's indentation is put before it.
struct MoreCase {
  std::string more;
  std::string expected;
};
void check_more(const std::vector<MoreCase>& cases);

/// The spec of kBase.
inline constexpr std::string_view kSpec = kBase.substr(kBase.find("spec:"));

}  // namespace fgsync::manifest::test
