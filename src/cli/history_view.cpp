#include "cli/history_view.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/plan_json.hpp"
#include "cli/screen_text.hpp"

namespace fgsync::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kEventWidth = 11;
constexpr std::size_t kTimeWidth = 20;
constexpr std::size_t kShownDigits = 12;

std::string short_digest(const std::string& hex) {
  return hex.empty() ? "(none)" : "sha512:" + hex.substr(0, kShownDigits) + "…";
}

/// A commit in short, and whether the work tree differed from it.
std::string short_revision(const std::string& revision) {
  const auto dash = revision.find('-');
  return revision.substr(0, std::min<std::size_t>(dash, kShownDigits)) +
         (dash == std::string::npos ? "" : revision.substr(dash));
}

std::string origin_of(const state::HistoryEntry& entry) {
  std::string text = "by " + entry.actor;
  if (!entry.revision.empty()) text += ", revision " + short_revision(entry.revision);
  if (!entry.plan_id.empty()) text += ", plan " + entry.plan_id;
  if (entry.digest_before != entry.digest_after) {
    text += ", code " + short_digest(entry.digest_before) + " → " + short_digest(entry.digest_after);
  }
  return text + ", " + std::to_string(entry.took_ms) + " ms";
}

}  // namespace

std::string render_history_text(const std::vector<state::HistoryEntry>& entries, const Screen& screen) {
  constexpr std::size_t kBeside = kTimeWidth + 2 + kEventWidth + 1;
  constexpr std::size_t kLeastBeside = 32;
  const bool is_narrow = screen.columns && *screen.columns < kBeside + kLeastBeside;
  const std::size_t indent = is_narrow ? 2 : kBeside;
  std::string text;
  for (const state::HistoryEntry& entry : entries) {
    const std::string at = padded(shown_line(entry.at, screen.charset), kTimeWidth) + "  ";
    const std::string event = shown_line(entry.event, screen.charset);
    const std::string what =
        shown_line(entry.function + (entry.detail.empty() ? "" : ": " + entry.detail), screen.charset);
    const std::string left(indent, ' ');
    if (is_narrow) {
      text += broken("", 0, at + event, indent, screen.columns) + broken(left, indent, what, indent, screen.columns);
    } else {
      const std::string beside = at + padded(event, kEventWidth) + " ";
      text += broken(beside, columns_of(beside), what, indent, screen.columns);
    }
    text += broken(left, indent, shown_line(origin_of(entry), screen.charset), indent, screen.columns);
  }
  return text;
}

std::string render_history_json(const std::vector<state::HistoryEntry>& entries) {
  Json list = Json::array();
  for (const state::HistoryEntry& entry : entries) {
    list.push_back({{"address", entry.function},
                    {"at", entry.at},
                    {"event", entry.event},
                    {"detail", entry.detail},
                    {"actor", entry.actor},
                    {"revision", entry.revision},
                    {"plan_id", entry.plan_id},
                    {"digest_before", entry.digest_before},
                    {"digest_after", entry.digest_after},
                    {"took_ms", entry.took_ms}});
  }
  const Json document{{"format_version", kFormatVersion}, {"entries", std::move(list)}};
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace fgsync::cli
