#include "tests/http/name_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <utility>

namespace fgsync::test {
namespace {

constexpr std::size_t kHeaderBytes = 12;  // RFC 1035, 4.1.1

std::string big_endian(std::uint32_t value, std::size_t bytes) {
  std::string text;
  for (std::size_t i = bytes; i > 0; --i) text += static_cast<char>((value >> (8 * (i - 1))) & 0xffU);
  return text;
}

/// Where the question of a query ends; what follows it (EDNS) is not repeated in answers.
std::size_t end_of_question(const std::string& query) {
  std::size_t at = kHeaderBytes;
  while (query.at(at) != '\0') at += static_cast<unsigned char>(query[at]) + 1U;
  return at + 1 + 4;
}

/// The start of an answer: the query's number and question, and how many records follow.
std::string answer_start(const std::string& query, std::uint8_t code, std::size_t records) {
  constexpr std::uint32_t kIsAnswer = 0x8180;
  return query.substr(0, 2) + big_endian(kIsAnswer | code, 2) + big_endian(1, 2) +
         big_endian(static_cast<std::uint32_t>(records), 2) + big_endian(0, 4) +
         query.substr(kHeaderBytes, end_of_question(query) - kHeaderBytes);
}

/// The address on the wire; nothing when it is none of this type.
std::optional<std::string> to_wire(const std::string& address, Question::Type type) {
  const bool is_ipv6 = address.find(':') != std::string::npos;
  if (is_ipv6 != (type == Question::Type::aaaa)) return std::nullopt;
  std::array<char, 16> bytes{};
  if (::inet_pton(is_ipv6 ? AF_INET6 : AF_INET, address.c_str(), bytes.data()) != 1)
    throw std::logic_error("no address");
  return std::string(bytes.data(), is_ipv6 ? 16 : 4);
}

}  // namespace

NameServer::NameServer(Answer answer)
    : answer_(std::move(answer)), socket_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (::bind(socket_, generic, size) != 0) throw std::runtime_error("no free port");
  ::getsockname(socket_, generic, &size);
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { serve(); });
}

NameServer::~NameServer() {
  ::shutdown(socket_, SHUT_RDWR);
  thread_.join();
  ::close(socket_);
}

std::string NameServer::address() const {
  return "127.0.0.1:" + std::to_string(port_);
}

std::vector<Question> NameServer::questions() const {
  const std::lock_guard lock(guard_);
  return questions_;
}

void NameServer::serve() {
  while (true) {
    std::array<char, 2048> buffer{};
    sockaddr_in client{};
    socklen_t size = sizeof client;
    auto* generic = reinterpret_cast<sockaddr*>(&client);
    const auto got = ::recvfrom(socket_, buffer.data(), buffer.size(), 0, generic, &size);
    if (got <= 0) return;
    const std::string query(buffer.data(), static_cast<std::size_t>(got));
    {
      const std::lock_guard lock(guard_);
      questions_.push_back(question_in(query));
    }
    if (const auto answer = answer_(query)) ::sendto(socket_, answer->data(), answer->size(), 0, generic, size);
  }
}

Question question_in(const std::string& query) {
  Question question;
  std::size_t at = kHeaderBytes;
  while (const auto length = static_cast<unsigned char>(query.at(at))) {
    if (!question.name.empty()) question.name += '.';
    question.name += query.substr(at + 1, length);
    at += length + 1U;
  }
  question.type = static_cast<Question::Type>(query.at(at + 2));
  return question;
}

std::string answer_with(const std::string& query, const std::vector<std::string>& addresses) {
  constexpr std::uint32_t kNameOfQuestion = 0xc00c;
  constexpr std::uint32_t kInternet = 1;
  constexpr std::uint32_t kSeconds = 60;
  const Question::Type type = question_in(query).type;
  std::string records;
  std::size_t count = 0;
  for (const auto& address : addresses) {
    const auto data = to_wire(address, type);
    if (!data) continue;
    records += big_endian(kNameOfQuestion, 2) + big_endian(static_cast<std::uint32_t>(type), 2) +
               big_endian(kInternet, 2) + big_endian(kSeconds, 4) +
               big_endian(static_cast<std::uint32_t>(data->size()), 2) + *data;
    ++count;
  }
  return answer_start(query, 0, count) + records;
}

std::string refuse(const std::string& query, Refusal why) {
  return answer_start(query, static_cast<std::uint8_t>(why), 0);
}

}  // namespace fgsync::test
