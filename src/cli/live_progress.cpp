#include "cli/live_progress.hpp"

#include <algorithm>
#include <tuple>
#include <utility>
#include <vector>

#include "base/printable.hpp"

namespace fgsync::cli {
namespace {

constexpr std::size_t kMaxWhat = 200;
constexpr std::size_t kUsualColumns = 80;
constexpr std::chrono::seconds kWorthSaying{1};

/// `7 s`, `2 min`; empty for what began just now.
std::string age_of(std::chrono::steady_clock::duration age) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(age);
  if (seconds < kWorthSaying) return "";
  constexpr std::chrono::minutes kLong{2};
  if (seconds < kLong) return " (" + std::to_string(seconds.count()) + " s)";
  return " (" + std::to_string(std::chrono::duration_cast<std::chrono::minutes>(seconds).count()) + " min)";
}

std::string bar(std::size_t ended, std::size_t total, std::size_t columns) {
  const std::size_t filled = total == 0 ? columns : columns * ended / total;
  return "[" + std::string(filled, '#') + std::string(columns - filled, '.') + "] ";
}

}  // namespace

void LiveLine::begin(const std::string& function, const std::string& what) {
  in_flight_[function] = {what, terminal_.clock.now()};
}

void LiveLine::end(const std::string& function, reconcile::Outcome outcome) {
  in_flight_.erase(function);
  ++ended_;
  if (outcome != reconcile::Outcome::done && outcome != reconcile::Outcome::unchanged) ++failed_;
}

std::string LiveLine::counts() const {
  std::string text = std::to_string(ended_) + "/" + std::to_string(total_);
  if (failed_ > 0) text += ", " + std::to_string(failed_) + " not done";
  return text;
}

std::string LiveLine::text(std::size_t columns, Charset charset) const {
  constexpr std::size_t kLongBar = 20;
  constexpr std::size_t kShortBar = 8;
  constexpr std::size_t kWide = 60;
  constexpr std::size_t kNarrow = 50;
  std::string line = columns < kNarrow ? "" : bar(ended_, total_, columns < kWide ? kShortBar : kLongBar);
  line += counts();

  // Those that have taken longest come first: they are what a person wonders about.
  std::vector<std::pair<std::string, InFlight>> oldest(in_flight_.begin(), in_flight_.end());
  std::sort(oldest.begin(), oldest.end(), [](const auto& a, const auto& b) {
    return std::tie(a.second.since, a.first) < std::tie(b.second.since, b.first);
  });
  const auto now = terminal_.clock.now();
  for (std::size_t i = 0; i < oldest.size(); ++i) {
    const auto& [function, step] = oldest[i];
    const std::string age = age_of(now - step.since);
    const std::string whole = shown("  " + function + ": " + printable(step.what, kMaxWhat) + age, charset);
    const std::string brief = shown("  " + function + age, charset);
    const std::size_t others = oldest.size() - i - 1;
    const std::string rest = others == 0 ? "" : "  +" + std::to_string(others);
    const std::size_t used = columns_of(line) + columns_of(rest);
    if (used + columns_of(whole) <= columns) {
      line += whole;
    } else if (i == 0) {
      // One function is always named: somebody looks at this to see where it hangs.
      const std::size_t room = columns - std::min(used, columns);
      return cut_to_columns(line + cut_to_columns(brief, room) + rest, columns);
    } else {
      line += "  +" + std::to_string(others + 1);
      break;
    }
  }
  return cut_to_columns(line, columns);
}

void LiveLine::draw() {
  if (ended_ >= total_) return erase();
  const Screen screen = terminal_.screen();
  // A line that fills the last column would wrap on some terminals.
  const std::size_t columns = std::max<std::size_t>(screen.columns.value_or(kUsualColumns), 1) - 1;
  terminal_.out << "\r\033[K" << text(columns, screen.charset) << std::flush;
}

void LiveLine::erase() {
  terminal_.out << "\r\033[K" << std::flush;
}

}  // namespace fgsync::cli
