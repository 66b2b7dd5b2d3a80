#pragma once

#include <string>

#include "emulator/json.hpp"
#include "emulator/model.hpp"
#include "emulator/size_limits.hpp"

namespace fgsync::emulator {

/// Code as it arrived: the facts that answers show, and the bytes.
struct ReceivedCode {
  CodeFacts facts;
  std::string bytes;
};

/// Whether the code type is required: on an update it is, on creation it defaults to `inline`.
enum class CodeType { required, defaults_to_inline };

/// The code of a create or update request: `code_type`, `code_filename`, `func_code.file`.
Valid<ReceivedCode> read_code(const JsonObject& body, CodeType code_type, const std::string& runtime,
                              const SizeLimits& limits);

/// Checks bytes against the rules of the code type (`zip`, `jar`, `inline`) and takes their digest and size.
Valid<ReceivedCode> accept_code(std::string type, std::string filename, std::string bytes, const SizeLimits& limits);

}  // namespace fgsync::emulator
