#include "functiongraph/urn.hpp"

#include <catch2/catch.hpp>

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
    CHECK(urn.error().message == "not the URN of a function: \"" + text + "\"");
  }
}

TEST_CASE("urn: two are equal when they name the same function") {
  const auto of = [](const std::string& name) { return FunctionUrn::parse("urn:fss:r:p:function:default:" + name); };
  CHECK(*of("a") == *of("a:latest"));
  CHECK_FALSE(*of("a") == *of("b"));
}

}  // namespace
}  // namespace fgsync::functiongraph
