// The double in memory as a tool: what it records, how calls are made to fail, and how its state can be changed.
#include <boost/asio/experimental/awaitable_operators.hpp>

#include "contract.hpp"
#include "tests/support/exchange_failures.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/fake_function_graph.hpp"
#include "tests/support/fake_invocations.hpp"

namespace fgsync::functiongraph::contract {
namespace {

using Lines = std::vector<std::string>;

struct FakeWorld {
  test::FakeClock clock;
  test::FakeService service{clock};
  test::FakeFunctionGraph graph{service};

  [[nodiscard]] Deadline soon() const { return clock.in(std::chrono::seconds(1)); }
  Result<FunctionDetail> create() { return test::run(graph.create_function(some_function(), soon())); }
  FunctionUrn create_hello() {
    const auto created = create();
    REQUIRE(created);
    return created->row.urn;
  }
};

TEST_CASE("fake: effects are recorded in order, reads and refusals are calls only") {
  FakeWorld world;
  const auto urn = world.create_hello();
  CHECK_FALSE(world.create());
  CHECK(test::run(world.graph.find_function("hello", world.soon())));
  CHECK(test::run(world.graph.publish_version(urn, PublishRequest{"v1", "", ""}, world.soon())));
  CHECK(test::run(world.graph.create_alias(urn, AliasRequest{"prod", "v1", ""}, world.soon())));
  CHECK(test::run(world.graph.delete_version(*VersionUrn::of(urn, "v1"), world.soon())));
  CHECK(world.service.effects() ==
        Lines{"create hello", "publish hello v1", "create alias hello prod v1", "delete version hello v1"});
  CHECK(world.service.calls() == Lines{"create hello", "create hello", "find hello", "publish hello v1",
                                       "create alias hello prod v1", "delete version hello v1"});
}

TEST_CASE("fake: a new record begins when the old one is forgotten, the state stays") {
  FakeWorld world;
  world.create_hello();
  world.service.forget_calls();
  CHECK(world.service.effects().empty());
  CHECK(world.service.calls().empty());
  CHECK(test::run(world.graph.list_functions({}, world.soon()))->size() == 1);
}

TEST_CASE("fake: a call that fails before it is served was not applied") {
  FakeWorld world;
  world.service.before = test::nth_mutation(1, test::no_connection());
  const auto failed = world.create();
  REQUIRE_FALSE(failed);
  CHECK(failed.error().kind == ErrorKind::transient);
  CHECK(world.service.functions.empty());
  CHECK(world.service.effects().empty());
}

TEST_CASE("fake: a call that fails after it was served was applied") {
  FakeWorld world;
  world.service.after = test::calls_like("create hello", test::lost_effect());
  const auto failed = world.create();
  REQUIRE_FALSE(failed);
  CHECK(failed.error().kind == ErrorKind::unknown_effect);
  CHECK(world.service.functions.contains("hello"));
  CHECK(world.service.effects() == Lines{"create hello"});
}

TEST_CASE("fake: only the call that was meant fails") {
  FakeWorld world;
  const auto urn = world.create_hello();
  world.service.forget_calls();
  world.service.before = test::nth_mutation(2, test::no_connection());
  const auto publish = [&] {
    return test::run(world.graph.publish_version(urn, PublishRequest{"v1", "", ""}, world.soon())).has_value();
  };
  const auto tag = [&] {
    return test::run(world.graph.create_tags(urn, tagged({{"a", "b"}}), world.soon())).has_value();
  };
  CHECK(test::run(world.graph.list_versions(urn, world.soon())));
  CHECK(tag());
  CHECK_FALSE(publish());
  CHECK(publish());
}

TEST_CASE("fake: what somebody else changes in the state is what is shown") {
  FakeWorld world;
  const auto urn = world.create_hello();
  world.service.functions.at("hello").latest.config.memory_size = 1024;
  CHECK(test::run(world.graph.show_config(urn, world.soon()))->config.memory_size == 1024);
}

TEST_CASE("fake: a function does what the test says") {
  FakeWorld world;
  const auto urn = world.create_hello();
  world.service.run_function = [](const test::FakeTarget& target, const Invocation& invocation) {
    InvocationResult result;
    result.result = target.version.name + " got " + invocation.event;
    result.status = 500;
    return result;
  };
  test::FakeInvocations invocations(world.service);
  const auto result = test::run(invocations.invoke(urn, Invocation(), world.soon()));
  REQUIRE(result);
  CHECK(result->result == "latest got {}");
  CHECK(result->status == 500);
}

TEST_CASE("fake: parallel callers take turns") {
  FakeWorld world;
  const auto urn = world.create_hello();
  world.service.forget_calls();
  bool was_applied_too_early = false;
  world.service.before = [&](const test::FakeCall&) -> std::optional<Error> {
    // Both have called before the first is served.
    was_applied_too_early = was_applied_too_early || world.service.calls().size() < 2;
    return std::nullopt;
  };
  using boost::asio::experimental::awaitable_operators::operator&&;
  const auto both = [&]() -> boost::asio::awaitable<bool> {
    auto published = world.graph.publish_version(urn, PublishRequest{"v1", "", ""}, world.soon());
    auto listed = world.graph.list_versions(urn, world.soon());
    const auto [version, versions] = co_await (std::move(published) && std::move(listed));
    co_return version.has_value() && versions.has_value();
  };
  CHECK(test::run(both()));
  CHECK_FALSE(was_applied_too_early);
}

}  // namespace
}  // namespace fgsync::functiongraph::contract
