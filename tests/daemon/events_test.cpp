#include "daemon/events.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

using namespace fgsync;
using daemon::Event;
using daemon::EventLog;

namespace {

Event event(std::string type) {
  Event made;
  made.type = std::move(type);
  return made;
}

boost::asio::awaitable<void> follow(EventLog& log, std::vector<std::string>& seen) {
  std::uint64_t last = 0;
  while (!log.is_closed()) {
    for (const Event& each : log.after(last)) {
      seen.push_back(each.type);
      last = each.id;
    }
    co_await log.wait_after(last);
  }
}

}  // namespace

TEST_CASE("events: who follows sees each event once, and the end") {
  boost::asio::io_context loop;
  EventLog log(loop.get_executor());
  std::vector<std::string> seen;
  log.publish(event("before"));
  boost::asio::co_spawn(loop, follow(log, seen), boost::asio::detached);
  loop.poll();
  CHECK(seen == std::vector<std::string>{"before"});
  log.publish(event("one"));
  log.publish(event("two"));
  loop.poll();
  CHECK(seen == std::vector<std::string>{"before", "one", "two"});
  log.close();
  loop.poll();
  CHECK(loop.stopped());
}

TEST_CASE("events: only the newest are kept, and their ids go on") {
  boost::asio::io_context loop;
  EventLog log(loop.get_executor(), 2);
  for (const char* type : {"a", "b", "c"}) log.publish(event(type));
  const auto kept = log.after(0);
  REQUIRE(kept.size() == 2);
  CHECK(kept.front().type == "b");
  CHECK(kept.back().id == 3);
  CHECK(log.after(3).empty());
}

TEST_CASE("events: listeners hear each event with its id") {
  boost::asio::io_context loop;
  EventLog log(loop.get_executor());
  std::vector<std::uint64_t> heard;
  log.listen([&heard](const Event& each) { heard.push_back(each.id); });
  log.publish(event("a"));
  log.publish(event("b"));
  CHECK(heard == std::vector<std::uint64_t>{1, 2});
}
