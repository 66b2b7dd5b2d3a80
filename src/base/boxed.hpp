#pragma once

#include <memory>
#include <optional>
#include <utility>

namespace fgsync {

/// An optional value that lives apart: absent, it takes the room of a pointer. For large and rare members of what there
/// are thousands of. Copies are deep, as a value's are; used like std::optional.
template <class T>
class Boxed {
 public:
  using value_type = T;  // NOLINT(readability-identifier-naming): as std::optional says

  Boxed() = default;
  Boxed(std::nullopt_t) {}                                           // NOLINT(google-explicit-constructor)
  Boxed(T value) : value_(std::make_unique<T>(std::move(value))) {}  // NOLINT(google-explicit-constructor)
  Boxed(std::optional<T> value) {                                    // NOLINT(google-explicit-constructor)
    if (value) value_ = std::make_unique<T>(std::move(*value));
  }
  Boxed(const Boxed& other) : value_(other.value_ ? std::make_unique<T>(*other.value_) : nullptr) {}
  Boxed(Boxed&&) noexcept = default;
  Boxed& operator=(const Boxed& other) {
    if (this != &other) value_ = other.value_ ? std::make_unique<T>(*other.value_) : nullptr;
    return *this;
  }
  Boxed& operator=(Boxed&&) noexcept = default;
  ~Boxed() = default;

  [[nodiscard]] bool has_value() const { return value_ != nullptr; }
  explicit operator bool() const { return has_value(); }
  T& operator*() & { return *value_; }
  const T& operator*() const& { return *value_; }
  T&& operator*() && { return std::move(*value_); }
  T* operator->() { return value_.get(); }
  const T* operator->() const { return value_.get(); }
  template <class Default>
  [[nodiscard]] T value_or(Default&& otherwise) const {
    return value_ ? *value_ : static_cast<T>(std::forward<Default>(otherwise));
  }

  T& emplace(T value = {}) { return *(value_ = std::make_unique<T>(std::move(value))); }
  void reset() { value_.reset(); }

  friend bool operator==(const Boxed& left, const Boxed& right) {
    return left.has_value() == right.has_value() && (!left.has_value() || *left == *right);
  }

 private:
  std::unique_ptr<T> value_;
};

}  // namespace fgsync
