// Events are put together from the parts of the JSON plan, so that both say the same with the same keys. Every event
// has `@timestamp`, `type`, `address` (null where it is about no function) and `message`; what else depends on the
// type.
#include "cli/plan_ndjson.hpp"

#include <array>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string_view>

#include "cli/plan_json.hpp"

namespace fgsync::cli {
namespace {

using reconcile::FunctionReport;
using reconcile::Outcome;
using Time = std::chrono::system_clock::time_point;

/// `2026-11-22T12:03:07.041Z`.
std::string timestamp(Time when) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(when);
  const auto part = std::chrono::duration_cast<std::chrono::milliseconds>(when - seconds).count();
  std::array<char, 8> millis{};
  std::snprintf(millis.data(), millis.size(), ".%03dZ", static_cast<int>(part));
  std::string text = to_iso8601(seconds);
  text.pop_back();
  return text + millis.data();
}

class Event {
 public:
  Event(Time when, const char* type, const std::optional<std::string>& address) {
    text_ = "{\"@timestamp\":\"" + timestamp(when) + "\",\"type\":\"" + type +
            "\",\"address\":" + (address ? text_json(*address) : "null");
  }

  Event& text(const char* key, const std::string& value) { return raw(key, text_json(value)); }
  Event& number(const char* key, std::int64_t value) { return raw(key, std::to_string(value)); }
  /// A value that is JSON already.
  Event& raw(const char* key, const std::string& json) {
    text_ += std::string(",\"") + key + "\":" + json;
    return *this;
  }
  /// The keys of an object. One that has an address of its own begins with it.
  Event& merge(const std::string& object) {
    constexpr std::string_view kAddress = "{\"address\":";
    std::size_t begin = 1;
    if (object.starts_with(kAddress)) begin = end_of_text(object, kAddress.size()) + 1;
    text_ += "," + object.substr(begin, object.size() - begin - 1);
    return *this;
  }
  [[nodiscard]] std::string line() const { return text_ + "}\n"; }

 private:
  /// The place behind a JSON string that begins at `at`.
  static std::size_t end_of_text(const std::string& json, std::size_t at) {
    for (++at; json[at] != '"'; ++at) at += json[at] == '\\' ? 1 : 0;
    return at + 1;
  }

  std::string text_;
};

std::string message_of(const plan::FunctionPlan& function) {
  std::string text;
  for (const plan::Step& step : function.steps) text += (text.empty() ? "" : ", ") + plan::describe(step.action);
  return function.name + ": " + text;
}

std::string render_diagnostic(const manifest::Diagnostic& diagnostic, Time when) {
  const bool is_error = diagnostic.severity == manifest::Severity::error;
  return Event(when, "diagnostic", std::nullopt)
      .text("severity", is_error ? "error" : "warning")
      .text("kind", "manifest")
      .merge(diagnostic_json(diagnostic))
      .line();
}

/// What stands in the way of a function's plan, and what there is to know about it.
std::string render_obstacles(const plan::FunctionPlan& function, Time when) {
  std::string text;
  if (function.failure) {
    text += Event(when, "diagnostic", function.name)
                .text("severity", "error")
                .text("kind", "failed")
                .text("message", function.failure->describe())
                .raw("error", error_json(*function.failure))
                .line();
  }
  for (const plan::Blocked& blocked : function.blocked) {
    text += Event(when, "diagnostic", function.name)
                .text("severity", "warning")
                .text("kind", "blocked")
                .merge(blocked_json(blocked, function.name))
                .line();
  }
  for (const plan::Note& note : function.notes) {
    text += Event(when, "diagnostic", function.name)
                .text("severity", "info")
                .text("kind", "note")
                .text("code", note.code)
                .text("message", note.message)
                .line();
  }
  return text;
}

std::string render_version(const plan::Plan& plan, const PlanContext& context) {
  Event event(context.observed_at, "version", std::nullopt);
  event.text("message", std::string("fgsync ") + FGSYNC_VERSION)
      .text("format_version", kFormatVersion)
      .text("version", FGSYNC_VERSION)
      .text("plan_id", plan.id)
      .text("endpoint", context.endpoint)
      .text("region", context.region)
      .text("project_id", context.project_id)
      .text("source", context.source_id);
  if (!context.environment.empty()) event.text("environment", context.environment);
  return event.line();
}

class NdjsonProgress final : public ShownProgress {
 public:
  NdjsonProgress(std::ostream& out, const Clock& clock) : out_(out), clock_(clock) {}

