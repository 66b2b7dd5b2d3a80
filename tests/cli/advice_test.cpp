#include "cli/advice.hpp"

#include <catch2/catch.hpp>

using namespace fgsync;

namespace {

cli::Options in_production() {
  cli::Options options;
  options.environment = "prod";
  options.state_directory = "my state";
  options.config_file = "f.yaml";
  return options;
}

}  // namespace

TEST_CASE("advice: a command gets the place and the target of the run, once, and anything else stays as it is") {
  const cli::Options options = in_production();
  const std::string resume = "fgsync resume --env prod --config f.yaml --state 'my state' a";
  CHECK(cli::advised("fgsync resume a", options) == resume);
  CHECK(cli::advised(resume, options) == resume);
  CHECK(cli::advised("fgsync sync --prune", options) ==
        "fgsync sync --env prod --config f.yaml --state 'my state' --prune");
  CHECK(cli::advised("fgsync validate", options) == "fgsync validate --env prod --config f.yaml");
  CHECK(cli::advised("run fgsync sync again", options) == "run fgsync sync again");
  CHECK(cli::advised("fgsync resume a", cli::Options{}) == "fgsync resume a");
}

TEST_CASE("advice: PATHs go behind what takes them, and stand for another root otherwise") {
  cli::Options options;
  options.paths = {"/"};
  CHECK(cli::advised("fgsync sync --adopt", options) == "fgsync sync --adopt /");
  CHECK(cli::advised("fgsync resume a", options) == "fgsync resume --root / a");
  options.root = "here";
  CHECK(cli::advised("fgsync resume a", options) == "fgsync resume --root here a");
}

TEST_CASE("advice: a plan and the report of its sync say the same") {
  plan::Plan plan;
  plan.functions.emplace_back();
  plan.functions[0].blocked.push_back(plan::Blocked{"suspended", "", std::nullopt, {"fgsync resume a", "wait"}});
  cli::advise(plan, in_production());
  const std::vector<std::string> expected{"fgsync resume --env prod --config f.yaml --state 'my state' a", "wait"};
  CHECK(plan.functions[0].blocked[0].next == expected);
  reconcile::Report report;
  report.functions.emplace_back();
  report.functions[0].blocked = plan.functions[0].blocked;
  cli::advise(report, in_production());
  CHECK(report.functions[0].blocked[0].next == expected);
}
