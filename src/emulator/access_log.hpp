#pragma once

#include <chrono>
#include <cstdio>
#include <memory>
#include <string>

#include "base/result.hpp"
#include "http/message.hpp"

namespace fgsync::emulator {

/// One JSON line per request: when, what, how it ended. Never a query, a header or a body.
class AccessLog {
 public:
  /// A file that is appended to, `-` for standard error, `none` for nowhere. Error `invalid`: it cannot be opened.
  static Result<AccessLog> open(const std::string& destination);

  void write(const http::Request& request, const http::Response& response, std::chrono::system_clock::time_point at,
             std::chrono::nanoseconds took);

 private:
  struct Closer {
    void operator()(std::FILE* file) const;
  };
  using File = std::unique_ptr<std::FILE, Closer>;
  explicit AccessLog(File file) : file_(std::move(file)) {}

  File file_;
};

}  // namespace fgsync::emulator
