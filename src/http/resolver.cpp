// c-ares sends the questions and reads the answers; here its sockets and its timeouts are brought to the loop. Unlike
// getaddrinfo, which can only be waited for on a thread, it can be dropped at any point.
#include "http/resolver.hpp"

#include <ares.h>
#include <netdb.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <chrono>
#include <map>
#include <memory>
#include <optional>

#include "http/bell.hpp"
#include "http/readiness.hpp"
#include "http/text.hpp"

namespace fgsync::http {
namespace {

namespace asio = boost::asio;

// One try of one name server; c-ares waits longer for each further one.
constexpr int kTryMilliseconds = 2000;
constexpr int kTries = 4;

/// One question to c-ares, which it calls back about.
class Lookup {
 public:
  Lookup(asio::any_io_executor executor, Bell bell) : executor_(std::move(executor)), bell_(std::move(bell)) {}
  Lookup(const Lookup&) = delete;
  Lookup& operator=(const Lookup&) = delete;
  ~Lookup() {
    // Ends the question, too: both callbacks come once more.
    if (channel_ != nullptr) ares_destroy(channel_);
  }

  void start(const std::string& host, const std::string& name_servers) {
    status_ = open_channel(name_servers);
    if (*status_ != ARES_SUCCESS) return;
    status_.reset();
    ares_addrinfo_hints hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    ares_getaddrinfo(channel_, host.c_str(), nullptr, &hints, &Lookup::on_answer, this);
  }

  /// Does what there is to do now, and arranges for the bell to ring when there is more.
  void advance() {
    // A socket in vain, or an early look at the time, does no harm. The sockets change under c-ares' hands.
    std::vector<ares_socket_t> open{ARES_SOCKET_BAD};
    for (const auto& [socket, unused] : sockets_) open.push_back(socket);
    for (const ares_socket_t socket : open) ares_process_fd(channel_, socket, socket);
    for (const auto& [socket, wanted] : sockets_) {
      if (wanted->is_for_reading) wanted->readiness.watch_readable();
      if (wanted->is_for_writing) wanted->readiness.watch_writable();
    }
    timeval until_retry{};
    if (ares_timeout(channel_, nullptr, &until_retry) == nullptr) return;
    const auto wait = std::chrono::seconds(until_retry.tv_sec) + std::chrono::microseconds(until_retry.tv_usec);
    bell_.ring_after(std::chrono::ceil<std::chrono::milliseconds>(wait));
  }

  [[nodiscard]] bool has_ended() const { return status_.has_value(); }
  [[nodiscard]] int status() const { return *status_; }
  [[nodiscard]] const Addresses& found() const { return found_; }

 private:
  struct Watched {
    Watched(const asio::any_io_executor& executor, int socket, const Bell& bell) : readiness(executor, socket, bell) {}
    Readiness readiness;
    bool is_for_reading = false;
    bool is_for_writing = false;
  };

  int open_channel(const std::string& name_servers) {
    static const int is_ready = ares_library_init(ARES_LIB_INIT_ALL);
    if (is_ready != ARES_SUCCESS) return is_ready;
    // Files first, then name servers, whatever nsswitch.conf says: it may name services that only glibc can ask.
    static std::array<char, 3> order{'f', 'b', '\0'};
    ares_options options{};
    options.lookups = order.data();
    options.timeout = kTryMilliseconds;
    options.tries = kTries;
    options.sock_state_cb = &Lookup::on_socket;
    options.sock_state_cb_data = this;
    const int opened = ares_init_options(
        &channel_, &options, ARES_OPT_LOOKUPS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB);
    if (opened != ARES_SUCCESS || name_servers.empty()) return opened;
    return ares_set_servers_ports_csv(channel_, name_servers.c_str());
  }

  static void on_socket(void* self, ares_socket_t socket, int is_for_reading, int is_for_writing) {
    auto& lookup = *static_cast<Lookup*>(self);
    if (is_for_reading == 0 && is_for_writing == 0) {
      lookup.sockets_.erase(socket);
      return;
    }
    auto& watched = lookup.sockets_[socket];
    if (!watched) watched = std::make_unique<Watched>(lookup.executor_, socket, lookup.bell_);
    watched->is_for_reading = is_for_reading != 0;
    watched->is_for_writing = is_for_writing != 0;
  }

  static void on_answer(void* self, int status, int /*timeouts*/, ares_addrinfo* answer) {
    const std::unique_ptr<ares_addrinfo, decltype(&ares_freeaddrinfo)> owned(answer, &ares_freeaddrinfo);
    auto& lookup = *static_cast<Lookup*>(self);
    lookup.status_ = status;
    for (const auto* node = answer != nullptr ? answer->nodes : nullptr; node != nullptr; node = node->ai_next) {
      std::array<char, NI_MAXHOST> text{};
      const bool is_written =
          ::getnameinfo(node->ai_addr, node->ai_addrlen, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST) == 0;
      if (is_written) lookup.found_.emplace_back(text.data());
    }
  }

  asio::any_io_executor executor_;
  Bell bell_;
  ares_channel channel_ = nullptr;
  std::map<ares_socket_t, std::unique_ptr<Watched>> sockets_;
  std::optional<int> status_;
  Addresses found_;
};

/// What needs no name server.
std::optional<Addresses> known_addresses(const std::string& host) {
  if (is_ip_address(host)) return Addresses{host};
  // RFC 6761: not a name to ask anybody about.
  if (host == "localhost" || host == "localhost." || host.ends_with(".localhost")) return Addresses{"127.0.0.1", "::1"};
  return std::nullopt;
}

}  // namespace

asio::awaitable<Result<Addresses>> resolve(asio::any_io_executor executor, std::string host, std::string name_servers,
                                           Deadline deadline) {
  if (auto known = known_addresses(host)) co_return std::move(*known);
  Bell bell(executor);
  Lookup lookup(executor, bell);
  lookup.start(host, name_servers);
  while (!lookup.has_ended()) {
    lookup.advance();
    if (lookup.has_ended()) break;
    const bool is_in_time = co_await bell.wait(deadline);
    if (!is_in_time) co_return fail(ErrorKind::timed_out, "no name server answered within the deadline");
  }
  if (lookup.status() != ARES_SUCCESS) co_return fail(ErrorKind::transient, ares_strerror(lookup.status()));
  if (lookup.found().empty()) co_return fail(ErrorKind::transient, "it has no address");
  co_return lookup.found();
}

}  // namespace fgsync::http
