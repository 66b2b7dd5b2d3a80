#include "plan/planner.hpp"

#include <catch2/catch.hpp>

#include "plan/orphan.hpp"
#include "tests/plan/base_case.hpp"

using namespace fgsync;
using namespace fgsync::test;
using plan::Reason;

TEST_CASE("a function that is as its manifest says needs nothing") {
  const Case base;
  CHECK(base.run().is_unchanged());
  CHECK(base.run().wanted_version == "v1.0.0");
}

TEST_CASE("an absent function is imported, published and given its aliases, in this order") {
  Case base;
  base.observed.reset();
  const auto plan = base.run();
  CHECK(steps_of(plan) == Texts{"import", "publish v1.0.0", "create alias prod to v1.0.0"});
  CHECK(plan.steps[0].reason == Reason::absent);
}

TEST_CASE("an absent function without a wanted version is only imported") {
  Case base;
  base.observed.reset();
  base.desired.function.version.reset();
  base.desired.function.aliases.clear();
  CHECK(steps_of(base.run()) == Texts{"import"});
}

// ---- ownership

TEST_CASE("an existing function without marker and inventory is blocked") {
  Case base;
  base.observed->detail.row.description = "Made by hand";
  const auto plan = base.run();
  CHECK(plan.steps.empty());
  CHECK(blocked_of(plan) == Texts{"exists on the service and is not managed by fgsync; take it over with adopt: true "
                                  "in its manifest, or with --adopt"});
  CHECK(plan.blocked[0].position->to_string() == "m.yaml:4:9");
}

TEST_CASE("another source's function is blocked and the source is named") {
  Case base;
  base.observed->detail.row.description = "Text [fgsync:own=other]";
  CHECK(blocked_of(base.run()) == Texts{"is managed by the source \"other\"; take it over with adopt: true in its "
                                        "manifest, or with --adopt"});
}

TEST_CASE("a function that another source adopted is no longer ours, whatever the inventory remembers") {
  Case base;
  base.remember();
  base.observed->detail.row.description = base.observed_config().description = "Makes thumbnails [fgsync:own=other]";
  const auto plan = base.run();
  CHECK(plan.steps.empty());
  REQUIRE(plan.blocked.size() == 1);
  CHECK(plan.blocked[0].code == "not_managed");
}

TEST_CASE("adopting writes the marker and nothing else when all agrees") {
  Case base;
  base.observed->detail.row.description = base.observed_config().description = "Makes thumbnails";
  SECTION("by the option") {
    base.options.adoption = plan::Adoption::any;
  }
  SECTION("by the manifest") {
    base.desired.function.handling.adopt = true;
  }
  const auto plan = base.run();
  CHECK(steps_of(plan) == Texts{"update configuration"});
  CHECK(plan.steps[0].reason == Reason::adopted);
  CHECK(std::get<plan::UpdateConfig>(plan.steps[0].action).changes.empty());
}

TEST_CASE("the inventory makes a function ours although its marker is gone, and the marker is restored") {
  Case base;
  base.remember();
  base.observed->detail.row.description = base.observed_config().description = "Makes thumbnails";
  const auto plan = base.run();
  CHECK(steps_of(plan) == Texts{"update configuration"});
  CHECK(plan.steps[0].reason == Reason::drifted);
}

TEST_CASE("an interrupted import of ours makes the function ours") {
  Case base;
  base.observed->detail.row.description = "";
  base.has_open_import = true;
  CHECK(base.run().blocked.empty());
}

TEST_CASE("an adopted function waits for its mark until its configuration changes, and is nobody's until then") {
  Case base;
  base.remember();
  base.last->awaits_mark = true;
  base.observed->detail.row.description = base.observed_config().description = "Makes thumbnails";
  CHECK(base.run().blocked.at(0).code == "not_managed");
  base.desired.function.handling.adopt = true;
  CHECK(base.run().is_unchanged());

  base.observed_config().description = "Makes images";
  CHECK(steps_of(base.run()) == Texts{"update configuration"});
}

