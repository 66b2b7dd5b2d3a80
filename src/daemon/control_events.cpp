#include "daemon/control_events.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "daemon/control_json.hpp"

namespace fgsync::daemon {
namespace {

class EventStream final : public http::BodyStream {
 public:
  EventStream(EventLog& events, Clock& clock, std::uint64_t after) : events_(events), clock_(clock), last_(after) {}

  boost::asio::awaitable<std::optional<std::string>> next() override {
    using namespace boost::asio::experimental::awaitable_operators;
    if (!std::exchange(has_begun_, true)) co_return std::string(": events of fgsync\nretry: 2000\n\n");
    const auto heartbeat = clock_.now() + kHeartbeat;
    for (;;) {
      std::string text = newer();
      if (!text.empty()) co_return text;
      if (events_.is_closed()) co_return std::nullopt;
      if (clock_.now() >= heartbeat) co_return std::string(": alive\n\n");
      auto waiting = events_.wait_after(last_);
      auto beating = clock_.sleep_until(heartbeat);
      auto either = std::move(waiting) || std::move(beating);
      co_await std::move(either);
    }
  }

 private:
  /// Not too many in one piece.
  std::string newer() {
    constexpr std::size_t kMostBytes = std::size_t{64} << 10U;
    std::string text;
    for (const Event& event : events_.after(last_)) {
      if (event.id > last_ + 1 && last_ > 0) {
        text += ": " + std::to_string(event.id - last_ - 1) + " events were not kept\n\n";
      }
      text += framed(event);
      last_ = event.id;
      if (text.size() > kMostBytes) break;
    }
    return text;
  }

  EventLog& events_;
  Clock& clock_;
  std::uint64_t last_;
  bool has_begun_ = false;
};

}  // namespace

std::string framed(const Event& event) {
  // The JSON is one line and ends with it.
  return "id: " + std::to_string(event.id) + "\nevent: " + event.type + "\ndata: " + event_json(event) + "\n";
}

std::uint64_t resumed_after(const EventLog& events, std::uint64_t id) {
  return id > events.last_id() ? 0 : id;
}

std::shared_ptr<http::BodyStream> make_event_stream(EventLog& events, Clock& clock, std::uint64_t after) {
  return std::make_shared<EventStream>(events, clock, after);
}

}  // namespace fgsync::daemon
