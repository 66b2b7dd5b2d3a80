// Batches of writes, and when they are closed. What the database does with one is in batch_test.cpp.
#include "emulator/group_commit.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <catch2/catch.hpp>
#include <stdexcept>
#include <vector>

namespace fgsync::emulator::test {
namespace {

namespace asio = boost::asio;

/// Counts commits, and fails them if told to.
class CountingService final : public Service {
 public:
  http::Response handle(const http::Request&, std::chrono::system_clock::time_point) override { return {}; }
  http::Response handle_in_batch(const http::Request&, std::chrono::system_clock::time_point) override {
    is_open = true;
    ++pending;
    return {};
  }
  [[nodiscard]] bool has_open_batch() const override { return is_open; }
  Result<void> commit_batch() override {
    is_open = false;
    commits.push_back(pending);
    pending = 0;
    if (fails) return fail(ErrorKind::internal, "the disk is full");
    return {};
  }
  std::optional<PendingExecution> take_execution() override { return std::nullopt; }
  std::optional<std::string> find_code(const std::string&) override { return std::nullopt; }
  void record(const ExecutionRecord&) override {}
  http::Response handle_from_copy(const http::Request&, std::chrono::system_clock::time_point) override { return {}; }
  [[nodiscard]] std::string_view last_operation() const override { return {}; }
  std::string new_request_id() override { return {}; }
  StateControl& state() override { throw std::logic_error("group commits know nothing of the state as a whole"); }

  bool is_open = false;
  bool fails = false;
  int pending = 0;
  std::vector<int> commits;  ///< the number of writes in each
};

struct CommitWorld {
  asio::io_context loop;
  CountingService service;

  /// A request that writes, and is answered when the commit says so.
  asio::awaitable<void> write(GroupCommit& commits) {
    service.handle_in_batch({}, {});
    const bool is_kept = co_await commits.settled();
    ++(is_kept ? kept : lost);
    commits_at_answer.push_back(service.commits.size());
  }
  /// One that only reads.
  asio::awaitable<void> read(GroupCommit& commits) {
    const bool is_kept = co_await commits.settled();
    ++(is_kept ? kept : lost);
    commits_at_answer.push_back(service.commits.size());
  }
  /// A client that sends one request after the other, each a turn of the loop behind the answer before.
  asio::awaitable<void> write_often(GroupCommit& commits, int times) {
    for (int i = 0; i < times; ++i) {
      co_await write(commits);
      co_await asio::post(loop, asio::use_awaitable);
    }
  }

  int kept = 0;
  int lost = 0;
  std::vector<std::size_t> commits_at_answer;
};

}  // namespace

TEST_CASE("group commit: writes that arrive together share one commit, and are answered behind it") {
  CommitWorld world;
  GroupCommit commits(world.loop.get_executor(), world.service);
  for (int i = 0; i < 5; ++i) asio::co_spawn(world.loop, world.write(commits), asio::detached);
  world.loop.run();
  CHECK(world.service.commits == std::vector<int>{5});
  CHECK(world.kept == 5);
  CHECK(world.commits_at_answer == std::vector<std::size_t>(5, 1));
}

TEST_CASE("group commit: a client alone gets a commit for each of its writes") {
  CommitWorld world;
  GroupCommit commits(world.loop.get_executor(), world.service);
  asio::co_spawn(world.loop, world.write_often(commits, 3), asio::detached);
  world.loop.run();
  CHECK(world.service.commits == std::vector<int>{1, 1, 1});
  CHECK(world.kept == 3);
}

TEST_CASE("group commit: a read waits for the batch that it may have seen") {
  CommitWorld world;
  GroupCommit commits(world.loop.get_executor(), world.service);
  asio::co_spawn(world.loop, world.write(commits), asio::detached);
  asio::co_spawn(world.loop, world.read(commits), asio::detached);
  world.loop.run();
  CHECK(world.service.commits == std::vector<int>{1});
  CHECK(world.commits_at_answer == std::vector<std::size_t>{1, 1});
}

TEST_CASE("group commit: without a batch a read is answered at once") {
  CommitWorld world;
  GroupCommit commits(world.loop.get_executor(), world.service);
  asio::co_spawn(world.loop, world.read(commits), asio::detached);
  world.loop.run();
  CHECK(world.kept == 1);
  CHECK(world.service.commits.empty());
}

TEST_CASE("group commit: a commit that fails fails all answers of its batch, and no others") {
  CommitWorld world;
  GroupCommit commits(world.loop.get_executor(), world.service);
  world.service.fails = true;
  asio::co_spawn(world.loop, world.write(commits), asio::detached);
  asio::co_spawn(world.loop, world.read(commits), asio::detached);
  world.loop.run();
  CHECK(world.lost == 2);
  world.service.fails = false;
  world.loop.restart();
  asio::co_spawn(world.loop, world.write(commits), asio::detached);
  world.loop.run();
  CHECK(world.lost == 2);
  CHECK(world.kept == 1);
}

TEST_CASE("group commit: a batch does not grow beyond its limit") {
  CommitWorld world;
  GroupCommitLimits limits;
  limits.requests = 2;
  GroupCommit commits(world.loop.get_executor(), world.service, limits);
  for (int i = 0; i < 5; ++i) asio::co_spawn(world.loop, world.write(commits), asio::detached);
  world.loop.run();
  CHECK(world.service.commits == std::vector<int>{2, 2, 1});
  CHECK(world.kept == 5);
}

TEST_CASE("group commit: a batch that keeps growing is closed when its time is over") {
  CommitWorld world;
  GroupCommitLimits limits;
  limits.time = std::chrono::milliseconds(0);
  GroupCommit commits(world.loop.get_executor(), world.service, limits);
  // Each turn of the loop brings one more.
  asio::co_spawn(world.loop, world.write(commits), asio::detached);
  const auto add = [&] { asio::co_spawn(world.loop, world.write(commits), asio::detached); };
  asio::post(world.loop, [&] {
    add();
    asio::post(world.loop, [&] {
      add();
      asio::post(world.loop, add);
    });
  });
  world.loop.run();
  CHECK(world.service.commits.size() > 1);
  CHECK(world.kept == 4);
}

TEST_CASE("group commit: answers that wait when the loop ends are dropped") {
  CommitWorld world;
  auto loop = std::make_unique<asio::io_context>();
  auto commits = std::make_unique<GroupCommit>(loop->get_executor(), world.service);
  asio::co_spawn(*loop, world.write(*commits), asio::detached);
  loop->poll_one();
  commits.reset();
  loop.reset();
  CHECK(world.kept + world.lost == 0);
}

}  // namespace fgsync::emulator::test
