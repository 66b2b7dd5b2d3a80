#pragma once

#include <string>
#include <string_view>

namespace fgsync::cli {

/// Colours text for a terminal, or leaves it as it is.
class Paint {
 public:
  explicit Paint(bool is_on) : is_on_(is_on) {}

  [[nodiscard]] std::string red(std::string_view text) const { return wrap("31", text); }
  [[nodiscard]] std::string green(std::string_view text) const { return wrap("32", text); }
  [[nodiscard]] std::string yellow(std::string_view text) const { return wrap("33", text); }
  [[nodiscard]] std::string bold(std::string_view text) const { return wrap("1", text); }

 private:
  [[nodiscard]] std::string wrap(std::string_view code, std::string_view text) const {
    if (!is_on_) return std::string(text);
    return "\033[" + std::string(code) + "m" + std::string(text) + "\033[0m";
  }

  bool is_on_;
};

}  // namespace fgsync::cli
