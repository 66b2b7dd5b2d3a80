// `plan` and `sync` are one flow: a dry run is the flow that stops after the plan.
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <utility>

#include "base/printable.hpp"
#include "cli/advice.hpp"
#include "cli/apply_command.hpp"
#include "cli/commands.hpp"
#include "cli/confirmation.hpp"
#include "cli/exit_code.hpp"
#include "cli/next_steps.hpp"
#include "cli/output_file.hpp"
#include "cli/plan_file.hpp"
#include "cli/plan_json.hpp"
#include "cli/plan_junit.hpp"
#include "cli/plan_markdown.hpp"
#include "cli/plan_ndjson.hpp"
#include "cli/plan_text.hpp"
#include "cli/progress.hpp"
#include "cli/run_loop.hpp"
#include "cli/screen.hpp"
#include "cli/session.hpp"
#include "cli/step_words.hpp"
#include "cli/ticker.hpp"
#include "functiongraph/regions.hpp"

namespace fgsync::cli {
namespace {

using boost::asio::awaitable;
using reconcile::Outcome;

constexpr std::size_t kMaxLine = 4000;
constexpr std::chrono::milliseconds kTick{500};

/// One line of anything, for the screen behind standard output.
std::string on_stdout(const std::string& text) {
  return shown(printable(text, kMaxLine), screen_of(STDOUT_FILENO).charset);
}

void print_diagnostics(const manifest::Diagnostics& diagnostics) {
  for (const manifest::Diagnostic& diagnostic : diagnostics) std::cerr << manifest::to_text(diagnostic);
}

void name_target(const Connection& connection, PlanContext& context) {
  context.endpoint = connection.endpoint.to_string();
  context.region = connection.region;
  context.project_id = connection.project_id;
}

/// One run: what both commands share.
struct Run {
  const Options& options;
  manifest::Diagnostics diagnostics;
  PlanContext context;
  Session* session = nullptr;
  Interruption interruption;
  bool is_applying = false;
  const PlanFile* approved = nullptr;  ///< sync --plan
};

/// A failure before anything could be planned, with what may be wrong about the target.
void print_target_error(const Run& run, Error error) {
  const Connection& connection = run.session->connection;
  const std::string advice =
      functiongraph::target_advice(error, connection.endpoint, connection.region, connection.project_id);
  if (!advice.empty()) error.message += (error.message.ends_with('.') ? " " : ". ") + advice;
  print_error(error);
}

awaitable<Result<plan::Plan>> plan_all(Run& run) {
  Session& session = *run.session;
  const auto started = session.clock.now();
  auto plan = co_await session.reconciler->make_plan();
  if (plan) advise(*plan, run.options);
  run.context.observed_at = session.clock.wall_now();
  if (const auto trusted = session.reconciler->trusted()) run.context.trusted_since = trusted->oldest;
  run.context.calls = session.access->counter.calls;
  run.context.took = std::chrono::duration_cast<std::chrono::milliseconds>(session.clock.now() - started);
  co_return plan;
}

int plan_exit_code(const Run& run, const plan::Plan& plan) {
  if (plan.summary.failed > 0 || manifest::has_error(run.diagnostics)) return kFailed;
  if (!run.options.detailed_exitcode) return kOk;
  if (plan.summary.blocked > 0) return kBlocked;
  return has_changes(plan.summary) ? kHasChanges : kOk;
}

std::string render_text(const Run& run, const plan::Plan& plan) {
  const Paint paint(uses_color(run.options, STDOUT_FILENO));
  const auto unchanged = run.options.show_all ? Unchanged::listed : Unchanged::hidden;
  return render_plan_text(plan, run.context, paint, unchanged, screen_of(STDOUT_FILENO));
}

std::string render_plan(const Run& run, const plan::Plan& plan) {
  const auto unchanged = run.options.show_all ? Unchanged::listed : Unchanged::hidden;
  switch (run.options.format) {
    case Format::json: return render_plan_json(plan, run.context, run.diagnostics);
    case Format::ndjson: return render_plan_ndjson(plan, run.context, run.diagnostics);
    case Format::markdown: return render_plan_markdown(plan, run.context, run.diagnostics, unchanged);
    case Format::junit: return render_plan_junit(plan, run.context, run.diagnostics);
    default: return render_text(run, plan);
  }
}

bool needs_attention(const reconcile::FunctionReport& function) {
  return function.outcome != Outcome::unchanged && function.outcome != Outcome::done;
}

/// The last words. What needs a person is said again where many lines may have pushed it out of sight.
std::string render_report(const Run& run, const reconcile::Report& report, std::chrono::milliseconds took) {
  constexpr std::ptrdiff_t kManyLines = 10;
  const auto lines = std::count_if(report.functions.begin(), report.functions.end(),
                                   [](const auto& function) { return function.outcome != Outcome::unchanged; });
  const bool has_attention = std::any_of(report.functions.begin(), report.functions.end(), needs_attention);
  std::string text;
  if (lines > kManyLines && has_attention) {
    const Paint paint(uses_color(run.options, STDOUT_FILENO));
    const Charset charset = screen_of(STDOUT_FILENO).charset;
    text += "\nNeeds attention:\n";
    for (const reconcile::FunctionReport& function : report.functions) {
      if (needs_attention(function)) text += describe(function, paint, charset) + "\n";
    }
  }
  text += (lines > 0 ? "\n" : "") + ("Sync: " + count_outcomes(report)) + "; " +
          plural(run.session->access->counter.calls, "call") + ", " + std::to_string(took.count()) + " ms.\n";
  for (const std::string& next : next_steps(report)) text += "next: " + on_stdout(next) + "\n";
  return text;
}

/// What a sync says at the end. In text that is less, for the plan stands above it already.
std::string render_sync(const Run& run, const plan::Plan& plan, const reconcile::Report& report,
                        std::chrono::milliseconds took) {
  switch (run.options.format) {
    case Format::json: return render_sync_json(plan, run.context, run.diagnostics, report);
    case Format::ndjson: return render_sync_end_ndjson(report, run.session->clock.wall_now(), took);
    case Format::markdown: return render_sync_markdown(plan, run.context, run.diagnostics, report);
    case Format::junit: return render_sync_junit(plan, run.context, run.diagnostics, report);
    default: return render_report(run, report, took);
  }
}

/// These show the plan before anything is done; the others are one document, at the end.
bool shows_plan_first(Format format) {
  return format == Format::text || format == Format::ndjson;
}

/// `--out`. True when it was written, or was not asked for.
awaitable<bool> write_plan_file(Run& run, const plan::Plan& plan) {
  if (!run.options.out_file) co_return true;
  auto write = [path = *run.options.out_file, text = render_plan_json(plan, run.context, run.diagnostics)] {
    return write_private_file(path, text);
  };
  const Result<void> written = co_await offload(run.session->pool, std::move(write));
  if (!written) print_error(written.error());
  co_return written.has_value();
}

/// The command for exactly this plan, where there is a file that can be read again.
void name_saved_plan(Run& run) {
  struct stat status{};
  const auto& file = run.options.out_file;
  if (!file || run.context.apply_command.empty()) return;
  if (::stat(file->c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return;
  run.context.apply_command = apply_exactly_command(run.options);
  run.context.is_saved = true;
}

awaitable<int> plan_only(Run& run) {
  auto plan = co_await plan_all(run);
  if (!plan) {
    print_target_error(run, std::move(plan).error());
    co_return kFailed;
  }
  const bool is_written = co_await write_plan_file(run, *plan);
  if (is_written) name_saved_plan(run);
  std::cout << render_plan(run, *plan) << std::flush;
  co_return is_written ? plan_exit_code(run, *plan) : kFailed;
}

bool is_stale(const reconcile::FunctionReport& function) {
  return std::any_of(function.blocked.begin(), function.blocked.end(),
                     [](const plan::Blocked& blocked) { return blocked.code == plan::kStalePlan; });
}

int sync_exit_code(const Run& run, const reconcile::Report& report) {
  bool is_blocked = false;
  for (const reconcile::FunctionReport& function : report.functions) {
    if (function.outcome == Outcome::failed || function.outcome == Outcome::interrupted) return kFailed;
    is_blocked = is_blocked || function.outcome == Outcome::blocked || function.outcome == Outcome::skipped;
  }
  if (manifest::has_error(run.diagnostics)) return kFailed;
  if (std::any_of(report.functions.begin(), report.functions.end(), is_stale)) return kStale;
  return is_blocked && !run.options.allow_blocked ? kBlocked : kOk;
}

/// In text the line of each function is a result; beside a document on standard output it is only a sign of life.
std::unique_ptr<ShownProgress> progress_for(const Run& run, std::size_t total) {
  if (run.options.format == Format::ndjson) return make_ndjson_progress(std::cout, run.session->clock);
  const bool is_text = run.options.format == Format::text;
  std::ostream& lines = is_text ? std::cout : std::cerr;
  const Paint paint(uses_color(run.options, is_text ? STDOUT_FILENO : STDERR_FILENO));
  const Charset charset = screen_of(is_text ? STDOUT_FILENO : STDERR_FILENO).charset;
  // The log of the calls goes to the same place, and would stand in the middle of the live line.
  const bool logs_calls = run.options.log_level == LogLevel::debug;
  const bool is_live = ::isatty(STDERR_FILENO) == 1 && !logs_calls;
  ProgressStyle style = is_live ? ProgressStyle::live : ProgressStyle::lines;
  if (run.options.is_quiet) style = is_text ? ProgressStyle::lines : ProgressStyle::none;
  const Terminal terminal{std::cerr, run.session->clock, [] { return screen_of(STDERR_FILENO); }};
  return make_progress(style, total, lines, terminal, paint, charset);
}

std::size_t count_changes(const plan::Plan& plan) {
  std::size_t count = 0;
  for (const plan::FunctionPlan& function : plan.functions) count += function.steps.empty() ? 0 : 1;
  return count;
}

void print_names(std::ostream& out, const std::vector<std::string>& names, const std::string& what, Charset charset) {
  if (names.empty()) return;
  std::string line;
  for (const std::string& name : names) line += (line.empty() ? "" : ", ") + name;
  out << what << ": " << shown(printable(line, kMaxLine), charset) << ".\n";
}

/// Says what of the given plan is done already, and what it does not speak of.
void print_binding(const Run& run, const plan::Binding& binding) {
  const bool is_text = run.options.format == Format::text;
  std::ostream& out = is_text ? std::cout : std::cerr;
  const Charset charset = screen_of(is_text ? STDOUT_FILENO : STDERR_FILENO).charset;
  if (run.options.is_quiet && !is_text) return;
  const std::string applied = "Applying " + *run.options.plan_file + ", plan " + run.approved->plan.id + " observed " +
                              run.approved->observed_at + ".";
  out << shown(printable(applied, kMaxLine), charset) << "\n";
  print_names(out, binding.already_applied, "Already applied", charset);
  print_names(out, binding.partially_applied, "Applied in part, the rest follows", charset);
  print_names(out, binding.left_out, "Have changes that are not in this plan, and are left alone", charset);
  out << std::flush;
}

awaitable<int> plan_and_apply(Run& run) {
  auto plan = co_await plan_all(run);
  if (!plan) {
    print_target_error(run, std::move(plan).error());
    co_return kFailed;
  }
  if (run.approved != nullptr) {
    plan::Binding binding = plan::bind(std::move(*plan), run.approved->plan);
    print_binding(run, binding);
    plan = std::move(binding.plan);
    advise(*plan, run.options);
  }
  const bool is_written = co_await write_plan_file(run, *plan);
  if (shows_plan_first(run.options.format)) {
    std::cout << render_plan(run, *plan) << (run.options.format == Format::text ? "\n" : "") << std::flush;
  }
  if (!is_written) {
    std::cerr << "Nothing was done.\n";
    co_return kFailed;
  }

  const bool may_apply = co_await ask_before_deletes(run.options, run.session->pool, *plan);
  if (!may_apply) {
    std::cerr << "Nothing was done.\n";
    co_return kBlocked;
  }

  const auto started = run.session->clock.now();
  reconcile::Report report;
  {
    auto shown = progress_for(run, count_changes(*plan));
    const Ticker ticker(*run.session->loop, kTick, [&shown] { shown->tick(); });
    TrackingProgress progress(*shown, run.interruption.in_flight);
    run.is_applying = true;
    report = co_await run.session->reconciler->apply(*plan, progress);
  }
  advise(report, run.options);
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(run.session->clock.now() - started);
  std::cout << render_sync(run, *plan, report, took) << std::flush;
  co_return sync_exit_code(run, report);
}

/// The plan of no function. Of a sync, it is what became of them, too.
std::string render_nothing(const Run& run, const plan::Plan& nothing, Access access) {
  const bool is_sync = access == Access::write;
  switch (run.options.format) {
    case Format::json:
      return is_sync ? render_sync_json(nothing, run.context, run.diagnostics, {}) : render_plan(run, nothing);
    case Format::ndjson:
      return render_plan(run, nothing) +
             (is_sync ? render_sync_end_ndjson({}, run.context.observed_at, std::chrono::milliseconds(0)) : "");
    case Format::markdown:
      return is_sync ? render_sync_markdown(nothing, run.context, run.diagnostics, {}) : render_plan(run, nothing);
    case Format::junit:
      return is_sync ? render_sync_junit(nothing, run.context, run.diagnostics, {}) : render_plan(run, nothing);
    default: return "No function matches " + on_stdout(run.context.selection->flags()) + ": nothing to do.\n";
  }
}

/// Nothing is selected: that is said, and the service is not asked.
int answer_nothing_selected(Run& run, const Workspace& workspace, Access access) {
  if (const auto connection = resolve_connection(run.options, workspace.config)) name_target(*connection, run.context);
  run.context.observed_at = SystemClock().wall_now();
  const plan::Plan nothing = plan::assemble({});
  Result<void> written;
  if (run.options.out_file) {
    written = write_private_file(*run.options.out_file, render_plan_json(nothing, run.context, run.diagnostics));
    if (!written) print_error(written.error());
  }
  std::cout << render_nothing(run, nothing, access);
  return manifest::has_error(run.diagnostics) || !written ? kFailed : kOk;
}

/// Functions are marked with the source id: without one, nobody could tell ours.
Error without_source_id(const Workspace& workspace) {
  return Error(ErrorKind::invalid, "the root " + workspace.root +
                                       " has no name that could be the source id: write an fgsync.yaml with "
                                       "metadata.name, or give another --root");
}

int exit_code_of(const Error& error) {
  return error.kind == ErrorKind::invalid ? kNothingUsable : kFailed;
}

/// Why `sync` does not start where `mode: observe` says that nothing may be written.
Error observing(const Workspace& workspace) {
  return Error(ErrorKind::invalid, workspace.config.file +
                                       " says mode: observe, so nothing is written; fgsync plan shows what would be "
                                       "done, and mode: enforce allows it");
}

int run_flow(const Options& options, Access access, awaitable<int> (*flow)(Run&), const PlanFile* approved = nullptr) {
  auto workspace = load_workspace(options);
  if (!workspace) {
    print_error(workspace.error());
    return kNothingUsable;
  }
  print_diagnostics(workspace->diagnostics);
  if (workspace->selection_error) {
    print_error(*workspace->selection_error);
    return exit_code_of(*workspace->selection_error);
  }
  if (workspace->functions.empty() && !workspace->is_nothing_selected) {
    std::cerr << "fgsync: nothing usable was loaded: correct the errors above\n";
    return kNothingUsable;
  }

  const bool is_observing = workspace->config.mode == config::Mode::observe;
  if (is_observing && access == Access::write) {
    print_error(observing(*workspace));
    return kNothingUsable;
  }

  if (workspace->source_id.empty()) {
    print_error(without_source_id(*workspace));
    return kNothingUsable;
  }
  Run run{options, workspace->diagnostics, {}, nullptr, {}, false, approved};
  run.context.source = workspace->shown_source;
  run.context.source_id = workspace->source_id;
  if (workspace->environment) run.context.environment = workspace->environment->name;
  run.context.selection = workspace->selection;
  run.context.is_complete = !manifest::has_error(workspace->diagnostics);
  run.context.adopts = options.adopt;
  run.context.prune = options.prune;
  run.context.allows_recreate = options.allow_recreate;
  if (access == Access::read && !is_observing) run.context.apply_command = apply_command(options);

  if (workspace->is_nothing_selected) return answer_nothing_selected(run, *workspace, access);

  auto session = open_session(options, *workspace, access);
  if (!session) {
    print_error(session.error());
    return exit_code_of(session.error());
  }
  run.session = session->get();
  name_target(run.session->connection, run.context);
  if (approved != nullptr) {
    if (auto checked = check_target(*approved, *options.plan_file, run.context); !checked) {
      print_error(checked.error());
      return kNothingUsable;
    }
  }
  run.interruption.on_first_signal = [&run] {
    run.session->reconciler->stop_admitting();
    return run.is_applying;
  };
  return run_loop(*run.session->loop, run.session->clock, flow(run), run.interruption);
}

}  // namespace

int run_plan(const Options& options) {
  return run_flow(options, Access::read, plan_only);
}

int run_sync(const Options& options) {
  if (!options.plan_file) return run_flow(options, Access::write, plan_and_apply);
  auto approved = read_plan_file(*options.plan_file);
  if (!approved) {
    print_error(approved.error());
    return kNothingUsable;
  }
  Options of_plan = options;
  if (auto taken = take_over(*approved, of_plan); !taken) {
    print_error(taken.error());
    return kUsage;
  }
  return run_flow(of_plan, Access::write, plan_and_apply, &*approved);
}

}  // namespace fgsync::cli
