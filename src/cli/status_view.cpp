#include "cli/status_view.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/clock.hpp"
#include "base/printable.hpp"
#include "cli/plan_json.hpp"
#include "cli/step_words.hpp"
#include "functiongraph/timestamp.hpp"
#include "reconcile/inventory.hpp"

namespace fgsync::cli {
namespace {

using Json = nlohmann::ordered_json;
using Row = std::vector<std::string>;

constexpr std::size_t kMaxLine = 4000;
constexpr std::size_t kShownDigits = 12;

/// What needs a person comes first.
constexpr std::array<Condition, 7> kConditions{Condition::failed, Condition::blocked,   Condition::unknown,
                                               Condition::held,   Condition::suspended, Condition::progressing,
                                               Condition::synced};

std::string age_of(const std::string& iso8601, std::int64_t now) {
  const auto time = functiongraph::parse_timestamp(iso8601);
  return time ? shown_age(now - reconcile::epoch_seconds(*time)) : "-";
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
  return {"NAME",    "CONDITION", "SINCE",       "OBSERVED", "APPLIED",    "VERSION",
          "ALIASES", "DIGEST",    "FINGERPRINT", "STOPPED",  "LAST ERROR", "BY"};
}

Row cells(const FunctionStatus& status, const StatusContext& context, Columns columns) {
  Row row{status.name, std::string(name_of(status.condition)), age_of(status.since, context.now)};
  if (columns == Columns::few) return row;
  row.push_back(status.observed_at ? shown_age(context.now - *status.observed_at) : "never");
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
  for (std::string& cell : row) cell = printable(cell, kMaxLine);
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

/// `text` in lines of at most `width` bytes, each indented, broken at spaces.
std::string wrapped(const std::string& text, std::size_t indent, std::size_t width) {
  std::string result;
  std::string line;
  const auto end_line = [&] {
    if (!line.empty()) result += std::string(indent, ' ') + line + "\n";
    line.clear();
  };
  std::size_t at = 0;
  while (at <= text.size()) {
    const auto space = std::min(text.find(' ', at), text.size());
    const std::string word = text.substr(at, space - at);
    if (!line.empty() && indent + line.size() + 1 + word.size() > width) end_line();
    line += (line.empty() ? "" : " ") + word;
    at = space + 1;
  }
  end_line();
  return result;
}

std::string state_line(const StatusContext& context) {
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
  return row;
}

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
                               Columns columns, const Paint& paint, std::size_t width) {
  std::vector<Row> rows{headings(columns)};
  for (const FunctionStatus& status : statuses) rows.push_back(cells(status, context, columns));
  std::vector<std::size_t> widths(rows.front().size(), 0);
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::size_t table_width = 0;
  for (const std::size_t one : widths) table_width += one + 2;
  constexpr std::size_t kLeastForReason = 30;
  constexpr std::size_t kIndent = 2;
  const bool is_narrow = width > 0 && columns == Columns::few && width < table_width + kLeastForReason;

  std::string text;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    std::string line;
    for (std::size_t column = 0; column < rows[i].size(); ++column) {
      std::string cell = rows[i][column];
      cell.resize(widths[column], ' ');
      const bool is_condition = i > 0 && column == 1;
      line += (is_condition ? painted(paint, statuses[i - 1].condition, cell) : cell) + "  ";
    }
    const std::string reason = i == 0 ? "REASON" : printable(statuses[i - 1].reason, kMaxLine);
    const bool is_told = is_narrow && i > 0;
    text += line + (is_narrow ? "" : reason);
    text.erase(text.find_last_not_of(' ') + 1);
    text += "\n" + (is_told ? wrapped(reason, kIndent, width) : "");
  }
  if (statuses.empty()) text.clear();
  const std::string state = printable(state_line(context), kMaxLine);
  return text + (text.empty() ? "" : "\n") + (statuses.empty() ? "No functions" : plural(statuses.size(), "function")) +
         (statuses.empty() ? "" : ": " + counts_of(statuses)) + ".\n" + state + (state.empty() ? "" : "\n");
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
  if (context.max_age_s) document["max_age_s"] = *context.max_age_s;
  document["summary"] = std::move(summary);
  document["functions"] = std::move(functions);
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace fgsync::cli
