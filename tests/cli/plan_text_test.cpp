#include "cli/plan_text.hpp"

#include <catch2/catch.hpp>

using namespace fgsync;

namespace {

cli::PlanContext context() {
  cli::PlanContext context;
  context.endpoint = "https://functiongraph.example.com";
  context.region = "cn-north-4";
  context.project_id = "46b6f338";
  context.source = "manifests";
  context.observed_at = std::chrono::system_clock::time_point(std::chrono::seconds(1'767'269'000));
  context.calls = 3;
  context.took = std::chrono::milliseconds(41);
  context.apply_command = "fgsync sync";
  return context;
}

plan::FunctionPlan function(const std::string& name) {
  plan::FunctionPlan plan;
  plan.name = name;
  return plan;
}

std::string digest(char c) {
  return std::string(128, c);
}

/// One of everything.
plan::Plan full_plan() {
  auto blocked = function("invoice-render");
  blocked.blocked.push_back({"version_conflict",
                             "v2.1.0 is already published with other code: bump the version",
                             SourcePosition{"manifests/billing.yaml", 31, 11},
                             {"fgsync help"}});

  auto unreadable = function("lost");
  unreadable.failure = Error(ErrorKind::transient, "no answer");

  auto code = function("orders-api");
  package::ContentsDiff files{{"src/tax.py"}, {"src/app.py"}, {"src/old.py"}, 14541};
  code.steps.push_back(
      {plan::UpdateCode{RemoteDigest{digest('a')}, ArchiveDigest{digest('b')}, files}, plan::Reason::code_changed, {}});
  code.steps.push_back({plan::UpdateConfig{{{"timeout", "30", "60"}}}, plan::Reason::desired_changed, {}});
  code.steps.push_back({plan::PublishVersion{"v1.5.0", "", false}, plan::Reason::version_missing, {}});
  code.steps.push_back({plan::UpdateAlias{"prod", "v1.4.0", "v1.5.0", ""}, plan::Reason::alias_differs, {}});

  auto config = function("orders-worker");
  config.steps.push_back({plan::UpdateConfig{{{"memory_size", "256", "512"}, {"user_data.MODE", std::nullopt, "fast"}}},
                          plan::Reason::drifted,
                          {}});
  config.steps.push_back({plan::PublishVersion{"v-77e1d2c3b4a5", "", true}, plan::Reason::version_missing, {}});

  auto absent = function("thumbnail");
  absent.steps.push_back({plan::ImportFunction{}, plan::Reason::absent, {}});
  absent.steps.push_back({plan::PublishVersion{"v1.0.0", "", false}, plan::Reason::version_missing, {}});
  absent.steps.push_back({plan::CreateAlias{"prod", "v1.0.0", ""}, plan::Reason::alias_missing, {}});

  return plan::assemble({absent, config, code, unreadable, blocked, function("same")});
}

}  // namespace

TEST_CASE("the plan as text: dangerous things first, unchanged ones counted") {
  const auto plan = full_plan();
  const std::string text = render_plan_text(plan, context(), cli::Paint(false), cli::Unchanged::hidden);
  CHECK(text ==
        "Plan for project 46b6f338, cn-north-4 (manifests in manifests; observed 12:03:20Z, 3 calls, 41 ms)\n"
        "\n"
        "! invoice-render   blocked: v2.1.0 is already published with other code: bump the version\n"
        "                   manifests/billing.yaml:31:11\n"
        "                   next: fgsync help\n"
        "! lost             cannot be planned: no answer\n"
        "^ orders-api       code changed: 3 files, +14.2 KiB\n"
        "    code           sha512:aaaaaaaaaaaa… → sha512:bbbbbbbbbbbb…   (+ src/tax.py  ~ src/app.py  - src/old.py)\n"
        "    config         timeout 30 → 60 s\n"
        "    version        v1.5.0 (new)\n"
        "    alias prod     v1.4.0 → v1.5.0\n"
        "~ orders-worker    config: memory_size 256 → 512 MB; user_data.MODE (unset) → fast (changed on the service)\n"
        "    version        v-77e1d2c3b4a5 (new, auto)\n"
        "+ thumbnail        import, publish v1.0.0, alias prod → v1.0.0\n"
        "\n"
        "Plan: 1 to import, 1 to update, 2 config, 3 to publish, 2 aliases, 1 blocked, 1 failed, 1 unchanged.\n"
        "Plan " +
            plan.id + ". Apply it: fgsync sync\n");
}

TEST_CASE("the headline says what was selected") {
  auto around = context();
  around.selection = cli::Selection{.names = {"same"}, .selector = "team in (a,b)", .labels = {}, .since = "x\ny"};
  const std::string text =
      render_plan_text(plan::assemble({function("same")}), around, cli::Paint(false), cli::Unchanged::hidden);
  CHECK(text ==
        "Plan for project 46b6f338, cn-north-4 (manifests in manifests, only --name same --selector 'team in (a,b)' "
        "--since 'x?y'; observed 12:03:20Z, 3 calls, 41 ms)\n"
        "\n"
        "No changes: 1 function as the manifests say.\n");
}

TEST_CASE("unchanged functions are listed on request") {
  const auto plan = plan::assemble({function("same")});
  const std::string text = render_plan_text(plan, context(), cli::Paint(false), cli::Unchanged::listed);
  CHECK(text.find("\n  same           unchanged\n") != std::string::npos);
}

TEST_CASE("nothing to do is said in one line") {
  const auto plan = plan::assemble({function("same")});
  const std::string text = render_plan_text(plan, context(), cli::Paint(false), cli::Unchanged::hidden);
  CHECK(text ==
        "Plan for project 46b6f338, cn-north-4 (manifests in manifests; observed 12:03:20Z, 3 calls, 41 ms)\n"
        "\n"
        "No changes: 1 function as the manifests say.\n");
}

TEST_CASE("a partial plan says so") {
  auto around = context();
  around.is_complete = false;
  const std::string text = render_plan_text(full_plan(), around, cli::Paint(false), cli::Unchanged::hidden);
  CHECK(text.find("Partial: some manifests have errors and were left out.\n") != std::string::npos);
}

TEST_CASE("long and unprintable values are cut and cleaned") {
  auto config = function("f");
  config.steps.push_back(
      {plan::UpdateConfig{{{"user_data.X", std::string("a\nb"), std::string(200, 'x')}}}, plan::Reason::differs, {}});
  const std::string text =
      render_plan_text(plan::assemble({config}), context(), cli::Paint(false), cli::Unchanged::hidden);
  CHECK(text.find("user_data.X a?b → " + std::string(60, 'x') + "…\n") != std::string::npos);
}

TEST_CASE("what the service sends can neither break a line nor command the terminal") {
  auto config = function("f");
  config.steps.push_back(
      {plan::UpdateConfig{{{"user_data.X\x1b[31m\nFAKE", "1", std::nullopt}}}, plan::Reason::differs, {}});
  const std::string text =
      render_plan_text(plan::assemble({config}), context(), cli::Paint(false), cli::Unchanged::hidden);
  CHECK(text.find("user_data.X?[31m?FAKE 1 → (unset)\n") != std::string::npos);
  CHECK(text.find('\x1b') == std::string::npos);
}

TEST_CASE("names are never cut") {
  const std::string name(60, 'n');
  auto absent = function(name);
  absent.steps.push_back({plan::ImportFunction{}, plan::Reason::absent, {}});
  const std::string text =
      render_plan_text(plan::assemble({absent}), context(), cli::Paint(false), cli::Unchanged::hidden);
  CHECK(text.find("+ " + name + "   import\n") != std::string::npos);
}

TEST_CASE("sizes are shown in the unit that fits") {
  CHECK(cli::shown_size_change(0) == "+0 B");
  CHECK(cli::shown_size_change(-3) == "-3 B");
  CHECK(cli::shown_size_change(14541) == "+14.2 KiB");
  CHECK(cli::shown_size_change(-(std::int64_t{5} << 30)) == "-5.0 GiB");
}
