#pragma once

#include <cstddef>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "base/byte_source.hpp"
#include "http/message.hpp"

namespace fgsync::test {

/// What a source holds. What it fails with is thrown.
inline std::string all_bytes(const ByteSource& source) {
  std::string bytes(static_cast<std::size_t>(source.size()), '\0');
  if (auto read = source.read(0, bytes); !read) throw std::runtime_error(read.error().describe());
  return bytes;
}

/// What a streamed body becomes when it is read in pieces of at most that many bytes.
inline std::string all_bytes(const http::StreamedBody& body, std::size_t piece_size = 4096) {
  std::string bytes;
  std::string piece(piece_size, '\0');
  const auto reader = body.open();
  while (true) {
    auto count = reader->read(piece);
    if (!count) throw std::runtime_error(count.error().describe());
    if (*count == 0) return bytes;
    bytes.append(piece, 0, *count);
  }
}

/// The request as it arrives: with its whole body as text.
inline http::Request as_received(http::Request request) {
  if (!request.stream) return request;
  request.body = all_bytes(*request.stream);
  request.stream = nullptr;
  return request;
}

}  // namespace fgsync::test
