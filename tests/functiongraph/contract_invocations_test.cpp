// Functions run.
#include "contract.hpp"

namespace fgsync::functiongraph::contract {
namespace {

CONTRACT_CASE("a call of a function, a version and an alias answers with an id and the function's status") {
  World world{TestType()};
  const auto urn = world.create();
  world.publish(urn, "v1");
  world.point(urn, "prod", "v1");
  const std::vector<QualifiedUrn> targets{urn, *VersionUrn::of(urn, "v1"), *AliasUrn::of(urn, "prod")};
  Invocation invocation;
  invocation.event = R"({"name":"süß"})";
  for (const auto& target : targets) {
    INFO(target.text());
    const auto result = world.good(world.invocations.invoke(target, invocation, world.soon()));
    CHECK(result.status == 200);
    CHECK_FALSE(result.request_id.empty());
    CHECK_FALSE(result.result.empty());
  }
}

CONTRACT_CASE("a call brings the log's tail when it is asked for") {
  World world{TestType()};
  const auto urn = world.create();
  Invocation invocation;
  CHECK(world.good(world.invocations.invoke(urn, invocation, world.soon())).log.empty());
  invocation.wants_log_tail = true;
  CHECK_FALSE(world.good(world.invocations.invoke(urn, invocation, world.soon())).log.empty());
}

CONTRACT_CASE("an asynchronous call answers with an id of its own") {
  World world{TestType()};
  const auto urn = world.create();
  const auto first = world.good(world.invocations.invoke_async(urn, {}, world.soon()));
  const auto second = world.good(world.invocations.invoke_async(urn, {}, world.soon()));
  CHECK_FALSE(first.empty());
  CHECK(first != second);
}

CONTRACT_CASE("a snapshot is enabled and disabled, and its state tells") {
  World world{TestType()};
  // The service has snapshots for Java only, and only of versions.
  CreateRequest request = some_function();
  request.config.runtime = "Java11";
  const auto urn = world.good(world.graph.create_function(request, world.soon())).row.urn;
  world.publish(urn, "v1");
  const auto v1 = *VersionUrn::of(urn, "v1");
  world.good(world.invocations.update_snapshot(v1, SnapshotAction::enable, world.soon()));
  const auto enabled = world.good(world.invocations.show_snapshot(v1, SnapshotAction::enable, world.soon()));
  world.good(world.invocations.update_snapshot(v1, SnapshotAction::disable, world.soon()));
  const auto disabled = world.good(world.invocations.show_snapshot(v1, SnapshotAction::enable, world.soon()));
  CHECK_FALSE(enabled.state.empty());
  CHECK(enabled.state != disabled.state);
}

}  // namespace
}  // namespace fgsync::functiongraph::contract
