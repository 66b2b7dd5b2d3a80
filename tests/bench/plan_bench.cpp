// fgsync-bench plan: what deciding costs once everything is known. The planner on 10 000 functions of 20 versions, as
// the service counts them: nothing changed; and new code for all of them, with a version to be pruned before the new
// one.
#include <algorithm>
#include <stdexcept>
#include <vector>

#include "base/digest.hpp"
#include "plan/marker.hpp"
#include "plan/planner.hpp"
#include "tests/bench/bench.hpp"

namespace fgsync::bench {
namespace {

constexpr int kFunctions = 10'000;  // unless the first argument says otherwise
constexpr int kPublished = 19;      // and latest
constexpr int kRuns = 11;

enum class Code { as_published, changed };

struct PlannedFunction {
  plan::Desired desired;
  std::optional<plan::ObservedFunction> observed;
  std::optional<plan::LastApplied> last_applied;
};

manifest::Function manifest_named(const std::string& name) {
  manifest::Function function;
  function.name = name;
  function.runtime = "Python3.9";
  function.handler = "index.handler";
  function.memory_size = 256;
  function.timeout = std::chrono::seconds(30);
  function.description = "Makes thumbnails of the pictures that customers upload to the shop";
  function.user_data = {{"BUCKET", "photos-of-customers"}, {"LOG_LEVEL", "warning"}, {"TABLE", "thumbnails"}};
  function.version = manifest::WantedVersion{"", true, "", {}};
  manifest::WantedAlias prod;
  prod.name = "prod";
  prod.version = "current";
  function.aliases = {prod};
  return function;
}

functiongraph::Version published(const functiongraph::FunctionConfig& config, const std::string& code) {
  const RemoteDigest digest{sha512_hex(code)};
  const std::string fingerprint = sha256_hex(code).substr(0, 12);
  functiongraph::Version version{"v-" + fingerprint, digest, config, plan::with_fingerprint("", fingerprint, digest)};
  return version;
}

void add_versions(PlannedFunction& function, const std::string& name, Code code) {
  auto& versions = function.observed->versions;
  const functiongraph::FunctionConfig config = function.observed->detail.config;
  for (int i = 1; i < kPublished; ++i) versions.push_back(published(config, name + std::to_string(i)));
  const std::string& fingerprint = function.desired.fingerprint;
  const RemoteDigest& digest = function.observed->detail.row.digest;
  versions.push_back({"v-" + fingerprint, digest, config, plan::with_fingerprint("", fingerprint, digest)});
  if (code == Code::as_published) return;  // without times, none can be pruned
  for (std::size_t i = 0; i < versions.size(); ++i) {
    versions[i].last_modified.at = std::chrono::system_clock::time_point(std::chrono::hours(i));
  }
}

PlannedFunction function_number(int number, Code code) {
  const std::string name = "function-" + std::to_string(10 * kFunctions + number);  // in order, as a run plans them
  PlannedFunction function;
  function.desired.function = manifest_named(name);
  function.desired.contents.digest = ContentDigest{sha256_hex(name)};
  function.desired.fingerprint = plan::fingerprint_of(function.desired.contents.digest, function.desired.function);

  const auto config = plan::desired_config(function.desired.function, "bench");
  auto urn = functiongraph::FunctionUrn::parse("urn:fss:cn-north-4:bench:function:default:" + name);
  functiongraph::FunctionRow row{*urn, name, "default", RemoteDigest{sha512_hex(name)}, 0, config.description};
  function.observed = plan::ObservedFunction{{std::move(row), config}, {}, {}};
  add_versions(function, name, code);
  function.observed->aliases = {{"prod", "v-" + function.desired.fingerprint, "", {}}};

  function.last_applied.emplace();
  function.last_applied->urn = urn->text();
  function.last_applied->content_digest = function.desired.contents.digest;
  function.last_applied->remote_digest = function.observed->detail.row.digest;
  function.last_applied->fingerprint = function.desired.fingerprint;
  function.last_applied->config =
      plan::comparable_fields(plan::desired_config(function.desired.function, std::nullopt), function.desired.function);
  if (code == Code::as_published) return function;

  function.desired.contents.digest = ContentDigest{sha256_hex(name + " changed")};
  function.desired.archive_digest = ArchiveDigest{sha512_hex(name + " changed")};
  function.desired.fingerprint = plan::fingerprint_of(function.desired.contents.digest, function.desired.function);
  return function;
}

plan::Plan plan_all(const std::vector<PlannedFunction>& functions) {
  plan::PlanOptions options;
  options.source_id = "bench";
  std::vector<plan::FunctionPlan> plans;
  plans.reserve(functions.size());
  for (const PlannedFunction& function : functions) {
    const plan::Inputs inputs{function.desired, function.observed, function.last_applied};
    if (plan::needs_archive_digest(inputs)) throw std::runtime_error("an archive would have to be made");
    plans.push_back(plan::plan_function(inputs, options));
  }
  return plan::assemble(std::move(plans));
}

void measure_planning(std::string_view name, int count, Code code) {
  std::vector<PlannedFunction> functions;
  for (int i = 0; i < count; ++i) functions.push_back(function_number(i, code));
  std::vector<double> times;
  std::vector<double> cpu_times;
  for (int run = 0; run < kRuns; ++run) {
    plan::Plan plan;
    const auto cpu_before = cpu_time();
    times.push_back(seconds_of([&] { plan = plan_all(functions); }) * 1000);
    cpu_times.push_back((cpu_time() - cpu_before).count() * 1000);
    const plan::Summary& summary = plan.summary;
    const bool is_right = code == Code::as_published
                              ? summary.unchanged == count
                              : summary.publish == count && summary.alias == count && summary.blocked == 0;
    if (!is_right) throw std::runtime_error("the plan is not the one that was expected");
  }
  std::sort(times.begin(), times.end());
  std::sort(cpu_times.begin(), cpu_times.end());
  report(name, {{"functions", count},
                {"versions", kPublished + 1},
                {"ms", times[kRuns / 2]},
                {"cpu_ms", cpu_times[kRuns / 2]},
                {"highest_ms", times.back()}});
}

}  // namespace

void bench_plan(const std::vector<std::string>& arguments) {
  const int count = arguments.empty() ? kFunctions : std::stoi(arguments[0]);
  measure_planning("unchanged", count, Code::as_published);
  measure_planning("changed", count, Code::changed);
}

}  // namespace fgsync::bench
