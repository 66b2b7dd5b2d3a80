#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/function_status.hpp"
#include "cli/paint.hpp"
#include "cli/screen.hpp"

namespace fgsync::cli {

/// What stands around the functions.
struct StatusContext {
  std::string state_directory;            ///< empty: none is used
  bool has_state = false;                 ///< something is known of this target and source
  std::optional<std::string> running;     ///< who holds the state's lock
  std::int64_t now = 0;                   ///< epoch seconds
  std::optional<std::int64_t> max_age_s;  ///< --max-age
};

enum class Columns {
  few,   ///< name, condition, since when, why
  wide,  ///< also when it was observed, and what was applied last
};

/// A table and a line with counts. On a screen without room for reasons beside the other columns they stand below, and
/// where those do not fit either, each function is a block of lines.
std::string render_status_text(const std::vector<FunctionStatus>& statuses, const StatusContext& context,
                               Columns columns, const Paint& paint, const Screen& screen);

/// docs/plan-format.md.
std::string render_status_json(const std::vector<FunctionStatus>& statuses, const StatusContext& context);

/// `45 s`, `12 min`, `3 h`, `9 d`.
std::string shown_age(std::int64_t seconds);

}  // namespace fgsync::cli
