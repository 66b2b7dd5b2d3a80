#include "tests/support/fake_invocations.hpp"

namespace fgsync::test {

using namespace functiongraph;

namespace {

InvocationResult run(FakeService& service, const FakeTarget& target, const Invocation& invocation) {
  if (service.run_function) return service.run_function(target, invocation);
  InvocationResult result;
  result.request_id = service.new_id();
  result.result = invocation.event;
  result.status = 200;
  if (invocation.wants_log_tail) result.log = "invoked " + short_name(target.function.urn);
  return result;
}

std::string name_of(SnapshotAction action) {
  return action == SnapshotAction::enable ? "enable" : "disable";
}

}  // namespace

Answer<InvocationResult> FakeInvocations::invoke(QualifiedUrn urn, Invocation invocation, Deadline /*deadline*/) {
  auto apply = [this, urn, invocation = std::move(invocation)]() -> Result<InvocationResult> {
    return service_.resolve(urn).map([&](const FakeTarget& target) { return run(service_, target, invocation); });
  };
  return service_.serve<InvocationResult>(Effect::mutation, "invoke " + short_name(urn), std::move(apply));
}

Answer<std::string> FakeInvocations::invoke_async(QualifiedUrn urn, Invocation invocation, Deadline /*deadline*/) {
  auto apply = [this, urn, invocation = std::move(invocation)]() -> Result<std::string> {
    return service_.resolve(urn).map(
        [&](const FakeTarget& target) { return run(service_, target, invocation).request_id; });
  };
  return service_.serve<std::string>(Effect::mutation, "invoke async " + short_name(urn), std::move(apply));
}

Answer<SnapshotState> FakeInvocations::show_snapshot(QualifiedUrn urn, SnapshotAction action, Deadline /*deadline*/) {
  const std::string line = "show snapshot " + short_name(urn) + " " + name_of(action);
  auto show = [this, urn]() -> Result<SnapshotState> {
    return service_.resolve(urn).map(
        [](const FakeTarget& target) { return SnapshotState{target.version.has_snapshot ? "enable" : "disable", ""}; });
  };
  return service_.serve<SnapshotState>(Effect::read, line, std::move(show));
}

Answer<void> FakeInvocations::update_snapshot(QualifiedUrn urn, SnapshotAction action, Deadline /*deadline*/) {
  const std::string line = "update snapshot " + short_name(urn) + " " + name_of(action);
  auto apply = [this, urn, action]() -> Result<void> {
    auto target = service_.resolve(urn);
    if (!target) return fail(std::move(target).error());
    FakeVersion& version = target->version;
    if (version.name == "latest") return refuse(refusals::kInvalidVersion);
    if (!version.config.runtime.starts_with("Java")) return refuse(refusals::kInvalidRuntime);
    version.has_snapshot = action == SnapshotAction::enable;
    return {};
  };
  return service_.serve<void>(Effect::mutation, line, std::move(apply));
}

}  // namespace fgsync::test
