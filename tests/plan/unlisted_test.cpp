// Settings that a version freezes and that a list of versions does not show: only fingerprints tell them apart.
#include <catch2/catch.hpp>

#include "tests/plan/base_case.hpp"

using namespace fgsync;
using namespace fgsync::test;

namespace {

/// v1.0.0 was published with 512 MB of /tmp; the manifest, and latest, have 10240 by now.
struct UnlistedCase : Case {
  std::string published_fingerprint = desired.fingerprint;

  UnlistedCase() {
    desired.function.extra->ephemeral_storage = 10240;
    observed_config().ephemeral_storage = 10240;
    refresh();
  }
};

}  // namespace

TEST_CASE("a fixed version with another setting that lists do not show is blocked, by its fingerprint") {
  const UnlistedCase base;
  const auto plan = base.run();
  CHECK(plan.steps.empty());
  REQUIRE(plan.blocked.size() == 1);
  CHECK(plan.blocked[0].code == "version_conflict");
  CHECK(plan.blocked[0].message == "v1.0.0 is published with other settings: its fingerprint is " +
                                       base.published_fingerprint + ", the manifest's is " + base.desired.fingerprint +
                                       "; what differs is among those that a list of versions does not show "
                                       "(ephemeral_storage): bump the version");
  CHECK(plan.blocked[0].position->to_string() == "m.yaml:20:11");
}

TEST_CASE("an automatic version is published for such a setting, too") {
  UnlistedCase base;
  base.desired.function.version = manifest::WantedVersion{"", true, "", {}};
  const std::string name = "v-" + base.desired.fingerprint;
  CHECK(steps_of(base.run()) == Texts{"publish " + name, "move alias prod to " + name});
}

TEST_CASE("a version of our own fingerprint is the wanted one") {
  UnlistedCase base;
  auto& version = base.observed->versions[0];
  version.description = plan::with_fingerprint("First", base.desired.fingerprint, version.digest);
  CHECK(base.run().is_unchanged());
}

TEST_CASE("a version without a marker that counts is compared by what the list shows") {
  UnlistedCase base;
  auto& version = base.observed->versions[0];
  SECTION("no description") {
    version.description.reset();
  }
  SECTION("no marker") {
    version.description = "by hand";
  }
  SECTION("a marker of other code") {
    version.description =
        plan::with_fingerprint("First", base.published_fingerprint, RemoteDigest{std::string(128, 'c')});
  }
  CHECK(base.run().is_unchanged());
}

TEST_CASE("dependencies are such a setting") {
  Case base;
  base.desired.function.extra->depend_version_list = std::vector<std::string>{"d2"};
  base.observed->detail.row.facts->depend_version_list = {"d2"};
  base.refresh();
  REQUIRE(base.run().blocked.size() == 1);
  CHECK(base.run().blocked[0].code == "version_conflict");
}

TEST_CASE("fingerprints do not count where they are not about the same") {
  UnlistedCase base;
  SECTION("something is left to others, whose value the fingerprint has") {
    base.desired.function.handling.ignore_differences = {"/user_data/LOG_LEVEL"};
  }
  SECTION("a setting is as the service sets it by itself, which no fingerprint has") {
    base.desired.function.extra->ephemeral_storage = 512;
    base.observed_config().ephemeral_storage = 512;
    base.refresh();
  }
  CHECK(base.run().is_unchanged());
}
