#pragma once

#include "functiongraph/dependencies.hpp"
#include "tests/support/fake_service.hpp"

namespace fgsync::test {

/// Dependencies over a FakeService.
class FakeDependencies final : public functiongraph::Dependencies {
 public:
  template <class T>
  using Answer = functiongraph::Answer<T>;

  explicit FakeDependencies(FakeService& service) : service_(service) {}

  Answer<std::vector<functiongraph::DependencyVersion>> list_dependencies(functiongraph::DependencyFilter filter,
                                                                          Deadline deadline) override;
  Answer<std::vector<functiongraph::DependencyVersion>> list_dependency_versions(std::string dep_id,
                                                                                 Deadline deadline) override;
  Answer<functiongraph::DependencyVersion> show_dependency_version(std::string dep_id, std::int64_t version,
                                                                   Deadline deadline) override;
  Answer<functiongraph::DependencyVersion> create_dependency_version(functiongraph::DependencyUpload upload,
                                                                     Deadline deadline) override;
  Answer<void> delete_dependency_version(std::string dep_id, std::int64_t version, Deadline deadline) override;

 private:
  FakeService& service_;
};

}  // namespace fgsync::test
