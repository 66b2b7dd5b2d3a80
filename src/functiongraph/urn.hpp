#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace fgsync::functiongraph {

/// A function's URN without version or alias: `urn:fss:<region>:<project>:function:<package>:<function>`.
/// There is on purpose no way to make one from parts: URNs are taken from answers of the service, because the package
/// that it names is the service's to say.
class FunctionUrn {
 public:
  /// Takes a URN with or without suffix and drops the suffix. Error `corrupt` when it is no function's URN or holds
  /// characters that a URN cannot have (it becomes part of request paths).
  static Result<FunctionUrn> parse(std::string_view text);

  [[nodiscard]] const std::string& text() const { return text_; }
  friend bool operator==(const FunctionUrn&, const FunctionUrn&) = default;

 private:
  explicit FunctionUrn(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

}  // namespace fgsync::functiongraph