TEST_CASE("an adopted function that carries another source's mark is taken over with a mark at once") {
  Case base;
  base.remember();
  base.last->awaits_mark = true;
  base.desired.function.handling.adopt = true;
  base.observed->detail.row.description = base.observed_config().description =
      plan::with_owner("Makes thumbnails", "other");
  CHECK(steps_of(base.run()) == Texts{"update configuration"});
}

TEST_CASE("without markers a function of the inventory needs no marker") {
  Case base;
  base.remember();
  base.options.writes_markers = false;
  base.observed->detail.row.description = base.observed_config().description = "Makes thumbnails";
  CHECK(base.run().is_unchanged());
}

TEST_CASE("turning markers off removes those that are there") {
  Case base;
  base.remember();
  base.options.writes_markers = false;
  const auto plan = base.run();
  CHECK(steps_of(plan) == Texts{"update configuration"});
  CHECK(plan.steps[0].reason == Reason::desired_changed);
}

// ---- what cannot be changed

TEST_CASE("code that others zipped is ours where its content is known to be the same, in latest and in versions") {
  Case base;
  base.change_code();
  REQUIRE(!base.run().is_unchanged());
  base.known_code = {RemoteDigest{kOurArchive}};
  CHECK(base.run().is_unchanged());
}

TEST_CASE("a function that a person suspended is unchanged while it is as desired") {
  Case base;
  base.suspension = plan::Suspension{"ann", "2026-01-01T00:00:00Z", ""};
  CHECK(base.run().is_unchanged());
}

TEST_CASE("a suspended function says what it would need, and gets nothing of it") {
  Case base;
  base.desired.function.handling.is_suspended = true;
  CHECK(base.run().is_unchanged());

  base.desired.function.memory_size = 512;
  base.desired.function.version->name = "v2.0.0";
  base.refresh();
  const auto plan = base.run();
  CHECK(plan.steps.empty());
  REQUIRE(plan.blocked.size() == 1);
  CHECK(plan.blocked[0].code == "suspended");
  CHECK(
      plan.blocked[0].message ==
      "is suspended by its manifest; held back: update configuration, publish v2.0.0, move alias prod to v2.0.0; take "
      "suspend: true out to go on");
}

TEST_CASE("another runtime is blocked") {
  Case base;
  base.desired.function.runtime = "Python3.10";
  base.desired.function.runtime_position = {"m.yaml", 7, 12};
  const auto plan = base.run();
  CHECK(plan.steps.empty());
  CHECK(blocked_of(plan) == Texts{"runtime cannot be changed in place: the service has Python3.9, the manifest says "
                                  "Python3.10; give the function a new name, or delete the old one by hand first"});
  CHECK(plan.blocked[0].position->to_string() == "m.yaml:7:12");
}

TEST_CASE("another app is blocked") {
  Case base;
  base.desired.function.app = "media";
  CHECK(blocked_of(base.run()) == Texts{"app cannot be changed in place: the service has default, the manifest says "
                                        "media; give the function a new name, or delete the old one by hand first"});
}

// ---- code

TEST_CASE("changed code under a fixed version that exists is blocked, and latest is left alone") {
  Case base;
  base.change_code();
  const auto plan = base.run();
  CHECK(plan.steps.empty());
  CHECK(blocked_of(plan) ==
        Texts{"v1.0.0 is already published with other code (sha512:aaaaaaaaaaaa…): bump the version"});
  CHECK(plan.blocked[0].position->to_string() == "m.yaml:20:11");
}

TEST_CASE("changed code under a new version is uploaded, published, and the alias moves") {
  Case base;
  base.desired.function.version->name = "v1.1.0";
  base.change_code();
  const auto plan = base.run();
  CHECK(steps_of(plan) == Texts{"update code", "publish v1.1.0", "move alias prod to v1.1.0"});
  const auto& move = std::get<plan::UpdateAlias>(plan.steps[2].action);
  CHECK(move.from == "v1.0.0");
}

