#include "cli/status_view.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/clock.hpp"
#include "cli/plan_json.hpp"
#include "cli/screen_text.hpp"
#include "cli/step_words.hpp"
#include "functiongraph/timestamp.hpp"
#include "reconcile/inventory.hpp"

namespace fgsync::cli {
namespace {

using Json = nlohmann::ordered_json;
using Row = std::vector<std::string>;

constexpr std::size_t kShownDigits = 12;

/// What needs a person comes first.
constexpr std::array<Condition, 7> kConditions{Condition::failed, Condition::blocked,   Condition::unknown,
                                               Condition::held,   Condition::suspended, Condition::progressing,
                                               Condition::synced};

std::string age_of(const std::string& iso8601, std::int64_t now) {
  const auto time = functiongraph::parse_timestamp(iso8601);
  return time ? shown_age(now - reconcile::epoch_seconds(*time)) : "-";
}

std::string until(const std::string& iso8601, std::int64_t now) {
  const auto time = functiongraph::parse_timestamp(iso8601);
  return time ? "in " + shown_age(reconcile::epoch_seconds(*time) - now) : "-";
}

std::string shown_time(std::int64_t epoch_seconds) {
  return to_iso8601(std::chrono::system_clock::time_point(std::chrono::seconds(epoch_seconds)));
}

std::string painted(const Paint& paint, Condition condition, const std::string& text) {
  switch (condition) {
    case Condition::failed:
    case Condition::blocked: return paint.red(text);
    case Condition::synced: return paint.green(text);
    default: return paint.yellow(text);
  }
}

std::string or_none(const std::string& text) {
  return text.empty() ? "-" : text;
}

std::string joined(const std::map<std::string, std::string>& aliases) {
  std::string text;
  for (const auto& [alias, version] : aliases) {
    text += (text.empty() ? "" : ",") + alias + (version.empty() ? "" : "=" + version);
  }
  return or_none(text);
}

std::string age_of(const std::optional<state::HistoryEntry>& entry, std::int64_t now) {
  return entry ? age_of(entry->at, now) : "-";
}

std::string shown_hold(const FunctionStatus& status) {
  const std::string suspended = status.is_suspended ? "suspended" : "";
  if (!status.hold) return or_none(suspended);
  return suspended + (suspended.empty() ? "" : ",") + "held";
}

Row headings(Columns columns) {
  if (columns == Columns::few) return {"NAME", "CONDITION", "SINCE"};
  if (columns == Columns::daemon) return {"NAME", "CONDITION", "SINCE", "OBSERVED", "NEXT TRY"};
  return {"NAME",    "CONDITION", "SINCE",       "OBSERVED", "APPLIED",    "VERSION",
          "ALIASES", "DIGEST",    "FINGERPRINT", "STOPPED",  "LAST ERROR", "BY"};
}

Row cells(const FunctionStatus& status, const StatusContext& context, Columns columns) {
  const std::string prefix = status.target.empty() ? "" : status.target + "/";
  Row row{prefix + status.name, std::string(name_of(status.condition)), age_of(status.since, context.now)};
  if (columns == Columns::few) return row;
  row.push_back(status.observed_at ? shown_age(context.now - *status.observed_at) : "never");
  if (columns == Columns::daemon) {
    row.push_back(until(status.next_try, context.now));
    return row;
  }
  const state::InventoryEntry nothing;
  const state::InventoryEntry& last = status.last_applied ? *status.last_applied : nothing;
  row.push_back(age_of(status.last_success, context.now));
  row.push_back(or_none(status.version));
  row.push_back(joined(status.aliases));
  row.push_back(or_none(last.remote_digest.hex.substr(0, kShownDigits)));
  row.push_back(or_none(last.fingerprint));
  row.push_back(shown_hold(status));
  row.push_back(age_of(status.last_failure, context.now));
  row.push_back(status.newest ? status.newest->actor : "-");
  return row;
}

std::string counts_of(const std::vector<FunctionStatus>& statuses) {
  std::string text;
  for (const Condition condition : kConditions) {
    const auto count = std::count_if(statuses.begin(), statuses.end(),
                                     [condition](const auto& status) { return status.condition == condition; });
    if (count > 0) text += (text.empty() ? "" : ", ") + std::to_string(count) + " " + std::string(name_of(condition));
  }
  return text;
}

std::string state_line(const StatusContext& context) {
  if (context.daemon) {
    return "So says the daemon at " + context.daemon->socket + ", version " + context.daemon->version + ", since " +
           context.daemon->started_at + ".";
  }
  if (context.state_directory.empty()) return "No state is used (--no-state), so nothing is known but the manifests.";
  if (context.running) return "The state is in use by " + *context.running + ".";
  return "";
}

Json optional_text(const std::string& text) {
  return text.empty() ? Json(nullptr) : Json(text);
}

Json event_of(const state::HistoryEntry& entry) {
  return {{"event", entry.event},
          {"at", entry.at},
          {"actor", entry.actor},
          {"detail", entry.detail},
          {"revision", optional_text(entry.revision)},
          {"plan_id", optional_text(entry.plan_id)}};
}

Json event_or_null(const std::optional<state::HistoryEntry>& entry) {
  return entry ? event_of(*entry) : Json(nullptr);
}

Json applied_of(const FunctionStatus& status) {
  if (!status.last_applied) return nullptr;
  const state::InventoryEntry& entry = *status.last_applied;
  Json aliases = Json::object();
  for (const auto& [alias, version] : status.aliases) aliases[alias] = optional_text(version);
  return {{"at", status.last_success ? Json(status.last_success->at) : Json(nullptr)},
          {"urn", entry.urn},
          {"fingerprint", entry.fingerprint},
          {"digest", optional_text(entry.remote_digest.hex)},
          {"version", optional_text(status.version)},
          {"aliases", std::move(aliases)},
          {"protected", entry.is_protected},
          {"missing_runs", entry.missing_runs}};
}

Json hold_of(const std::optional<state::HoldEntry>& hold) {
  if (!hold) return nullptr;
  return {{"fingerprint", hold->fingerprint}, {"reason", hold->reason}, {"who", hold->who}, {"at", hold->at}};
}

Json json_of(const FunctionStatus& status, const StatusContext& context) {
  Json row{{"address", status.name},
           {"condition", name_of(status.condition)},
           {"code", status.code},
           {"reason", status.reason},
           {"since", optional_text(status.since)},
           {"observed_at", status.observed_at ? Json(shown_time(*status.observed_at)) : Json(nullptr)}};
  if (context.max_age_s) row["stale"] = is_stale(status, *context.max_age_s, context.now);
  row["suspended"] = status.is_suspended;
  row["held"] = hold_of(status.hold);
  row["last_applied"] = applied_of(status);
  row["last_event"] = event_or_null(status.newest);
  row["last_error"] = event_or_null(status.last_failure);
  if (!context.daemon) return row;
  row["target"] = optional_text(status.target);
  row["next_try"] = optional_text(status.next_try);
  row["failures"] = status.failures;
  row["in_flight"] = status.is_in_flight;
  row["steps"] = status.steps;
  return row;
}

/// The rows as a table; where that is too wide, the reasons on lines of their own; where it still is, a block for each.
class Table {
 public:
  Table(const std::vector<Row>& rows, const std::vector<std::string>& reasons,
        const std::vector<FunctionStatus>& statuses, const Paint& paint, const Screen& screen)
      : rows_(rows), reasons_(reasons), statuses_(statuses), paint_(paint), screen_(screen) {
    widths_.resize(rows.front().size(), 0);
    for (const Row& row : rows) {
      for (std::size_t i = 0; i < row.size(); ++i) widths_[i] = std::max(widths_[i], columns_of(row[i]));
    }
    for (const std::size_t one : widths_) width_ += one + 2;
  }

