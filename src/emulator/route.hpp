#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "emulator/fault.hpp"
#include "http/message.hpp"

namespace fgsync::emulator {

enum class Operation {
  create_function,
  list_functions,
  import_function,
  delete_resource,
  show_code,
  update_code,
  show_config,
  update_config,
  list_versions,
  publish_version,
  list_aliases,
  create_alias,
  show_alias,
  update_alias,
  delete_alias,
};

/// Whether the operation only reads.
bool is_read(Operation operation);

/// A request's method and target, understood and percent-decoded.
struct Route {
  Operation operation{};
  std::string project;
  std::string urn;    ///< where the path has one
  std::string alias;  ///< where the path has one
  std::vector<std::pair<std::string, std::string>> query;

  [[nodiscard]] std::optional<std::string> parameter(std::string_view name) const;
  /// A parameter that must be a whole number from 0 (FSS.1001); absent or empty: nothing.
  [[nodiscard]] Valid<std::optional<std::int64_t>> number(std::string_view name) const;
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
