#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.hpp"

namespace fgsync::functiongraph {

class VersionUrn;
class AliasUrn;

/// A function's URN without version or alias: `urn:fss:<region>:<project>:function:<package>:<function>`.
/// There is on purpose no way to make one from parts: URNs are taken from answers of the service, because the package
/// that it names is the service's to say.
class FunctionUrn {
 public:
  /// Takes a URN with or without suffix and drops the suffix. Error `corrupt` when it is no function's URN or holds
  /// characters that a URN cannot have (it becomes part of request paths).
  static Result<FunctionUrn> parse(std::string_view text);

  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] std::string_view region() const { return field(2); }
  [[nodiscard]] std::string_view project_id() const { return field(3); }
  [[nodiscard]] std::string_view app() const { return field(5); }
  [[nodiscard]] std::string_view name() const { return field(6); }
  friend bool operator==(const FunctionUrn&, const FunctionUrn&) = default;

 private:
  explicit FunctionUrn(std::string text) : text_(std::move(text)) {}
  [[nodiscard]] std::string_view field(std::size_t index) const;
  std::string text_;
};

/// One published version: `<function>:<version>`. Never `latest` and never without a version, because the service's
/// DELETE of a URN without one, or with `latest`, is about the whole function (api: section 0).
class VersionUrn {
 public:
  /// Error `invalid` when `version` is empty, is `latest` (in whatever case), or has characters that no version's name
  /// has.
  static Result<VersionUrn> of(const FunctionUrn& function, std::string_view version);

  [[nodiscard]] const FunctionUrn& function() const { return function_; }
  [[nodiscard]] const std::string& version() const { return version_; }
  [[nodiscard]] std::string text() const { return function_.text() + ":" + version_; }
  friend bool operator==(const VersionUrn&, const VersionUrn&) = default;

 private:
  VersionUrn(FunctionUrn function, std::string version)
      : function_(std::move(function)), version_(std::move(version)) {}
  FunctionUrn function_;
  std::string version_;
};

/// One alias: `<function>:!<alias>`.
class AliasUrn {
 public:
  /// Error `invalid` when `alias` is empty or has characters that no alias's name has.
  static Result<AliasUrn> of(const FunctionUrn& function, std::string_view alias);

  [[nodiscard]] const FunctionUrn& function() const { return function_; }
  [[nodiscard]] const std::string& alias() const { return alias_; }
  [[nodiscard]] std::string text() const { return function_.text() + ":!" + alias_; }
  friend bool operator==(const AliasUrn&, const AliasUrn&) = default;

 private:
  AliasUrn(FunctionUrn function, std::string alias) : function_(std::move(function)), alias_(std::move(alias)) {}
  FunctionUrn function_;
  std::string alias_;
};

/// What a call is about that takes a function's `latest`, a version or an alias alike. No call that deletes takes one.
class QualifiedUrn {
 public:
  // Each of the three is one, so the conversions are implicit on purpose.
  QualifiedUrn(const FunctionUrn& function) : text_(function.text()) {}  // NOLINT(google-explicit-constructor)
  QualifiedUrn(const VersionUrn& version) : text_(version.text()) {}     // NOLINT(google-explicit-constructor)
  QualifiedUrn(const AliasUrn& alias) : text_(alias.text()) {}           // NOLINT(google-explicit-constructor)

  [[nodiscard]] const std::string& text() const { return text_; }
  friend bool operator==(const QualifiedUrn&, const QualifiedUrn&) = default;

 private:
  std::string text_;
};

/// Whether the text may stand as one segment of a path: letters, digits, `-`, `_`, `.`, and neither `.` nor `..`.
bool is_path_segment(std::string_view text);

}  // namespace fgsync::functiongraph
