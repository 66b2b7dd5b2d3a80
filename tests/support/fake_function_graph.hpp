#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "functiongraph/function_graph.hpp"
#include "tests/support/fake_service.hpp"

namespace fgsync::test {

/// FunctionGraph over a FakeService, with the rules of the documents (api). Deadlines are not looked at.
class FakeFunctionGraph final : public functiongraph::FunctionGraph {
 public:
  template <class T>
  using Answer = functiongraph::Answer<T>;

  explicit FakeFunctionGraph(FakeService& service) : service_(service) {}

  Answer<std::vector<functiongraph::FunctionRow>> list_functions(functiongraph::FunctionFilter filter,
                                                                 Deadline deadline) override;
  Answer<std::optional<functiongraph::FunctionRow>> find_function(std::string name, Deadline deadline) override;
  Answer<functiongraph::FunctionDetail> show_config(functiongraph::QualifiedUrn urn, Deadline deadline) override;
  Answer<functiongraph::CodeDetail> show_code(functiongraph::QualifiedUrn urn, Deadline deadline) override;
  Answer<functiongraph::FunctionDetail> import_function(functiongraph::ImportRequest request,
                                                        Deadline deadline) override;
  Answer<functiongraph::ExportedFunction> export_function(functiongraph::QualifiedUrn urn,
                                                          functiongraph::ExportRequest request,
                                                          Deadline deadline) override;
  Answer<functiongraph::FunctionDetail> create_function(functiongraph::CreateRequest request,
                                                        Deadline deadline) override;
  Answer<functiongraph::CodeDetail> update_code(functiongraph::FunctionUrn urn, functiongraph::CodeUpdate update,
                                                Deadline deadline) override;
  Answer<functiongraph::FunctionDetail> update_config(functiongraph::FunctionUrn urn, std::string name,
                                                      functiongraph::FunctionConfig config, Deadline deadline) override;
  Answer<functiongraph::FunctionDetail> update_max_instances(functiongraph::FunctionUrn urn, int max_instances,
                                                             Deadline deadline) override;
  Answer<void> delete_function(functiongraph::FunctionUrn urn, Deadline deadline) override;

  Answer<std::vector<functiongraph::Version>> list_versions(functiongraph::FunctionUrn urn, Deadline deadline) override;
  Answer<functiongraph::Version> publish_version(functiongraph::FunctionUrn urn, functiongraph::PublishRequest request,
                                                 Deadline deadline) override;
  Answer<void> delete_version(functiongraph::VersionUrn urn, Deadline deadline) override;

  Answer<std::vector<functiongraph::Alias>> list_aliases(functiongraph::FunctionUrn urn, Deadline deadline) override;
  Answer<functiongraph::Alias> show_alias(functiongraph::AliasUrn urn, Deadline deadline) override;
  Answer<functiongraph::Alias> create_alias(functiongraph::FunctionUrn urn, functiongraph::AliasRequest request,
                                            Deadline deadline) override;
  Answer<functiongraph::Alias> update_alias(functiongraph::FunctionUrn urn, functiongraph::AliasRequest request,
                                            Deadline deadline) override;
  Answer<void> delete_alias(functiongraph::AliasUrn urn, Deadline deadline) override;

  Answer<std::optional<functiongraph::AsyncConfig>> show_async_config(functiongraph::QualifiedUrn urn,
                                                                      Deadline deadline) override;
  Answer<std::vector<functiongraph::AsyncConfig>> list_async_configs(functiongraph::FunctionUrn urn,
                                                                     Deadline deadline) override;
  Answer<functiongraph::AsyncConfig> update_async_config(functiongraph::QualifiedUrn urn,
                                                         functiongraph::AsyncConfig config, Deadline deadline) override;
  Answer<void> delete_async_config(functiongraph::QualifiedUrn urn, Deadline deadline) override;

  Answer<functiongraph::Tags> list_tags(functiongraph::FunctionUrn urn, Deadline deadline) override;
  Answer<void> create_tags(functiongraph::FunctionUrn urn, functiongraph::Tags tags, Deadline deadline) override;
  Answer<void> delete_tags(functiongraph::FunctionUrn urn, functiongraph::Tags tags, Deadline deadline) override;

  Answer<std::vector<functiongraph::ReservedInstancesRow>> list_reserved_instances(
      std::optional<functiongraph::FunctionUrn> urn, Deadline deadline) override;
  Answer<std::vector<functiongraph::ReservedCount>> list_reserved_counts(std::optional<functiongraph::FunctionUrn> urn,
                                                                         Deadline deadline) override;
  Answer<functiongraph::ReservedInstances> update_reserved_instances(functiongraph::QualifiedUrn urn,
                                                                     functiongraph::ReservedInstances instances,
                                                                     Deadline deadline) override;
  Answer<std::vector<functiongraph::Quota>> list_quotas(Deadline deadline) override;

 private:
  FakeService& service_;
};

}  // namespace fgsync::test
