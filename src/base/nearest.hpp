#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace fgsync {

/// The candidate that a person most likely meant by `word`, for "did you mean …?"; nothing when none is close
/// (more than a third of the letters differ). Letter case is ignored.
std::optional<std::string> nearest(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace fgsync
