#include "cli/progress.hpp"

#include <algorithm>
#include <utility>

#include "base/printable.hpp"
#include "cli/live_progress.hpp"

namespace fgsync::cli {
namespace {

using reconcile::FunctionReport;
using reconcile::Outcome;

constexpr std::size_t kOutcomeWidth = 11;
constexpr std::size_t kMaxLine = 4000;

class NoProgress final : public ShownProgress {
 public:
  void on_start(const std::string&) override {}
  void on_step(const std::string&, const plan::Action&) override {}
  void on_wait(const std::string&, const Error&, std::chrono::milliseconds) override {}
  void on_end(const FunctionReport&) override {}
};

class LineProgress : public ShownProgress {
 public:
  LineProgress(std::ostream& out, Paint paint, Charset charset) : out_(out), paint_(paint), charset_(charset) {}

  void on_start(const std::string&) override {}
  void on_step(const std::string&, const plan::Action&) override {}
  void on_wait(const std::string& function, const Error& error, std::chrono::milliseconds wait) override {
    out_ << "waiting     " << printed(function) << ": " << printed(error.describe()) << "; again in " << wait.count()
         << " ms\n"
         << std::flush;
  }
  void on_end(const FunctionReport& report) override {
    out_ << describe(report, paint_, charset_) << "\n" << std::flush;
  }

 private:
  [[nodiscard]] std::string printed(const std::string& text) const {
    return shown(printable(text, kMaxLine), charset_);
  }

  std::ostream& out_;
  Paint paint_;
  Charset charset_;
};

class LiveProgress final : public LineProgress {
 public:
  LiveProgress(std::size_t total, std::ostream& lines, Terminal terminal, Paint paint, Charset charset)
      : LineProgress(lines, paint, charset), line_(total, std::move(terminal)) {}
  LiveProgress(const LiveProgress&) = delete;
  LiveProgress& operator=(const LiveProgress&) = delete;
  ~LiveProgress() override { line_.erase(); }

  void on_start(const std::string& function) override {
    line_.begin(function, "begins");
    line_.draw();
  }
  void on_step(const std::string& function, const plan::Action& action) override {
    line_.begin(function, plan::describe(action));
    line_.draw();
  }
  void on_wait(const std::string& function, const Error& error, std::chrono::milliseconds wait) override {
    line_.begin(function, "waits");
    line_.erase();
    LineProgress::on_wait(function, error, wait);
    line_.draw();
  }
  void on_end(const FunctionReport& report) override {
    line_.end(report.name, report.outcome);
    line_.erase();
    LineProgress::on_end(report);
    line_.draw();
  }
  void tick() override { line_.draw(); }

 private:
  LiveLine line_;
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

std::string describe_words(const FunctionReport& report) {
  std::string what = join(report.done);
  if (report.error) what += (what.empty() ? "" : "; then ") + report.error->describe();
  for (const plan::Blocked& blocked : report.blocked) what += (what.empty() ? "" : "; ") + blocked.message;
  if (!report.reason.empty()) what += (what.empty() ? "" : "; ") + report.reason;
  if (what.empty()) what = "already as the manifest says";
  return report.took.count() > 0 ? what + " (" + std::to_string(report.took.count()) + " ms)" : what;
}

std::string describe(const FunctionReport& report, const Paint& paint, Charset charset) {
  return painted(report.outcome, paint) + " " + shown(report.name, charset) + ": " +
         shown(printable(describe_words(report), kMaxLine), charset);
}

std::string count_outcomes(const reconcile::Report& report) {
  std::string text;
  for (const Outcome outcome :
       {Outcome::done, Outcome::failed, Outcome::blocked, Outcome::skipped, Outcome::interrupted, Outcome::unchanged}) {
    std::size_t count = 0;
    for (const auto& function : report.functions) count += function.outcome == outcome ? 1 : 0;
    if (count == 0) continue;
    text += (text.empty() ? "" : ", ") + std::to_string(count) + " " + std::string(reconcile::name_of(outcome));
  }
  return text.empty() ? "nothing to do" : text;
}

std::unique_ptr<ShownProgress> make_progress(ProgressStyle style, std::size_t total, std::ostream& lines,
                                             Terminal terminal, Paint paint, Charset charset) {
  switch (style) {
    case ProgressStyle::none: return std::make_unique<NoProgress>();
    case ProgressStyle::lines: return std::make_unique<LineProgress>(lines, paint, charset);
    case ProgressStyle::live: return std::make_unique<LiveProgress>(total, lines, std::move(terminal), paint, charset);
  }
  return std::make_unique<NoProgress>();
}

}  // namespace fgsync::cli
