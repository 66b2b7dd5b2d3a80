#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <vector>

#include "http/connection.hpp"

namespace fgsync::http {

/// Connections that wait for their next request.
class IdleConnections {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  IdleConnections(std::size_t max_count, std::chrono::seconds max_idle) : max_count_(max_count), max_idle_(max_idle) {}

  /// The one that came last, for it is the likeliest to be open still; null: there is none. Those that have waited too
  /// long are closed, and so is what the server has closed, or sent something on that nobody asked for.
  [[nodiscard]] std::unique_ptr<Connection> take(TimePoint now);

  /// Keeps a connection; when there are too many then, the one that has waited longest is closed.
  void give_back(std::unique_ptr<Connection> connection, TimePoint now);

 private:
  struct Idle {
    std::unique_ptr<Connection> connection;
    TimePoint since;
  };

  std::size_t max_count_;
  std::chrono::seconds max_idle_;
  std::vector<Idle> idle_;  ///< in the order in which they came
};

}  // namespace fgsync::http
