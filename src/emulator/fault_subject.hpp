#pragma once

#include "emulator/fault_rules.hpp"

namespace fgsync::emulator {

/// Whether the name of the function is worth a look into the body, where creating and importing have it.
enum class FunctionNames { from_urn, from_body_too };

/// What fault rules look at, of any request: also of one that has no operation.
FaultSubject subject_of(const http::Request& request, FunctionNames names);

/// The name of the operation; empty: there is none.
std::string_view operation_of(const http::Request& request);

}  // namespace fgsync::emulator
