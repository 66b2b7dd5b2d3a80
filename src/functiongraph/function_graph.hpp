#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "functiongraph/types.hpp"

namespace fgsync::functiongraph {

/// Port: FunctionGraph, one verb per remote effect. There is no verb that deletes.
///
/// Errors of all: `unauthorized`, `throttled` (not applied), `invalid` (refused as wrong), `not_found`, `conflict`,
/// `corrupt` (an answer that makes no sense). Reads also: `transient`, `timed_out`. Mutations also: `unknown_effect`
/// when the answer was lost, cut, garbage or a 5xx, and `transient`/`timed_out` only when nothing was sent.
class FunctionGraph {
 public:
  template <class T>
  using Awaitable = boost::asio::awaitable<Result<T>>;

  virtual ~FunctionGraph() = default;

  /// All functions of the project, every page. A list that cannot be read to its end, or that has fewer rows than it
  /// says, is an error, never a short list.
  virtual Awaitable<std::vector<FunctionRow>> list_functions(Deadline deadline) = 0;
  /// One function by its exact name; nothing when the service has none of that name.
  virtual Awaitable<std::optional<FunctionRow>> find_function(std::string name, Deadline deadline) = 0;
  /// `latest` of one function.
  virtual Awaitable<FunctionDetail> show_config(FunctionUrn urn, Deadline deadline) = 0;
  /// The published versions, without `latest`; the order is the service's.
  virtual Awaitable<std::vector<Version>> list_versions(FunctionUrn urn, Deadline deadline) = 0;
  virtual Awaitable<std::vector<Alias>> list_aliases(FunctionUrn urn, Deadline deadline) = 0;

  /// Creates a function from an import package. Never overwrites: `conflict` with FSS.1061 when the name is taken.
  virtual Awaitable<FunctionDetail> import_function(ImportRequest request, Deadline deadline) = 0;
  virtual Awaitable<FunctionDetail> create_function(CreateRequest request, Deadline deadline) = 0;
  /// Replaces latest's code. Answers the digest of what is there now. `conflict` with FSS.0409 when the service has
  /// exactly this code already.
  virtual Awaitable<RemoteDigest> update_code(FunctionUrn urn, CodeUpdate update, Deadline deadline) = 0;
  /// Replaces latest's whole configuration.
  virtual Awaitable<FunctionDetail> update_config(FunctionUrn urn, std::string name, FunctionConfig config,
                                                  Deadline deadline) = 0;
  /// Publishes latest under a fixed name. `conflict` with FSS.1062 when the name is taken, `conflict` with FSS.1016
  /// when there is nothing to publish. The answer's version name is not trusted: read the versions back.
  virtual Awaitable<Version> publish_version(FunctionUrn urn, PublishRequest request, Deadline deadline) = 0;
  virtual Awaitable<Alias> create_alias(FunctionUrn urn, AliasRequest request, Deadline deadline) = 0;
  /// Moves an alias in one step. Replaces description, weights and strategy.
  virtual Awaitable<Alias> update_alias(FunctionUrn urn, AliasRequest request, Deadline deadline) = 0;
};

}  // namespace fgsync::functiongraph
