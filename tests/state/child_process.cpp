#include "tests/state/child_process.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <exception>
#include <stdexcept>
#include <utility>

namespace fgsync::test {
namespace {

std::string result_of(const std::function<std::string()>& work) {
  try {
    return work();
  } catch (const std::exception& error) {
    return std::string("exception: ") + error.what();
  }
}

/// Reads until every writer has closed.
std::string read_all(int pipe) {
  std::string text;
  std::array<char, 4096> part{};
  for (auto got = ::read(pipe, part.data(), part.size()); got > 0; got = ::read(pipe, part.data(), part.size())) {
    text.append(part.data(), static_cast<std::size_t>(got));
  }
  return text;
}

std::array<int, 2> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe(ends.data()) != 0) throw std::runtime_error("pipe failed");
  return ends;
}

}  // namespace

std::string in_child(const std::function<std::string()>& work) {
  const auto [read_end, write_end] = make_pipe();
  const pid_t child = ::fork();
  if (child == 0) {
    const std::string text = result_of(work);
    [[maybe_unused]] const auto written = ::write(write_end, text.data(), text.size());
    ::_exit(0);
  }
  ::close(write_end);
  std::string text = read_all(read_end);
  ::close(read_end);
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFSIGNALED(status) ? "killed by signal " + std::to_string(WTERMSIG(status)) : std::move(text);
}

WaitingChild::WaitingChild(const std::function<void()>& start) {
  const auto [read_end, write_end] = make_pipe();
  id_ = ::fork();
  if (id_ == 0) {
    start();
    ::close(write_end);
    while (true) ::pause();
  }
  ::close(write_end);
  read_all(read_end);
  ::close(read_end);
}

void WaitingChild::kill() {
  if (id_ < 0) return;
  ::kill(id_, SIGKILL);
  ::waitpid(std::exchange(id_, -1), nullptr, 0);
}

}  // namespace fgsync::test
