#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "emulator/fault.hpp"
#include "http/message.hpp"

namespace fgsync::emulator {

struct Answer;
struct Call;
using Outcome = Valid<Answer>;
/// What a path and method stand for.
using Operation = Outcome (*)(const Call& call);

/// Whether a request must show who it comes from.
enum class Access { authenticated, open };

/// A request's method and target, understood and percent-decoded. Texts are empty where the path has no such part.
struct Route {
  Operation operation = nullptr;
  Access access = Access::authenticated;
  http::Method method = http::Method::get;
  std::string project;
  std::string urn;
  std::string alias;
  std::string trigger_type;
  std::string trigger_id;
  std::string dependency;
  std::string dependency_version;
  std::string action;
  std::string digest;
  std::vector<std::pair<std::string, std::string>> query;

  /// A GET changes nothing.
  [[nodiscard]] bool is_read() const { return method == http::Method::get; }
  [[nodiscard]] std::optional<std::string> parameter(std::string_view name) const;
  /// A parameter that must be a whole number from 0 (FSS.1001); absent or empty: nothing.
  [[nodiscard]] Valid<std::optional<std::int64_t>> number(std::string_view name) const;
  /// A parameter that must be `true` or `false` (FSS.1001); absent or empty: false.
  [[nodiscard]] Valid<bool> flag(std::string_view name) const;
};

/// The operation of a request; APIGW.0101 when there is none.
Valid<Route> find_route(const http::Request& request);

/// `urn:fss:<region>:<project>:function:<package>:<name>[:<version>|:!<alias>]`
struct FunctionUrn {
  std::string region;
  std::string project;
  std::string app;
  std::string name;
  std::string qualifier;  ///< as written: empty, `latest`, a version, or `!` and an alias

  [[nodiscard]] bool is_alias() const { return qualifier.starts_with('!'); }
  [[nodiscard]] bool is_latest() const { return qualifier.empty() || qualifier == "latest"; }
};

/// FSS.0400 when the text is no URN of a function.
Valid<FunctionUrn> parse_urn(const std::string& text);

}  // namespace fgsync::emulator
