#pragma once

#include <chrono>
#include <map>
#include <string>

#include "cli/progress.hpp"

namespace fgsync::cli {

/// The last line of a terminal: a bar, counts, and the functions in flight with their step and how long it has taken.
/// It is as long as the terminal allows; what does not fit is counted.
class LiveLine {
 public:
  LiveLine(std::size_t total, Terminal terminal) : terminal_(std::move(terminal)), total_(total) {}

  void begin(const std::string& function, const std::string& what);
  void end(const std::string& function, reconcile::Outcome outcome);
  void draw();
  void erase();

 private:
  struct InFlight {
    std::string what;
    std::chrono::steady_clock::time_point since;
  };

  [[nodiscard]] std::string counts() const;
  [[nodiscard]] std::string text(std::size_t columns, Charset charset) const;

  Terminal terminal_;
  std::size_t total_;
  std::size_t ended_ = 0;
  std::size_t failed_ = 0;
  std::map<std::string, InFlight> in_flight_;
};

}  // namespace fgsync::cli
