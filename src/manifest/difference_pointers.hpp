#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fgsync::manifest {

// The JSON pointers of `ignore_differences`: into spec, as deep as fgsync compares.

/// What is wrong with a pointer, in words that go on after its field, and what can be named instead.
struct PointerMistake {
  std::string message;
  std::string hint;
};

/// Nothing for a pointer to what is compared with the service: a setting, a part of one, or an entry of one that has
/// keys of your own. Whether the function has that entry does not matter: others may add it.
std::optional<PointerMistake> check_pointer(std::string_view pointer);

/// All that can be named, in the order of the reference; `*` stands for a key of your own.
std::vector<std::string> difference_pointers();

}  // namespace fgsync::manifest
