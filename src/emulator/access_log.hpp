#pragma once

#include <chrono>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "http/message.hpp"

namespace fgsync::emulator {

/// A request and what became of it.
struct Exchange {
  const http::Request& request;
  const http::Response& response;  ///< status 0: there was none
  std::chrono::system_clock::time_point at;
  std::chrono::nanoseconds took;
  std::string_view fault = {};  ///< what was injected; empty: nothing
  std::string_view rule = {};   ///< by which rule; empty: by none
};

/// One JSON object: when, what, how it ended. Never a query, a header or a body.
std::string to_json(const Exchange& exchange);

/// Such a line for each request.
class AccessLog {
 public:
  /// A file that is appended to, `-` for standard error, `none` for nowhere. Error `invalid`: it cannot be opened.
  static Result<AccessLog> open(const std::string& destination);

  /// `line` without its break.
  void write(std::string line);
  [[nodiscard]] bool is_kept() const { return file_ != nullptr; }

 private:
  struct Closer {
    void operator()(std::FILE* file) const;
  };
  using File = std::unique_ptr<std::FILE, Closer>;
  explicit AccessLog(File file) : file_(std::move(file)) {}

  File file_;
};

}  // namespace fgsync::emulator
