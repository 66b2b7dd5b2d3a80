#pragma once

#include "functiongraph/triggers.hpp"
#include "tests/support/fake_service.hpp"

namespace fgsync::test {

/// Triggers over a FakeService.
class FakeTriggers final : public functiongraph::Triggers {
 public:
  template <class T>
  using Answer = functiongraph::Answer<T>;

  explicit FakeTriggers(FakeService& service) : service_(service) {}

  Answer<std::vector<functiongraph::Trigger>> list_triggers(functiongraph::QualifiedUrn urn,
                                                            Deadline deadline) override;
  Answer<functiongraph::Trigger> show_trigger(functiongraph::TriggerId trigger, Deadline deadline) override;
  Answer<functiongraph::Trigger> create_trigger(functiongraph::QualifiedUrn urn, functiongraph::TriggerRequest request,
                                                Deadline deadline) override;
  Answer<functiongraph::Trigger> update_trigger(functiongraph::TriggerId trigger, functiongraph::TriggerUpdate update,
                                                Deadline deadline) override;
  Answer<void> delete_trigger(functiongraph::TriggerId trigger, Deadline deadline) override;

 private:
  FakeService& service_;
};

}  // namespace fgsync::test
