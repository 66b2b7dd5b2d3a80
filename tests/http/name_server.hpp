#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace fgsync::test {

/// What a name server is asked for.
struct Question {
  enum class Type : std::uint16_t { a = 1, aaaa = 28 };
  Type type;
  std::string name;
};

/// A name server on a free UDP port of 127.0.0.1, on a thread of its own.
class NameServer {
 public:
  /// The answer to a query, both as they are on the wire; nothing: it stays silent.
  using Answer = std::function<std::optional<std::string>(const std::string& query)>;

  explicit NameServer(Answer answer);
  NameServer(const NameServer&) = delete;
  NameServer& operator=(const NameServer&) = delete;
  ~NameServer();

  /// `127.0.0.1:port`.
  [[nodiscard]] std::string address() const;
  /// What was asked so far.
  [[nodiscard]] std::vector<Question> questions() const;

 private:
  void serve();

  Answer answer_;
  int socket_;
  std::uint16_t port_ = 0;
  mutable std::mutex guard_;
  std::vector<Question> questions_;
  std::thread thread_;
};

Question question_in(const std::string& query);

/// Answers that there are these addresses, each to the type of question that it answers.
std::string answer_with(const std::string& query, const std::vector<std::string>& addresses);

enum class Refusal : std::uint8_t { format_error = 1, server_failure = 2, no_such_name = 3, refused = 5 };
std::string refuse(const std::string& query, Refusal why);

}  // namespace fgsync::test
