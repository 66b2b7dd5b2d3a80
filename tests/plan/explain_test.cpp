#include "plan/explain.hpp"

#include <catch2/catch.hpp>

#include "tests/plan/base_case.hpp"

using namespace fgsync;
using namespace fgsync::test;

namespace {

Texts changed_fields(const Case& base) {
  const auto explanation = plan::explain(base.desired.function, base.desired.contents, base.last);
  REQUIRE(explanation.last_applied);
  Texts fields;
  for (const auto& change : explanation.last_applied->fields) fields.push_back(change.path);
  return fields;
}

}  // namespace

TEST_CASE("an explanation names the fingerprint and all that went into it") {
  const Case base;
  const auto explanation = plan::explain(base.desired.function, base.desired.contents, std::nullopt);
  CHECK(explanation.fingerprint == base.desired.fingerprint);
  CHECK(explanation.inputs == std::vector<std::pair<std::string, std::string>>{{"content", "sha256:c1"},
                                                                               {"handler", "index.handler"},
                                                                               {"memory_size", "256"},
                                                                               {"runtime", "Python3.9"},
                                                                               {"timeout", "30"},
                                                                               {"user_data.BUCKET", "photos"}});
  CHECK_FALSE(explanation.last_applied);
}

TEST_CASE("against what was applied last, an explanation names what changed since, and nothing else") {
  Case base;
  base.desired.function.extra->tags = std::map<std::string, std::string>{{"team", "media"}};
  base.desired.function.extra->max_instance_num = 10;
  base.remember();
  CHECK(changed_fields(base).empty());
  base.desired.function.timeout = std::chrono::seconds(60);
  base.desired.function.extra->tags->at("team") = "other";
  CHECK(changed_fields(base) == Texts{"tags.team", "timeout"});
}

TEST_CASE("an explanation says nothing of what is remembered of secrets") {
  Case base;
  base.remember();
  base.last->config["encrypted_user_data.PASSWORD"] = "0123456789ab";
  CHECK(changed_fields(base).empty());
}
