#include "daemon/repository_follower.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>
#include <set>

#include "tests/support/simulated_clock.hpp"

namespace {

using namespace fgsync;  // NOLINT(google-build-using-namespace)
using namespace std::chrono_literals;
using fgsync::test::SimulatedClock;

/// A repository elsewhere whose branch the test moves.
class FakeRepository final : public source::Repository {
 public:
  explicit FakeRepository(const Clock& clock) : clock_(clock) {}

  Result<std::string> look() override {
    looks.push_back(clock_.now());
    if (on_look) on_look();
    if (failure) return fail(*failure);
    return head;
  }
  Result<source::Checkout> check_out(const std::string& id) override {
    checkouts.push_back(id);
    if (bad.contains(id)) return fail(ErrorKind::invalid, id + " is not signed by anybody who may");
    source::Checkout checkout;
    checkout.commit.id = id;
    checkout.commit.author = "Anna <anna@example.org>";
    checkout.directory = "/checkouts/" + id;
    return checkout;
  }

  std::string head = "c1";
  std::set<std::string> bad;
  std::optional<Error> failure;
  std::function<void()> on_look;
  std::vector<SimulatedClock::TimePoint> looks;
  std::vector<std::string> checkouts;

 private:
  const Clock& clock_;
};

class Following {
 public:
  explicit Following(std::chrono::milliseconds interval = 1min) {
    daemon::FollowSettings settings;
    settings.where = "https://example.org/shop.git";
    settings.interval = interval;
    follower = std::make_unique<daemon::RepositoryFollower>(repository, settings, clock, pool_, Logger(),
                                                            [this] { ++changes; });
    boost::asio::co_spawn(loop_, follower->run(), [this](const std::exception_ptr& thrown) {
      if (thrown) std::rethrow_exception(thrown);
      has_ended = true;
    });
  }

  void pass(std::chrono::milliseconds time) {
    const auto until = clock.now() + time;
    for (;;) {
      loop_.restart();
      loop_.poll();
      const auto next = clock.next_sleeper();
      if (!next || *next > until) break;
      clock.advance_to_next_sleeper();
    }
    clock.advance(until - clock.now());
  }
  /// Between the looks, in order.
  [[nodiscard]] std::vector<std::chrono::milliseconds> waits() const {
    std::vector<std::chrono::milliseconds> waits;
    for (std::size_t i = 1; i < repository.looks.size(); ++i) {
      waits.push_back(
          std::chrono::duration_cast<std::chrono::milliseconds>(repository.looks[i] - repository.looks[i - 1]));
    }
    return waits;
  }

  SimulatedClock clock;
  FakeRepository repository{clock};
  std::unique_ptr<daemon::RepositoryFollower> follower;
  int changes = 0;
  bool has_ended = false;

 private:
  boost::asio::io_context loop_;
  WorkerPool pool_{WorkerPool::InPlace()};
};

}  // namespace

TEST_CASE("repository follower: looks once an interval, which varies a little, and checks out what is new only") {
  Following following;
  following.pass(1h);
  CHECK(following.repository.checkouts == std::vector<std::string>{"c1"});
  CHECK(following.changes == 1);
  const auto waits = following.waits();
  REQUIRE(waits.size() >= 57);
  for (const auto wait : waits) {
    CHECK(wait >= 57s);
    CHECK(wait <= 63s);
  }
  CHECK(std::set(waits.begin(), waits.end()).size() > 10);
}

TEST_CASE("repository follower: a new commit is checked out and told once") {
  Following following;
  following.pass(30s);
  following.repository.head = "c2";
  following.pass(10min);
  CHECK(following.changes == 2);
  REQUIRE(following.follower->checkout());
  CHECK(following.follower->checkout()->commit.id == "c2");
  CHECK(following.follower->view().revision == "c2");
  CHECK(following.follower->view().requests == following.repository.looks.size() + 2);
}

TEST_CASE("repository follower: failures make it wait longer each time, up to a quarter of an hour") {
  Following following;
  following.pass(30s);
  following.repository.failure = Error(ErrorKind::transient, "the server is away");
  following.repository.looks.clear();
  following.pass(6h);
  const auto waits = following.waits();
  REQUIRE(waits.size() > 10);
  CHECK(waits.at(0) >= 114s);
  CHECK(waits.at(1) >= 228s);
  CHECK(waits.at(1) > waits.at(0));
  CHECK(waits.at(2) > waits.at(1));
  for (const auto wait : waits) CHECK(wait <= 945s);
  CHECK(waits.back() >= 855s);
  // Told once, and what was checked out last is still used.
  CHECK(following.changes == 2);
  CHECK(following.follower->view().problem.find("away") != std::string::npos);
  CHECK(following.follower->view().failures > 10);
  CHECK(following.follower->checkout()->commit.id == "c1");

  following.repository.failure.reset();
  following.pass(16min);
  CHECK(following.changes == 3);
  CHECK(following.follower->view().problem.empty());
  CHECK(following.follower->view().failures == 0);
  following.repository.looks.clear();
  following.pass(10min);
  CHECK(following.repository.looks.size() >= 9);
}

TEST_CASE("repository follower: a longer interval than a quarter of an hour stays as it is") {
  Following following(1h);
  following.repository.failure = Error(ErrorKind::transient, "the server is away");
  following.pass(12h);
  for (const auto wait : following.waits()) CHECK(wait >= 57min);
  for (const auto wait : following.waits()) CHECK(wait <= 63min);
}

TEST_CASE("repository follower: a commit that cannot be used leaves the last one in use") {
  Following following;
  following.pass(30s);
  following.repository.bad.insert("c2");
  following.repository.head = "c2";
  following.pass(1h);
  CHECK(following.follower->checkout()->commit.id == "c1");
  CHECK(following.follower->view().problem.find("not signed") != std::string::npos);
  following.repository.head = "c3";
  following.pass(16min);
  CHECK(following.follower->checkout()->commit.id == "c3");
}

TEST_CASE("repository follower: hurrying looks at once, also while it waits after failures") {
  Following following;
  following.repository.failure = Error(ErrorKind::transient, "the server is away");
  following.pass(2h);
  following.repository.failure.reset();
  following.repository.looks.clear();
  following.follower->hurry();
  following.pass(1ms);
  CHECK(following.repository.looks.size() == 1);
  CHECK(following.follower->checkout()->commit.id == "c1");
}

TEST_CASE("repository follower: the first try ends one way or the other, and is told") {
  Following following;
  CHECK_FALSE(following.follower->has_tried());
  following.repository.failure = Error(ErrorKind::invalid, "no such branch");
  following.pass(1ms);
  CHECK(following.follower->has_tried());
  CHECK(following.changes == 1);
  CHECK_FALSE(following.follower->checkout());
}

TEST_CASE("repository follower: stops while it waits, and while it looks") {
  Following following;
  SECTION("while it waits") {
    following.pass(30s);
    following.follower->stop();
    following.pass(1ms);
    CHECK(following.repository.looks.size() == 1);
  }
  SECTION("while it looks") {
    following.repository.on_look = [&] { following.follower->stop(); };
    following.pass(1ms);
    CHECK(following.repository.checkouts.empty());
  }
  CHECK(following.has_ended);
}
