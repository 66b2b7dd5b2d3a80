// Listening on Unix sockets and on inherited descriptors, and asking over them.
#include "http/unix_socket.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <filesystem>

#include "http/client.hpp"
#include "tests/http/client_under_test.hpp"
#include "tests/http/server_under_test.hpp"
#include "tests/support/temp_directory.hpp"

namespace fgsync::test {
namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;
using Catch::Matchers::Contains;
using Catch::Matchers::EndsWith;
using Catch::Matchers::StartsWith;
using std::chrono::milliseconds;

constexpr const char* kGet = "GET /x HTTP/1.1\r\nHost: h\r\n\r\n";

http::ServerOptions at_path(const std::string& path) {
  http::ServerOptions options;
  options.unix_path = path;
  return options;
}

http::ServerOptions inheriting(int descriptor) {
  http::ServerOptions options;
  options.inherited_descriptor = descriptor;
  return options;
}

/// Answers with who asks.
asio::awaitable<http::Reply> tell_peer(http::Request, http::Peer peer) {
  http::Reply reply;
  std::string who = "nobody";
  if (peer.credentials) {
    who = std::to_string(peer.credentials->user) + "," + std::to_string(peer.credentials->group) + "," +
          std::to_string(peer.credentials->process);
  }
  reply.response = text_response(200, who + "|" + peer.address);
  co_return reply;
}

/// A socket that is bound, and listens if it is told to, closed at the end. Its file stays, as a dead process leaves
/// it.
class PathSocket {
 public:
  PathSocket(const std::string& path, int queue) : descriptor_(::socket(AF_UNIX, SOCK_STREAM, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    REQUIRE(::bind(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    if (queue >= 0) REQUIRE(::listen(descriptor_, queue) == 0);
  }
  PathSocket(const PathSocket&) = delete;
  PathSocket& operator=(const PathSocket&) = delete;
  ~PathSocket() { ::close(descriptor_); }

  [[nodiscard]] int copy() const { return ::dup(descriptor_); }

 private:
  int descriptor_;
};

void leave_stale(const std::string& path) {
  const PathSocket dead(path, 1);
}

bool is_there(const std::string& path) {
  return fs::symlink_status(path).type() != fs::file_type::not_found;
}

Error start_error(const http::ServerOptions& options) {
  asio::io_context loop;
  auto started = http::start_beast_server(loop.get_executor(), options, http::Handler(echo));
  REQUIRE_FALSE(started);
  return std::move(started).error();
}

std::string peer_of(const http::ServerOptions& options, const std::string& path) {
  const RunningServer server(http::PeerHandler(tell_peer), options);
  ClientUnderTest client(http::unix_endpoint(path));
  const auto answer = client.send(get());
  REQUIRE(answer);
  return answer->body;
}

std::string own_credentials() {
  return std::to_string(::getuid()) + "," + std::to_string(::getgid()) + "," + std::to_string(::getpid()) + "|";
}

}  // namespace

TEST_CASE("unix socket: a thousand requests go over one connection") {
  const TempDirectory directory;
  const RunningServer server(echo, at_path(directory / "s"));
  CHECK(server.port() == 0);
  SocketClient client(directory / "s");
  for (int i = 0; i < 1000; ++i) {
    const std::string target = "/" + std::to_string(i);
    client.send("GET " + target + " HTTP/1.1\r\nHost: h\r\n\r\n");
    REQUIRE_THAT(client.read_until("|"), EndsWith("GET " + target + " |"));
  }
}

TEST_CASE("unix socket: the client asks a thousand times as localhost") {
  const TempDirectory directory;
  http::Handler handler = [](const http::Request& request) -> std::optional<http::Response> {
    return text_response(200, request.target + std::string(http::find_header(request.headers, "Host")));
  };
  const RunningServer server(handler, at_path(directory / "s"));
  ClientUnderTest client(http::unix_endpoint(directory / "s"));
  for (int i = 0; i < 1000; ++i) {
    const auto answer = client.send(get("/" + std::to_string(i) + "/"));
    REQUIRE(answer);
    REQUIRE(answer->body == "/" + std::to_string(i) + "/localhost");
  }
}

TEST_CASE("unix socket: several ask at the same time") {
  const TempDirectory directory;
  const RunningServer server(echo, at_path(directory / "s"));
  ClientUnderTest client(http::unix_endpoint(directory / "s"));
  client.send_in_parallel(50);
}

TEST_CASE("unix socket: the handler is told whose process asks") {
  const TempDirectory directory;
  CHECK(peer_of(at_path(directory / "s"), directory / "s") == own_credentials());
}

TEST_CASE("unix socket: who asks over TCP has an address instead") {
  const RunningServer server{http::PeerHandler(tell_peer)};
  SocketClient client(server.port());
  client.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  CHECK_THAT(client.read_to_end(), Contains("nobody|127.0.0.1:"));
}

TEST_CASE("unix socket: no other socket has credentials, though the kernel answers for them") {
  const http::Socket tcp(::socket(AF_INET, SOCK_STREAM, 0));
  CHECK_FALSE(http::credentials_of_peer(tcp));
}

TEST_CASE("unix socket: the file has the mode that was asked for, whatever the umask") {
  const TempDirectory directory;
  for (const std::uint32_t mode : {0660U, 0600U, 0666U}) {
    for (const mode_t mask : {mode_t{0077}, mode_t{0}}) {
      const mode_t before = ::umask(mask);
      const RunningServer server(echo, [&] {
        auto options = at_path(directory / "s");
        options.unix_mode = mode;
        return options;
      }());
      ::umask(before);
      struct stat found{};
      REQUIRE(::stat((directory / "s").c_str(), &found) == 0);
      CHECK((found.st_mode & 07777U) == mode);
    }
  }
}

TEST_CASE("unix socket: stopping removes the file") {
  const TempDirectory directory;
  {
    RunningServer server(echo, at_path(directory / "s"));
    CHECK(is_there(directory / "s"));
    server.stop();
    CHECK_FALSE(is_there(directory / "s"));
    // Somebody else's by now.
    leave_stale(directory / "s");
  }
  CHECK(is_there(directory / "s"));
}

TEST_CASE("unix socket: a file that replaced ours meanwhile is left alone") {
  const TempDirectory directory;
  for (const bool is_socket : {true, false}) {
    {
      const RunningServer server(echo, at_path(directory / "s"));
      fs::remove(directory / "s");
      if (is_socket) leave_stale(directory / "s");
      if (!is_socket) directory.write("s", "text");
    }
    CHECK(is_there(directory / "s"));
    fs::remove(directory / "s");
  }
}

TEST_CASE("unix socket: what a dead process left is replaced") {
  const TempDirectory directory;
  leave_stale(directory / "s");
  const RunningServer server(echo, at_path(directory / "s"));
  SocketClient client(directory / "s");
  client.send(kGet);
  CHECK_THAT(client.read_until("|"), EndsWith("GET /x |"));
}

TEST_CASE("unix socket: a live one is a conflict, and goes on undisturbed") {
  const TempDirectory directory;
  const RunningServer first(echo, at_path(directory / "s"));
  const Error error = start_error(at_path(directory / "s"));
  CHECK(error.kind == ErrorKind::conflict);
  CHECK(error.message == "cannot listen on the socket " + directory / "s" + ": another process listens there");
  SocketClient client(directory / "s");
  client.send(kGet);
  CHECK_THAT(client.read_until("|"), EndsWith("GET /x |"));
}

TEST_CASE("unix socket: a live one whose queue is full is no dead one") {
  const TempDirectory directory;
  const PathSocket busy(directory / "s", 0);
  const SocketClient queued(directory / "s");
  CHECK(start_error(at_path(directory / "s")).kind == ErrorKind::conflict);
  CHECK(is_there(directory / "s"));
}

TEST_CASE("unix socket: what is no socket is left alone") {
  const TempDirectory directory;
  directory.write("s", "text");
  const Error error = start_error(at_path(directory / "s"));
  CHECK(error.kind == ErrorKind::invalid);
  CHECK_THAT(error.message, EndsWith("something else is there, which is left alone. Name another path"));
  CHECK(fs::file_size(directory / "s") == 4);
}

TEST_CASE("unix socket: two that start at the same time are kept apart") {
  const TempDirectory directory;
  const int other = ::open(directory.path().c_str(), O_RDONLY | O_DIRECTORY);
  REQUIRE(::flock(other, LOCK_EX) == 0);
  const Error error = start_error(at_path(directory / "s"));
  CHECK(error.kind == ErrorKind::conflict);
  CHECK_THAT(error.message, EndsWith("another process is starting or cleaning up in that folder. Try again"));
  ::close(other);
  const RunningServer server(echo, at_path(directory / "s"));
  CHECK(is_there(directory / "s"));
}

TEST_CASE("unix socket: a path that cannot be used is an error that names it") {
  const TempDirectory directory;
  const Error nowhere = start_error(at_path(directory / "none/s"));
  CHECK(nowhere.kind == ErrorKind::invalid);
  CHECK_THAT(nowhere.message, EndsWith("/none/s: No such file or directory"));
  const Error too_long = start_error(at_path("/" + std::string(107, 'x')));
  CHECK(too_long.kind == ErrorKind::invalid);
  CHECK_THAT(too_long.message, EndsWith("its path has 108 bytes, and a socket's may have 107. Name a shorter one"));
  CHECK(start_error(at_path(std::string("/a\0b", 4))).kind == ErrorKind::invalid);
}

TEST_CASE("unix socket: a path of the greatest length works") {
  const TempDirectory directory;
  std::string path = directory / "";
  path.append(107 - path.size(), 'x');
  CHECK(peer_of(at_path(path), path) == own_credentials());
}

TEST_CASE("unix socket: an inherited one is listened on, and its file stays") {
  const TempDirectory directory;
  const PathSocket theirs(directory / "s", 5);
  CHECK(peer_of(inheriting(theirs.copy()), directory / "s") == own_credentials());
  CHECK(is_there(directory / "s"));
}

TEST_CASE("inherited descriptor: what waits in its queue already is served") {
  const TempDirectory directory;
  const PathSocket theirs(directory / "s", 5);
  SocketClient early(directory / "s");
  early.send(kGet);
  const RunningServer server(echo, inheriting(theirs.copy()));
  CHECK_THAT(early.read_until("|"), EndsWith("GET /x |"));
}

TEST_CASE("inherited descriptor: a TCP socket is listened on, with its port") {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in any{};
  any.sin_family = AF_INET;
  any.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  REQUIRE(::bind(socket, reinterpret_cast<const sockaddr*>(&any), sizeof any) == 0);
  REQUIRE(::listen(socket, 5) == 0);
  const RunningServer server(echo, inheriting(socket));
  CHECK(server.port() != 0);
  CHECK((::fcntl(socket, F_GETFD) & FD_CLOEXEC) != 0);
  SocketClient client(server.port());
  client.send(kGet);
  CHECK_THAT(client.read_until("|"), EndsWith("GET /x |"));
}

TEST_CASE("inherited descriptor: what nobody listens on is an error, and closed") {
  const TempDirectory directory;
  const int file = ::open((directory / "f").c_str(), O_CREAT | O_RDWR, 0600);
  const Error no_socket = start_error(inheriting(file));
  CHECK(no_socket.kind == ErrorKind::invalid);
  CHECK_THAT(no_socket.message, StartsWith("cannot listen on the inherited descriptor " + std::to_string(file)) &&
                                    EndsWith("use ListenStream= with Accept=no"));
  CHECK(::fcntl(file, F_GETFD) == -1);
  const PathSocket mute(directory / "s", -1);
  CHECK(start_error(inheriting(mute.copy())).kind == ErrorKind::invalid);
  CHECK(start_error(inheriting(12345)).kind == ErrorKind::invalid);
}

TEST_CASE("unix socket: a client is told what is wrong with the socket") {
  const TempDirectory directory;
  const auto asked = [&](const std::string& path) {
    ClientUnderTest client(http::unix_endpoint(path));
    auto answer = client.send(get());
    REQUIRE_FALSE(answer);
    CHECK_FALSE(answer.error().remote->request_sent);
    return std::move(answer).error();
  };
  const Error missing = asked(directory / "s");
  CHECK(missing.kind == ErrorKind::transient);
  CHECK(missing.message == "cannot connect to unix:" + directory / "s" +
                               ": No such file or directory. Check that its server is running, and the path");
  leave_stale(directory / "s");
  const Error dead = asked(directory / "s");
  CHECK(dead.kind == ErrorKind::transient);
  CHECK_THAT(dead.message, Contains("Connection refused. Check that its server is running"));
  CHECK(asked("/" + std::string(107, 'x')).kind == ErrorKind::invalid);
}

TEST_CASE("unix socket: a client waits for room in a full queue until its deadline") {
  const TempDirectory directory;
  const PathSocket busy(directory / "s", 0);
  const SocketClient queued(directory / "s");
  ClientUnderTest client(http::unix_endpoint(directory / "s"));
  const auto answer = client.send(get(), milliseconds(100));
  REQUIRE_FALSE(answer);
  CHECK(answer.error().kind == ErrorKind::timed_out);
  CHECK(answer.error().message == "no connection to unix:" + directory / "s" + " within the deadline");
}

TEST_CASE("unix socket: a client gets in when there is room again") {
  const TempDirectory directory;
  const PathSocket busy(directory / "s", 0);
  auto queued = std::make_unique<SocketClient>(directory / "s");
  auto answer = std::async(std::launch::async, [&] {
    ClientUnderTest client(http::unix_endpoint(directory / "s"));
    return client.send(get());
  });
  const RunningServer server(echo, inheriting(busy.copy()));
  CHECK(answer.get().has_value());
}

}  // namespace fgsync::test