  [[nodiscard]] std::string render() const {
    constexpr std::size_t kGap = 2;
    const bool is_block = screen_.columns && *screen_.columns + kGap < width_;
    std::string text;
    for (std::size_t i = is_block ? 1 : 0; i < rows_.size(); ++i) text += is_block ? block(i) : line(i);
    return text;
  }

 private:
  static constexpr std::size_t kIndent = 2;

  [[nodiscard]] std::string cell(std::size_t row, std::size_t column, const std::string& text) const {
    constexpr std::size_t kCondition = 1;
    return row > 0 && column == kCondition ? painted(paint_, statuses_[row - 1].condition, text) : text;
  }

  [[nodiscard]] std::string line(std::size_t row) const {
    constexpr std::size_t kLeastForReason = 30;
    std::string text;
    for (std::size_t i = 0; i < widths_.size(); ++i) text += cell(row, i, padded(rows_[row][i], widths_[i])) + "  ";
    const bool is_narrow = screen_.columns && *screen_.columns < width_ + kLeastForReason;
    if (!is_narrow) return broken(text, width_, reasons_[row], width_, screen_.columns);
    text.erase(text.find_last_not_of(' ') + 1);
    const std::string left(kIndent, ' ');
    return text + "\n" + (row == 0 ? "" : broken(left, kIndent, reasons_[row], kIndent, screen_.columns));
  }

