#pragma once

#include <string>

namespace fgsync {

/// Text that must reach no output. It has no formatter, no stream operator and no conversion; reading it takes a
/// visible word. Its memory is overwritten when it ends, is moved from or gets another value.
class Secret {
 public:
  Secret() = default;
  /// Wipes the given string, too: of a long text, `Secret(std::move(text))` leaves no copy behind.
  explicit Secret(std::string text) : text_(text) { wipe(text); }
  Secret(const Secret&) = default;
  Secret(Secret&& other) noexcept;
  Secret& operator=(const Secret& other);
  Secret& operator=(Secret&& other) noexcept;
  ~Secret() { wipe(text_); }

  [[nodiscard]] bool is_empty() const { return text_.empty(); }
  /// The text itself. Only for handing it to the protocol that needs it.
  [[nodiscard]] const std::string& reveal() const { return text_; }

  /// Overwrites the text with zeros, with all that its memory holds, and empties it.
  static void wipe(std::string& text) noexcept;

  template <class Stream>
  friend Stream& operator<<(Stream&, const Secret&) = delete;

 private:
  std::string text_;
};

/// Takes a secret out of a text that comes from outside and may repeat it: `[hidden]` stands in its place. Its
/// beginning is taken out as well, since such texts are cut. Secrets under six bytes stay: they would be found in every
/// text.
void hide(std::string& text, const Secret& secret);

}  // namespace fgsync
