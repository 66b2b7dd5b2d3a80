// What scripts/bench --emulator measures the emulator with.
//
//   fgsync-bench imports PORT CONNECTIONS COUNT    imports packages of 20 KiB, each with code of its own
//   fgsync-bench fdatasync DIRECTORY SECONDS       appends 20 KiB to a file and waits for the disk, again and again
//   fgsync-bench fill FILE FUNCTIONS VERSIONS      writes an emulator's state, without going through its service
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <stdexcept>
#include <thread>

#include "base/base64.hpp"
#include "base/digest.hpp"
#include "emulator/service.hpp"
#include "emulator/store.hpp"
#include "tests/bench/bench.hpp"
#include "tests/support/stored_zip.hpp"

namespace fgsync::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kPackageBytes = std::size_t{20} * 1024;
constexpr std::string_view kProject = "bench";

/// Ends the benchmark when something does not go as it must.
void expect(bool holds, const std::string& what) {
  if (!holds) throw std::runtime_error(what);
}

std::string import_yaml(const std::string& name) {
  return "HcCrmTemplateVersion: v1\nResources:\n  " + name +
         ":\n    Type: HC::Serverless::Function\n    Properties:\n      Handler: index.handler\n"
         "      MemorySize: 128\n      Runtime: Python3.9\n      Timeout: 30\n      CodeType: zip\n"
         "      CodeFileName: index.zip\n";
}

/// A whole HTTP request that imports function number `number`.
std::string import_request(unsigned number) {
  const std::string name = "bench-" + std::to_string(number);
  const auto code = test::stored_zip({{"index.py", random_bytes(kPackageBytes - 900, number)}});
  const auto package = test::stored_zip({{name + ".yaml", import_yaml(name)}, {"index.zip", code}});
  const std::string body = R"({"func_name":")" + name + R"(","package":"default","file_type":"zip","file_name":")" +
                           name + R"(.zip","file_code":")" + base64_encode(package) + "\"}";
  return "POST /v2/" + std::string(kProject) +
         "/fgs/functions/import HTTP/1.1\r\nHost: bench\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

/// A blocking connection that carries one request after the other.
class BlockingConnection {
 public:
  explicit BlockingConnection(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int yes = 1;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    expect(::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0, "cannot connect");
  }
  BlockingConnection(const BlockingConnection&) = delete;
  BlockingConnection& operator=(const BlockingConnection&) = delete;
  ~BlockingConnection() { ::close(socket_); }

  /// Insists on a 200.
  void exchange(std::string_view request) {
    while (!request.empty()) {
      const auto sent = ::send(socket_, request.data(), request.size(), MSG_NOSIGNAL);
      expect(sent > 0, "the connection was lost");
      request.remove_prefix(static_cast<std::size_t>(sent));
    }
    std::string answer;
    while (!is_whole(answer)) {
      const auto got = ::recv(socket_, buffer_.data(), buffer_.size(), 0);
      expect(got > 0, "the connection was closed");
      answer.append(buffer_.data(), static_cast<std::size_t>(got));
    }
    expect(answer.starts_with("HTTP/1.1 200 "), answer);
  }

 private:
  static bool is_whole(const std::string& answer) {
    constexpr std::string_view kLength = "Content-Length: ";
    const auto end = answer.find("\r\n\r\n");
    const auto length = answer.find(kLength);
    if (end == std::string::npos || length == std::string::npos) return false;
    return answer.size() >= end + 4 + std::stoul(answer.substr(length + kLength.size()));
  }

  int socket_;
  std::array<char, 16384> buffer_{};
};

