#include "daemon/service_manager.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <cstring>
#include <functional>

#include "tests/support/captured_stderr.hpp"
#include "tests/support/temp_directory.hpp"

using namespace fgsync;
using daemon::inherited_sockets;
using daemon::make_systemd_service_manager;
using std::chrono::microseconds;

namespace {

/// A variable of this process while it lives.
class Variable {
 public:
  Variable(std::string name, const std::string& value) : name_(std::move(name)) {
    ::setenv(name_.c_str(), value.c_str(), 1);
  }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;
  ~Variable() { ::unsetenv(name_.c_str()); }

 private:
  std::string name_;
};

/// A name that begins with @ is an abstract one.
int bound_socket(int type, const std::string& name) {
  const int made = ::socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  REQUIRE(name.size() < sizeof address.sun_path);
  std::memcpy(address.sun_path, name.data(), name.size());
  if (name.front() == '@') address.sun_path[0] = '\0';
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
  REQUIRE(::bind(made, reinterpret_cast<const sockaddr*>(&address), size) == 0);
  return made;
}

/// systemd's end of NOTIFY_SOCKET.
class NotifySocket {
 public:
  explicit NotifySocket(const std::string& name)
      : socket_(bound_socket(SOCK_DGRAM, name)), variable_("NOTIFY_SOCKET", name) {}
  NotifySocket(const NotifySocket&) = delete;
  NotifySocket& operator=(const NotifySocket&) = delete;
  ~NotifySocket() { ::close(socket_); }

  /// All that was said and not taken yet.
  std::vector<std::string> said() const {
    std::vector<std::string> messages;
    std::array<char, 4096> buffer{};
    for (;;) {
      const ssize_t size = ::recv(socket_, buffer.data(), buffer.size(), MSG_DONTWAIT);
      if (size < 0) return messages;
      messages.emplace_back(buffer.data(), static_cast<std::size_t>(size));
    }
  }

