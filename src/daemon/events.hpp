#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "daemon/view.hpp"

namespace fgsync::daemon {

/// Something that happened, for whoever follows.
struct Event {
  std::uint64_t id = 0;  ///< counts up from 1; given by the log
  WallTime at;
  std::string type;      ///< see docs/daemon.md: `condition_changed`, `step`, `reconcile_ended`, `sweep_ended`, …
  std::string target;    ///< empty: the daemon itself
  std::string function;  ///< empty: no single one
  std::string message;   ///< for people, one line
  /// More for scripts: `condition`, `code`, `outcome`, `step`, `took_ms`, …
  std::vector<std::pair<std::string, std::string>> fields;
};

/// The newest events, and those who wait for more. One thread (the loop's).
class EventLog {
 public:
  explicit EventLog(boost::asio::any_io_executor executor, std::size_t most = 1000);
  EventLog(const EventLog&) = delete;
  EventLog& operator=(const EventLog&) = delete;
  ~EventLog();

  void publish(Event event);
  /// Hears every event at once, for counting; never removed.
  void listen(std::function<void(const Event&)> listener);

  /// Those with a higher id, oldest first, as far as they are kept.
  [[nodiscard]] std::vector<Event> after(std::uint64_t id) const;
  [[nodiscard]] std::uint64_t last_id() const { return last_id_; }
  /// Resumes when there are events with a higher id, or `close` was called; may resume without either.
  boost::asio::awaitable<void> wait_after(std::uint64_t id);
  /// Nobody waits any more.
  void close();
  [[nodiscard]] bool is_closed() const { return is_closed_; }

 private:
  struct Signal;
  std::deque<Event> events_;
  std::vector<std::function<void(const Event&)>> listeners_;
  std::unique_ptr<Signal> signal_;
  std::size_t most_;
  std::uint64_t last_id_ = 0;
  bool is_closed_ = false;
};

}  // namespace fgsync::daemon
