#include "cli/progress.hpp"

#include <algorithm>
#include <map>

#include "base/printable.hpp"

namespace fgsync::cli {
namespace {

using reconcile::FunctionReport;
using reconcile::Outcome;

constexpr std::size_t kOutcomeWidth = 11;
constexpr std::size_t kShownInFlight = 3;
constexpr std::size_t kMaxLine = 4000;

class NoProgress final : public reconcile::Progress {
 public:
  void on_start(const std::string&) override {}
  void on_step(const std::string&, const plan::Action&) override {}
  void on_wait(const std::string&, const Error&, std::chrono::milliseconds) override {}
  void on_end(const FunctionReport&) override {}
};

class LineProgress : public reconcile::Progress {
 public:
  LineProgress(std::ostream& out, Paint paint) : out_(out), paint_(paint) {}

  void on_start(const std::string&) override {}
  void on_step(const std::string&, const plan::Action&) override {}
  void on_wait(const std::string& function, const Error& error, std::chrono::milliseconds wait) override {
    out_ << "waiting     " << function << ": " << printable(error.describe(), kMaxLine) << "; again in " << wait.count()
         << " ms\n"
         << std::flush;
  }
  void on_end(const FunctionReport& report) override { out_ << describe(report, paint_) << "\n" << std::flush; }

 protected:
  std::ostream& out_;
  Paint paint_;
};

class LiveProgress final : public LineProgress {
 public:
  LiveProgress(std::size_t total, std::ostream& lines, std::ostream& terminal, Paint paint)
      : LineProgress(lines, paint), terminal_(terminal), total_(total) {}
  LiveProgress(const LiveProgress&) = delete;
  LiveProgress& operator=(const LiveProgress&) = delete;
  ~LiveProgress() override { erase(); }

  void on_step(const std::string& function, const plan::Action& action) override {
    in_flight_[function] = plan::describe(action);
    redraw();
  }
  void on_wait(const std::string& function, const Error& error, std::chrono::milliseconds wait) override {
    erase();
    LineProgress::on_wait(function, error, wait);
    redraw();
  }
  void on_end(const FunctionReport& report) override {
    in_flight_.erase(report.name);
    ++ended_;
    erase();
    LineProgress::on_end(report);
    redraw();
  }

 private:
  void erase() { terminal_ << "\r\033[K" << std::flush; }

  void redraw() {
    if (ended_ >= total_) return;
    constexpr std::size_t kBarWidth = 20;
    const std::size_t filled = total_ == 0 ? kBarWidth : kBarWidth * ended_ / total_;
    std::string line = "[" + std::string(filled, '#') + std::string(kBarWidth - filled, '.') + "] " +
                       std::to_string(ended_) + "/" + std::to_string(total_);
    std::size_t shown = 0;
    for (const auto& [function, step] : in_flight_) {
      if (shown++ < kShownInFlight) line += "  " + function + ": " + step;
    }
    if (shown > kShownInFlight) line += "  and " + std::to_string(shown - kShownInFlight) + " more";
    terminal_ << "\r\033[K" << line << std::flush;
  }

  std::ostream& terminal_;
  std::size_t total_;
  std::size_t ended_ = 0;
  std::map<std::string, std::string> in_flight_;
};

std::string join(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : ", ") + part;
  return text;
}

std::string painted(Outcome outcome, const Paint& paint) {
  std::string word(reconcile::name_of(outcome));
  word.resize(std::max(word.size(), kOutcomeWidth), ' ');
  if (outcome == Outcome::done) return paint.green(word);
  return outcome == Outcome::unchanged ? word : paint.red(word);
}

}  // namespace

std::string describe(const FunctionReport& report, const Paint& paint) {
  std::string line = painted(report.outcome, paint) + " " + report.name + ": ";
  std::string what = join(report.done);
  if (report.error) what += (what.empty() ? "" : "; then ") + report.error->describe();
  for (const plan::Blocked& blocked : report.blocked) what += (what.empty() ? "" : "; ") + blocked.message;
  if (!report.reason.empty()) what += (what.empty() ? "" : "; ") + report.reason;
  if (what.empty()) what = "already as the manifest says";
  if (report.took.count() > 0) what += " (" + std::to_string(report.took.count()) + " ms)";
  return line + printable(what, kMaxLine);
}

std::unique_ptr<reconcile::Progress> make_progress(ProgressStyle style, std::size_t total, std::ostream& lines,
                                                   std::ostream& terminal, Paint paint) {
  switch (style) {
    case ProgressStyle::none: return std::make_unique<NoProgress>();
    case ProgressStyle::lines: return std::make_unique<LineProgress>(lines, paint);
    case ProgressStyle::live: return std::make_unique<LiveProgress>(total, lines, terminal, paint);
  }
  return std::make_unique<NoProgress>();
}

}  // namespace fgsync::cli
