#include <catch2/catch.hpp>

#include "tests/plan/base_case.hpp"

using namespace fgsync;
using namespace fgsync::test;

TEST_CASE("plan: what is held is not imported either") {
  Case c;
  c.observed.reset();
  c.last.reset();
  const plan::Hold hold{c.desired.fingerprint, "not before Monday", "jane"};
  const plan::Inputs held{c.desired, c.observed, c.last, false, {hold}, {}};
  const auto plan = plan::plan_function(held, c.options);
  CHECK(plan.steps.empty());
  REQUIRE(plan.blocked.size() == 1);
  CHECK(plan.blocked[0].code == "held");
  CHECK(plan.blocked[0].message.starts_with("is held by jane: not before Monday; "));

  const plan::Hold of_other_code{"0123456789ab", "", "jane"};
  const plan::Inputs free{c.desired, c.observed, c.last, false, {of_other_code}, {}};
  CHECK_FALSE(plan::plan_function(free, c.options).steps.empty());
}

TEST_CASE("markers: a version's fingerprint counts only with the digest that was meant") {
  const RemoteDigest digest{kOurArchive};
  const std::string description = plan::with_fingerprint("First", "0123456789ab", digest);
  CHECK(plan::fingerprint_in(description, digest) == "0123456789ab");
  CHECK_FALSE(plan::fingerprint_in(description, RemoteDigest{kOtherArchive}));
  CHECK_FALSE(plan::fingerprint_in("First", digest));
  CHECK_FALSE(plan::fingerprint_in("First [fgsync:fp=1:0123456789ab]", digest));
}