/// A version as the service would store it: created by the service, read from its state.
emulator::Version made_by_service(const std::string& file, std::string& code) {
  auto service = emulator::open_service({}, file);
  expect(service.has_value(), "the state cannot be opened");
  code = test::stored_zip({{"index.py", source_text(500, 1)}});
  http::Request request;
  request.method = http::Method::post;
  request.target = "/v2/template/fgs/functions";
  request.body =
      R"({"func_name":"hello","package":"default","runtime":"Python3.9","timeout":30,"handler":"index.handler",)"
      R"("memory_size":128,"code_type":"zip","code_filename":"index.zip","user_data":"{\"STAGE\":\"bench\"}",)"
      R"("func_code":{"file":")" +
      base64_encode(code) + "\"}}";
  const auto response = (*service)->handle(request, std::chrono::system_clock::now());
  expect(response.status == 200, response.body);
  service->reset();
  auto store = emulator::Store::open(file, emulator::UrnForm::suffixed);
  expect(store.has_value(), "the state cannot be read");
  const auto function = (*store)->find_function("template", "hello");
  expect(function.has_value(), "the function is not there");
  return (*store)->find_version(*function, "latest").value();
}

}  // namespace

void bench_imports(const std::vector<std::string>& arguments) {
  const auto port = static_cast<std::uint16_t>(std::stoi(arguments.at(0)));
  const int connections = std::stoi(arguments.at(1));
  const auto count = static_cast<unsigned>(std::stoi(arguments.at(2)));
  std::vector<std::string> requests;
  for (unsigned i = 0; i < count; ++i) requests.push_back(import_request(i));

  std::atomic<unsigned> next{0};
  std::atomic<bool> has_failed{false};
  const auto send_all = [&] {
    try {
      BlockingConnection connection(port);
      for (unsigned mine = next++; mine < count && !has_failed; mine = next++) connection.exchange(requests[mine]);
    } catch (const std::exception&) {
      has_failed = true;
    }
  };
  const double seconds = seconds_of([&] {
    std::vector<std::jthread> threads;
    for (int i = 0; i < connections; ++i) threads.emplace_back(send_all);
  });
  expect(!has_failed, "an import was refused");
  report("imports", {{"per_s", count / seconds}, {"count", count}, {"connections", connections}});
}

void bench_fdatasync(const std::vector<std::string>& arguments) {
  const std::string file = arguments.at(0) + "/fdatasync";
  const auto until = Clock::now() + std::chrono::seconds(std::stoi(arguments.at(1)));
  const std::string bytes = random_bytes(kPackageBytes, 1);
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  expect(descriptor >= 0, "cannot write " + file);
  int count = 0;
  const double seconds = seconds_of([&] {
    for (; Clock::now() < until; ++count) {
      expect(::write(descriptor, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()), "cannot write");
      expect(::fdatasync(descriptor) == 0, "cannot flush");
    }
  });
  ::close(descriptor);
  ::unlink(file.c_str());
  report("fdatasync", {{"per_s", count / seconds}});
}

void bench_fill(const std::vector<std::string>& arguments) {
  const std::string& file = arguments.at(0);
  const int functions = std::stoi(arguments.at(1));
  const int versions = std::stoi(arguments.at(2));
  std::string code;
  auto version = made_by_service(file, code);
  auto opened = emulator::Store::open(file, emulator::UrnForm::suffixed);
  expect(opened.has_value(), "the state cannot be opened");
  auto& store = **opened;
  const double seconds = seconds_of([&] {
    for (int i = 0; i < functions; ++i) {
      emulator::FunctionRow function{
          0, "cn-north-4", std::string(kProject), "default", "bench-" + std::to_string(i), "f" + std::to_string(i)};
      auto part = store.begin();
      function.id = store.add_function(function);
      for (int number = 0; number < versions; ++number) {
        version.name = number == 0 ? "latest" : "v" + std::to_string(number);
        store.add_version(function, version);
      }
      part.keep();
      if (i % 1000 == 999) store.commit_batch();
    }
    if (store.has_open_batch()) store.commit_batch();
  });
  report("fill", {{"seconds", seconds}, {"functions", functions}, {"versions", versions}});
}

}  // namespace fgsync::bench
