#pragma once

#include <chrono>
#include <functional>
#include <memory>

namespace boost::asio {
class io_context;  // NOLINT(readability-identifier-naming): Asio's
}

namespace fgsync::cli {

/// Calls something on the loop, again and again, as long as it lives.
class Ticker {
 public:
  Ticker(boost::asio::io_context& loop, std::chrono::milliseconds period, std::function<void()> call);
  Ticker(const Ticker&) = delete;
  Ticker& operator=(const Ticker&) = delete;
  ~Ticker();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace fgsync::cli
