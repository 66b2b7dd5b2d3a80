// "Happy Eyeballs" (RFC 8305) without its refinements: attempts begin one after the other and go on side by side, and
// the first connection wins. Nobody has to guess how long an address that never answers may take.
#include "http/dial.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <memory>
#include <system_error>
#include <utility>
#include <vector>

#include "http/bell.hpp"
#include "http/readiness.hpp"
#include "http/unix_socket.hpp"

namespace fgsync::http {
namespace {

namespace asio = boost::asio;

constexpr std::chrono::milliseconds kHeadStart{250};
constexpr std::chrono::milliseconds kFullQueuePause{20};

bool is_ipv6(const std::string& address) {
  return address.find(':') != std::string::npos;
}

/// The attempts that are under way.
class Race {
 public:
  Race(asio::any_io_executor executor, Bell bell) : executor_(std::move(executor)), bell_(std::move(bell)) {}

  void begin(const std::string& address, std::uint16_t port) {
    auto runner = std::make_unique<Runner>();
    const int failed = runner->socket.begin_connect(address, port);
    if (failed != 0) {
      last_failure_ = failed;
      return;
    }
    runner->readiness.emplace(executor_, runner->socket.descriptor(), bell_);
    runner->readiness->watch_writable();
    runners_.push_back(std::move(runner));
  }

  /// The winner, if there is one by now. Drops those that failed.
  std::optional<Socket> winner() {
    for (auto runner = runners_.begin(); runner != runners_.end();) {
      const int result = (*runner)->socket.connect_result();
      if (result == 0) {
        (*runner)->readiness.reset();
        return std::move((*runner)->socket);
      }
      if (result == EINPROGRESS) {
        ++runner;
        continue;
      }
      last_failure_ = result;
      runner = runners_.erase(runner);
    }
    return std::nullopt;
  }

  [[nodiscard]] bool is_running() const { return !runners_.empty(); }
  [[nodiscard]] std::string last_failure() const { return std::generic_category().message(last_failure_); }

 private:
  struct Runner {
    Socket socket;
    std::optional<Readiness> readiness;
  };

  asio::any_io_executor executor_;
  Bell bell_;
  std::vector<std::unique_ptr<Runner>> runners_;
  int last_failure_ = EADDRNOTAVAIL;
};

}  // namespace

Addresses alternating_families(const Addresses& addresses) {
  Addresses first;
  Addresses second;
  for (const auto& address : addresses) {
    (is_ipv6(address) == is_ipv6(addresses.front()) ? first : second).push_back(address);
  }
  Addresses mixed;
  for (std::size_t i = 0; i < std::max(first.size(), second.size()); ++i) {
    if (i < first.size()) mixed.push_back(first[i]);
    if (i < second.size()) mixed.push_back(second[i]);
  }
  return mixed;
}

asio::awaitable<Result<Socket>> dial(asio::any_io_executor executor, Addresses addresses, std::uint16_t port,
                                     Deadline deadline) {
  const Addresses order = alternating_families(addresses);
  Bell bell(executor);
  Race race(executor, bell);
  auto next = order.begin();
  while (next != order.end() || race.is_running()) {
    if (next != order.end()) race.begin(*next++, port);
    if (!race.is_running()) continue;
    if (next != order.end()) bell.ring_after(kHeadStart);
    const bool is_in_time = co_await bell.wait(deadline);
    if (auto winner = race.winner()) co_return std::move(*winner);
    if (!is_in_time) co_return fail(ErrorKind::timed_out, "no answer");
  }
  co_return fail(ErrorKind::transient, race.last_failure());
}

asio::awaitable<PathDial> dial_path(asio::any_io_executor executor, std::string path, Deadline deadline) {
  Bell bell(executor);
  PathDial dialled;
  // A full queue is all that has to be waited for, and nothing says when there is room.
  while ((dialled.failure = connect_to_path(dialled.socket, path)) == EAGAIN) {
    bell.ring_after(kFullQueuePause);
    const bool is_in_time = co_await bell.wait(deadline);
    if (!is_in_time) {
      dialled.failure = ETIMEDOUT;
      break;
    }
  }
  co_return dialled;
}

}  // namespace fgsync::http
