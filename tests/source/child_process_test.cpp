#include "source/child_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>
#include <stdexcept>
#include <stop_token>

#include "tests/source/temp_tree.hpp"
#include "tests/support/fake_clock.hpp"

namespace fgsync::source::test {
namespace {

using fgsync::test::FakeClock;

/// A clock that jumps as soon as a file exists: tests wait for the child, not for time.
class ClockUntil final : public Clock {
 public:
  explicit ClockUntil(std::string file) : file_(std::move(file)) {}

  [[nodiscard]] std::chrono::steady_clock::time_point now() const override {
    return std::chrono::steady_clock::time_point(std::chrono::hours(std::filesystem::exists(file_) ? 25 : 24));
  }
  [[nodiscard]] std::chrono::system_clock::time_point wall_now() const override { return {}; }
  boost::asio::awaitable<void> sleep_until(std::chrono::steady_clock::time_point /*when*/) override { co_return; }

 private:
  std::string file_;
};

ChildCommand shell(const std::string& script) {
  return {.program = "sh", .arguments = {"-c", script}, .directory = ".", .environment = {"PATH=/usr/bin:/bin"}};
}

Result<ChildEnd> run(const ChildCommand& command, std::size_t max_output = 1 << 20, std::size_t max_errors = 1 << 20) {
  const FakeClock clock;
  return run_child(
      command,
      {.deadline = clock.in(std::chrono::seconds(1)), .max_output_bytes = max_output, .max_error_bytes = max_errors},
      clock);
}

/// Runs until the file `stop` exists.
Result<ChildEnd> run_until_stopped(const std::string& script) {
  const ClockUntil clock("stop");
  return run_child(shell(script), {.deadline = clock.in(std::chrono::minutes(1))}, clock);
}

/// A FIFO that scripts hold open for writing (`exec 7>held`), so that one can see when the last of them is gone.
class HeldOpen {
 public:
  HeldOpen() {
    if (::mkfifo("held", 0600) != 0) throw std::runtime_error("mkfifo failed");
    fd_ = ::open("held", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  }
  HeldOpen(const HeldOpen&) = delete;
  HeldOpen& operator=(const HeldOpen&) = delete;
  ~HeldOpen() { ::close(fd_); }

  /// Whether all have let go, killed ones within moments.
  [[nodiscard]] bool is_released() const {
    pollfd end{fd_, POLLIN, 0};
    return ::poll(&end, 1, 10'000) == 1 && (end.revents & POLLHUP) != 0;
  }

 private:
  int fd_ = -1;
};

}  // namespace

TEST_CASE("child: the exit code and both streams are told") {
  const auto end = run(shell("echo said; echo complained >&2; exit 3"));
  REQUIRE(end);
  CHECK(end->exit_code == 3);
  CHECK_FALSE(end->signal);
  CHECK(end->output == "said\n");
  CHECK(end->errors == "complained\n");
}

TEST_CASE("child: one that is killed by a signal has no exit code") {
  const auto end = run(shell("echo before; kill -KILL $$"));
  REQUIRE(end);
  CHECK(end->signal == SIGKILL);
  CHECK(end->output == "before\n");
}

TEST_CASE("child: it runs where it is told to, with exactly the environment that it is given") {
  const TempTree tree;
  tree.write("place/file");
  ChildCommand command{
      .program = "/usr/bin/env", .arguments = {}, .directory = "place", .environment = {"A=1", "B=x y"}};
  CHECK(run(command)->output == "A=1\nB=x y\n");
  command = shell("pwd");
  command.directory = tree.absolute("place");
  CHECK(run(command)->output == tree.absolute("place") + "\n");
}

TEST_CASE("child: arguments arrive as they are") {
  ChildCommand command = shell("printf '%s|' \"$@\"");
  command.arguments.insert(command.arguments.end(), {"sh", "a b", "", "$HOME", "*", "\xff\n"});
  CHECK(run(command)->output == "a b||$HOME|*|\xff\n|");
}

TEST_CASE("child: nothing can be read from standard input") {
  CHECK(run(shell("cat; echo end"))->output == "end\n");
}

TEST_CASE("child: it inherits no descriptor, and no ignored signal") {
  const int left_open = ::open("/dev/null", O_RDONLY);
  const auto listed = run(shell("ls /proc/self/fd"));
  CHECK(listed->output == "0\n1\n2\n3\n");  // 3 is what ls reads the list with
  ::close(left_open);

  const auto before = std::signal(SIGPIPE, SIG_IGN);
  const auto end = run(shell("kill -PIPE $$"));
  static_cast<void>(std::signal(SIGPIPE, before));
  CHECK(end->signal == SIGPIPE);
}

TEST_CASE("child: much on both streams at once arrives whole") {
  const auto end =
      run(shell("i=0; while [ $i -lt 3000 ]; do printf '%0100d\\n' $i; printf '%0100d\\n' $i >&2; "
                "i=$((i+1)); done"));
  REQUIRE(end);
  CHECK(end->output.size() == 303'000);
  CHECK(end->output == end->errors);
}

TEST_CASE("child: more output than allowed is an error, more complaints are dropped") {
  const auto fits = run(shell("printf 12345"), 5);
  REQUIRE(fits);
  CHECK(fits->output == "12345");
  const auto too_much = run(shell("printf 123456"), 5);
  REQUIRE_FALSE(too_much);
  CHECK(too_much.error().kind == ErrorKind::invalid);
  CHECK(too_much.error().describe() == "/usr/bin/sh wrote more than 5 bytes and was stopped");
  CHECK_FALSE(run(shell("yes"), 100'000));

  const auto complaints = run(shell("yes | head -c 200000 >&2; exit 4"), 5, 6);
  REQUIRE(complaints);
  CHECK(complaints->exit_code == 4);
  CHECK(complaints->errors == "y\ny\ny\n");
}

TEST_CASE("child: a program that does not exist is not found") {
  const TempTree tree;
  ChildCommand command = shell("");
  command.program = "no-such-program";
  CHECK(run(command).error().kind == ErrorKind::not_found);
  CHECK(run(command).error().describe() == "there is no program no-such-program in PATH");
  command.program = "/usr/bin/no-such-program";
  CHECK(run(command).error().describe() == "there is no program /usr/bin/no-such-program");
  command.program = "sh";
  command.environment = {};
  CHECK(run(command).error().describe() == "there is no program sh in PATH");
}

TEST_CASE("child: relative folders of PATH are not looked in") {
  const TempTree tree;
  tree.write("evil", "#!/bin/sh\necho evil\n");
  std::filesystem::permissions("evil", std::filesystem::perms::owner_all);
  ChildCommand command = shell("");
  command.program = "evil";
  for (const auto* path : {"PATH=.", "PATH=", "PATH=:/usr/bin", "PATH=/usr/bin:", "PATH=../"}) {
    command.environment = {path};
    CHECK(run(command).error().describe() == "there is no program evil in PATH");
  }
  command.environment = {"PATH=/nowhere:" + tree.absolute()};
  CHECK(run(command)->output == "evil\n");
}

TEST_CASE("child: what cannot be started says why") {
  const TempTree tree;
  ChildCommand command = shell("true");
  command.directory = "gone";
  CHECK(run(command).error().describe() == "in gone: /usr/bin/sh cannot be started: No such file or directory");
  tree.write("text", "\x7f no program\n");
  std::filesystem::permissions("text", std::filesystem::perms::owner_all);
  command = shell("");
  command.program = tree.absolute("text");
  CHECK(run(command).error().describe() == "in .: " + tree.absolute("text") + " cannot be started: Exec format error");
}

TEST_CASE("child: at the deadline it is stopped with everything it started") {
  const TempTree tree;
  const HeldOpen held;
  const auto end = run_until_stopped("exec 7>held; sleep 1000 & touch stop; wait");
  REQUIRE_FALSE(end);
  CHECK(end.error().kind == ErrorKind::timed_out);
  CHECK(end.error().describe() == "/usr/bin/sh did not end in time and was stopped");
  CHECK(held.is_released());
}

TEST_CASE("child: at the deadline it may clean up") {
  const TempTree tree;
  CHECK_FALSE(run_until_stopped("trap 'echo bye > said; exit' TERM; touch stop; while :; do sleep 0.01; done"));
  CHECK(std::filesystem::exists("said"));
}

TEST_CASE("child: one that does not listen at the deadline is killed") {
  const TempTree tree;
  const HeldOpen held;
  CHECK_FALSE(run_until_stopped("exec 7>held; trap '' TERM; touch stop; while :; do sleep 1; done"));
  CHECK(held.is_released());
}

TEST_CASE("child: when it ends, what it left behind is killed and not waited for") {
  const TempTree tree;
  const HeldOpen held;
  const auto end = run(shell("exec 7>held; sleep 1000 & echo done; exit 5"));
  REQUIRE(end);
  CHECK(end->exit_code == 5);
  CHECK(end->output == "done\n");
  CHECK(held.is_released());
}

TEST_CASE("child: closed streams do not mean that it has ended") {
  const auto end = run(shell("exec >&- 2>&-; sleep 0.05; exit 6"));
  REQUIRE(end);
  CHECK(end->exit_code == 6);
}

TEST_CASE("child: a file that grows too large kills whoever writes it") {
  const TempTree tree;
  const FakeClock clock;
  const auto end = run_child(shell("head -c 5000 /dev/zero > within; head -c 10000 /dev/zero > beyond"),
                             {.deadline = clock.in(std::chrono::seconds(1)), .max_file_bytes = 8192}, clock);
  REQUIRE(end.has_value());
  CHECK(end->exit_code == 128 + SIGXFSZ);
  CHECK(std::filesystem::file_size("within") == 5000);
  CHECK(std::filesystem::file_size("beyond") == 8192);
}

TEST_CASE("child: whoever asks for it, ends it before its time") {
  const TempTree tree;
  const FakeClock clock;
  std::stop_source stop;
  stop.request_stop();
  const auto end = run_child(shell("exec sleep 100"),
                             {.deadline = clock.in(std::chrono::seconds(1)), .stop = stop.get_token()}, clock);
  REQUIRE_FALSE(end.has_value());
  CHECK(end.error().kind == ErrorKind::cancelled);
}

}  // namespace fgsync::source::test
