#include "daemon/work_queue.hpp"

#include <catch2/catch.hpp>

using namespace fgsync::daemon;
using namespace std::chrono_literals;

namespace {

const WorkQueue::TimePoint kNow{24h};
using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("work queue: a function is in it once, with the earlier moment and the greater urgency") {
  WorkQueue queue;
  queue.add("a", Urgency::retry, kNow + 10s);
  queue.add("a", Urgency::change, kNow + 20s);
  CHECK(queue.due("a") == kNow + 10s);
  queue.add("a", Urgency::human, kNow);
  queue.add("b", Urgency::change, kNow - 5s);
  CHECK(queue.take(kNow, {}, 10) == Names{"a"});
  CHECK(queue.take(kNow, {}, 10) == Names{"b"});
  CHECK(queue.take(kNow, {}, 10).empty());
}

TEST_CASE("work queue: what is not due waits, and says until when") {
  WorkQueue queue;
  queue.add("later", Urgency::human, kNow + 1s);
  queue.add("latest", Urgency::human, kNow + 2s);
  CHECK(queue.take(kNow, {}, 10).empty());
  CHECK(queue.next_due({}) == kNow + 1s);
  CHECK(queue.take(kNow + 1s, {}, 10) == Names{"later"});
  CHECK(queue.next_due({}) == kNow + 2s);
}

TEST_CASE("work queue: what comes while its function is worked on has its turn afterwards") {
  WorkQueue queue;
  queue.add("busy", Urgency::change, kNow);
  CHECK(queue.take(kNow, {"busy"}, 10).empty());
  CHECK_FALSE(queue.next_due({"busy"}));
  CHECK(queue.take(kNow, {}, 10) == Names{"busy"});
}

TEST_CASE("work queue: people first and alone, then changes, then retries, each by age") {
  WorkQueue queue;
  queue.add("retry", Urgency::retry, kNow - 9s);
  queue.add("change 2", Urgency::change, kNow - 1s);
  queue.add("change 1", Urgency::change, kNow - 2s);
  queue.add("human", Urgency::human, kNow);
  CHECK(queue.take(kNow, {}, 2) == Names{"human"});
  CHECK(queue.take(kNow, {}, 2) == Names{"change 1", "change 2"});
  CHECK(queue.take(kNow, {}, 2) == Names{"retry"});
}

TEST_CASE("work queue: its view counts what waits, and how long the first has") {
  WorkQueue queue;
  queue.add("a", Urgency::change, kNow - 3s);
  queue.add("b", Urgency::change, kNow);
  queue.add("c", Urgency::retry, kNow + 1s);
  const QueueView view = queue.view(kNow);
  CHECK(view.ready == 2);
  CHECK(view.delayed == 1);
  CHECK(view.oldest == 3s);
}
