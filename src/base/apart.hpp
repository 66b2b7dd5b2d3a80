#pragma once

#include <utility>

#include "base/boxed.hpp"

namespace fgsync {

/// A value that lives apart until something of it is set: until then it reads as `T()` and takes the room of a pointer.
/// For large members, mostly unset, of what there are thousands of. Copies are deep, as a value's are.
template <class T>
class Apart {
 public:
  Apart() = default;
  Apart(T value) : value_(std::move(value)) {}  // NOLINT(google-explicit-constructor)

  const T& operator*() const {
    static const T unset{};
    return value_ ? *value_ : unset;
  }
  const T* operator->() const { return &**this; }
  /// To be changed: from now on it is there.
  T& operator*() {
    if (!value_) value_.emplace();
    return *value_;
  }
  T* operator->() { return &**this; }

 private:
  Boxed<T> value_;
};

}  // namespace fgsync
