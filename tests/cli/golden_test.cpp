// Every form of output, byte for byte beside tests/cli/golden/. FGSYNC_UPDATE_GOLDEN=1 writes the files instead; what
// changed is then read in the diff.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>

#include "cli/plan_json.hpp"
#include "cli/plan_junit.hpp"
#include "cli/plan_markdown.hpp"
#include "cli/plan_ndjson.hpp"
#include "tests/cli/sample_plan.hpp"
#include "tests/support/fake_clock.hpp"

using namespace fgsync;
using namespace fgsync::cli;

namespace {

constexpr const char* kDirectory = FGSYNC_SOURCE_DIR "/tests/cli/golden/";

void check_golden(const std::string& name, const std::string& text) {
  INFO("golden file " << name);
  const char* update = std::getenv("FGSYNC_UPDATE_GOLDEN");
  if (update != nullptr && std::string(update) == "1") {
    std::ofstream(kDirectory + name, std::ios::binary) << text;
    return;
  }
  std::ifstream file(kDirectory + name, std::ios::binary);
  REQUIRE(file.is_open());
  const std::string expected{std::istreambuf_iterator<char>(file), {}};
  CHECK(text == expected);
}

struct Sample {
  std::string prefix;
  plan::Plan plan;
  PlanContext context;
};

Sample sample() {
  return {"plan", test::sample_plan(), test::sample_context()};
}
Sample hostile() {
  return {"hostile", test::hostile_plan(), test::hostile_context()};
}

}  // namespace

TEST_CASE("golden: the plan as text, for every screen") {
  for (const Sample& of : {sample(), hostile()}) {
    const auto text = [&of](bool is_painted, const Screen& screen, Unchanged unchanged = Unchanged::hidden) {
      return render_plan_text(of.plan, of.context, Paint(is_painted), unchanged, screen);
    };
    check_golden(of.prefix + ".txt", text(false, {}));
    check_golden(of.prefix + "-all.txt", text(false, {}, Unchanged::listed));
    check_golden(of.prefix + "-color.txt", text(true, {}));
    check_golden(of.prefix + "-ascii.txt", text(false, {.columns = {}, .charset = Charset::ascii}));
    check_golden(of.prefix + "-40.txt", text(false, {.columns = 40, .charset = Charset::utf8}));
    check_golden(of.prefix + "-80-color.txt", text(true, {.columns = 80, .charset = Charset::utf8}));
  }
}

TEST_CASE("golden: the plan as JSON, ndjson, markdown and JUnit") {
  const auto diagnostics = test::sample_diagnostics();
  for (const Sample& of : {sample(), hostile()}) {
    check_golden(of.prefix + ".json", render_plan_json(of.plan, of.context, diagnostics));
    check_golden(of.prefix + ".ndjson", render_plan_ndjson(of.plan, of.context, diagnostics));
    check_golden(of.prefix + ".md", render_plan_markdown(of.plan, of.context, diagnostics, Unchanged::hidden));
    check_golden(of.prefix + ".xml", render_plan_junit(of.plan, of.context, diagnostics));
  }
}

TEST_CASE("golden: a sync as JSON, ndjson, markdown and JUnit") {
  const Sample of = sample();
  const auto diagnostics = test::sample_diagnostics();
  const auto report = test::sample_report();
  check_golden("sync.json", render_sync_json(of.plan, of.context, diagnostics, report));
  check_golden("sync.md", render_sync_markdown(of.plan, of.context, diagnostics, report));
  check_golden("sync.xml", render_sync_junit(of.plan, of.context, diagnostics, report));

  std::ostringstream events;
  test::FakeClock clock;
  {
    const auto progress = make_ndjson_progress(events, clock);
    progress->on_start("orders-api");
    progress->on_step("orders-api", plan::PublishVersion{"v1.5.0", "", false});
    progress->on_wait("orders-api", Error(ErrorKind::throttled, "too many\nrequests"), std::chrono::milliseconds(683));
    for (const auto& function : report.functions) progress->on_end(function);
  }
  const std::string end = render_sync_end_ndjson(report, clock.wall_now(), std::chrono::milliseconds(1500));
  check_golden("sync.ndjson", events.str() + end);
}

TEST_CASE("golden: a plan that has nothing to do") {
  const auto plan = plan::assemble({});
  auto context = test::sample_context();
  context.is_complete = true;
  const std::string all = render_plan_text(plan, context, Paint(false), Unchanged::hidden) + "--\n" +
                          render_plan_ndjson(plan, context, {}) + "--\n" +
                          render_plan_markdown(plan, context, {}, Unchanged::hidden) + "--\n" +
                          render_plan_junit(plan, context, {});
  check_golden("nothing.txt", all);
}
