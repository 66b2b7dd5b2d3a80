#include "http/idle_connections.hpp"

#include <utility>

namespace fgsync::http {

std::unique_ptr<Connection> IdleConnections::take(TimePoint now) {
  std::erase_if(idle_, [this, now](const Idle& idle) { return now - idle.since > max_idle_; });
  while (!idle_.empty()) {
    auto connection = std::move(idle_.back().connection);
    idle_.pop_back();
    if (connection->is_quiet()) return connection;
  }
  return nullptr;
}

void IdleConnections::give_back(std::unique_ptr<Connection> connection, TimePoint now) {
  connection->rest();
  idle_.push_back({std::move(connection), now});
  if (idle_.size() > max_count_) idle_.erase(idle_.begin());
}

}  // namespace fgsync::http