TEST_CASE("with an automatic version changed code names its own version") {
  Case base;
  base.desired.function.version = manifest::WantedVersion{"", true, "", {}};
  base.change_code();
  const std::string name = "v-" + base.desired.fingerprint;
  CHECK(steps_of(base.run()) == Texts{"update code", "publish " + name, "move alias prod to " + name});
}

TEST_CASE("the reason of a code change says which side changed") {
  Case base;
  base.desired.function.version.reset();
  base.desired.function.aliases.clear();
  SECTION("nothing is known about the last apply") {
    base.change_code();
    CHECK(base.run().steps[0].reason == Reason::code_changed);
  }
  SECTION("the directory changed") {
    base.remember();
    base.change_code();
    CHECK(base.run().steps[0].reason == Reason::code_changed);
  }
  SECTION("the service's side changed") {
    base.remember();
    base.observed->detail.row.digest = RemoteDigest{kOtherArchive};
    CHECK(base.run().steps[0].reason == Reason::drifted);
  }
  SECTION("both changed") {
    base.remember();
    base.change_code();
    base.observed->detail.row.digest = RemoteDigest{std::string(128, 'c')};
    CHECK(base.run().steps[0].reason == Reason::both_changed);
  }
}

TEST_CASE("code of the same content under another digest is not uploaded again") {
  Case base;
  base.desired.archive_digest = ArchiveDigest{kOtherArchive};  // another zlib
  SECTION("because the inventory knows that digest") {
    base.remember();
    base.observed->versions[0].description.reset();
    CHECK(base.run().is_unchanged());
  }
  SECTION("because the wanted version carries the fingerprint and has latest's digest") {
    CHECK(base.run().is_unchanged());
  }
  SECTION("but it is when nothing says so") {
    base.observed->versions.clear();
    base.observed->aliases.clear();
    CHECK(steps_of(base.run())[0] == "update code");
  }
}

TEST_CASE("the archive digest is needed only where nothing else tells") {
  Case base;
  base.desired.archive_digest.reset();
  auto needs = [&base] {
    const plan::Inputs inputs{base.desired, base.observed, base.last, false};
    return plan::needs_archive_digest(inputs);
  };
  SECTION("not for an absent function") {
    base.observed.reset();
    CHECK_FALSE(needs());
  }
  SECTION("not when a version carries the fingerprint") {
    CHECK_FALSE(needs());
  }
  SECTION("not when the inventory knows the digest") {
    base.observed->versions.clear();
    base.remember();
    CHECK_FALSE(needs());
  }
  SECTION("when neither does") {
    base.observed->versions.clear();
    CHECK(needs());
  }
}

TEST_CASE("a version that was published while somebody else wrote is not ours, whatever its marker says") {
  Case base;
  const RemoteDigest foreign{std::string(128, 'c')};
  base.observed->versions[0].digest = base.observed->detail.row.digest = foreign;
  const auto plan = base.run();
  CHECK(plan.steps.empty());
  CHECK(blocked_of(plan) ==
        Texts{"v1.0.0 is already published with other code (sha512:cccccccccccc…): bump the version"});
}

TEST_CASE("a version with our fingerprint is ours although latest drifted and our zip has other bytes") {
  Case base;
  base.desired.archive_digest = ArchiveDigest{kOtherArchive};
  base.observed->detail.row.digest = RemoteDigest{std::string(128, 'c')};
  CHECK(steps_of(base.run()) == Texts{"update code"});
}

// ---- configuration

TEST_CASE("every managed field is compared") {
  Case base;
  base.desired.function.version.reset();
  base.desired.function.aliases.clear();
  auto& config = base.observed_config();
  std::string path;
  SECTION("handler") {
    config.handler = "other.handler";
    path = "handler";
  }
  SECTION("memory_size") {
    config.memory_size = 512;
    path = "memory_size";
  }
  SECTION("timeout") {
    config.timeout = std::chrono::seconds(31);
    path = "timeout";
  }
  SECTION("description") {
    config.description = plan::with_owner("Other", "shop");
    path = "description";
  }
  SECTION("a variable with another value") {
    config.user_data["BUCKET"] = "films";
    path = "user_data.BUCKET";
  }
  SECTION("a variable that is too much") {
    config.user_data["MORE"] = "1";
    path = "user_data.MORE";
  }
  SECTION("a variable that is missing") {
    config.user_data.clear();
    path = "user_data.BUCKET";
  }
  const auto plan = base.run();
  REQUIRE(steps_of(plan) == Texts{"update configuration"});
  const auto& changes = std::get<plan::UpdateConfig>(plan.steps[0].action).changes;
  REQUIRE(changes.size() == 1);
  CHECK(changes[0].path == path);
}

