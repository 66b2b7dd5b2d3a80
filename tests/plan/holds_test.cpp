// What somebody rolled back stays away until it changes or is released.
#include <catch2/catch.hpp>

#include "tests/plan/base_case.hpp"

using namespace fgsync;
using namespace fgsync::test;

namespace {

/// v2.0.0 is rejected: published, and the alias is back on v1.0.0.
struct HeldCase : Case {
  HeldCase() {
    desired.function.version->name = "v2.0.0";
    change_code();
    observed->detail.row.digest = RemoteDigest{kOtherArchive};
    auto rejected = observed->versions[0];
    rejected.name = "v2.0.0";
    rejected.digest = RemoteDigest{kOtherArchive};
    rejected.description = plan::with_fingerprint("", desired.fingerprint, rejected.digest);
    observed->versions.push_back(rejected);
  }

  void hold() { holds = {{desired.fingerprint, "errors in production", "ann@build"}}; }
  void mark() { observed->aliases[0].description = plan::with_hold("Production", desired.fingerprint); }
};

const std::string kGoesOn = "; it goes on when its code or settings change, or with fgsync release thumb";

void check_held(const Case& base, const std::string& who) {
  const auto plan = base.run();
  CHECK(plan.steps.empty());
  REQUIRE(plan.blocked.size() == 1);
  CHECK(plan.blocked[0].code == "held");
  CHECK(plan.blocked[0].message == "is held by " + who + kGoesOn);
  CHECK(plan.blocked[0].position->to_string() == "m.yaml:4:9");
  CHECK(plan.blocked[0].next == Texts{"fgsync release thumb"});
}

}  // namespace

TEST_CASE("without a hold the alias goes to the wanted version") {
  CHECK(steps_of(HeldCase().run()) == Texts{"move alias prod to v2.0.0"});
}

TEST_CASE("a hold in memory names who and why") {
  HeldCase base;
  base.hold();
  check_held(base, "ann@build: errors in production");
}

TEST_CASE("a hold without a reason names who") {
  HeldCase base;
  base.hold();
  base.holds[0].reason.clear();
  check_held(base, "ann@build");
}

TEST_CASE("the mark at an alias holds on every machine") {
  HeldCase base;
  base.mark();
  check_held(base, "the mark at the alias prod");
}

TEST_CASE("memory, which knows why, speaks before the mark") {
  HeldCase base;
  base.hold();
  base.mark();
  check_held(base, "ann@build: errors in production");
}

TEST_CASE("a hold is about exactly one fingerprint") {
  HeldCase base;
  SECTION("in memory") {
    base.hold();
  }
  SECTION("at an alias") {
    base.mark();
  }
  SECTION("both") {
    base.hold();
    base.mark();
  }
  base.desired.function.version->name = "v3.0.0";
  base.desired.function.timeout = std::chrono::seconds(60);
  base.refresh();
  CHECK(steps_of(base.run()) == Texts{"update configuration", "publish v3.0.0", "move alias prod to v3.0.0"});
}

TEST_CASE("another name for the same code is held all the same") {
  HeldCase base;
  base.hold();
  base.desired.function.version = manifest::WantedVersion{"", true, "", {}};
  check_held(base, "ann@build: errors in production");
}

TEST_CASE("what is held is not made anew where it is gone") {
  HeldCase base;
  base.hold();
  SECTION("absent") {
    base.observed.reset();
    check_held(base, "ann@build: errors in production");
  }
  SECTION("recreated for another runtime") {
    base.desired.function.runtime = "Python3.10";
    base.desired.function.handling.on_change = manifest::Handling::OnChange::recreate;
    base.options.recreation = plan::Recreation::allowed;
    base.observed->aliases.clear();
    base.refresh();
    base.hold();
    check_held(base, "ann@build: errors in production");
  }
}

TEST_CASE("drift of a function that is held is not put back either") {
  HeldCase base;
  base.hold();
  base.observed->detail.row.digest = RemoteDigest{std::string(128, 'c')};
  check_held(base, "ann@build: errors in production");
}

TEST_CASE("a version that is held is not pruned") {
  Case base;
  base.desired.function.handling.retain_versions = 2;
  base.desired.function.aliases.clear();
  base.observed->aliases.clear();
  auto& versions = base.observed->versions;
  const auto add_old = [&](const std::string& name, const std::string& fingerprint, int age) {
    auto version = versions[0];
    version.name = name;
    version.description = plan::with_fingerprint("", fingerprint, version.digest);
    version.last_modified.at = std::chrono::system_clock::time_point(std::chrono::hours(age));
    versions.push_back(version);
  };
  add_old("v0.1.0", "0123456789ab", 1);
  add_old("v0.2.0", "ba9876543210", 2);
  CHECK(steps_of(base.run()) == Texts{"prune version v0.1.0"});
  SECTION("by memory") {
    base.holds = {{"0123456789ab", "", "ann"}};
  }
  SECTION("by the mark at an alias that the manifest does not name") {
    base.observed->aliases = {{"by-hand", "v1.0.0", plan::with_hold("", "0123456789ab"), {}}};
  }
  CHECK(steps_of(base.run()) == Texts{"prune version v0.2.0"});
}
