#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "functiongraph/types.hpp"

namespace fgsync::functiongraph {

/// What every call answers.
template <class T>
using Answer = boost::asio::awaitable<Result<T>>;

/// Port: functions with their versions and aliases, one verb per remote effect.
///
/// Errors of all: `unauthorized`, `throttled` (not applied), `invalid` (refused as wrong), `not_found` (the service
/// itself says that what was addressed is not there, so a removal that fails so is done; something else that is missing
/// is `invalid`), `conflict`, `corrupt` (an answer that makes no sense). Reads also: `transient`, `timed_out`.
/// Mutations also: `unknown_effect` when the answer was lost, cut, garbage or a 5xx, and `transient`/`timed_out` only
/// when nothing was sent.
class FunctionGraph {
 public:
  virtual ~FunctionGraph() = default;

  // ---- functions

  /// All functions of the project, every page. A list that cannot be read to its end, or that has fewer rows than it
  /// says, is an error, never a short list.
  Answer<std::vector<FunctionRow>> list_functions(Deadline deadline) { return list_functions({}, deadline); }
  /// Those that the filter names.
  virtual Answer<std::vector<FunctionRow>> list_functions(FunctionFilter filter, Deadline deadline) = 0;
  /// One function by its exact name; nothing when the service has none of that name.
  virtual Answer<std::optional<FunctionRow>> find_function(std::string name, Deadline deadline) = 0;
  virtual Answer<FunctionDetail> show_config(QualifiedUrn urn, Deadline deadline) = 0;
  virtual Answer<CodeDetail> show_code(QualifiedUrn urn, Deadline deadline) = 0;

  /// Creates a function from an import package. Never overwrites: `conflict` with FSS.1061 when the name is taken.
  virtual Answer<FunctionDetail> import_function(ImportRequest request, Deadline deadline) = 0;
  /// `latest` with code and configuration, as a package that an import takes.
  Answer<ExportedFunction> export_function(QualifiedUrn urn, Deadline deadline) {
    return export_function(std::move(urn), {}, deadline);
  }
  /// A part of it, or all.
  virtual Answer<ExportedFunction> export_function(QualifiedUrn urn, ExportRequest request, Deadline deadline) = 0;
  virtual Answer<FunctionDetail> create_function(CreateRequest request, Deadline deadline) = 0;
  /// Replaces latest's code. Answers what is there now. `conflict` with FSS.0409 when the service has exactly this code
  /// already.
  virtual Answer<CodeDetail> update_code(FunctionUrn urn, CodeUpdate update, Deadline deadline) = 0;
  /// Replaces latest's whole configuration.
  virtual Answer<FunctionDetail> update_config(FunctionUrn urn, std::string name, FunctionConfig config,
                                               Deadline deadline) = 0;
  /// How many instances the function may have; -1: no limit, 0: disabled.
  virtual Answer<FunctionDetail> update_max_instances(FunctionUrn urn, int max_instances, Deadline deadline) = 0;
  /// Removes the function with all its versions, aliases and triggers. There is no way back.
  virtual Answer<void> delete_function(FunctionUrn urn, Deadline deadline) = 0;

  // ---- versions

  /// The published versions, without `latest`; the order is the service's. Complete or an error.
  virtual Answer<std::vector<Version>> list_versions(FunctionUrn urn, Deadline deadline) = 0;
  /// Publishes latest under a fixed name. `conflict` with FSS.1062 when the name is taken, `conflict` with FSS.1016
  /// when there is nothing to publish. The answer's version name is not trusted: read the versions back.
  virtual Answer<Version> publish_version(FunctionUrn urn, PublishRequest request, Deadline deadline) = 0;
  /// Removes one version, and with it its alias (api: section 0). `invalid` with FSS.1094 while it is the additional
  /// version of an alias.
  virtual Answer<void> delete_version(VersionUrn urn, Deadline deadline) = 0;

  // ---- aliases

  /// Without their strategies, which lists leave out.
  virtual Answer<std::vector<Alias>> list_aliases(FunctionUrn urn, Deadline deadline) = 0;
  virtual Answer<Alias> show_alias(AliasUrn urn, Deadline deadline) = 0;
  virtual Answer<Alias> create_alias(FunctionUrn urn, AliasRequest request, Deadline deadline) = 0;
  /// Moves an alias in one step. Replaces description, weights and strategy.
  virtual Answer<Alias> update_alias(FunctionUrn urn, AliasRequest request, Deadline deadline) = 0;
  /// `invalid` with FSS.1154 while triggers hang on it.
  virtual Answer<void> delete_alias(AliasUrn urn, Deadline deadline) = 0;

  // ---- what else belongs to a function

  /// Nothing when none is set.
  virtual Answer<std::optional<AsyncConfig>> show_async_config(QualifiedUrn urn, Deadline deadline) = 0;
  /// Those of latest, of versions and of aliases.
  virtual Answer<std::vector<AsyncConfig>> list_async_configs(FunctionUrn urn, Deadline deadline) = 0;
  virtual Answer<AsyncConfig> update_async_config(QualifiedUrn urn, AsyncConfig config, Deadline deadline) = 0;
  virtual Answer<void> delete_async_config(QualifiedUrn urn, Deadline deadline) = 0;

  virtual Answer<Tags> list_tags(FunctionUrn urn, Deadline deadline) = 0;
  /// Adds tags; one whose key is there gets the new value.
  virtual Answer<void> create_tags(FunctionUrn urn, Tags tags, Deadline deadline) = 0;
  virtual Answer<void> delete_tags(FunctionUrn urn, Tags tags, Deadline deadline) = 0;

  /// Of one function, or of all of the project.
  virtual Answer<std::vector<ReservedInstancesRow>> list_reserved_instances(std::optional<FunctionUrn> urn,
                                                                            Deadline deadline) = 0;
  /// How many instances each version and alias has, of one function or of all of the project.
  virtual Answer<std::vector<ReservedCount>> list_reserved_counts(std::optional<FunctionUrn> urn,
                                                                  Deadline deadline) = 0;
  virtual Answer<ReservedInstances> update_reserved_instances(QualifiedUrn urn, ReservedInstances instances,
                                                              Deadline deadline) = 0;

  virtual Answer<std::vector<Quota>> list_quotas(Deadline deadline) = 0;
};

}  // namespace fgsync::functiongraph