TEST_CASE("the reason of a configuration change says which side changed") {
  Case base;
  base.desired.function.version.reset();
  base.desired.function.aliases.clear();
  SECTION("nothing is known about the last apply") {
    base.observed_config().memory_size = 512;
    CHECK(base.run().steps[0].reason == Reason::differs);
  }
  SECTION("the manifest") {
    base.remember();
    base.desired.function.memory_size = 512;
    CHECK(base.run().steps[0].reason == Reason::desired_changed);
  }
  SECTION("the service") {
    base.remember();
    base.observed_config().memory_size = 512;
    CHECK(base.run().steps[0].reason == Reason::drifted);
  }
  SECTION("both") {
    base.remember();
    base.desired.function.memory_size = 512;
    base.observed_config().timeout = std::chrono::seconds(31);
    CHECK(base.run().steps[0].reason == Reason::both_changed);
  }
}

TEST_CASE("a configuration with encrypted variables is not replaced, and nothing is published on top of it") {
  Case base;
  base.observed_config().has_encrypted_user_data = true;
  base.desired.function.timeout = std::chrono::seconds(60);
  base.desired.function.version->name = "v1.1.0";
  base.change_code();
  const auto plan = base.run();
  CHECK(plan.steps.empty());
  REQUIRE(plan.blocked.size() == 1);
  CHECK(plan.blocked[0].code == "encrypted_user_data");
}

TEST_CASE("encrypted variables do not matter while the configuration agrees") {
  Case base;
  base.observed_config().has_encrypted_user_data = true;
  CHECK(base.run().is_unchanged());
}

// ---- versions

TEST_CASE("a fixed version that is published with another frozen configuration is blocked") {
  Case base;
  base.desired.function.memory_size = 512;
  base.desired.function.timeout = std::chrono::seconds(60);
  base.refresh();
  const auto plan = base.run();
  CHECK(plan.steps.empty());
  CHECK(
      blocked_of(plan) ==
      Texts{"v1.0.0 is published with memory_size 256 and timeout 30, the manifest says 512 and 60: bump the version"});
}

TEST_CASE("with an automatic version another frozen configuration is published under its own name") {
  Case base;
  base.desired.function.version = manifest::WantedVersion{"", true, "", {}};
  base.desired.function.memory_size = 512;
  base.refresh();
  const std::string name = "v-" + base.desired.fingerprint;
  CHECK(steps_of(base.run()) == Texts{"update configuration", "publish " + name, "move alias prod to " + name});
}

TEST_CASE("a changed description is no reason to publish") {
  Case base;
  base.desired.function.description = "New words";
  base.refresh();
  CHECK(steps_of(base.run()) == Texts{"update configuration"});
}

TEST_CASE("automatic versions resolve to an equal version under another name") {
  Case base;
  base.desired.function.version = manifest::WantedVersion{"", true, "", {}};
  const auto plan = base.run();
  CHECK(plan.is_unchanged());
  CHECK(plan.wanted_version == "v1.0.0");
}

TEST_CASE("among equal versions the same one is found whatever order the service lists them in") {
  Case base;
  base.desired.function.version = manifest::WantedVersion{"", true, "", {}};
  auto& versions = base.observed->versions;
  versions.push_back(versions[0]);
  versions.back().name = "v0.9.0";
  CHECK(base.run().wanted_version == "v0.9.0");
  std::swap(versions[0], versions[1]);
  CHECK(base.run().wanted_version == "v0.9.0");
}

