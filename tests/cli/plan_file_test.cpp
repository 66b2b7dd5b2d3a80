#include "cli/plan_file.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "base/digest.hpp"
#include "cli/plan_json.hpp"

using namespace fgsync;
using Json = nlohmann::ordered_json;

namespace {

cli::PlanContext context() {
  cli::PlanContext context;
  context.endpoint = "https://fg.example";
  context.region = "cn-north-4";
  context.project_id = "p1";
  context.source_id = "shop";
  return context;
}

plan::FunctionPlan released() {
  plan::FunctionPlan function;
  function.name = "orders";
  function.fingerprint = "0123456789ab";
  function.preconditions.remote_digest = RemoteDigest{"aa"};
  function.preconditions.versions = {"v1"};
  function.preconditions.aliases = {{"prod", "v1"}};
  function.preconditions.traffic = {{"prod", "10 % to v0"}};
  function.steps.push_back({plan::PublishVersion{"v2", "", false}, plan::Reason::version_missing, {}});
  function.steps.push_back({plan::UpdateAlias{"prod", "v1", "v2", ""}, plan::Reason::alias_differs, {}});
  return function;
}

std::string written(const cli::PlanContext& context = ::context()) {
  return cli::render_plan_json(plan::assemble({released()}), context, {});
}

/// The document after a change, with a checksum that fits it.
std::string forged(const std::function<void(Json&)>& change) {
  Json document = Json::parse(written());
  document.erase("checksum");
  change(document);
  document["checksum"] = "sha256:" + sha256_hex(document.dump());
  return document.dump(2);
}

std::string refusal(const std::string& text) {
  const auto file = cli::parse_plan_file(text, "p.json");
  return file ? "accepted" : file.error().message;
}

}  // namespace

TEST_CASE("plan file: what was written is read back") {
  auto of = context();
  of.environment = "prod";
  of.adopts = true;
  of.prune = false;
  const auto file = cli::parse_plan_file(written(of), "p.json");
  REQUIRE(file);
  CHECK(file->project_id == "p1");
  CHECK(file->source_id == "shop");
  CHECK(file->environment == "prod");
  CHECK(file->adopts);
  CHECK(file->prune == false);
  CHECK_FALSE(file->allows_recreate);
  REQUIRE(file->plan.functions.size() == 1);
  const plan::ApprovedFunction& function = file->plan.functions[0];
  CHECK(function.name == "orders");
  CHECK(function.fingerprint == "0123456789ab");
  REQUIRE(function.steps.size() == 2);
  CHECK(function.steps[1].id == plan::step_id(released().steps[1].action));
  CHECK(function.steps[1].description == "move alias prod to v2");
  CHECK(function.seen.remote_digest == RemoteDigest{"aa"});
  CHECK(function.seen.versions == std::vector<std::string>{"v1"});
  CHECK(function.seen.aliases == released().preconditions.aliases);
  CHECK(function.seen.traffic == released().preconditions.traffic);
  // What was read fits what it was written from.
  CHECK(plan::bind(plan::assemble({released()}), file->plan).stale.empty());
}

TEST_CASE("plan file: white space is nobody's change") {
  CHECK(refusal(Json::parse(written()).dump()) == "accepted");
}

TEST_CASE("plan file: every cut is noticed") {
  const std::string whole = written();
  for (std::size_t size = 0; size + 2 < whole.size(); ++size) {
    INFO(size);
    CHECK_FALSE(cli::parse_plan_file(std::string_view(whole).substr(0, size), "p.json"));
  }
  CHECK(refusal(whole.substr(0, 100)) ==
        "p.json is cut off after 100 bytes; make a new one with fgsync plan --out FILE");
  CHECK(refusal("") == "p.json is empty; make a new one with fgsync plan --out FILE");
}

TEST_CASE("plan file: an edited plan is refused") {
  std::string text = written();
  const auto at = text.find("move alias prod to v2");
  REQUIRE(at != std::string::npos);
  text[at + 20] = '3';
  CHECK(refusal(text) ==
        "p.json was changed since fgsync wrote it: its checksum does not fit; make a new one with fgsync plan --out "
        "FILE");
  Json document = Json::parse(written());
  document.erase("checksum");
  CHECK(refusal(document.dump()).find("its checksum does not fit") != std::string::npos);
}

TEST_CASE("plan file: another major version is refused by name, a later minor one is read") {
  CHECK(refusal(forged([](Json& document) { document["format_version"] = "2.0.0"; })) ==
        "p.json has the format 2.0.0, and this fgsync, " FGSYNC_VERSION
        ", knows 1: apply it with the fgsync that made it, or make a new plan with this one");
  CHECK(refusal(forged([](Json& document) {
          document["format_version"] = "1.7.0";
          document["new_in_1_7"] = true;
        })) == "accepted");
}

TEST_CASE("plan file: what is no plan is refused") {
  CHECK(refusal("[]").starts_with("p.json is no plan of fgsync"));
  CHECK(refusal("{}").starts_with("p.json is no plan of fgsync"));
  CHECK(refusal("hello").starts_with("p.json is no JSON from byte 1 on"));
  CHECK(refusal(std::string(100'000, '[')).starts_with("p.json is no plan of fgsync: it is nested too deep"));
  CHECK(refusal(forged([](Json& document) {
          document["results"] = Json::array();
        })).starts_with("p.json is what a sync printed, not a plan"));
  CHECK(refusal(forged([](Json& document) {
          document["changes"][0].erase("actions");
        })).starts_with("p.json is no plan of fgsync: it has no /changes/0/actions that is a list"));
  CHECK(refusal(forged([](Json& document) {
          document["changes"][0]["preconditions"]["versions"] = {1};
        })).starts_with("p.json is no plan of fgsync: it has no /changes/0/preconditions/versions/0 that is text"));
  CHECK(refusal(forged([](Json& document) {
          document["changes"] = "none";
        })).starts_with("p.json is no plan of fgsync: it has no /changes that is a list"));
  CHECK(cli::read_plan_file("/no/such/plan.json").error().message ==
        "/no/such/plan.json cannot be read: No such file or directory; make a new one with fgsync plan --out FILE");
  CHECK(cli::read_plan_file("/").error().message.starts_with("/ is a directory, not a plan"));
}

TEST_CASE("plan file: another target is named") {
  const auto file = cli::parse_plan_file(written(), "p.json");
  REQUIRE(file);
  CHECK(cli::check_target(*file, "p.json", context()));
  auto other = context();
  other.project_id = "p2";
  other.environment = "prod";
  CHECK(
      cli::check_target(*file, "p.json", other).error().message ==
      "p.json is a plan for another target: project p1 instead of p2, environment none instead of prod; give the flags "
      "it was made with, or make a new plan");
}

TEST_CASE("plan file: it says with which options it was made, and only an environment may contradict") {
  cli::PlanFile file;
  file.environment = "prod";
  file.prune = true;
  cli::Options options;
  REQUIRE(cli::take_over(file, options));
  CHECK(options.environment == "prod");
  CHECK(options.prune == true);
  CHECK(options.is_confirmed);
  options.environment = "test";
  CHECK(cli::take_over(file, options).error().message == "the plan was made with --env prod, and this is --env test");
}
