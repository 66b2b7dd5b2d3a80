#include "plan/retention.hpp"

#include <catch2/catch.hpp>

#include "plan/marker.hpp"

using namespace fgsync;
using Names = std::vector<std::string>;

namespace {

functiongraph::Version version_of_age(const std::string& name, int hours) {
  functiongraph::Version version;
  version.name = name;
  version.digest = RemoteDigest{"cafecafecafecafe"};
  version.description = plan::with_fingerprint("", "0123456789ab", version.digest);
  version.last_modified.at = std::chrono::system_clock::time_point(std::chrono::hours(hours));
  return version;
}

/// `count` versions of ours, v1 the oldest.
std::vector<functiongraph::Version> versions_up_to(int count) {
  std::vector<functiongraph::Version> versions;
  for (int i = 1; i <= count; ++i) versions.push_back(version_of_age("v" + std::to_string(i), i));
  return versions;
}

Names all_of(const plan::Retention& retention) {
  Names names = retention.before_publish;
  names.insert(names.end(), retention.after.begin(), retention.after.end());
  return names;
}

}  // namespace

TEST_CASE("fewer versions than are to be kept: none is pruned") {
  const auto versions = versions_up_to(3);
  CHECK(all_of(plan::plan_retention({versions, false, 3, {}})).empty());
  CHECK(all_of(plan::plan_retention({versions, false, std::nullopt, {}})).empty());
}

TEST_CASE("the oldest go first, and the one that is about to be published counts") {
  const auto versions = versions_up_to(5);
  CHECK(plan::plan_retention({versions, false, 3, {}}).after == Names{"v1", "v2"});
  CHECK(plan::plan_retention({versions, true, 3, {}}).after == Names{"v1", "v2", "v3"});
}

TEST_CASE("age counts, not the order of the list or the names") {
  const std::vector<functiongraph::Version> versions{version_of_age("v9", 1), version_of_age("v1", 3),
                                                     version_of_age("v5", 2)};
  CHECK(plan::plan_retention({versions, false, 2, {}}).after == Names{"v9"});
}

TEST_CASE("of the same age, names decide, so that every run decides alike") {
  const std::vector<functiongraph::Version> versions{version_of_age("b", 1), version_of_age("c", 1),
                                                     version_of_age("a", 1)};
  CHECK(plan::plan_retention({versions, false, 2, {}}).after == Names{"a"});
}

TEST_CASE("what is in use, not ours, or of unknown age stays, and the next one goes") {
  auto versions = versions_up_to(5);
  std::set<std::string> in_use;
  SECTION("in use") {
    in_use = {"v1"};
  }
  SECTION("published by hand") {
    versions[0].description = "by hand";
  }
  SECTION("without a description") {
    versions[0].description.reset();
  }
  SECTION("of unknown age") {
    versions[0].last_modified.at.reset();
  }
  CHECK(plan::plan_retention({versions, false, 4, in_use}).after == Names{"v2"});
}

TEST_CASE("what cannot be pruned still takes its place") {
  auto versions = versions_up_to(5);
  CHECK(plan::plan_retention({versions, false, 2, {"v3", "v4", "v5"}}).after == Names{"v1", "v2"});
  CHECK(plan::plan_retention({versions, false, 2, {"v1", "v2", "v3", "v4", "v5"}}).after.empty());
}

TEST_CASE("without retain_versions only head room is made: 18 of the service's 20, latest included") {
  CHECK(all_of(plan::plan_retention({versions_up_to(17), false, std::nullopt, {}})).empty());
  CHECK(plan::plan_retention({versions_up_to(17), true, std::nullopt, {}}).after == Names{"v1"});
  CHECK(plan::plan_retention({versions_up_to(18), false, std::nullopt, {}}).after == Names{"v1"});
}

TEST_CASE("head room is made although more versions are to be kept") {
  CHECK(plan::plan_retention({versions_up_to(18), false, 18, {}}).after == Names{"v1"});
}

TEST_CASE("at the limit one goes before the publish, the rest once the aliases have moved") {
  SECTION("18 published: there is room for one") {
    const auto retention = plan::plan_retention({versions_up_to(18), true, 16, {}});
    CHECK(retention.before_publish.empty());
    CHECK(retention.after == Names{"v1", "v2", "v3"});
  }
  SECTION("19 published: there is none") {
    const auto retention = plan::plan_retention({versions_up_to(19), true, 16, {}});
    CHECK(retention.before_publish == Names{"v1"});
    CHECK(retention.after == Names{"v2", "v3", "v4"});
    CHECK_FALSE(retention.is_full);
  }
  SECTION("19 published and nothing to publish: no hurry") {
    const auto retention = plan::plan_retention({versions_up_to(19), false, std::nullopt, {}});
    CHECK(retention.before_publish.empty());
    CHECK(retention.after == Names{"v1", "v2"});
  }
}

TEST_CASE("at the limit with none to prune there is no room") {
  auto versions = versions_up_to(19);
  for (auto& version : versions) version.description = "by hand";
  const auto retention = plan::plan_retention({versions, true, std::nullopt, {}});
  CHECK(retention.is_full);
  CHECK(all_of(retention).empty());
  CHECK_FALSE(plan::plan_retention({versions, false, std::nullopt, {}}).is_full);
}
