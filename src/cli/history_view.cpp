#include "cli/history_view.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/printable.hpp"
#include "cli/plan_json.hpp"

namespace fgsync::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMaxLine = 4000;
constexpr std::size_t kEventWidth = 11;
constexpr std::size_t kTimeWidth = 20;
constexpr std::size_t kShownDigits = 12;

std::string padded(std::string text, std::size_t width) {
  text.resize(std::max(text.size(), width), ' ');
  return text;
}

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

std::string render_history_text(const std::vector<state::HistoryEntry>& entries) {
  std::string text;
  for (const state::HistoryEntry& entry : entries) {
    text += padded(entry.at, kTimeWidth) + "  " + padded(entry.event, kEventWidth) + " " +
            printable(entry.function + (entry.detail.empty() ? "" : ": " + entry.detail), kMaxLine) + "\n" +
            std::string(kTimeWidth + 2 + kEventWidth + 1, ' ') + printable(origin_of(entry), kMaxLine) + "\n";
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
