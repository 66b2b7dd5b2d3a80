#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <memory>
#include <optional>
#include <stdexcept>
#include <type_traits>
#include <utility>

namespace fgsync::test {

/// Runs `work` on `loop` until nothing is left to do, and answers its value. What it throws is thrown here.
template <class T>
T run(boost::asio::io_context& loop, boost::asio::awaitable<T> work) {
  // Shared with the handler, which outlives this call when the loop is stopped from within.
  struct End {
    bool has_come = false;
    std::exception_ptr failure;
    std::conditional_t<std::is_void_v<T>, std::optional<bool>, std::optional<T>> value;
  };
  auto end = std::make_shared<End>();
  if constexpr (std::is_void_v<T>) {
    boost::asio::co_spawn(loop, std::move(work), [end](std::exception_ptr failure) {
      end->has_come = true;
      end->failure = failure;
    });
  } else {
    // A Result has no default value; Asio wants one.
    auto boxed = [](boost::asio::awaitable<T> inner) -> boost::asio::awaitable<std::optional<T>> {
      co_return std::optional<T>(co_await std::move(inner));
    };
    boost::asio::co_spawn(loop, boxed(std::move(work)), [end](std::exception_ptr failure, std::optional<T> value) {
      end->has_come = true;
      end->failure = failure;
      end->value = std::move(value);
    });
  }
  loop.restart();
  loop.run();
  if (!end->has_come) throw std::logic_error("the loop ran out of work before the coroutine ended");
  if (end->failure) std::rethrow_exception(end->failure);
  if constexpr (!std::is_void_v<T>) return std::move(*end->value);
}

/// The same on a loop of its own.
template <class T>
T run(boost::asio::awaitable<T> work) {
  boost::asio::io_context loop;
  return run(loop, std::move(work));
}

}  // namespace fgsync::test
