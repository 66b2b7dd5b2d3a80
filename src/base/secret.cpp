#include "base/secret.hpp"

#include <openssl/crypto.h>

#include <algorithm>
#include <string_view>

namespace fgsync {

// A short text lies inside of the string, where swapping leaves it: hence the wiping.
Secret::Secret(Secret&& other) noexcept {
  text_.swap(other.text_);
  wipe(other.text_);
}

Secret& Secret::operator=(const Secret& other) {
  if (this == &other) return *this;
  wipe(text_);
  text_ = other.text_;
  return *this;
}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this == &other) return *this;
  wipe(text_);
  text_.swap(other.text_);
  wipe(other.text_);
  return *this;
}

void Secret::wipe(std::string& text) noexcept {
  text.resize(text.capacity());  // stays in place: a longer text may have stood there before
  ::OPENSSL_cleanse(text.data(), text.size());
  text.clear();
}

void hide(std::string& text, const Secret& secret) {
  constexpr std::size_t kShortest = 6;
  constexpr std::size_t kRecognised = 12;
  constexpr std::string_view kInstead = "[hidden]";
  const std::string_view whole = secret.reveal();
  if (whole.size() < kShortest) return;
  const std::string_view beginning = whole.substr(0, kRecognised);
  for (auto at = text.find(beginning); at != std::string::npos; at = text.find(beginning, at + kInstead.size())) {
    const std::string_view rest = std::string_view(text).substr(at, whole.size());
    const auto end = std::mismatch(rest.begin(), rest.end(), whole.begin()).first;
    text.replace(at, static_cast<std::size_t>(end - rest.begin()), kInstead);
  }
}

}  // namespace fgsync
