// Aliases: names that point to versions.
#include "base/digest.hpp"
#include "contract.hpp"

namespace fgsync::functiongraph::contract {
namespace {

using Weights = std::map<std::string, int>;
using Strategies = std::map<std::string, VersionStrategy>;

/// A function with versions v1 and v2.
FunctionUrn two_versions(World& world) {
  const auto urn = world.create();
  world.publish(urn, "v1");
  world.release(urn, "v2");
  return urn;
}

VersionStrategy header_rule(const std::string& op, const std::string& value) {
  return VersionStrategy{"and", {VersionStrategy::Rule{"Header", "X-Canary", op, value}}};
}

CONTRACT_CASE("an alias is made, shown, moved and listed") {
  World world{TestType()};
  const auto urn = two_versions(world);
  CHECK(world.aliases_of(urn).empty());
  const auto made =
      world.good(world.graph.create_alias(urn, AliasRequest{"prod", "v1", "what users see"}, world.soon()));
  CHECK(made.name == "prod");
  CHECK(made.version == "v1");
  const auto prod = *AliasUrn::of(urn, "prod");
  CHECK(world.good(world.graph.show_alias(prod, world.soon())).alias_urn == prod.text());

  const AliasRequest to_v2{"prod", "v2", "was für Kunden ist"};
  CHECK(world.good(world.graph.update_alias(urn, to_v2, world.soon())).version == "v2");
  const auto aliases = world.good(world.graph.list_aliases(urn, world.soon()));
  REQUIRE(aliases.size() == 1);
  CHECK(aliases[0].name == "prod");
  CHECK(aliases[0].version == "v2");
  CHECK(aliases[0].description == "was für Kunden ist");
  CHECK(aliases[0].additional_version_weights.empty());
}

CONTRACT_CASE("what an alias shows is its version's") {
  World world{TestType()};
  const auto urn = two_versions(world);
  world.point(urn, "prod", "v1");
  const auto prod = *AliasUrn::of(urn, "prod");
  CHECK(world.good(world.graph.show_config(prod, world.soon())).row.digest.hex == sha512_hex(code_zip("v1")));
  world.good(world.graph.update_alias(urn, AliasRequest{"prod", "v2", ""}, world.soon()));
  CHECK(world.good(world.graph.show_config(prod, world.soon())).row.digest.hex == sha512_hex(code_zip("code of v2")));
}

CONTRACT_CASE("an alias may point to latest") {
  World world{TestType()};
  const auto urn = world.create();
  world.point(urn, "dev", "latest");
  CHECK(world.aliases_of(urn) == std::map<std::string, std::string>{{"dev", "latest"}});
}

CONTRACT_CASE("weights come back as they were given and go when they are left out") {
  World world{TestType()};
  const auto urn = two_versions(world);
  AliasRequest request{"prod", "v1", ""};
  const auto prod = *AliasUrn::of(urn, "prod");
  world.good(world.graph.create_alias(urn, request, world.soon()));
  for (const int weight : {1, 50, 99}) {
    INFO(weight);
    request.additional_version_weights = {{"v2", weight}};
    world.good(world.graph.update_alias(urn, request, world.soon()));
    CHECK(world.good(world.graph.show_alias(prod, world.soon())).additional_version_weights == Weights{{"v2", weight}});
    const auto listed = world.good(world.graph.list_aliases(urn, world.soon()));
    REQUIRE(listed.size() == 1);
    CHECK(listed[0].additional_version_weights == Weights{{"v2", weight}});
  }
  request.additional_version_weights.clear();
  world.good(world.graph.update_alias(urn, request, world.soon()));
  CHECK(world.good(world.graph.show_alias(prod, world.soon())).additional_version_weights.empty());
}

CONTRACT_CASE("rules on headers come back as they were given and go when they are left out") {
  World world{TestType()};
  const auto urn = two_versions(world);
  VersionStrategy both = header_rule("in", "a,b");
  both.combine_type = "or";
  both.rules.push_back(VersionStrategy::Rule{"Header", "X-Ünï", "=", "\"quoted\""});
  const auto prod = *AliasUrn::of(urn, "prod");
  AliasRequest request{"prod", "v1", ""};
  request.additional_version_strategy = {{"v2", header_rule("=", "yes")}};
  const auto made = world.good(world.graph.create_alias(urn, request, world.soon()));
  CHECK(made.additional_version_strategy == request.additional_version_strategy);

  request.additional_version_strategy = {{"v2", both}};
  world.good(world.graph.update_alias(urn, request, world.soon()));
  CHECK(world.good(world.graph.show_alias(prod, world.soon())).additional_version_strategy ==
        request.additional_version_strategy);
  const auto listed = world.good(world.graph.list_aliases(urn, world.soon()));
  REQUIRE(listed.size() == 1);
  CHECK_FALSE(listed[0].additional_version_strategy);

  world.good(world.graph.update_alias(urn, AliasRequest{"prod", "v1", ""}, world.soon()));
  CHECK(world.good(world.graph.show_alias(prod, world.soon()))
            .additional_version_strategy.value_or(Strategies())
            .empty());
}

CONTRACT_CASE("an alias that cannot be is refused, each with its code") {
  struct Row {
    const char* what;
    AliasRequest request;
    const char* refusal;
  };
  const VersionStrategy rule = header_rule("=", "yes");
  VersionStrategy no_combination = rule;
  no_combination.combine_type = "xor";
  const std::vector<Row> rows{
      {"a name with a digit first", {"1st", "v1", ""}, "invalid FSS.1014"},
      {"a name with a dash last", {"prod-", "v1", ""}, "invalid FSS.1014"},
      {"a name that is too long", {std::string(65, 'a'), "v1", ""}, "invalid FSS.1014"},
      {"no name", {"", "v1", ""}, "invalid FSS.1014"},
      {"no version", {"prod", "", ""}, "invalid FSS.1015"},
      {"a version that is not there", {"prod", "v9", ""}, "not_found FSS.1052"},
      {"a version that has an alias", {"prod", "v3", ""}, "conflict FSS.1066"},
      {"a name that is taken", {"taken", "v1", ""}, "conflict FSS.1063"},
      {"a description that is too long", {"prod", "v1", std::string(513, 'd')}, "invalid FSS.1019"},
      {"an additional version that is not there", {"prod", "v1", "", {{"v9", 10}}}, "invalid FSS.1091"},
      {"latest as additional version", {"prod", "v1", "", {{"latest", 10}}}, "invalid FSS.1091"},
      {"two additional versions", {"prod", "v1", "", {{"v2", 10}, {"v3", 10}}}, "invalid FSS.1091"},
      {"a weight over 100", {"prod", "v1", "", {{"v2", 101}}}, "invalid FSS.1092"},
      {"a weight below 0", {"prod", "v1", "", {{"v2", -1}}}, "invalid FSS.1092"},
      {"the main version as additional version", {"prod", "v1", "", {{"v1", 10}}}, "invalid FSS.1093"},
      {"rules for a version that is not there", {"prod", "v1", "", {}, {{"v9", rule}}}, "invalid FSS.1091"},
      {"rules for the main version", {"prod", "v1", "", {}, {{"v1", rule}}}, "invalid FSS.1093"},
      {"rules that are combined in no known way", {"prod", "v1", "", {}, {{"v2", no_combination}}}, "invalid FSS.0400"},
      {"a rule with an operator that is none",
       {"prod", "v1", "", {}, {{"v2", header_rule("!", "")}}},
       "invalid FSS.0400"},
  };
  World world{TestType()};
  const auto urn = two_versions(world);
  world.release(urn, "v3");
  world.point(urn, "taken", "v3");
  for (const Row& row : rows) {
    INFO(row.what);
    CHECK(world.refusal(world.graph.create_alias(urn, row.request, world.soon())) == row.refusal);
  }
  CHECK(world.aliases_of(urn) == std::map<std::string, std::string>{{"taken", "v3"}});
}

CONTRACT_CASE("a move that is refused leaves the alias where it was") {
  World world{TestType()};
  const auto urn = two_versions(world);
  world.point(urn, "prod", "v1");
  world.point(urn, "next", "v2");
  CHECK(world.refusal(world.graph.update_alias(urn, AliasRequest{"prod", "v9", ""}, world.soon())) ==
        "not_found FSS.1052");
  CHECK(world.refusal(world.graph.update_alias(urn, AliasRequest{"prod", "v2", ""}, world.soon())) ==
        "conflict FSS.1066");
  CHECK(world.aliases_of(urn) == std::map<std::string, std::string>{{"prod", "v1"}, {"next", "v2"}});
}

CONTRACT_CASE("an alias may be moved to where it is") {
  World world{TestType()};
  const auto urn = two_versions(world);
  world.point(urn, "prod", "v1");
  CHECK(world.good(world.graph.update_alias(urn, AliasRequest{"prod", "v1", "again"}, world.soon())).version == "v1");
}

CONTRACT_CASE("a version is free for another alias when its own was moved or deleted") {
  World world{TestType()};
  const auto urn = two_versions(world);
  world.point(urn, "prod", "v1");
  world.good(world.graph.update_alias(urn, AliasRequest{"prod", "v2", ""}, world.soon()));
  world.point(urn, "old", "v1");
  world.good(world.graph.delete_alias(*AliasUrn::of(urn, "prod"), world.soon()));
  world.point(urn, "new", "v2");
  CHECK(world.aliases_of(urn) == std::map<std::string, std::string>{{"old", "v1"}, {"new", "v2"}});
}

CONTRACT_CASE("there are ten aliases at most") {
  World world{TestType()};
  const auto urn = world.create();
  for (int i = 1; i <= 11; ++i) world.release(urn, "v" + std::to_string(i));
  for (int i = 1; i <= 10; ++i) world.point(urn, "a" + std::to_string(i), "v" + std::to_string(i));
  CHECK(world.refusal(world.graph.create_alias(urn, AliasRequest{"a11", "v11", ""}, world.soon())) ==
        "invalid FSS.1043");
  CHECK(world.aliases_of(urn).size() == 10);
}

CONTRACT_CASE("a deleted alias is gone, its version and other aliases are not") {
  World world{TestType()};
  const auto urn = two_versions(world);
  world.point(urn, "prod", "v1");
  world.point(urn, "next", "v2");
  const auto prod = *AliasUrn::of(urn, "prod");
  world.good(world.graph.delete_alias(prod, world.soon()));
  CHECK(world.aliases_of(urn) == std::map<std::string, std::string>{{"next", "v2"}});
  CHECK(world.versions_of(urn) == std::vector<std::string>{"v1", "v2"});
  CHECK(world.refusal(world.graph.delete_alias(prod, world.soon())) == "not_found FSS.1053");
  CHECK(world.refusal(world.graph.show_alias(prod, world.soon())) == "not_found FSS.1053");
  CHECK(world.refusal(world.graph.show_config(prod, world.soon())) == "not_found FSS.1053");
  CHECK(world.refusal(world.graph.update_alias(urn, AliasRequest{"prod", "v1", ""}, world.soon())) ==
        "not_found FSS.1053");
}

CONTRACT_CASE("an alias with triggers cannot be deleted") {
  World world{TestType()};
  const auto urn = two_versions(world);
  world.point(urn, "prod", "v1");
  const auto prod = *AliasUrn::of(urn, "prod");
  const auto trigger = world.good(world.triggers.create_trigger(prod, some_trigger(), world.soon()));
  CHECK(world.refusal(world.graph.delete_alias(prod, world.soon())) == "invalid FSS.1154");
  CHECK(world.aliases_of(urn).size() == 1);

  world.good(world.triggers.delete_trigger(*TriggerId::of(prod, trigger.type_code, trigger.id), world.soon()));
  world.good(world.graph.delete_alias(prod, world.soon()));
}

}  // namespace
}  // namespace fgsync::functiongraph::contract
