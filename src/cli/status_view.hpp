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

/// The running daemon, where it is the one that was asked.
struct DaemonContext {
  std::string socket;
  std::string version;
  std::string started_at;          ///< ISO 8601, UTC
  std::vector<std::string> notes;  ///< what is wrong with it and its targets, above the functions
  std::string json;                ///< `daemon` of the document
};

/// What stands around the functions.
struct StatusContext {
  std::string state_directory;               ///< empty: none is used
  bool has_state = false;                    ///< something is known of this target and source
  std::optional<std::string> running;        ///< who holds the state's lock
  std::int64_t now = 0;                      ///< epoch seconds
  std::optional<std::int64_t> max_age_s;     ///< --max-age
  std::optional<DaemonContext> daemon = {};  ///< absent: manifests and state tell
};

enum class Columns {
  few,     ///< name, condition, since when, why
  daemon,  ///< as few, and when it was observed and is tried next
  wide,    ///< also when it was observed, and what was applied last
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
