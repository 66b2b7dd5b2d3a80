#pragma once

#include <string>
#include <string_view>

namespace fgsync::reconcile {

// Texts as they stand in a manifest, so that reading it gives them again whatever YAML makes of such words. UTF-8.

/// In double quotes, on one line.
std::string quoted(std::string_view text);

/// A key: as it is where that is a plain word, else quoted.
std::string key_text(std::string_view key);

/// A value: the same; and variables of environments begin with `${`, so where the text itself has that, it is `$${`.
std::string value_text(std::string_view value);

/// `key: value`, several of them in braces.
class Braces {
 public:
  Braces& text(std::string_view key, std::string_view value) { return raw(key, value_text(value)); }
  Braces& text_if_any(std::string_view key, std::string_view value) { return value.empty() ? *this : text(key, value); }
  Braces& raw(std::string_view key, const std::string& value) {
    text_ += (text_.empty() ? "" : ", ") + key_text(key) + ": " + value;
    return *this;
  }
  [[nodiscard]] std::string str() const { return "{" + text_ + "}"; }
  [[nodiscard]] bool is_empty() const { return text_.empty(); }

 private:
  std::string text_;
};

template <class Items, class ToText>
std::string brackets(const Items& items, ToText to_text) {
  std::string text;
  for (const auto& item : items) text += (text.empty() ? "" : ", ") + to_text(item);
  return "[" + text + "]";
}

}  // namespace fgsync::reconcile
