#include "cli/confirmation.hpp"

#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <utility>

#include "cli/screen_text.hpp"
#include "cli/step_words.hpp"

namespace fgsync::cli {
namespace {

bool deletes(const plan::FunctionPlan& function) {
  return std::any_of(function.steps.begin(), function.steps.end(),
                     [](const plan::Step& step) { return std::holds_alternative<plan::DeleteFunction>(step.action); });
}

}  // namespace

bool has_person() {
  return ::isatty(STDIN_FILENO) == 1 && ::isatty(STDOUT_FILENO) == 1;
}

boost::asio::awaitable<bool> ask(const Options& options, WorkerPool& pool, std::string what) {
  if (options.is_confirmed || !has_person()) co_return true;
  tell(what + ".");
  co_return co_await ask_person(pool);
}

boost::asio::awaitable<bool> ask_person(WorkerPool& pool) {
  std::cout << std::flush;
  std::cerr << "Type yes to go on: " << std::flush;
  // Not on the loop, which listens for signals meanwhile.
  auto read = [] {
    std::string line;
    std::getline(std::cin, line);
    return line;
  };
  const std::string answer = co_await offload(pool, std::move(read));
  co_return answer == "yes";
}

boost::asio::awaitable<bool> ask_before_deletes(const Options& options, WorkerPool& pool, const plan::Plan& plan) {
  std::size_t count = 0;
  std::string names;
  for (const plan::FunctionPlan& function : plan.functions) {
    if (!deletes(function)) continue;
    ++count;
    names += (names.empty() ? "" : ", ") + function.name;
  }
  if (count == 0) co_return true;
  std::string what = "This deletes " + plural(count, "function") + ": " + names;
  co_return co_await ask(options, pool, std::move(what));
}

}  // namespace fgsync::cli
