// What cannot be changed in place, and when a function may be deleted and made anew for it.
#include <catch2/catch.hpp>

#include "tests/plan/base_case.hpp"

using namespace fgsync;
using namespace fgsync::test;
using plan::Reason;

namespace {

/// Another runtime, and everything in place to be made anew for it.
struct RecreateCase : Case {
  RecreateCase() {
    desired.function.runtime = "Python3.10";
    desired.function.runtime_position = {"m.yaml", 7, 12};
    desired.function.handling.on_change = manifest::Handling::OnChange::recreate;
    desired.function.aliases.clear();
    refresh();
    observed->aliases.clear();
    options.recreation = plan::Recreation::allowed;
  }
};

const std::string kWhat = "runtime cannot be changed in place: the service has Python3.9, the manifest says Python3.10";

void check_blocked(const Case& base, const std::string& code, const std::string& why) {
  const auto plan = base.run();
  CHECK(plan.steps.empty());
  REQUIRE(plan.blocked.size() == 1);
  CHECK(plan.blocked[0].code == code);
  CHECK(plan.blocked[0].message == kWhat + why);
  REQUIRE(plan.blocked[0].position);
  CHECK(plan.blocked[0].position->to_string() == "m.yaml:7:12");
}

}  // namespace

TEST_CASE("a function is deleted and made anew when nothing forbids it") {
  const auto plan = RecreateCase().run();
  CHECK(steps_of(plan) == Texts{"delete function", "import", "publish v1.0.0"});
  CHECK(plan.steps[0].reason == Reason::recreated);
  CHECK(plan.steps[1].reason == Reason::absent);
  CHECK(plan.preconditions.versions == Texts{"v1.0.0"});
}

TEST_CASE("a function that is made anew gets its side settings as if it had never been there") {
  RecreateCase base;
  base.desired.function.extra->tags = std::map<std::string, std::string>{{"team", "media"}};
  base.observed->tags = {{"team", "media"}};
  CHECK(steps_of(base.run()) == Texts{"delete function", "import", "update tags", "publish v1.0.0"});
}

TEST_CASE("for another type or app, too, a function is made anew") {
  RecreateCase base;
  base.desired.function.runtime = "Python3.9";
  SECTION("type") {
    base.desired.function.extra->type = "v2";
    base.observed->detail.row.facts->type = "v1";
  }
  SECTION("app") {
    base.desired.function.app = "media";
  }
  base.refresh();
  CHECK(steps_of(base.run())[0] == "delete function");
}

TEST_CASE("protect forbids to make a function anew") {
  RecreateCase base;
  base.desired.function.handling.is_protected = true;
  check_blocked(base, "immutable_field", ", and protect: true forbids to delete the function and make it anew");
}

TEST_CASE("an alias forbids to make a function anew") {
  RecreateCase base;
  base.observed->aliases = {{"prod", "v1.0.0", "", {}}};
  check_blocked(base, "immutable_field",
                ", and a function with aliases is not deleted to be made anew: whoever calls prod would find nothing; "
                "remove its aliases first");
}

TEST_CASE("triggers forbid to make a function anew") {
  RecreateCase base;
  base.has_triggers = true;
  check_blocked(base, "immutable_field",
                ", and a function that triggers call is not deleted to be made anew: they would go with it; delete "
                "them first, or give the function a new name");
}

TEST_CASE("without --allow-recreate a function is not made anew") {
  RecreateCase base;
  base.options.recreation = plan::Recreation::forbidden;
  check_blocked(base, "needs_recreate", "; --allow-recreate deletes the function and makes it anew");
  CHECK(base.run().blocked[0].next == Texts{"fgsync sync --allow-recreate"});
}

TEST_CASE("without on_change: recreate the flag alone makes nothing anew") {
  RecreateCase base;
  base.desired.function.handling.on_change =
      GENERATE(manifest::Handling::OnChange::update, manifest::Handling::OnChange::import);
  check_blocked(base, "immutable_field", "; give the function a new name, or delete the old one by hand first");
}

TEST_CASE("somebody else's function is not made anew") {
  RecreateCase base;
  base.observed->detail.row.description = "Text [fgsync:own=other]";
  const auto plan = base.run();
  CHECK(plan.steps.empty());
  REQUIRE(plan.blocked.size() == 1);
  CHECK(plan.blocked[0].code == "not_managed");
}

TEST_CASE("two fields that cannot be changed are two reasons") {
  Case base;
  base.desired.function.runtime = "Python3.10";
  base.desired.function.app = "media";
  base.desired.function.extra->type = "v2";
  base.observed->detail.row.facts->type = "v1";
  const auto plan = base.run();
  CHECK(plan.steps.empty());
  REQUIRE(plan.blocked.size() == 3);
  CHECK(plan.blocked[2].message ==
        "type cannot be changed in place: the service has v1, the manifest says v2; give the function a new name, or "
        "delete the old one by hand first");
}

TEST_CASE("a type that the manifest or the service does not name is no difference") {
  Case base;
  SECTION("the manifest") {
    base.observed->detail.row.facts->type = "v1";
  }
  SECTION("the service") {
    base.desired.function.extra->type = "v2";
  }
  CHECK(base.run().is_unchanged());
}
