#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/error.hpp"

namespace fgsync::test {

/// What a client that reads the replies below must be limited to.
constexpr std::size_t kMaxBodyBytes = 100'000;

/// Something that a service or a broken middlebox could send instead of an answer.
struct BadReply {
  /// What comes behind the bytes.
  enum class End { close, reset, silence };

  std::string what;
  std::string bytes;
  ErrorKind kind;
  std::string message;  ///< a part of it
  End end = End::close;
};

std::vector<BadReply> bad_replies();

/// A reply that is odd, and yet an answer.
struct OddReply {
  std::string what;
  std::string bytes;
  int status;
  std::string body;
};

std::vector<OddReply> odd_replies();

}  // namespace fgsync::test
