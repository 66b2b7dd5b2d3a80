#include "base/secret.hpp"

#include <openssl/crypto.h>

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

}  // namespace fgsync
