#pragma once

#include <string>
#include <utility>

namespace fgsync::simulation {

/// What happened, line by line, for people. Costs nothing when nobody reads it.
class Trace {
 public:
  explicit Trace(bool is_kept) : is_kept_(is_kept) {}

  template <class Line>
  void add(const Line& line) {
    if (is_kept_) text_ += line() + "\n";
  }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  bool is_kept_;
  std::string text_;
};

}  // namespace fgsync::simulation
