// The program itself: flags, exit codes, the port file, one request over a real socket, the end by a signal.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <sstream>
#include <thread>
#include <tuple>

#include "emulated.hpp"
#include "temporary_folder.hpp"

extern char** environ;

using namespace fgsync::emulator::test;

namespace {

std::string text_of(const std::string& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

/// A running fgsync-emulator with its output in files.
class Program {
 public:
  Program(const TemporaryFolder& folder, std::vector<std::string> arguments)
      : out_(folder.file("stdout")), err_(folder.file("stderr")) {
    arguments.insert(arguments.begin(), FGSYNC_BINARY_DIR "/fgsync-emulator");
    std::vector<char*> argv;
    for (auto& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 1, out_.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    posix_spawn_file_actions_addopen(&actions, 2, err_.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    REQUIRE(::posix_spawn(&pid_, argv[0], &actions, nullptr, argv.data(), environ) == 0);
    posix_spawn_file_actions_destroy(&actions);
  }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
  ~Program() {
    if (pid_ == 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }

  void signal(int number) const { ::kill(pid_, number); }
  /// The exit code, or -1 after an end by a signal.
  int wait() {
    int status = 0;
    ::waitpid(pid_, &status, 0);
    pid_ = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
  [[nodiscard]] std::string out() const { return text_of(out_); }
  [[nodiscard]] std::string err() const { return text_of(err_); }

 private:
  std::string out_;
  std::string err_;
  pid_t pid_ = 0;
};

/// The content of the port file, as soon as it is there.
std::string await_port(const std::string& file) {
  for (int tries = 0; tries < 1000; ++tries) {
    if (auto text = text_of(file); !text.empty()) return text;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  FAIL("no port file");
  return "";
}

std::string talk(const std::string& port, const std::string& request) {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(std::stoi(port)));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  REQUIRE(::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  REQUIRE(::send(socket, request.data(), request.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(request.size()));
  std::string answer;
  char part[4096];
  for (ssize_t got = 0; (got = ::recv(socket, part, sizeof part, 0)) > 0;)
    answer.append(part, static_cast<std::size_t>(got));
  ::close(socket);
  return answer;
}

}  // namespace

TEST_CASE("program: it tells where it listens, logs requests and ends cleanly on SIGTERM") {
  const TemporaryFolder folder;
  const auto port_file = folder.file("port");
  const auto access_log = folder.file("access.log");
  Program program(folder, {"--listen", "127.0.0.1:0", "--port-file", port_file, "--access-log", access_log, "--token",
                           "secret-token"});
  const auto text = await_port(port_file);
  REQUIRE(text.back() == '\n');
  const auto port = text.substr(0, text.size() - 1);
  const auto answer = talk(port,
                           "GET /v2/p1/fgs/functions?func_name=private HTTP/1.1\r\nHost: x\r\n"
                           "X-Auth-Token: secret-token\r\nConnection: close\r\n\r\n");
  CHECK_THAT(answer, Catch::Matchers::StartsWith("HTTP/1.1 200 OK\r\n"));
  program.signal(SIGTERM);
  CHECK(program.wait() == 0);
  CHECK(program.out() == "fgsync-emulator listening on http://127.0.0.1:" + port + "\n");
  CHECK(program.err() ==
        "fgsync-emulator: stopped by SIGTERM after 1 requests, 0 of them refused, 0 with an injected fault\n"
        "  ListFunctions: 1\n");

  const auto line = Json::parse(text_of(access_log));
  CHECK(line["method"] == "GET");
  CHECK(line["path"] == "/v2/p1/fgs/functions");
  CHECK(line["status"] == 200);
  for (const auto* key : {"time", "ms", "bytes_in", "bytes_out", "request_id"}) CHECK(line.contains(key));
  CHECK(text_of(access_log).find("secret-token") == std::string::npos);
}

TEST_CASE("program: flags that make no sense end it with 64") {
  for (const auto& arguments : std::vector<std::vector<std::string>>{{"--nonsense"},
                                                                     {"--listen", "nowhere"},
                                                                     {"--listen", "127.0.0.1:99999"},
                                                                     {"--max-versions", "0"},
                                                                     {"--auth", "basic"},
                                                                     {"--auth", "token"},
                                                                     {"--auth", "aksk"},
                                                                     {"--auth", "any"},
                                                                     {"--auth", "aksk", "--token", "t"},
                                                                     {"--token-lifetime", "0"}}) {
    const TemporaryFolder folder;
    Program program(folder, arguments);
    CHECK(program.wait() == 64);
    CHECK_THAT(program.err(), Catch::Matchers::StartsWith("fgsync-emulator: "));
  }
}

TEST_CASE("program: a state that cannot be used ends it with 78 and one line") {
  const TemporaryFolder folder;
  Program program(folder, {"--listen", "127.0.0.1:0", "--state", folder.file("none/state.db")});
  CHECK(program.wait() == 78);
  const auto error = program.err();
  CHECK(std::count(error.begin(), error.end(), '\n') == 1);
  CHECK_THAT(error, Catch::Matchers::Contains("none/state.db"));
}

TEST_CASE("program: a file of credentials that cannot be used ends it with 78, and its text is not shown") {
  const TemporaryFolder folder;
  const auto broken = folder.file("broken");
  std::ofstream(broken) << "[basic]\nak = ID\nhunter2\n";
  for (const auto& [flag, file, expected] : std::vector<std::tuple<std::string, std::string, std::string>>{
           {"--access-key-file", folder.file("none"), "none: cannot be read: No such file or directory\n"},
           {"--access-key-file", broken, "broken: line 3: expected key = value\n"},
           {"--iam-file", broken, "broken: line 3: expected key = value\n"}}) {
    Program program(folder, {flag, file});
    CHECK(program.wait() == 78);
    CHECK_THAT(program.err(), Catch::Matchers::EndsWith(expected));
  }
}

TEST_CASE("program: users of a file log in, and nothing secret is logged") {
  const TemporaryFolder folder;
  const auto port_file = folder.file("port");
  const auto access_log = folder.file("access.log");
  std::ofstream(folder.file("iam")) << "[user]\ndomain = acme\nname = deployer\npassword = hunter2\n";
  Program program(folder, {"--listen", "127.0.0.1:0", "--port-file", port_file, "--access-log", access_log,
                           "--iam-file", folder.file("iam")});
  auto port = await_port(port_file);
  port.pop_back();
  const std::string login =
      R"({"auth":{"identity":{"methods":["password"],"password":{"user":{"name":"deployer","password":"hunter2",)"
      R"("domain":{"name":"acme"}}}},"scope":{"project":{"id":"p1"}}}})";
  const auto answer = talk(port, "POST /v3/auth/tokens HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: " +
                                     std::to_string(login.size()) + "\r\n\r\n" + login);
  REQUIRE_THAT(answer, Catch::Matchers::StartsWith("HTTP/1.1 201 Created\r\n"));
  const auto at = answer.find("X-Subject-Token: ") + 17;
  const auto token = answer.substr(at, answer.find('\r', at) - at);
  const auto get = [&](const std::string& headers) {
    return talk(port, "GET /v2/p1/fgs/functions HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + headers + "\r\n");
  };
  CHECK_THAT(get("X-Auth-Token: " + token + "\r\n"), Catch::Matchers::StartsWith("HTTP/1.1 200 OK\r\n"));
  CHECK_THAT(get(""), Catch::Matchers::StartsWith("HTTP/1.1 401 Unauthorized\r\n"));
  program.signal(SIGTERM);
  CHECK(program.wait() == 0);
  for (const auto& text : {text_of(access_log), program.out(), program.err()}) {
    CHECK(text.find("hunter2") == std::string::npos);
    CHECK(text.find(token) == std::string::npos);
  }
}

TEST_CASE("program: an address that is taken ends it with 69") {
  const TemporaryFolder first_folder;
  const TemporaryFolder second_folder;
  const auto port_file = first_folder.file("port");
  const Program first(first_folder, {"--listen", "127.0.0.1:0", "--port-file", port_file});
  auto port = await_port(port_file);
  port.pop_back();
  Program second(second_folder, {"--listen", "127.0.0.1:" + port});
  CHECK(second.wait() == 69);
  CHECK_THAT(second.err(), Catch::Matchers::Contains("cannot listen on 127.0.0.1:" + port));
}

TEST_CASE("program: help and version end it with 0") {
  for (const auto* flag : {"--help", "--version"}) {
    const TemporaryFolder folder;
    Program program(folder, {flag});
    CHECK(program.wait() == 0);
    CHECK_THAT(program.out(), Catch::Matchers::Contains("fgsync"));
  }
}
