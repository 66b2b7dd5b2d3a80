#pragma once

#include <string>

#include "base/error.hpp"

namespace fgsync::http {

/// Whether a byte of the request has left.
enum class Sent { no, yes };

/// The error of an exchange that has no answer.
Error exchange_error(ErrorKind kind, std::string message, Sent sent);
/// An error from elsewhere that ended an exchange.
Error exchange_error(Error error, Sent sent);

}  // namespace fgsync::http
