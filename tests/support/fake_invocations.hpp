#pragma once

#include "functiongraph/invocations.hpp"
#include "tests/support/fake_service.hpp"

namespace fgsync::test {

/// Invocations over a FakeService: what a function does is `FakeService::run_function`.
class FakeInvocations final : public functiongraph::Invocations {
 public:
  template <class T>
  using Answer = functiongraph::Answer<T>;

  explicit FakeInvocations(FakeService& service) : service_(service) {}

  Answer<functiongraph::InvocationResult> invoke(functiongraph::QualifiedUrn urn, functiongraph::Invocation invocation,
                                                 Deadline deadline) override;
  Answer<std::string> invoke_async(functiongraph::QualifiedUrn urn, functiongraph::Invocation invocation,
                                   Deadline deadline) override;
  Answer<functiongraph::SnapshotState> show_snapshot(functiongraph::QualifiedUrn urn,
                                                     functiongraph::SnapshotAction action, Deadline deadline) override;
  Answer<void> update_snapshot(functiongraph::QualifiedUrn urn, functiongraph::SnapshotAction action,
                               Deadline deadline) override;

 private:
  FakeService& service_;
};

}  // namespace fgsync::test
