#include "http/connection.hpp"

#include <array>
#include <utility>

namespace fgsync::http {

Connection::Connection(const boost::asio::any_io_executor& executor, Socket socket)
    : socket_(std::move(socket)), bell_(executor), readiness_(executor, socket_.descriptor(), bell_) {}

void Connection::watch(const Attempt& attempt) {
  if (attempt.outcome == Attempt::Outcome::wants_read) readiness_.watch_readable();
  if (attempt.outcome == Attempt::Outcome::wants_write) readiness_.watch_writable();
}

bool Connection::is_quiet() {
  std::array<char, 1> byte{};
  // With TLS a session ticket may come at any time: reading takes it in and finds nothing else.
  return read(byte).outcome == Attempt::Outcome::wants_read;
}

}  // namespace fgsync::http
