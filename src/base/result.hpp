#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>

#include "base/error.hpp"

namespace fgsync {

/// A value, or why there is none. Everything that can fail returns it.
template <class T>
using Result = tl::expected<T, Error>;

/// For `return fail(ErrorKind::invalid, "…")`.
inline tl::unexpected<Error> fail(ErrorKind kind, std::string message) {
  return tl::unexpected<Error>(Error(kind, std::move(message)));
}

/// For handing an error on: `return fail(std::move(result).error())`.
inline tl::unexpected<Error> fail(Error error) {
  return tl::unexpected<Error>(std::move(error));
}

}  // namespace fgsync
