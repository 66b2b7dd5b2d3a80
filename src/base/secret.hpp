#pragma once

#include <string>
#include <utility>

namespace fgsync {

/// Text that must reach no output. It has no formatter and no stream operator; reading it takes a visible word.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}

  [[nodiscard]] bool is_empty() const { return text_.empty(); }
  /// The text itself. Only for handing it to the protocol that needs it.
  [[nodiscard]] const std::string& reveal() const { return text_; }

 private:
  std::string text_;
};

}  // namespace fgsync