 private:
  int socket_;
  Variable variable_;
};

using Said = std::vector<std::string>;

TEST_CASE("service manager: systemd hears of the daemon's life in its words") {
  const test::TempDirectory directory;
  const NotifySocket socket(directory / "notify");
  const auto manager = make_systemd_service_manager();
  manager->extend_timeout(microseconds(2500000));
  manager->ready("400 functions in sync");
  manager->stopping("waiting for 2 functions");
  CHECK(socket.said() == Said{"EXTEND_TIMEOUT_USEC=2500000", "READY=1\nSTATUS=400 functions in sync",
                              "STOPPING=1\nSTATUS=waiting for 2 functions"});
}

TEST_CASE("service manager: an abstract socket works, too") {
  const NotifySocket socket("@fgsync-test-" + std::to_string(::getpid()));
  make_systemd_service_manager()->ready("all is well");
  CHECK(socket.said() == Said{"READY=1\nSTATUS=all is well"});
}

TEST_CASE("service manager: one that does not read keeps nobody waiting") {
  const test::TempDirectory directory;
  const NotifySocket systemd(directory / "notify");
  test::CapturedStderr captured;
  const auto manager = make_systemd_service_manager(Logger::to_stderr(LogLevel::info));
  // More than a socket keeps. It would wait here for ever.
  for (int i = 0; i < 1000; ++i) manager->status("line " + std::to_string(i));
  CHECK(captured.text().find("service manager cannot be told") != std::string::npos);
}

TEST_CASE("service manager: a reload carries the time of the machine's monotonic clock") {
  const test::TempDirectory directory;
  const NotifySocket socket(directory / "notify");
  const auto before = std::chrono::steady_clock::now().time_since_epoch();
  make_systemd_service_manager()->reloading();
  const auto after = std::chrono::steady_clock::now().time_since_epoch();
  const auto said = socket.said();
  REQUIRE(said.size() == 1);
  const std::string beginning = "RELOADING=1\nMONOTONIC_USEC=";
  REQUIRE(said[0].starts_with(beginning));
  const microseconds at(std::stoll(said[0].substr(beginning.size())));
  CHECK(at >= std::chrono::duration_cast<microseconds>(before));
  CHECK(at <= std::chrono::duration_cast<microseconds>(after));
}

TEST_CASE("service manager: a status is said again only when it changed") {
  const test::TempDirectory directory;
  const NotifySocket socket(directory / "notify");
  const auto manager = make_systemd_service_manager();
  manager->ready("a");
  manager->status("a");
  manager->status("b");
  manager->status("b");
  manager->status("a");
  CHECK(socket.said() == Said{"READY=1\nSTATUS=a", "STATUS=b", "STATUS=a"});
}

TEST_CASE("service manager: a status with line breaks cannot say anything else") {
  const test::TempDirectory directory;
  const NotifySocket socket(directory / "notify");
  make_systemd_service_manager()->status("bad name\nSTOPPING=1");
  CHECK(socket.said() == Said{"STATUS=bad name?STOPPING=1"});
}

TEST_CASE("service manager: the watchdog is fed where systemd waits for that") {
  const test::TempDirectory directory;
  const NotifySocket socket(directory / "notify");
  const Variable interval("WATCHDOG_USEC", "30000000");
  const Variable process("WATCHDOG_PID", std::to_string(::getpid()));
  const auto manager = make_systemd_service_manager();
  CHECK(manager->watchdog_interval() == microseconds(30000000));
  manager->feed_watchdog();
  CHECK(socket.said() == Said{"WATCHDOG=1"});
}

TEST_CASE("service manager: a watchdog that waits for another process is not ours") {
  const test::TempDirectory directory;
  const NotifySocket socket(directory / "notify");
  const Variable interval("WATCHDOG_USEC", "30000000");
  const Variable process("WATCHDOG_PID", "1");
  const auto manager = make_systemd_service_manager();
  CHECK_FALSE(manager->watchdog_interval());
  manager->feed_watchdog();
  CHECK(socket.said().empty());
}

TEST_CASE("service manager: without NOTIFY_SOCKET nothing happens") {
  test::CapturedStderr captured;
  const auto manager = make_systemd_service_manager(Logger::to_stderr(LogLevel::debug));
  manager->ready("a");
  manager->reloading();
  manager->feed_watchdog();
  manager->stopping("b");
  CHECK_FALSE(manager->watchdog_interval());
  CHECK(captured.text().empty());
}

TEST_CASE("service manager: when nobody listens that is logged, once") {
  test::CapturedStderr captured;
  const test::TempDirectory directory;
  const Variable variable("NOTIFY_SOCKET", directory / "nobody");
  const auto manager = make_systemd_service_manager(Logger::to_stderr(LogSettings{.is_journal = true}));
  manager->ready("a");
  manager->status("b");
  CHECK(captured.text() ==
        "<4>level=warning msg=\"service manager cannot be told\" error=\"No such file or directory\"\n");
}

int tcp_socket() {
  const int made = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  REQUIRE(::listen(made, 1) == 0);  // at any port
  return made;
}

/// What `ask` says in a child that has these descriptors from 3 on, as systemd passes them.
std::string said_with(const std::vector<int>& descriptors, const std::string& names,
                      const std::function<std::string()>& ask) {
  std::array<int, 2> pipe{};
  REQUIRE(::pipe(pipe.data()) == 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const int writer = ::fcntl(pipe[1], F_DUPFD, 100);
    std::vector<int> apart;
    for (const int each : descriptors) apart.push_back(::fcntl(each, F_DUPFD, 100));
    for (std::size_t i = 0; i < apart.size(); ++i) ::dup2(apart[i], 3 + static_cast<int>(i));
    ::setenv("LISTEN_PID", std::to_string(::getpid()).c_str(), 1);
    ::setenv("LISTEN_FDS", std::to_string(descriptors.size()).c_str(), 1);
    if (!names.empty()) ::setenv("LISTEN_FDNAMES", names.c_str(), 1);
    const std::string text = ask();
    ::_exit(::write(writer, text.data(), text.size()) == static_cast<ssize_t>(text.size()) ? 0 : 1);
  }
  ::close(pipe[1]);
  std::string text;
  std::array<char, 1024> buffer{};
  for (ssize_t size = 0; (size = ::read(pipe[0], buffer.data(), buffer.size())) > 0;) {
    text.append(buffer.data(), static_cast<std::size_t>(size));
  }
  ::close(pipe[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  CHECK(status == 0);
  return text;
}

std::string sockets_as_text() {
  const auto sockets = inherited_sockets();
  if (!sockets) return "error: " + sockets.error().message;
  std::string text;
  for (const auto& each : *sockets) {
    const bool is_private = (::fcntl(each.descriptor, F_GETFD) & FD_CLOEXEC) != 0;
    text += each.name + " " + std::to_string(each.descriptor) + (each.is_unix ? " unix" : " tcp") +
            (is_private ? " private" : " shared") + "\n";
  }
  return text;
}

TEST_CASE("inherited sockets: each has its name and kind, and children do not get it") {
  const test::TempDirectory directory;
  const int control = bound_socket(SOCK_STREAM, directory / "control");
  REQUIRE(::listen(control, 1) == 0);
  const int metrics = tcp_socket();
  CHECK(said_with({control, metrics}, "control:metrics", sockets_as_text) ==
        "control 3 unix private\nmetrics 4 tcp private\n");
  ::close(control);
  ::close(metrics);
}

TEST_CASE("inherited sockets: the variables do not reach children") {
  const int metrics = tcp_socket();
  const auto ask = [] {
    [[maybe_unused]] const auto sockets = inherited_sockets();
    std::string left;
    for (const char* name : {"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"}) {
      if (std::getenv(name) != nullptr) left += name;
    }
    return left;
  };
  CHECK(said_with({metrics}, "metrics", ask).empty());
  ::close(metrics);
}

TEST_CASE("inherited sockets: one that does not listen is an error with its name, and none is kept") {
  const test::TempDirectory directory;
  const int datagrams = bound_socket(SOCK_DGRAM, directory / "control");
  const int metrics = tcp_socket();
  const auto ask = [] {
    const std::string text = sockets_as_text();
    return text + (::fcntl(3, F_GETFD) < 0 && ::fcntl(4, F_GETFD) < 0 ? "; closed" : "; open");
  };
  CHECK(said_with({metrics, datagrams}, "metrics:control", ask) ==
        "error: the socket control that systemd passed does not listen for streams: its unit needs ListenStream= and "
        "Accept=no; closed");
  ::close(datagrams);
  ::close(metrics);
}

TEST_CASE("inherited sockets: none where systemd passed none, or passed them to another process") {
  CHECK(inherited_sockets().value().empty());
  const Variable process("LISTEN_PID", "1");
  const Variable count("LISTEN_FDS", "2");
  CHECK(inherited_sockets().value().empty());
}

}  // namespace
