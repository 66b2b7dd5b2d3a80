#include "functiongraph/urn.hpp"

#include <catch2/catch.hpp>
#include <type_traits>
#include <vector>

#include "base/printable.hpp"
#include "functiongraph/function_graph.hpp"
#include "functiongraph/triggers.hpp"

namespace fgsync::functiongraph {
namespace {

TEST_CASE("urn: a version or alias at the end is dropped") {
  const std::string bare = "urn:fss:cn-north-4:7aad83af3e8d42e99ac194e8419e2c9b:function:default:hello";
  for (const auto* suffix : {"", ":latest", ":v1.0.0", ":!prod"}) {
    INFO(suffix);
    const auto urn = FunctionUrn::parse(bare + suffix);
    REQUIRE(urn);
    CHECK(urn->text() == bare);
  }
}

TEST_CASE("urn: what is none is refused and quoted") {
  const std::vector<std::string> bad{
      "",
      "hello",
      "urn:fss:r:p:function:default",
      "urn:fss:r:p:function:default:",
      "urn:fss:r:p:function::hello",
      "urn:fss:r::function:default:hello",
      "urn:fss:r:p:trigger:default:hello",
      "urn:iam:r:p:function:default:hello",
      "URN:fss:r:p:function:default:hello",
      "urn:fss:r:p:function:default:hello:latest:more",
      "urn:fss:r:p:function:default:hel/lo",
      "urn:fss:r:p:function:default:../../x",
      "urn:fss:r:p:function:default:hello?x=y",
      "urn:fss:r:p:function:default:hello%2f",
      "urn:fss:r:p:function:default:hel lo",
      "urn:fss:r:p:function:default:hello\r\nX: y",
      "urn:fss:r:p:function:default:h\xc3\xbcllo",
      std::string("urn:fss:r:p:function:default:hello\0", 35),
      " urn:fss:r:p:function:default:hello",
  };
  for (const auto& text : bad) {
    INFO(text);
    const auto urn = FunctionUrn::parse(text);
    REQUIRE_FALSE(urn);
    CHECK(urn.error().kind == ErrorKind::corrupt);
    CHECK(urn.error().message == "not the URN of a function: \"" + printable(text, 200) + "\"");
  }
}

TEST_CASE("urn: says where it is from") {
  const auto urn = *FunctionUrn::parse("urn:fss:cn-north-4:p1:function:shop:hello:v1");
  CHECK(urn.region() == "cn-north-4");
  CHECK(urn.project_id() == "p1");
  CHECK(urn.app() == "shop");
  CHECK(urn.name() == "hello");
}

TEST_CASE("urn: two are equal when they name the same function") {
  const auto of = [](const std::string& name) { return FunctionUrn::parse("urn:fss:r:p:function:default:" + name); };
  CHECK(*of("a") == *of("a:latest"));
  CHECK_FALSE(*of("a") == *of("b"));
}

const FunctionUrn kFunction = *FunctionUrn::parse("urn:fss:r:p:function:default:hello");

TEST_CASE("urn: a version's and an alias's are the function's with a suffix") {
  for (const auto* version : {"v1", "1", "v1.0.0", "a_b-c", "latest2", "not-latest"}) {
    const auto urn = VersionUrn::of(kFunction, version);
    REQUIRE(urn);
    CHECK(urn->text() == kFunction.text() + ":" + version);
    CHECK(urn->function() == kFunction);
    CHECK(urn->version() == version);
  }
  for (const auto* alias : {"prod", "latest", "a_b-1"}) {
    const auto urn = AliasUrn::of(kFunction, alias);
    REQUIRE(urn);
    CHECK(urn->text() == kFunction.text() + ":!" + alias);
    CHECK(urn->alias() == alias);
  }
}

TEST_CASE("urn: a version without a name, or latest, is none: its DELETE would be the function's") {
  for (const std::string& version :
       {std::string(), std::string("latest"), std::string("LATEST"), std::string("Latest"), std::string("!prod"),
        std::string("!"), std::string(":"), std::string("v1:"), std::string("v1/code"), std::string("../x"),
        std::string("v1?x"), std::string("v1#x"), std::string("v1%2f"), std::string("v 1"), std::string("\r\n"),
        std::string("v1\0", 3), std::string("v\xc3\xbc")}) {
    INFO(version);
    const auto urn = VersionUrn::of(kFunction, version);
    REQUIRE_FALSE(urn);
    CHECK(urn.error().kind == ErrorKind::invalid);
  }
}

TEST_CASE("urn: an alias without a name, or with one that changes a path, is none") {
  for (const std::string& alias : {std::string(), std::string("."), std::string(".."), std::string("!prod"),
                                   std::string("a.b"), std::string("a/b"), std::string("a:b"), std::string("a?b"),
                                   std::string("a%2f"), std::string("a b"), std::string("a\n")}) {
    INFO(alias);
    const auto urn = AliasUrn::of(kFunction, alias);
    REQUIRE_FALSE(urn);
    CHECK(urn.error().kind == ErrorKind::invalid);
  }
}

TEST_CASE("urn: a function's URN is not made of a version's or an alias's") {
  // Deleting takes a FunctionUrn, so nothing that names less may become one, and nothing untyped may either.
  CHECK_FALSE(std::is_constructible_v<FunctionUrn, VersionUrn>);
  CHECK_FALSE(std::is_constructible_v<FunctionUrn, AliasUrn>);
  CHECK_FALSE(std::is_constructible_v<FunctionUrn, QualifiedUrn>);
  CHECK_FALSE(std::is_constructible_v<FunctionUrn, std::string>);
  CHECK_FALSE(std::is_constructible_v<VersionUrn, FunctionUrn>);
  CHECK_FALSE(std::is_constructible_v<VersionUrn, QualifiedUrn>);
  CHECK_FALSE(std::is_constructible_v<VersionUrn, FunctionUrn, std::string>);
  CHECK_FALSE(std::is_invocable_v<decltype(&FunctionGraph::delete_function), FunctionGraph&, VersionUrn, Deadline>);
  CHECK_FALSE(std::is_invocable_v<decltype(&FunctionGraph::delete_function), FunctionGraph&, AliasUrn, Deadline>);
  CHECK_FALSE(std::is_invocable_v<decltype(&FunctionGraph::delete_version), FunctionGraph&, FunctionUrn, Deadline>);
  CHECK_FALSE(std::is_invocable_v<decltype(&FunctionGraph::delete_version), FunctionGraph&, QualifiedUrn, Deadline>);
  CHECK_FALSE(std::is_invocable_v<decltype(&FunctionGraph::delete_alias), FunctionGraph&, FunctionUrn, Deadline>);
}

TEST_CASE("urn: a trigger is named whole, because DELETE of less removes all triggers") {
  CHECK(TriggerId::of(kFunction, "TIMER", "87b8b9e2-3a"));
  const std::vector<std::pair<std::string, std::string>> bad{{"", "id"},       {"TIMER", ""},   {"..", "id"},
                                                             {"TIMER", ".."},  {"TIMER", "."},  {"TI/MER", "id"},
                                                             {"TIMER", "a/b"}, {"TIMER", "a?"}, {"TIMER", "a b"}};
  for (const auto& [type, id] : bad) {
    INFO(type << " " << id);
    const auto trigger = TriggerId::of(kFunction, type, id);
    REQUIRE_FALSE(trigger);
    CHECK(trigger.error().kind == ErrorKind::invalid);
  }
}

}  // namespace
}  // namespace fgsync::functiongraph
