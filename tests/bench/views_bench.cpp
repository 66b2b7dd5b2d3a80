// fgsync-bench views: what showing a plan costs, in every form. 1000 functions of which 100 change, as a usual run has
// them, and 1000 that all change, with 100 changed fields each, which is the worst.
#include <algorithm>
#include <functional>
#include <stdexcept>
#include <vector>

#include "cli/plan_json.hpp"
#include "cli/plan_junit.hpp"
#include "cli/plan_markdown.hpp"
#include "cli/plan_ndjson.hpp"
#include "tests/bench/bench.hpp"

namespace fgsync::bench {
namespace {

constexpr int kFunctions = 1000;
constexpr int kRuns = 11;

plan::FunctionPlan function_number(int number, int fields) {
  plan::FunctionPlan function;
  function.name = "function-" + std::to_string(10 * kFunctions + number);
  function.position = SourcePosition{"manifests/" + function.name + ".yaml", 4, 9};
  function.preconditions.remote_digest = RemoteDigest{std::string(128, 'a')};
  function.preconditions.versions = {"v1.4.0"};
  function.preconditions.aliases = {{"prod", "v1.4.0"}};
  if (fields == 0) return function;
  package::ContentsDiff files{{"src/tax.py"}, {"src/app.py"}, {"src/old.py"}, 14541};
  plan::UpdateConfig config;
  for (int i = 0; i < fields; ++i) {
    config.changes.push_back(
        {"user_data.KEY_" + std::to_string(i), "photos-of-customers", "photos → " + std::to_string(i)});
  }
  const ArchiveDigest after{std::string(128, 'b')};
  function.steps = {
      {plan::UpdateCode{*function.preconditions.remote_digest, after, files}, plan::Reason::code_changed, {}},
      {config, plan::Reason::drifted, {}},
      {plan::PublishVersion{"v1.5.0", "", false}, plan::Reason::version_missing, {}},
      {plan::UpdateAlias{"prod", "v1.4.0", "v1.5.0", ""}, plan::Reason::alias_differs, {}}};
  return function;
}

plan::Plan plan_of(int changed, int fields) {
  std::vector<plan::FunctionPlan> functions;
  for (int i = 0; i < kFunctions; ++i) functions.push_back(function_number(i, i < changed ? fields : 0));
  return plan::assemble(std::move(functions));
}

reconcile::Report report_of(const plan::Plan& plan) {
  reconcile::Report report;
  for (const plan::FunctionPlan& function : plan.functions) {
    reconcile::FunctionReport entry;
    entry.name = function.name;
    if (!function.steps.empty()) entry.outcome = reconcile::Outcome::done;
    for (const plan::Step& step : function.steps) entry.done.push_back(plan::describe(step.action));
    report.functions.push_back(std::move(entry));
  }
  return report;
}

using Render = std::function<std::string()>;

void measure(const std::string& name, int changed, const Render& render) {
  std::vector<double> times;
  std::size_t bytes = 0;
  for (int run = 0; run < kRuns; ++run) {
    times.push_back(seconds_of([&] { bytes = render().size(); }) * 1000);
  }
  if (bytes < 1000) throw std::runtime_error("the plan is not the one that was expected");
  std::sort(times.begin(), times.end());
  report(name, {{"functions", kFunctions},
                {"changed", changed},
                {"bytes", static_cast<double>(bytes)},
                {"ms", times[kRuns / 2]},
                {"highest_ms", times.back()}});
}

void measure_forms(const std::string& prefix, int changed, int fields) {
  const plan::Plan plan = plan_of(changed, fields);
  cli::PlanContext context;
  context.project_id = "46b6f338";
  context.region = "cn-north-4";
  const auto text = [&](const cli::Screen& screen) {
    return cli::render_plan_text(plan, context, cli::Paint(true), cli::Unchanged::listed, screen);
  };
  measure(prefix + "text", changed, [&] { return text({}); });
  measure(prefix + "narrow_text", changed, [&] { return text({.columns = 40, .charset = cli::Charset::ascii}); });
  measure(prefix + "json", changed, [&] { return cli::render_plan_json(plan, context, {}); });
  measure(prefix + "ndjson", changed, [&] { return cli::render_plan_ndjson(plan, context, {}); });
  measure(prefix + "markdown", changed,
          [&] { return cli::render_plan_markdown(plan, context, {}, cli::Unchanged::listed); });
  measure(prefix + "junit", changed, [&] { return cli::render_plan_junit(plan, context, {}); });

  const reconcile::Report report = report_of(plan);
  measure(prefix + "sync_json", changed, [&] { return cli::render_sync_json(plan, context, {}, report); });
  measure(prefix + "sync_markdown", changed, [&] { return cli::render_sync_markdown(plan, context, {}, report); });
  measure(prefix + "sync_junit", changed, [&] { return cli::render_sync_junit(plan, context, {}, report); });
}

}  // namespace

void bench_views(const std::vector<std::string>&) {
  measure_forms("", 100, 4);
  measure_forms("worst_", kFunctions, 100);
}

}  // namespace fgsync::bench
