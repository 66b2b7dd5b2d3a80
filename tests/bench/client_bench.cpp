// fgsync-bench client URL PATH SECONDS: the same GET again and again through everything that a call of fgsync goes
// through but for the reading of its JSON: budget, credentials, sockets. The server is another process, so CPU time is
// the client's. The same bytes over a bare socket show how much of that is the kernel's, above all putting the process
// to sleep and waking it up, which on a virtual machine costs several times as much as the calls themselves.
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <exception>
#include <stdexcept>

#include "functiongraph/authentication.hpp"
#include "functiongraph/budget.hpp"
#include "http/client.hpp"
#include "tests/bench/bench.hpp"

namespace fgsync::bench {
namespace {

/// What all connections share.
struct Load {
  http::HttpClient& client;
  Clock& clock;
  std::string path;
  std::chrono::steady_clock::time_point until;
  std::uint64_t answers = 0;
};

boost::asio::awaitable<void> ask_again_and_again(Load& load) {
  while (load.clock.now() < load.until) {
    http::Request request;
    request.target = load.path;
    request.headers.emplace_back("Content-Type", "application/json");
    auto response = co_await load.client.send(std::move(request), load.clock.in(std::chrono::seconds(10)));
    if (!response) throw std::runtime_error(response.error().describe());
    if (response->status != 200) throw std::runtime_error("status " + std::to_string(response->status));
    ++load.answers;
  }
}

void report_load(std::string_view name, std::uint64_t requests, double seconds, double cpu_seconds) {
  const auto count = static_cast<double>(requests);
  report(name,
         {{"requests", count}, {"requests_per_s", count / seconds}, {"cpu_us_per_request", cpu_seconds * 1e6 / count}});
}

/// `connections` callers for that long.
void measure(std::string_view name, int connections, const http::Endpoint& endpoint, const std::string& path,
             std::chrono::seconds how_long) {
  boost::asio::io_context loop(1);
  SystemClock clock;
  auto transport = http::make_beast_client(loop.get_executor(), endpoint, http::ClientOptions());
  if (!transport) throw std::runtime_error(transport.error().describe());
  functiongraph::AuthenticationPorts ports{**transport, endpoint, clock, nullptr, Logger()};
  auto authenticated = functiongraph::make_authenticated_client(
      std::move(ports), functiongraph::make_fixed_token(Secret("bench"), "the benchmark"));
  functiongraph::Budget budget(functiongraph::BudgetLimits(), clock, 1, Logger());
  auto client = functiongraph::make_budgeted_client(*authenticated, budget, functiongraph::Priority::human);

  Load load{*client, clock, path, clock.now() + how_long, 0};
  std::exception_ptr failure;
  for (int i = 0; i < connections; ++i) {
    boost::asio::co_spawn(loop, ask_again_and_again(load), [&](std::exception_ptr ended) {
      if (ended) failure = ended;
    });
  }
  const auto cpu_before = cpu_time();
  const double seconds = seconds_of([&] { loop.run(); });
  if (failure) std::rethrow_exception(failure);
  report_load(name, load.answers, seconds, (cpu_time() - cpu_before).count());
}

/// Send, wait, receive on one socket: nothing is understood, and each answer must come in one piece.
void measure_bare_socket(const http::Endpoint& endpoint, const std::string& path, std::chrono::seconds how_long) {
  namespace asio = boost::asio;
  asio::io_context loop(1);
  asio::ip::tcp::socket socket(loop);
  socket.connect({asio::ip::make_address(endpoint.host), endpoint.port});
  const std::string request =
      "GET " + path + " HTTP/1.1\r\nHost: " + endpoint.host +
      "\r\nContent-Type: application/json\r\nX-Auth-Token: bench\r\nConnection: keep-alive\r\n\r\n";
  std::array<char, 4096> answer{};
  std::uint64_t answers = 0;
  const auto cpu_before = cpu_time();
  const double seconds = seconds_of([&] {
    const auto until = std::chrono::steady_clock::now() + how_long;
    while (std::chrono::steady_clock::now() < until) {
      asio::write(socket, asio::buffer(request));
      socket.wait(asio::ip::tcp::socket::wait_read);
      const auto size = socket.read_some(asio::buffer(answer));
      if (!std::string_view(answer.data(), size).starts_with("HTTP/1.1 200 ")) throw std::runtime_error("refused");
      ++answers;
    }
  });
  report_load("bare socket", answers, seconds, (cpu_time() - cpu_before).count());
}

}  // namespace

void bench_client(const std::vector<std::string>& arguments) {
  if (arguments.size() != 3) throw std::runtime_error("client URL PATH SECONDS");
  const auto endpoint = http::parse_endpoint(arguments[0]);
  if (!endpoint) throw std::runtime_error(endpoint.error().describe());
  const std::chrono::seconds how_long(std::stoi(arguments[2]));
  measure_bare_socket(*endpoint, arguments[1], how_long);
  measure("one connection", 1, *endpoint, arguments[1], how_long);
  measure("8 connections", 8, *endpoint, arguments[1], how_long);
}

}  // namespace fgsync::bench
