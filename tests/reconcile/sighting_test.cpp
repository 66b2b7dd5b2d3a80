// What ends the trust in a list's row that looks as it did when the function was read in full.
#include "reconcile/sighting.hpp"

#include <catch2/catch.hpp>

#include "tests/plan/base_case.hpp"

using namespace fgsync;
using namespace fgsync::test;

namespace {

struct SightingCase : Case {
  std::chrono::system_clock::time_point now{std::chrono::hours(100)};

  SightingCase() {
    observed->detail.row.image_name = "latest-1@a";
    observed->detail.row.last_modified.text = "2026-01-01 00:00:00";
  }
  functiongraph::FunctionRow& row() { return observed->detail.row; }
  [[nodiscard]] std::optional<reconcile::Sighting> see_at(std::chrono::system_clock::time_point when) const {
    const auto mark = reconcile::row_mark_of(observed->detail.row);
    if (!mark) return std::nullopt;
    return reconcile::sighting_of(*mark, desired, options, when);
  }
  [[nodiscard]] std::optional<reconcile::Sighting> see() const { return see_at(now); }
  [[nodiscard]] bool holds_after(std::chrono::seconds age, const reconcile::Sighting& seen) const {
    const auto current = see_at(now + age);
    return current && reconcile::still_holds(seen, *current, std::chrono::hours(1));
  }
};

}  // namespace

TEST_CASE("a sighting holds while nothing changes, until it is too old") {
  const SightingCase base;
  const auto seen = base.see();
  REQUIRE(seen);
  CHECK(base.holds_after(std::chrono::seconds(0), *seen));
  CHECK(base.holds_after(std::chrono::minutes(59), *seen));
  CHECK_FALSE(base.holds_after(std::chrono::hours(1), *seen));
}

TEST_CASE("a sighting of the future does not hold: the clock was set back") {
  const SightingCase base;
  CHECK_FALSE(base.holds_after(std::chrono::seconds(-1), *base.see()));
}

TEST_CASE("a row that cannot show a change is not trusted") {
  SightingCase base;
  SECTION("no image name") {
    base.row().image_name.clear();
  }
  SECTION("no time of change") {
    base.row().last_modified.text.clear();
  }
  CHECK_FALSE(base.see());
}

TEST_CASE("every change of the row ends the trust") {
  SightingCase base;
  const auto seen = base.see();
  SECTION("digest") {
    base.row().digest = RemoteDigest{kOtherArchive};
  }
  SECTION("image name") {
    base.row().image_name = "latest-2@b";
  }
  SECTION("time of change") {
    base.row().last_modified.text = "2026-01-01 00:00:01";
  }
  SECTION("another function of that name") {
    base.row().urn = *functiongraph::FunctionUrn::parse("urn:fss:cn-north-4:p1:function:media:thumb");
  }
  CHECK_FALSE(base.holds_after(std::chrono::seconds(1), *seen));
}

TEST_CASE("every change of what is desired ends the trust") {
  SightingCase base;
  auto& function = base.desired.function;
  const auto seen = base.see();
  SECTION("code") {
    base.change_code();
  }
  SECTION("configuration") {
    function.timeout = std::chrono::seconds(60);
  }
  SECTION("description") {
    function.description = "Other";
  }
  SECTION("app") {
    function.app = "media";
  }
  SECTION("type") {
    function.extra->type = "v2";
  }
  SECTION("mounts") {
    function.extra->mount_config = manifest::MountConfig{1, 1, {}};
  }
  SECTION("tags") {
    function.extra->tags = std::map<std::string, std::string>{{"team", "media"}};
  }
  SECTION("dependencies") {
    function.extra->depend_version_list = std::vector<std::string>{"d1"};
  }
  SECTION("reserved instances") {
    function.extra->reserved_instances = std::vector<manifest::ReservedInstances>{{"prod", 1, std::nullopt, {}}};
  }
  SECTION("the version's name") {
    function.version->name = "v2.0.0";
  }
  SECTION("the version's description") {
    function.version->description = "Second";
  }
  SECTION("no version") {
    function.version.reset();
  }
  SECTION("an alias's version") {
    function.aliases[0].version = "v1.0.0";
  }
  SECTION("an alias's description") {
    function.aliases[0].description = "Production";
  }
  SECTION("an empty description is another one than none") {
    function.aliases[0].description = "";
  }
  SECTION("an alias's weights") {
    function.aliases[0].additional_version_weights = {{"previous", 10}};
  }
  SECTION("an alias's strategy") {
    function.aliases[0].additional_version_strategy = {{"previous", {"and", {}}}};
  }
  SECTION("an alias less") {
    function.aliases.clear();
  }
  SECTION("versions to keep") {
    function.handling.retain_versions = 2;
  }
  SECTION("what is left to others") {
    function.handling.ignore_differences = {"/tags"};
  }
  SECTION("protection, which the inventory must learn of before the manifest goes") {
    function.handling.is_protected = true;
  }
  SECTION("markers") {
    base.options.writes_markers = false;
  }
  SECTION("the source") {
    base.options.source_id = "other";
  }
  CHECK_FALSE(base.holds_after(std::chrono::seconds(1), *seen));
}

TEST_CASE("what nothing is decided on does not end the trust") {
  SightingCase base;
  const auto seen = base.see();
  base.desired.function.labels = {{"team", "x"}};
  base.desired.function.depends_on = {{"other", {}}};
  base.desired.function.position = {"other.yaml", 1, 1};
  base.row().description = "anything";
  CHECK(base.holds_after(std::chrono::seconds(1), *seen));
}
