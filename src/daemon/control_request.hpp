#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace fgsync::daemon {

/// A request's target in its parts, percent-decoded.
struct ControlTarget {
  std::vector<std::string> segments;
  std::map<std::string, std::string> query;
};

/// Error `invalid`: bad escapes, or a key that is given twice.
Result<ControlTarget> parse_control_target(std::string_view target);

/// Refuses keys of the query that mean nothing here, naming those that do.
Result<void> check_query(const ControlTarget& target, const std::vector<std::string_view>& known);

/// The JSON object that a request says what it wants with. Strict: whoever misspells a key would otherwise get what
/// they did not ask for. What is wrong is remembered, the first mistake only, until `finish`.
class ControlBody {
 public:
  static constexpr std::size_t kMostBytes = std::size_t{64} << 10U;

  /// Nothing at all counts as `{}`. Error `invalid`: too long, no JSON object, or a key twice.
  static Result<ControlBody> parse(std::string_view text);

  /// One line; empty where it is left out.
  std::string text(std::string_view key);
  /// The same, but it must be there.
  std::string required_text(std::string_view key);
  std::vector<std::string> texts(std::string_view key);
  /// A number of seconds from 0 to `most`; 0 where it is left out.
  std::chrono::milliseconds seconds(std::string_view key, std::chrono::seconds most);

  /// Error `invalid`: the first thing that was wrong, or keys that nobody asked for.
  [[nodiscard]] Result<void> finish() const;

 private:
  struct Parsed;
  explicit ControlBody(std::shared_ptr<Parsed> parsed) : parsed_(std::move(parsed)) {}

  std::shared_ptr<Parsed> parsed_;
};

}  // namespace fgsync::daemon