  void on_start(const std::string& function) override {
    write(event("apply_start", function).text("message", function + ": begun"));
  }
  void on_step(const std::string& function, const plan::Action& action) override {
    write(event("apply_progress", function)
              .text("message", function + ": " + plan::describe(action))
              .text("action", std::string(plan::kind_of(action))));
  }
  void on_wait(const std::string& function, const Error& error, std::chrono::milliseconds wait) override {
    write(event("apply_progress", function)
              .text("message", function + ": waiting after " + error.describe())
              .raw("error", error_json(error))
              .number("wait_ms", wait.count()));
  }
  void on_end(const FunctionReport& report) override {
    const bool is_well = report.outcome == Outcome::done || report.outcome == Outcome::unchanged;
    write(event(is_well ? "apply_complete" : "apply_errored", report.name)
              .text("message", report.name + ": " + std::string(reconcile::name_of(report.outcome)) + ": " +
                                   describe_words(report))
              .merge(result_json(report)));
  }

 private:
  [[nodiscard]] Event event(const char* type, const std::string& function) const {
    return {clock_.wall_now(), type, function};
  }
  void write(const Event& event) { out_ << event.line() << std::flush; }

  std::ostream& out_;
  const Clock& clock_;
};

constexpr std::array kOutcomes{Outcome::unchanged, Outcome::done,    Outcome::failed,
                               Outcome::blocked,   Outcome::skipped, Outcome::interrupted};

}  // namespace

std::string render_plan_ndjson(const plan::Plan& plan, const PlanContext& context,
                               const manifest::Diagnostics& diagnostics) {
  const Time when = context.observed_at;
  std::string text = render_version(plan, context);
  for (const manifest::Diagnostic& diagnostic : diagnostics) text += render_diagnostic(diagnostic, when);
  for (const plan::FunctionPlan& function : plan.functions) {
    text += render_obstacles(function, when);
    if (function.steps.empty()) continue;
    text += Event(when, "planned_change", function.name)
                .text("message", message_of(function))
                .merge(change_json(function))
                .line();
  }
  const bool is_complete = context.is_complete && plan.summary.failed == 0 && !context.selection;
  const std::string counts = summary_line(plan.summary);
  text += Event(when, "change_summary", std::nullopt)
              .text("message", "Plan: " + (counts.empty() ? "nothing to do" : counts))
              .text("operation", "plan")
              .text("plan_id", plan.id)
              .raw("changes", summary_json(plan.summary))
              .raw("complete", is_complete ? "true" : "false")
              .number("calls", static_cast<std::int64_t>(context.calls))
              .number("took_ms", context.took.count())
              .line();
  return text;
}

std::unique_ptr<ShownProgress> make_ndjson_progress(std::ostream& out, const Clock& clock) {
  return std::make_unique<NdjsonProgress>(out, clock);
}

std::string render_sync_end_ndjson(const reconcile::Report& report, Time now, std::chrono::milliseconds took) {
  std::string counts;
  for (const Outcome outcome : kOutcomes) {
    std::size_t count = 0;
    for (const FunctionReport& function : report.functions) count += function.outcome == outcome ? 1 : 0;
    counts +=
        (counts.empty() ? "{\"" : ",\"") + std::string(reconcile::name_of(outcome)) + "\":" + std::to_string(count);
  }
  return Event(now, "change_summary", std::nullopt)
      .text("message", "Sync: " + count_outcomes(report))
      .text("operation", "apply")
      .raw("outcomes", counts + "}")
      .number("took_ms", took.count())
      .line();
}

}  // namespace fgsync::cli