  [[nodiscard]] std::string block(std::size_t row) const {
    std::string text = rows_[row].front() + "\n";
    for (std::size_t i = 1; i < widths_.size(); ++i) {
      const std::string label = std::string(kIndent, ' ') + rows_.front()[i] + ":";
      const bool fits = columns_of(label) + 1 + columns_of(rows_[row][i]) <= *screen_.columns;
      text += label + (fits ? " " : "\n" + std::string(kIndent * 2, ' ')) + cell(row, i, rows_[row][i]) + "\n";
    }
    const std::string label = std::string(kIndent, ' ') + reasons_.front() + ": ";
    return text + broken(label, columns_of(label), reasons_[row], kIndent * 2, screen_.columns);
  }

  const std::vector<Row>& rows_;
  const std::vector<std::string>& reasons_;
  const std::vector<FunctionStatus>& statuses_;
  const Paint& paint_;
  const Screen& screen_;
  std::vector<std::size_t> widths_;
  std::size_t width_ = 0;
};

}  // namespace

std::string shown_age(std::int64_t seconds) {
  constexpr std::int64_t kMinute = 60;
  constexpr std::int64_t kHour = 60 * kMinute;
  constexpr std::int64_t kDay = 24 * kHour;
  constexpr std::int64_t kFew = 2;
  seconds = std::max<std::int64_t>(seconds, 0);
  if (seconds < kFew * kMinute) return std::to_string(seconds) + " s";
  if (seconds < kFew * kHour) return std::to_string(seconds / kMinute) + " min";
  if (seconds < kFew * kDay) return std::to_string(seconds / kHour) + " h";
  return std::to_string(seconds / kDay) + " d";
}

std::string render_status_text(const std::vector<FunctionStatus>& statuses, const StatusContext& context,
                               Columns columns, const Paint& paint, const Screen& screen) {
  std::vector<Row> rows{headings(columns)};
  std::vector<std::string> reasons{"REASON"};
  for (const FunctionStatus& status : statuses) {
    rows.push_back(cells(status, context, columns));
    reasons.push_back(shown_line(status.reason, screen.charset));
  }
  for (Row& row : rows) {
    for (std::string& cell : row) cell = shown_line(cell, screen.charset);
  }
  const Table table{rows, reasons, statuses, paint, screen};
  std::string text = statuses.empty() ? "" : table.render() + "\n";
  const std::string counts = statuses.empty() ? "" : ": " + counts_of(statuses);
  const std::string state = state_line(context);
  if (context.daemon) {
    std::string notes;
    for (const std::string& note : context.daemon->notes) notes += on_screen("! " + note, screen);
    text = notes + (notes.empty() ? "" : "\n") + text;
  }
  return text +
         on_screen((statuses.empty() ? "No functions" : plural(statuses.size(), "function")) + counts + ".", screen) +
         (state.empty() ? "" : on_screen(state, screen));
}

std::string render_status_json(const std::vector<FunctionStatus>& statuses, const StatusContext& context) {
  Json summary = Json::object();
  for (const Condition condition : kConditions) {
    summary[std::string(name_of(condition))] = std::count_if(
        statuses.begin(), statuses.end(), [condition](const auto& status) { return status.condition == condition; });
  }
  Json functions = Json::array();
  for (const FunctionStatus& status : statuses) functions.push_back(json_of(status, context));
  Json document{{"format_version", kFormatVersion},
                {"at", shown_time(context.now)},
                {"state",
                 {{"directory", optional_text(context.state_directory)},
                  {"known", context.has_state},
                  {"in_use_by", context.running ? Json(*context.running) : Json(nullptr)}}}};
  document["daemon"] = context.daemon ? Json::parse(context.daemon->json) : Json(nullptr);
  if (context.max_age_s) document["max_age_s"] = *context.max_age_s;
  document["summary"] = std::move(summary);
  document["functions"] = std::move(functions);
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace fgsync::cli