TEST_CASE("somebody else's code under our automatic name leads to the next free name") {
  Case base;
  base.desired.function.version = manifest::WantedVersion{"", true, "", {}};
  base.desired.function.aliases.clear();
  const std::string name = "v-" + base.desired.fingerprint;
  base.observed->versions[0].name = name;
  base.observed->versions[0].digest = RemoteDigest{kOtherArchive};
  base.observed->versions[0].description.reset();
  CHECK(steps_of(base.run()) == Texts{"publish " + name + "-2"});
}

TEST_CASE("a new fixed name for what is already the only version is blocked, since the service refuses it") {
  Case base;
  base.desired.function.version->name = "v2.0.0";
  const auto plan = base.run();
  CHECK(plan.steps.empty());
  CHECK(blocked_of(plan) == Texts{"the service publishes only changes, and this code and configuration are already "
                                  "published as v1.0.0: keep that name, or change the code"});
}

TEST_CASE("twenty versions, latest included, leave no room to publish") {
  Case base;
  base.desired.function.version->name = "v2.0.0";
  base.change_code();
  auto& versions = base.observed->versions;
  while (versions.size() < 18) {
    versions.push_back(versions[0]);
    versions.back().name = "v0." + std::to_string(versions.size());
  }
  SECTION("18 published: there is room") {
    CHECK(base.run().blocked.empty());
  }
  SECTION("19 published: blocked") {
    versions.push_back(versions[0]);
    versions.back().name = "v0.19";
    CHECK(blocked_of(base.run()) ==
          Texts{"19 published versions and latest fill the service's limit of 20, and none of them is fgsync's and "
                "unused: delete a version that no alias uses"});
  }
}

// ---- guards of the plan itself

TEST_CASE("a function that no manifest wants is blocked, nothing deleted") {
  const auto plan = plan::plan_orphan(plan::Orphan{"old", {}, false, 1, false}, plan::PlanOptions());
  CHECK(plan.steps.empty());
  REQUIRE(plan.blocked.size() == 1);
  CHECK(plan.blocked[0].code == "manifest_removed");
}

TEST_CASE("no function plan ever has a step when one of its blocks concerns the whole function") {
  Case base;
  base.change_code();
  base.desired.function.runtime = "Node.js18.15";
  CHECK(base.run().steps.empty());
}

TEST_CASE("the preconditions name who gets a share of an alias's requests") {
  Case base;
  auto& alias = base.observed->aliases[0];
  alias.additional_version_weights = {{"v0.9.0", 10}};
  CHECK(base.run().preconditions.traffic ==
        std::vector<std::pair<std::string, std::string>>{{"prod", "10 % to v0.9.0"}});
  alias.additional_version_weights.clear();
  CHECK(base.run().preconditions.traffic.empty());
}

TEST_CASE("the preconditions are what was observed") {
  const Case base;
  const auto seen = base.run().preconditions;
  CHECK(seen.remote_digest == RemoteDigest{kOurArchive});
  CHECK(seen.versions == Texts{"v1.0.0"});
  CHECK(seen.aliases == std::vector<std::pair<std::string, std::string>>{{"prod", "v1.0.0"}});
}

TEST_CASE("what no import package carries, or no endpoint takes as one, is created") {
  Case base;
  base.observed.reset();
  SECTION("an image") {
    base.desired.function.code.kind = manifest::Code::Kind::image;
    base.desired.function.code.image = "registry/thumb:1";
  }
  SECTION("an object") {
    base.desired.function.code.kind = manifest::Code::Kind::obs;
  }
  SECTION("a type") {
    base.desired.function.extra->type = "v2";
  }
  SECTION("an endpoint that refuses packages") {
    base.options.may_import = false;
  }
  const auto plan = base.run();
  CHECK(steps_of(plan) == Texts{"create", "publish v1.0.0", "create alias prod to v1.0.0"});
  CHECK(plan::kind_of(plan.steps[0].action) == "create");
  CHECK(plan.steps[0].reason == Reason::absent);
}
