#include "tests/cli/sample_plan.hpp"

namespace fgsync::test {
namespace {

using plan::FunctionPlan;
using plan::Reason;

FunctionPlan function(const std::string& name, int line) {
  FunctionPlan plan;
  plan.name = name;
  plan.position = SourcePosition{"manifests/" + name + ".yaml", line, 9};
  return plan;
}

std::string digest(char c) {
  return std::string(128, c);
}

FunctionPlan blocked() {
  auto plan = function("invoice-render", 4);
  plan.blocked.push_back({"version_conflict",
                          "v2.1.0 is already published with other code (sha512:9ab19ab19ab1…): bump the version",
                          SourcePosition{"manifests/invoice-render.yaml", 12, 11},
                          {}});
  plan.blocked.push_back({"alias_weights",
                          "alias canary: its weights name v1.9.0, which is not published",
                          std::nullopt,
                          {"fgsync history invoice-render"}});
  plan.steps.push_back({plan::UpdateConfig{{{"timeout", "30", "60"}}}, Reason::desired_changed, {}});
  return plan;
}

FunctionPlan failed() {
  auto plan = function("price-list", 4);
  plan.failure = Error(ErrorKind::transient, "the service does not answer");
  plan.failure->remote = RemoteFacts{503, "FSS.0500", "req-1", {}, true};
  return plan;
}

FunctionPlan removed() {
  auto plan = function("thumbs-legacy", 4);
  plan.position.reset();
  plan.steps.push_back({plan::DeleteFunction{}, Reason::manifest_removed, {}});
  plan.deletions = plan::DeletionCount{3, 5};
  return plan;
}

FunctionPlan recreated() {
  auto plan = function("report-mailer", 4);
  plan.steps.push_back({plan::DeleteFunction{}, Reason::recreated, {}});
  plan.steps.push_back({plan::ImportFunction{plan::ImportFunction::Via::create_call}, Reason::recreated, {}});
  plan.steps.push_back({plan::PublishVersion{"v1", "first", false}, Reason::version_missing, {}});
  plan.deletions = plan::DeletionCount{3, 5};
  return plan;
}

FunctionPlan coded() {
  auto plan = function("orders-api", 4);
  plan.preconditions.remote_digest = RemoteDigest{digest('a')};
  plan.preconditions.versions = {"v0.9.0", "v1.4.0"};
  plan.preconditions.aliases = {{"prod", "v1.4.0"}, {"dev", "latest"}, {"old", "v0.9.0"}};
  package::ContentsDiff files{
      {"src/tax.py", "src/vat.py"}, {"src/app.py", "src/b.py", "src/c.py", "src/d.py"}, {"src/old.py"}, 14541};
  plan.steps.push_back({plan::UpdateCode{RemoteDigest{digest('a')}, ArchiveDigest{digest('b')}, files,
                                         plan::FieldChange{"depend_version_list", "d1", "d1,d2"}},
                        Reason::code_changed,
                        {}});
  plan.steps.push_back({plan::UpdateConfig{{{"timeout", "30", "60"},
                                            {"encrypted_user_data.DB_PASSWORD", "(secret)", "(secret, changed)", true},
                                            {"user_data.MODE", std::nullopt, "fast"},
                                            {"user_data.OLD", "1", std::nullopt},
                                            {"description", "", "Orders, for everyone who wants to order something"}}},
                        Reason::both_changed,
                        {}});
  plan.steps.push_back({plan::PublishVersion{"v1.5.0", "taxes", false}, Reason::version_missing, {}});
  plan.steps.push_back(
      {plan::UpdateAlias{"prod", "v1.4.0", "v1.5.0", "", {}, {{{"v1.4.0", 10}}, {}}}, Reason::alias_differs, {}});
  plan.steps.push_back({plan::CreateAlias{"canary", "v1.5.0", ""}, Reason::alias_missing, {}});
  plan.steps.push_back({plan::DeleteAlias{"old", "v0.9.0"}, Reason::alias_removed, {}});
  plan.steps.push_back({plan::DeleteVersion{"v0.9.0"}, Reason::superseded, {}});
  plan.deletions = plan::DeletionCount{3, 5};
  plan.notes.push_back({"secret_not_published", "a version that is published now keeps the secret of before"});
  return plan;
}

FunctionPlan configured() {
  auto plan = function("orders-worker", 4);
  plan.wave = 1;
  plan.steps.push_back(
      {plan::UpdateConfig{{{"memory_size", "256", "512"}, {"handler", "a.b", "a.c"}}}, Reason::drifted, {}});
  plan.steps.push_back({plan::UpdateMaxInstances{-1, 10}, Reason::drifted, {}});
  plan.steps.push_back({plan::UpdateTags{{{"tags.team", "shop", "orders"}}}, Reason::desired_changed, {}});
  plan.steps.push_back({plan::UpdateAsyncConfig{{{"function_async_config.max_async_retry_attempts", "3", "1"}}},
                        Reason::desired_changed,
                        {}});
  plan.steps.push_back({plan::UpdateReservedInstances{"prod", {{"reserved_instances.prod.count", std::nullopt, "2"}}},
                        Reason::desired_changed,
                        {}});
  return plan;
}

FunctionPlan adopted() {
  auto plan = function("stock-sync", 4);
  plan.steps.push_back({plan::UpdateConfig{}, Reason::adopted, {}});
  return plan;
}

FunctionPlan imported() {
  auto plan = function("thumbnail", 4);
  plan.wave = 1;
  plan.steps.push_back({plan::ImportFunction{}, Reason::absent, {}});
  plan.steps.push_back({plan::UpdateMaxInstances{-1, 4}, Reason::absent, {}});
  plan.steps.push_back({plan::PublishVersion{"v1.0.0", "", false}, Reason::version_missing, {}});
  plan.steps.push_back({plan::CreateAlias{"prod", "v1.0.0", ""}, Reason::alias_missing, {}});
  return plan;
}

FunctionPlan noted() {
  auto plan = function("watched", 4);
  plan.notes.push_back(
      {"drift_left_alone", "timeout is 77 on the service and 30 in the manifest; self_heal: false leaves it alone"});
  return plan;
}

}  // namespace

plan::Plan sample_plan() {
  return plan::assemble({blocked(), failed(), removed(), recreated(), coded(), configured(), adopted(), imported(),
                         noted(), function("same", 4)});
}

plan::Plan hostile_plan() {
  const std::string markup =
      "</code></summary></details><script>alert(1)</script> ```` ``` @octocat #1 | a | ![x](y) ]]> --> <!-- &amp; \"'";
  const std::string controls = "\x1b[31mred\x1b[0m\r\n::error::x\t\x01\x7f";
  const std::string broken =
      "\xff\xfe caf\xe9 \xc3\xa9 \xed\xa0\x80 \xf0\x9f\x98\x80 \xc2\x9b \xe2\x80\xae \xef\xbf\xbf";
  auto bad_blocked = function("bad-blocked", 1);
  bad_blocked.position = SourcePosition{"manifests/`x` <b>@all\n.yaml", 1, 2};
  bad_blocked.blocked.push_back({"bad", markup + controls, bad_blocked.position, {"fgsync forget '`'", controls}});
  auto bad_name = function(markup, 1);
  bad_name.name = "@octocat </summary> `x`\n\xff";
  bad_name.steps.push_back({plan::UpdateConfig{{{"user_data." + markup, controls, broken},
                                                {"user_data.```", "```", "````"},
                                                {"user_data.A", "- a", "+ b"},
                                                {"user_data.B", "", std::string(200, 'x')}}},
                            Reason::drifted,
                            {}});
  package::ContentsDiff files{{markup}, {"a\nb"}, {broken}, -3};
  auto bad_files = function("bad-files", 1);
  bad_files.steps.push_back(
      {plan::UpdateCode{RemoteDigest{digest('a')}, ArchiveDigest{digest('b')}, files}, Reason::code_changed, {}});
  bad_files.notes.push_back({"n", markup + broken});
  auto bad_failure = function("bad-failure", 1);
  bad_failure.failure = Error(ErrorKind::corrupt, broken + controls);
  return plan::assemble({bad_blocked, bad_name, bad_files, bad_failure});
}

cli::PlanContext sample_context() {
  cli::PlanContext context;
  context.endpoint = "https://functiongraph.cn-north-4.myhuaweicloud.com";
  context.region = "cn-north-4";
  context.project_id = "46b6f338";
  context.source = "manifests";
  context.source_id = "shop";
  context.observed_at = std::chrono::system_clock::time_point(std::chrono::milliseconds(1'767'269'000'041));
  context.calls = 3;
  context.took = std::chrono::milliseconds(41);
  context.apply_command = "fgsync sync --prune";
  context.is_complete = false;
  return context;
}

cli::PlanContext hostile_context() {
  cli::PlanContext context = sample_context();
  context.region.clear();
  context.endpoint = "http://x/--><script>";
  context.project_id = "--> `<b>` @all";
  context.source = "`m` @all";
  context.source_id = "---->";
  context.environment = "a--b>";
  context.apply_command = "fgsync sync --plan '```'";
  context.is_saved = true;
  return context;
}

manifest::Diagnostics sample_diagnostics() {
  manifest::Diagnostic error{
      manifest::Severity::error, "unknown_key", {"manifests/slug-maker.yaml", 8, 3}, "spec.timeot", "unknown key",
      "did you mean timeout?",   "  timeot: 3"};
  manifest::Diagnostic warning{manifest::Severity::warning,
                               "not_acted_on",
                               {"fgsync.yaml", 0, 0},
                               "spec.daemon",
                               "is "
                               "checked, but nothing acts on it yet",
                               "",
                               ""};
  return {error, warning};
}

reconcile::Report sample_report() {
  using reconcile::Outcome;
  const auto entry = [](const std::string& name, Outcome outcome) {
    reconcile::FunctionReport report;
    report.name = name;
    report.outcome = outcome;
    return report;
  };
  auto done = entry("thumbnail", Outcome::done);
  done.done = {"import", "publish v1.0.0", "create alias prod on v1.0.0"};
  done.took = std::chrono::milliseconds(1041);
  auto stopped = entry("invoice-render", Outcome::blocked);
  stopped.blocked = blocked().blocked;
  auto lost = entry("price-list", Outcome::failed);
  lost.error = failed().failure;
  auto half = entry("orders-api", Outcome::failed);
  half.done = {"update code"};
  half.error = Error(ErrorKind::conflict, "somebody else writes to this function");
  auto skipped = entry("orders-worker", Outcome::skipped);
  skipped.reason = "depends on orders-api, which failed";
  auto interrupted = entry("report-mailer", Outcome::interrupted);
  interrupted.reason = "stopped by a signal";
  return {{stopped, half, skipped, lost, interrupted, entry("same", Outcome::unchanged),
           entry("stock-sync", Outcome::done), done, entry("thumbs-legacy", Outcome::done),
           entry("watched", Outcome::unchanged)}};
}

}  // namespace fgsync::test
