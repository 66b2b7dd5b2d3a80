#pragma once

#include <memory>
#include <string>

#include "base/byte_source.hpp"
#include "base/result.hpp"
#include "http/message.hpp"

namespace fgsync::functiongraph {

/// `before`, the bytes in base64, `after`: a body with code in it, made while it is sent.
std::shared_ptr<const http::StreamedBody> make_base64_body(std::string before, std::shared_ptr<const ByteSource> bytes,
                                                           std::string after);

}  // namespace fgsync::functiongraph
