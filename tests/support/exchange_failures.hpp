#pragma once

#include <utility>

#include "base/error.hpp"

namespace fgsync::test {

inline Error exchange_failure(ErrorKind kind, const char* message, bool request_sent) {
  Error error(kind, message);
  RemoteFacts facts;
  facts.request_sent = request_sent;
  error.remote = std::move(facts);
  return error;
}

// The failures that an HttpClient reports, for doubles of it.

/// Not a byte has left.
inline Error no_connection() {
  return exchange_failure(ErrorKind::transient, "cannot connect to the test's service", false);
}
/// The request has left; the connection ended without an answer.
inline Error lost_answer() {
  return exchange_failure(ErrorKind::transient, "the test's service closed the connection without an answer", true);
}
/// The request has left; the deadline passed.
inline Error late_answer() {
  return exchange_failure(ErrorKind::timed_out, "the test's service did not answer within the deadline", true);
}

}  // namespace fgsync::test
