#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "plan/model.hpp"

namespace fgsync::reconcile {

enum class Outcome {
  unchanged,    ///< nothing to do
  done,         ///< as desired now
  failed,       ///< tried and given up
  blocked,      ///< not tried, by decision
  skipped,      ///< not tried, because of something else
  interrupted,  ///< stopped in between
};

std::string_view name_of(Outcome outcome);

/// What became of one function.
struct FunctionReport {
  std::string name;
  Outcome outcome = Outcome::unchanged;
  std::vector<std::string> done;  ///< the steps that took effect, in order
  std::vector<plan::Blocked> blocked;
  std::optional<Error> error;
  std::string reason;  ///< of skipped and interrupted
  std::chrono::milliseconds took{0};
};

struct Report {
  std::vector<FunctionReport> functions;  ///< in the plan's order
};

/// Hears what happens while a plan is applied. Called on the loop; must not block.
class Progress {
 public:
  virtual ~Progress() = default;
  virtual void on_start(const std::string& function) = 0;
  virtual void on_step(const std::string& function, const plan::Action& action) = 0;
  virtual void on_wait(const std::string& function, const Error& error, std::chrono::milliseconds wait) = 0;
  virtual void on_end(const FunctionReport& report) = 0;
};

}  // namespace fgsync::reconcile
