#pragma once

#include <string>

#include "emulator/model.hpp"
#include "emulator/random.hpp"
#include "http/message.hpp"

namespace fgsync::emulator {

/// The version that a call through the alias runs. Rules decide by the request's headers when there are any, else the
/// weight does, by lot.
std::string choose_version(const Alias& alias, const http::Headers& headers, Random& random);

}  // namespace fgsync::emulator
